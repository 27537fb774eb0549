"""/report in the chat: what was asked for, who may, and the cards of the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.config.config import Work
from bot.keys import ReportRef
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.reports import under_way
from bot.reports.insight.days import last_days
from bot.reports.insight.sheets import comma_separated, workbook
from bot.reports.insight.tables import Table, tables
from bot.reports.pictures import album
from bot.reports.pictures.charts import Easel
from bot.reports.pictures.plots import THEMES, Theme
from bot.reports.pictures.seen import Seen, look
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.tickets.chronicle.reading import Progress

CARD = "report"
DAYS = 84  # twelve weeks
FORMATS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Days back from today, the theme of the pictures (None: that of desk.yaml), or the format of a sheet ("" for pictures)."""

    days: int = DAYS
    theme: Theme | None = None
    format: str = ""


def parse(words: str) -> ReportAsked | None:
    """`30 dark`, `xlsx`, `365 csv`; None when it is something else."""
    days, format = DAYS, ""
    theme: Theme | None = None
    for word in words.lower().split():
        if re.fullmatch(r"[1-9]\d{0,2}", word):
            days = int(word)
        elif word in THEMES:
            theme = word
        elif word in FORMATS:
            format = word
        else:
            return None
    return ReportAsked(days, theme, format)


def begin(work: Work, person: Person, chat: str) -> None:
    """Say that it is being worked on. Raises NotAllowed."""
    authorize(person, "quality", Object())
    under_way.begin(work, chat)


def read(work: Work, asked: ReportAsked, progress: Progress) -> Seen:
    """Everything the pictures show."""
    desk = work.config.desk
    return look(work.tx, desk, work.config.program, last_days(desk, asked.days, work.now), progress)


def read_tables(work: Work, asked: ReportAsked, progress: Progress) -> tuple[Table, ...]:
    return tables(work.tx, work.config.desk, last_days(work.config.desk, asked.days, work.now), progress)


def language(work: Work, chat: str) -> str:
    return chats.language(work.tx, chat)


def painted(seen: Seen, desk: Desk, asked: ReportAsked, language: str) -> list[ReportRef]:
    """The pictures as files; takes a second."""
    easel = Easel(seen, desk, speak.voice(language))
    return album.paint(easel, asked.theme or desk.file.reports.theme)


def written(found: Sequence[Table], asked: ReportAsked, language: str, progress: Progress) -> ReportRef:
    """The sheet as a file; a year of tickets takes some seconds."""
    is_book = asked.format == "xlsx"
    content = workbook(found, progress) if is_book else comma_separated(found[0], language)
    caption = speak.voice(language).say("report.sheet", n=len(found[0].rows))
    return album.keep(content, caption, f".{asked.format}")


def show(work: Work, chat: str, cards: Sequence[ReportRef]) -> None:
    """Send what was made, at the end of the chat."""
    under_way.end(work, chat)
    for card in cards:
        outbox.show(work, chat, CARD, card, anew="asked")
    if not cards:
        outbox.line(work, chat, "report.nothing", {})


def misread(work: Work, chat: str) -> None:
    """It was asked for in words that mean nothing here."""
    outbox.line(work, chat, "how.report", {})
