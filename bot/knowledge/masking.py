"""What others must not read is taken out of words: secrets from all of them, personal data from those the bot learns by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, select

from bot.knowledge import secret_shapes
from bot.knowledge.words import words
from bot.storage.schema import people

MASK = "•••"
SHORTEST = 3  # letters of a name without its ending: shorter ones are initials and ordinary words
LAST_VOWEL = re.compile("[аеёиоуыэюяйь]+$")
# Endings of names and surnames in their cases. A stemmer will not do: it takes Петров and Петрова for different words.
ENDINGS = re.compile("|[аеёиоуыэюяй]|[оеи][йм]|[оеы]ю|[ыи][мхй]|[оеё]го|[оеё]му|[уюая][юя]|а[мх]|ами|[ое]в")
REACHED = re.compile(r"\S+@\S+|@\w+|(?<!\w)\+?\d[\d\s()-]{5,}\d(?!\w)")
WORD = re.compile(r"[^\W\d_]+")

GAP = 6  # words between the word that announces a secret and the secret: "пароль от моей почты на работе вот такой: ..."
CARD = re.compile(r"(?<![\d+])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\d)")
ANNOUNCED = re.compile(
    r"""(?<![\w-])(?:
    (?P<pin>пин(?:[ -]?код\w{0,3})?|pin\d?(?:[ -]?code)?|пак[ -]?код|пук[ -]?код|puk\d?(?:[ -]?(?:code|код))?)
    |(?P<cvv>cv[vc]2?)
    |(?P<code>код(?:ом|а|у|ы)?|code|otp)
    |(?P<word>пар+[оа]л\w{0,4}|пар+ол\w{0,4}|паорль|прароль|пороль|пасс?ворд\w{0,2}|пасс|pas+words?|pas+wrod|passwd|passphrase|passcode|pass|pswd|pwd|psw|pw
      |токен\w{0,2}|token|api[ _-]?key|client[ _-]?secret|se?cret(?=\s*[=:])|секрет(?=\s*[=:])
      |(?:wi-?fi|вай-?фай|network)\s+key|ключ\w*\s+(?:от\s+)?(?:wi-?fi|вай-?фай)\w{0,2})
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
TURNED_ROUND = re.compile(
    r"(?<!\S)(?P<said>\S+?)\s*(?:\s[-–—]|,)?\s+(?:(?:это|is|мой|my|the|новый|new)\s+){1,3}(?:парол|password|пин|pin)",
    re.IGNORECASE,
)
LOGIN_BEFORE = re.compile(
    r"(?:логин\w{0,2}|login|user(?:name)?|уч[её]тка)\s*(?:и|and|/|,|&|\+)?\s*$", re.IGNORECASE
)
ONE_TIME = re.compile(
    r"смс|sms|подтвержд|одноразов|one.?time|otp|2fa|mfa|аутентиф|authent|провероч|верифик|verif|confirm|секрет|secret"
    r"|security code|двер|сейф|замк|домофон|сигнализац|door|safe|alarm|gate|банк|bank|push|пуш|пришло?|входа|sign|login",
    re.IGNORECASE,
)
NO_SECRET_CODE = re.compile(
    r"ошиб|error|fault|qr|штрих|возврат|товар|артикул|почтов|postal|zip|exit|return|останов|stop|выда[её]т|подраздел|bsod",
    re.IGNORECASE,
)

# Words after which the next message is the secret itself, whatever it looks like.
GIVEN = re.compile(
    r":\s*$|\bвот\b|пришл[юи]|скину|кину|держи|сейчас напишу|here it is|i.ll send|sending|here.s",
    re.IGNORECASE,
)
COLONS = frozenset(":=")
SIGNS = frozenset(":=-–—>")  # between the announcement and the secret
# What is said of a password and is none.
STATES = re.compile(
    r"(?:не|нет|ни|уже|ещё|еще|снова|опять|как|что|где|чтобы|если|но|и|или|при|так|забы|потер|утер|истек|истёк|истека|просроч|сбро|смен|измен"
    r"|восстан|неверн|неправ|недейств|устар|заблок|слетел|слож|прост|подош|подход|принима|прин|ввод|ввел|ввёл|тре?бу|про[сп]|ошиб|помог|тот|та)\w*"
    r"|(?:not|no|never|always|now|still|being|about|going|a|an|the|same|too|ok|okay|fine|good|bad|right|wrong|correct|incorrect|valid|invalid"
    r"|given|written|saved|stored|that|this|stolen|known|seen|shown|taken|hidden|old|new|weak|strong|short|long|due|lost|unknown|missing|forgotten|needed|required|set|reset|gone|broken|different|empty|there|here|it|what"
    r"|where|how|in|on|for|to|from|of|and|or|but|because|so|case|only|mine|yours|somewhere|nothing|something|protected|stuck|asking|out)"
    r"|[a-z]+(?:ed|ing|able|ible|ful|ous|ly)",
    re.IGNORECASE,
)
ORDINARY = re.compile(
    r"0x\w+|https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d+(?:\.\d+){2,3}|win(?:dows)?-?\d+|(?:office|o|m)-?365|(?:office|exchange|server|outlook)\d+"
    r"|1[сc]\S*|wi-?fi\d?|[23]fa|mfa|\d{1,3}-?(?:й|го|ый|я|х|раз\w*|дн\w*|час\w*|мин\w*|лет|st|nd|rd|th|days?|times?|h|min\w*)"
    r"|[A-ZА-Я]{2,4}-\d[\d-]*",
    re.IGNORECASE,
)
UNITS = re.compile(
    r"(?:раз|дн|день|час|мин|лет|год|символ|знак|букв|цифр|человек|людей|сотрудник|times?|days?|char|people|users?|years?|months?)",
    re.IGNORECASE,
)
WALKED = re.compile(r"(?:qwert|йцук|asdf|zxcv)\w*", re.IGNORECASE)
EDGES = " \t\"'«»“”()[]<>.,;:!?`*"


def hide(text: str) -> str:
    """The words with what opens doors masked: passwords, PINs, codes and keys that a word announces; numbers of cards."""
    spans = [found.span() for found in CARD.finditer(text) if _is_card(found[0])]
    spans += [
        found.span("said") for found in TURNED_ROUND.finditer(text) if _is_strong(found["said"].strip(EDGES))
    ]
    for found in ANNOUNCED.finditer(text):
        spans += _after(text, found)
    spans += secret_shapes.spans(text, has_card=any(_is_card(found[0]) for found in CARD.finditer(text)))
    for start, end in reversed(_apart(spans)):
        if not text[start:end].startswith(MASK):
            text = text[:start] + MASK + text[end:]
    return text


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places in order; those that overlap become one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def hide_bare(text: str, before: str) -> str:
    """The words masked when they are nothing but the secret that `before`, said by either side, speaks of and does not
    hold."""
    core = text.strip().strip(EDGES)
    announced = list(ANNOUNCED.finditer(before))
    if not core or len(core.split()) > 1 or not announced or MASK in before or NO_SECRET_CODE.search(before):
        return text
    if _is_strong(core) or (
        re.fullmatch(r"\d{3,12}|\d{3}-\d{3}", core) and announced[-1].lastgroup != "word"
    ):
        return MASK
    is_bare = announced[-1].end() == len(before.rstrip(EDGES)) and not any(
        STATES.fullmatch(word.lower()) for word in before.split()
    )
    is_given = is_bare or GIVEN.search(before) is not None
    could_be = len(core) >= SHORTEST and not STATES.fullmatch(core)
    return MASK if is_given and could_be and core.lower() not in _these("products") else text


def hide_all(raw: object) -> object:
    """A raw update with the secrets of its texts and captions masked, as deep as it goes."""
    if isinstance(raw, list):
        return [hide_all(one) for one in raw]
    if not isinstance(raw, dict):
        return raw
    said = {
        name: MASK if _is_bare(value) else hide(value)
        for name, value in raw.items()
        if name in ("text", "caption") and isinstance(value, str)
    }
    return {name: said[name] if name in said else hide_all(value) for name, value in raw.items()}


def _is_bare(text: str) -> bool:
    """Whether it is one word that looks like a password: what announced it may have been another message."""
    core = text.strip().strip(EDGES)
    return len(core.split()) == 1 and _is_strong(core)


def mask(tx: Connection, text: str) -> str:
    """The words with secrets, phones, e-mail addresses, nicknames and names of the directory, in any of their cases, masked."""
    names = _names(tx)

    def hide_name(found: re.Match[str]) -> str:
        return MASK if _is_name(found[0].lower(), names) else found[0]

    return WORD.sub(hide_name, REACHED.sub(MASK, hide(text)))


def without_mask(masked: str) -> str:
    """What is left of masked words: fit to become a phrase."""
    return " ".join(masked.replace(MASK, " ").split())


# ── secrets ─────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _these(kind: str) -> frozenset[str]:
    return frozenset(map(str, words("secrets")[kind]))


@dataclass(frozen=True, slots=True)
class _Said:
    """One word after the one that announces a secret: where it is, and without its signs."""

    start: int
    end: int
    core: str
    is_last: bool  # of its clause
    next: str


def _after(text: str, announced: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The secrets that follow their announcement. A word that cannot be on the way to one ends the search."""
    kind = str(announced.lastgroup)
    pair = LOGIN_BEFORE.search(text, 0, announced.start()) is not None
    separator, gap, found, skip = "", 0, False, False
    for said in _words_after(text, announced.end()):
        low = said.core.lower()
        ends_with_colon = text[said.end - 1] in COLONS
        if not said.core:
            separator = next((sign for sign in text[said.start : said.end] if sign in SIGNS), separator)
        elif low in _these("says"):
            separator = separator or "is"
        elif skip:
            skip = low in _these("between")
            separator = ":" if ends_with_colon else separator
        elif pair and not said.is_last and not _is_strong(said.core) and not STATES.fullmatch(low):
            pair, separator = False, ":"  # the login of the two
        elif _is_secret(kind, said, separator, text, announced):
            yield said.start, said.end
            found = True
        elif found:
            if low not in _these("joins"):
                return
        elif separator == "is" and STATES.fullmatch(low):
            return
        elif low in _these("prepositions") or low in _these("between"):
            gap, skip = gap + 1, low in _these("prepositions")
        else:
            return
        if gap > GAP or (said.core and not found and text[said.end - 1] in ".!?"):
            return


def _words_after(text: str, start: int) -> Iterator[_Said]:
    """The words from a place on, to the end of the line; of the next line when nothing was said on this one."""
    words = list(re.finditer(r"\S+", text[start:]))
    told = False
    for number, word in enumerate(words):
        begin, end = start + word.start(), start + word.end()
        if told and "\n" in text[start + words[number - 1].end() : begin]:
            return
        while begin < end and text[begin] in SIGNS and end - begin > 1:
            yield _Said(begin, begin + 1, "", False, "")
            begin += 1
        core = text[begin:end].strip(EDGES)
        core = core if any(map(str.isalnum, core)) else ""
        told = told or bool(core)
        after = words[number + 1][0] if number + 1 < len(words) else ""
        yield _Said(begin, end, core, not after or text[end - 1] in ",.;!?", after)


def _is_secret(kind: str, said: _Said, separator: str, text: str, announced: re.Match[str]) -> bool:
    """Whether a word is what was announced. Where nothing separates them, it must look like a secret by itself."""
    core = said.core
    match kind:
        case "pin":
            return re.fullmatch(r"\d{4,12}", core) is not None
        case "cvv":
            return re.fullmatch(r"\d{3,4}", core) is not None
        case "code":
            return _is_code(core, text, announced, said)
    if core.isdigit():
        return len(core) >= 4 and not UNITS.match(said.next)
    if _is_strong(core) or WALKED.fullmatch(core):
        return True
    glued = separator == "-" and text[announced.end() : announced.end() + 1] == "-"
    if not separator or glued or len(core) < SHORTEST or STATES.fullmatch(core):
        return False
    if core.lower() in _these("products") and separator not in COLONS:
        return False
    if core.isascii():
        return separator in COLONS or separator == "is" or said.is_last
    return separator in COLONS and said.is_last


def _is_code(core: str, text: str, announced: re.Match[str], said: _Said) -> bool:
    """A code is a secret when it opens something: other codes are of errors, goods and places."""
    if not re.fullmatch(r"(?:[A-Za-z]-)?\d{3}-?\d{1,5}", core) or UNITS.match(said.next):
        return False
    sentence = max(text.rfind(sign, 0, announced.start()) for sign in ".!?\n") + 1
    if NO_SECRET_CODE.search(text, sentence, said.end):
        return False
    return ONE_TIME.search(text) is not None or sum(map(str.isdigit, core)) == 6


def _is_strong(core: str) -> bool:
    """Whether a word looks like a password wherever it is met: letters with digits or signs in it."""
    has_letter = any(sign.isalpha() for sign in core)
    has_more = any(sign.isdigit() or sign in "!@#$%^&*~=" for sign in core)
    return len(core) >= 4 and has_letter and has_more and not ORDINARY.fullmatch(core)


def _is_card(number: str) -> bool:
    """Whether the digits could be the number of a bank card, by their check digit (ISO/IEC 7812-1, Luhn)."""
    digits = [int(sign) for sign in reversed(number) if sign.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(digits)]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────


def _is_name(word: str, names: frozenset[str]) -> bool:
    """Whether the word, in lower case, is one of the names with an ending."""
    ends = range(max(SHORTEST, len(word) - 3), len(word) + 1)
    return any(word[:end] in names and ENDINGS.fullmatch(word[end:]) for end in ends)


def _names(tx: Connection) -> frozenset[str]:
    """The names and surnames of everybody, in lower case and without their last vowel."""
    said = (word.lower() for name in tx.scalars(select(people.c.name)) for word in WORD.findall(name))
    return frozenset(bare for word in said if len(bare := LAST_VOWEL.sub("", word)) >= SHORTEST)
