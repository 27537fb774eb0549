"""Where employees go in a scenario and where they stop: a picture and a table."""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from html import escape
from pathlib import Path

from bot.config.config import Work
from bot.drawing import NoPicture
from bot.keys import FiguresRef
from bot.knowledge import readings
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.reports import scenario_stats
from bot.reports.scenario_tables import article_lines, scenario_lines, step_lines
from bot.scenarios.library.graph import chart, picture
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Line

DAYS = 30  # of history on a picture
DAY = 86400
MOST_READ = 20  # lines of articles: the limit of one message
TABLE = 3000  # characters of a table in one message


def source(work: Work, person: Person, scenario: str) -> str | None:
    """The scenario with its traffic as `paint` draws it; None when there is no such scenario. Raises NotAllowed."""
    authorize(person, "figures", Object())
    if scenario not in work.config.program.scenarios:
        return None
    figures = scenario_stats.steps(work.tx, work.now - DAYS * DAY, work.now, scenario)
    return chart(work.config.program, scenario, person.language, scenario_stats.traffic(figures, scenario))


def paint(text: str) -> str | None:
    """Draw it into a file of this process; takes two seconds. Returns its name, None when it cannot be drawn."""
    name = hashlib.sha256(text.encode()).hexdigest()[:20]
    file = _folder() / f"{name}.png"
    try:
        if not file.exists():
            file.write_bytes(picture(text, "png"))
    except NoPicture:
        return None
    return name


def show(work: Work, person: Person, scenario: str, name: str) -> None:
    """Send the picture at the end of the person's chat."""
    outbox.show(work, person.key, "figures", FiguresRef(f"{scenario}:{name}"), anew="asked")


def in_words(work: Work, person: Person, scenario: str) -> None:
    """Send the same figures as a table. Raises NotAllowed."""
    authorize(person, "figures", Object())
    table = "\n".join(
        step_lines(scenario_stats.steps(work.tx, work.now - DAYS * DAY, work.now, scenario), person.language)
    )
    _send_table(work, person, Line("figures.in_words", {"name": scenario, "days": DAYS}), table)


def overview(work: Work, person: Person, asked: str) -> None:
    """Send the figures of all scenarios; `asked` is an unknown name that was asked for, if any. Raises NotAllowed."""
    authorize(person, "figures", Object())
    known = " ".join(item.id for item in work.config.program.menu)
    if asked:
        outbox.line(work, person.key, "figures.unknown", {"name": asked[:40], "known": known})
        return
    table = "\n".join(
        scenario_lines(
            scenario_stats.scenarios(work.tx, work.config.program, work.now - DAYS * DAY, work.now),
            person.language,
        )
    )
    _send_table(work, person, Line("figures.head", {"days": DAYS, "known": known}), table)
    if read := readings.figures(work.tx, work.now - DAYS * DAY)[:MOST_READ]:
        table = "\n".join(article_lines(read, person.language))
        _send_table(work, person, Line("figures.articles", {"days": DAYS}), table)


def _send_table(work: Work, person: Person, head: Line, table: str) -> None:
    shown = table if len(table) <= TABLE else table[: table.rfind("\n", 0, TABLE)] + "\n…"
    words = speak.voice(person.language).html(head.key, **head.facts)
    outbox.say(work, person.key, f"{words}\n<pre>{escape(shown)}</pre>")


def drawing(work: Work, about: str, chat: str) -> Drawing | None:
    """The picture, as long as this process has it."""
    figures = FiguresRef.read(about)
    file, scenario = _folder() / f"{figures.picture}.png", figures.scenario
    if not file.exists() or scenario not in work.config.program.scenarios:
        return None
    return Drawing(escape(work.config.program.title(scenario, chats.language(work.tx, chat))), photo=file)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="firstline-"))
