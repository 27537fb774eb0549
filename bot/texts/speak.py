"""Texts in a person's language: sentences from the catalogues, cards from templates, times.

A catalogue is `bot/texts/<language>/<room>.po`; an id is a name ("ticket.claimed"), never a sentence. A
company's own folder comes first (`bot/texts/catalogues.py`): a third language needs no code. Facts are put in as
`{name}`; in `html` and in cards they are escaped, once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_day_names, get_timezone_location
from babel.numbers import format_decimal
from babel.plural import PluralRule
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup

from bot.errors import FirstlineError
from bot.texts import catalogues
from bot.texts.catalogues import CARDS, COMPLETE, catalogue, company, own_card

BRIEF = 400  # characters of a person's words on a card; the whole text is in the conversation
FAR = 180  # days: a date of another year that is farther away is written with its year
FALLBACK = "ru"  # for a language without a catalogue


class UnknownWords(FirstlineError):
    """A catalogue lacks a sentence that the code asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be said in the reader's language. `alert`: it needs a confirmation, a short notice is not enough."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    alert: bool = False


log = structlog.get_logger()
WORD_JOINER = "\u2060"  # of no width
_MENTION = re.compile(r"(?<![\w@])@(?=[A-Za-z]\w{3})")


@dataclass(frozen=True, slots=True)
class SaidMoment:
    """A moment as it was said: "today by 15:00", of which "15:00" are its hours; the instant in UTC seconds.

    `fades`: it has a word for a day ("today", "on Friday"), which is wrong tomorrow.
    """

    words: str
    hours: str
    at: int
    fades: bool


_MOMENTS: ContextVar[list[SaidMoment] | None] = ContextVar("moments", default=None)


@contextmanager
def moments() -> Iterator[list[SaidMoment]]:
    """Collects the moments that are said in this block."""
    said: list[SaidMoment] = []
    token = _MOMENTS.set(said)
    try:
        yield said
    finally:
        _MOMENTS.reset(token)


class Voice:
    """One language. Instants are UTC seconds, spans are seconds of business time."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._plural: PluralRule = self.locale.plural_form
        self._sentences = catalogue(language)

    def say(self, key: str, /, **facts: object) -> str:
        """Plain text: for callback answers, button labels, logs. Facts are not escaped."""
        return self._sentence(key).format(**facts)

    def html(self, key: str, /, **facts: object) -> Markup:
        """Telegram HTML; facts are escaped unless they are Markup already, and mention no one."""
        return Markup(self._sentence(key)).format(**{name: silent(fact) for name, fact in facts.items()})

    def named(self, key: str, name: str) -> str:
        """The words of `key` for a name that a file gives; the name itself where its author has one that no catalogue knows."""
        return self.say(key) if any(voice(language).has(key) for language in COMPLETE) else name

    def many(self, key: str, n: int, /, **facts: object) -> str:
        """The plural form of `key` for the number `n`."""
        return self._form(key, n).format(n=n, **facts)

    def line(self, line: Line) -> str:
        return self.say(line.key, **line.facts)

    def card(self, name: str, /, **facts: object) -> str:
        """Draw `bot/texts/cards/<name>.html.j2`, or the company's own of this language, with this voice as `v`."""
        own = own_card(self.language, name)
        if own is not None:
            try:
                return own.render(v=self, **facts).strip()
            except (TemplateError, UnknownWords, LookupError, TypeError, ValueError) as fault:
                log.warning("texts.own_card", card=name, language=self.language, error=str(fault))
        return _cards().get_template(f"{name}.html.j2").render(v=self, **facts).strip()

    def clock(self, instant: int, zone: str) -> str:
        """Hours and minutes in `zone`: 15:00."""
        return format_time(_local(instant, zone), "HH:mm", locale=self.locale)

    def when(self, instant: int, zone: str, now: int) -> str:
        """A moment relative to `now`: today at 15:00, tomorrow at 12:00, on Wednesday at 15:00, on 12 May at 9:00."""
        moment = _local(instant, zone)
        return self._relative("when", moment, self.clock(instant, zone), _local(now, zone).date())

    def until(self, instant: int, zone: str, now: int) -> str:
        """A deadline: today by 15:00, tomorrow by 12:00, on Wednesday by 15:00. Midnight ends the day before it."""
        moment, time = _local(instant, zone), self.clock(instant, zone)
        if not (moment.hour or moment.minute):
            moment, time = moment - dt.timedelta(days=1), self.say("until.midnight")
        return self._relative("until", moment, time, _local(now, zone).date())

    def day(self, date: dt.date, *, year: bool = False) -> str:
        """A day with its month in the language's form: 12 мая, May 12; `year` adds the year."""
        if year:
            return format_date(date, "long", locale=self.locale)
        return format_skeleton("MMMMd", date, locale=self.locale)

    def weekday(self, number: int) -> str:
        """The short name of a weekday, Monday is 0: пн, Mon."""
        return str(get_day_names("abbreviated", locale=self.locale)[number])

    def zone(self, name: str, now: int) -> str:
        """A zone by its city and offset at `now`: "Владивосток, UTC+10"."""
        city = get_timezone_location(name, locale=self.locale, return_city=True)
        return f"{city}, UTC{_offset(_local(now, name))}"

    def span(self, seconds: int) -> str:
        """A duration in its two largest units: 4 ч 12 мин. At least a minute."""
        minutes = max(1, round(seconds / 60))
        hours, minutes = divmod(minutes, 60)
        parts = [self.say("span.hours", n=hours)] if hours else []
        if minutes:
            parts.append(self.say("span.minutes", n=minutes))
        return " ".join(parts)

    def number(self, value: float, pattern: str = "0.0") -> str:
        """A number in the language's format: 4,6 and 54 900; `pattern` is CLDR's."""
        return format_decimal(value, pattern, locale=self.locale)

    def _relative(self, family: str, moment: dt.datetime, time: str, today: dt.date) -> str:
        days = (moment.date() - today).days
        words = self._day_and_time(family, moment, time, today)
        if (said := _MOMENTS.get()) is not None:
            said.append(SaidMoment(words, time, int(moment.timestamp()), -1 <= days < 7))
        return words

    def _day_and_time(self, family: str, moment: dt.datetime, time: str, today: dt.date) -> str:
        days = (moment.date() - today).days
        if days in (-1, 0, 1):
            return self.say(f"{family}.{('yesterday', 'today', 'tomorrow')[days + 1]}", time=time)
        if 1 < days < 7:
            return self.say(f"{family}.weekday.{moment.weekday()}", time=time)
        far = moment.year != today.year and abs(days) > FAR
        return self.say(f"{family}.date", date=self.day(moment.date(), year=far), time=time)

    def _sentence(self, key: str) -> str:
        return self._form(key, None)

    def _form(self, key: str, n: int | None) -> str:
        found = self._sentences.get(key)
        if found is None:
            return self._elsewhere(key, n)
        if isinstance(found, str):
            return found
        return found[0] if n is None else found[min(self._index(n), len(found) - 1)]

    def _elsewhere(self, key: str, n: int | None) -> str:
        """The text of an incomplete catalogue's missing sentence: English, else Russian."""
        for language in COMPLETE:
            if language != self.language and voice(language).has(key):
                return voice(language)._form(key, n)
        raise UnknownWords(f"{UnknownWords.__doc__} {self.language}: {key}")

    def has(self, key: str) -> bool:
        """Whether this language's own catalogue has it."""
        return key in self._sentences

    def _index(self, n: int) -> int:
        # gettext numbers plural forms one, few, many …; CLDR names them in the same order.
        tags = sorted(self._plural.tags | {"other"}, key=("zero", "one", "two", "few", "many", "other").index)
        return tags.index(self._plural(n))


@cache
def voice(language: str) -> Voice:
    """The voice of `language`, or of FALLBACK when it has no catalogue."""
    return Voice(language if language in languages() else FALLBACK)


def look_in(folder: Path) -> None:
    """The company's own texts are in this folder, if it is there; languages and voices are read again."""
    if company.look_in(folder):
        voice.cache_clear()


def languages() -> tuple[str, ...]:
    """The languages people can read in."""
    return catalogues.languages()


def spoken(code: str | None) -> str | None:
    """Our language for a code of Telegram or a browser ("en-GB" is "en"), or None."""
    whole = (code or "").lower().replace("_", "-")
    return next((known for known in (whole, whole.partition("-")[0]) if known in languages()), None)


def silent(fact: object) -> object:
    """A text in which "@name" does not ring at the person of that name: it was typed by another one. Markup stays."""
    if type(fact) is not str or "@" not in fact:
        return fact
    return _MENTION.sub(f"@{WORD_JOINER}", fact)


def brief(words: str) -> str:
    """The beginning of a person's words, short enough for a card."""
    return words if len(words) <= BRIEF else f"{words[: BRIEF - 1]}…"


def shortened(words: str, most: int) -> str:
    """At most so many characters of a title: cut after a word, with "…" in place of the rest."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    head = line[: most - 1]
    whole = head if line[most - 1] == " " else head.rpartition(" ")[0]
    return f"{(whole if len(whole) > most // 2 else head).rstrip(' ,;:.-')}…"


def capital(words: str) -> str:
    """The words with a capital at their beginning: a sentence that is a line of its own. Markup stays Markup."""
    return words[:1].upper() + words[1:]


@cache
def _cards() -> Environment:
    # Our own read-only templates; autoescape because every fact in them was typed by a person.
    environment = Environment(
        loader=FileSystemLoader(CARDS),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        finalize=silent,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["brief"] = brief
    environment.filters["shortened"] = shortened
    environment.filters["capital"] = capital
    return environment


def _offset(moment: dt.datetime) -> str:
    minutes = int((moment.utcoffset() or dt.timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _local(instant: int, zone: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(instant, ZoneInfo(zone))
