"""Secrets by what they look like, wherever in a message they are: keys, recovery codes, passwords in addresses, and
tokens that no one writes for another reason beside words about signing in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

Span = tuple[int, int]

# Keys of well-known forms, a recovery key of BitLocker, the password of an address (user:password@host), a bearer token.
KEYS = re.compile(
    r"""\bAKIA[0-9A-Z]{12,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|\bsk-[\w-]{10,}|\bgh[pousr]_\w{16,}|\bglpat-[\w-]{10,}
    |\bxox[abprs]-[\w-]{8,}|(?:\d{6}-){5,7}\d{6}|(?<=bearer\ )\S{8,}|(?<=://)[^\s/:@]+:(?P<said>[^\s/@]+)(?=@)""",
    re.IGNORECASE | re.VERBOSE,
)
LONG_KEY = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w-])")
ABOUT_KEYS = re.compile(r"ключ|секрет|токен|\bkey\b|secret|token|credential", re.IGNORECASE)

# Where one of these is, a token of capital and small letters with digits, or with digits and signs, is a password.
SIGNING_IN = re.compile(
    r"пар+[оа]л|пасс?в|пасс?\b|\bпас\b|pas+w|passphrase|\bpass\b|\bpw[ds]?\b|логин|login|log[ -]?in"
    r"|sign[ -]?in|уч[её]тк|учетн|данны\w+ для вход"
    r"|вход(?:а|ит|ить|ил)\b|войти|захо(?:жу|дил|дит)|зайти|пуска|авториз|credential|\bcreds\b|доступ",
    re.IGNORECASE,
)
TOKEN = re.compile(r"[^\s/|,;:()«»\"“”'=]{6,64}")
MIXED = re.compile(r"(?=.*\d)(?=.*[a-zа-яё])(?=.*[A-ZА-ЯЁ]).{6,}")
SIGNED = re.compile(r"(?=.*\d)(?=.*[^\W\d_])(?=.*[!@#$%^&*~]).{6,}")
NAMED = re.compile(
    r"(?:win|windows|office|outlook|iphone|ipad|mac|macbook|imac|usb|ryzen|intel|core|galaxy|redmi"
    r"|laserjet|thinkpad|elitebook|probook"
    r"|latitude|optiplex|vostro|ideapad|xerox|kyocera|canon|epson|brother|pantum|hp|kb|error|err|code|каб"
    r"|этаж|кабинет|room|floor|ошибка|заявк\w*"
    r"|server|srv|host|port|node|vlan|wifi|wi-fi|cisco|samsung|huawei|lenovo|dell|asus|acer)[\w-]*\d[\w.-]*|0x\w+"
    r"|https?\S*|\S+@\S+\.\S+|\d+[.,:x×-]?\d*\w{0,3}|\S+\.(?:xlsx?|docx?|pdf|exe|msi|ru|com|net|local|png"
    r"|jpe?g|zip|lnk|cer|pfx)",
    re.IGNORECASE,
)
UPPER_LABEL = re.compile(r"[A-ZА-Я]{1,6}-?\d[\w-]*")

# A one-time code is what it is wherever it comes in a message about such codes.
ABOUT_CODES = re.compile(
    r"смс|\bsms\b|\botp\b|одноразов|one.?time|код\w{0,2} (?:подтвержд|вход|из|от банк)|(?:просит"
    r"|запрашив\w+|ввожу|ввел|ввёл) код|verification"
    r"|прислал\w* \w+ цифр|2fa|mfa|push.?код|пуш.?код|authenticator|аутентификатор",
    re.IGNORECASE,
)
CODE = re.compile(
    r"(?<![\w+.,№#/-])(?:[A-Za-z]-)?(?:\d{4,8}|\d{3}[ -]\d{3}|\d{2}[ -]\d{2}[ -]\d{2})(?![\w/]|[.,-]\d)"
)
NO_CODE = re.compile(
    r"ошиб|error|заявк|ticket|№|каб|этаж|комнат|room|год[ау]?\b|счёт|счет|invoice", re.IGNORECASE
)

# Words in quotes, or a word of one's own, after what announces them.
QUOTED = re.compile(
    r"(?:пар+[оа]л\w*|pas+word|passphrase|пасс?фраз\w*|кодов\w+ фраз\w*|pass)\W{0,3}(?:это|is|was"
    r"|такой)?\W{0,3}[«\"“'](?P<said>[^»\"”'\n]{3,60})[»\"”']",
    re.IGNORECASE,
)
ANSWERED = re.compile(
    r"(?:кодов\w+ слов\w+|secret word|code ?word|(?:ответ\w*|answer)(?: на| to)?(?: the"
    r"| my)? ?(?:секретн\w+|контрольн\w+|secret|security) (?:вопрос\w*|question))"
    r"\s*(?:[-–—:=]|это|is)?\s*(?P<said>[^\s,.;!?]+(?: [А-ЯA-Z][^\s,.;!?]+)*)",
    re.IGNORECASE,
)
STATES = re.compile(
    r"(?:не|нет|забы|потер|какое|какой|для|от|просит|запраш|и$|или$|and$|that$|is|not|forgot|which|what|for|on|in)\w*$",
    re.IGNORECASE,
)
# "access: admin admin123", "it is the same as everyone's: 12345678"
AT_THE_END = re.compile(
    r"(?:пар+[оа]л|pas+word|\bpass\b|\bpw[ds]?\b|доступ|credentials"
    r"|\bcreds)[^\n.!?:]{0,60}:\s*(?:\S+[ /]+)?(?P<said>[A-Za-zА-Яа-яёЁ]*\d[\w!@#$%^&*~.-]{2,})"
    r"(?=\s*(?:$|[\n.!?,;]))",
    re.IGNORECASE | re.MULTILINE,
)
# The three digits of a bank card, when its number is there too.
CARD_CODE = re.compile(r"(?:код|code|cv[vc]2?|цвв|свв)\D{0,8}(?P<said>\d{3})(?!\d)", re.IGNORECASE)

PIN = re.compile(
    r"(?<!\w)(?:пин|pin|пук|puk)\d?(?!\w{3})(?:[ -]?код|[ -]?code)?[^\d\n.!?]{1,40}(?P<said>\d{4,8})(?![\d-])",
    re.IGNORECASE,
)
BACKUP = re.compile(
    r"(?:резервн|запасн|backup|recovery)\w* (?:код|code)\w*\W+(?:is |это )?(?P<said>(?=\S*\d)[\w-]{4,})",
    re.IGNORECASE,
)
DOOR = re.compile(
    r"(?:код\w{0,2} (?:от |для )?(?:двер|сейф|замк|домофон|сигнализац|серверн|ворот)\w*|(?:door|safe|alarm|gate|lock) code)"
    r"[^\d\n.!?]{0,30}(?P<said>(?=\S*\d)[\w#*]{3,10})",
    re.IGNORECASE,
)
PAIR = re.compile(
    r"(?<!\w)(?:root|admin|administrator|админ|user|guest|test)\s?/\s?(?P<said>[^\s/,;]{3,})", re.IGNORECASE
)
PHRASE = re.compile(
    r"(?:парольн\w+ фраз\w+|пасс?фраз\w+|фраз\w+ восстановления|(?:pass|seed|recovery)[ -]?phrase)\s*(?:[:=–—-]|это|is)"
    r"\s*(?P<said>[^\n.!?,;]{6,})",
    re.IGNORECASE,
)
# After a password is named: signs between letters, words joined by hyphens, a word with an underscore and a digit.
SAID_PASSWORD = re.compile(
    r"(?:пар+[оа]л\w*|pas+word|\bpw[ds]?\b)(?:[^\n.!?]{0,30}?(?P<signed>[^\W\d_]+[!#$%^&*][^\W\d_]+)"
    r"|\W{1,3}(?P<joined>[a-z]+(?:-[a-z]+){2,})|[^\n.!?]{0,20}?\s(?P<low>[a-z]+_\w*\d\w*))",
    re.IGNORECASE,
)
# "username jsmith password monkey", "password monkey says invalid"
AFTER_LOGIN = re.compile(
    r"(?:логин|login|username|user|уч[её]тка)\W{1,3}[a-z][\w.@-]{2,}\W{1,3}(?:и |and )?(?:пар+[оа]ль"
    r"|pas+word|pass|pw[d]?)\W{1,3}(?P<said>[^\s,;]{3,})",
    re.IGNORECASE,
)
REFUSED = re.compile(
    r"(?:\bpas+word|\bpw[ds]?)\s+(?!(?:reset|change|manager|policy|field|prompt|page|screen|box|recovery"
    r"|expiry|expiration|sync|vault"
    r"|protection|hint|link|form|window|rotation|update|request|requirements|check|generator|still|also"
    r"|always|just|again|that|it)\b)"
    r"(?P<said>[a-z]{3,}\w*)\s+(?:says|fails|doesn.t|does not|isn.t|rejected|refused|invalid)\b",
    re.IGNORECASE,
)
# A bank card by its groups of four, where cards are spoken of: people mistype digits.
CARD = re.compile(r"(?<!\d)[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)")
ABOUT_CARDS = re.compile(r"карт|card|visa|mastercard|\bмир\b", re.IGNORECASE)
BEHIND = re.compile(
    r"(?:обратн\w+ сторон\w+|на обороте)[^\d\n]{0,20}(?P<said>\d{3})(?!\d)|back of (?:the"
    r"|my) card\D{0,10}(?P<back>\d{3})(?!\d)",
    re.IGNORECASE,
)


def spans(text: str, has_card: bool) -> Iterator[Span]:
    """Where secrets are. `has_card`: the number of a bank card is in the text."""
    found = [_said(KEYS, text)]
    if ABOUT_KEYS.search(text):
        found.append(_said(LONG_KEY, text))
    if SIGNING_IN.search(text):
        found.append(_said(TOKEN, text, _is_password))
    if ABOUT_CODES.search(text) and not NO_CODE.search(text):
        found.append(_said(CODE, text))
    if ABOUT_CARDS.search(text):
        found += [_whole(CARD, text), _said(BEHIND, text)]
        has_card = has_card or CARD.search(text) is not None
    if has_card:
        found.append(_said(CARD_CODE, text))
    if not NO_CODE.search(text):
        found.append(_said(PIN, text))
    found += [_said(pattern, text) for pattern in (BACKUP, DOOR, PAIR, PHRASE, SAID_PASSWORD)]
    for pattern in (QUOTED, ANSWERED, AT_THE_END, AFTER_LOGIN, REFUSED):
        found.append(_said(pattern, text, lambda said: not STATES.match(said.split()[0])))
    return chain.from_iterable(found)


def _said(
    pattern: re.Pattern[str], text: str, holds: Callable[[str], bool] = lambda said: True
) -> Iterator[Span]:
    for found in pattern.finditer(text):
        start, end = found.span(found.lastgroup or 0)
        said = text[start:end].rstrip(".,;!?")
        if said and holds(said):
            yield start, start + len(said)


def _whole(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (found.span() for found in pattern.finditer(text))


def _is_password(token: str) -> bool:
    if UPPER_LABEL.fullmatch(token) or NAMED.fullmatch(token):
        return False
    return (MIXED.fullmatch(token) or SIGNED.fullmatch(token)) is not None
