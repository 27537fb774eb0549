"""Old articles are reported once a month, on a working morning, and only when there are any."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.knowledge import reviews
from bot.knowledge.articles import load_library
from bot.knowledge.cli import articles
from bot.sla.check import load_desk
from bot.storage.schema import outbox, timers
from bot.timers.timers import ring
from tests.units import work

ROOT = Path(__file__).parents[2]
LIBRARY, _ = load_library(ROOT / "knowledge_base")
DESK, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
assert DESK is not None
CALENDAR = DESK.calendar("office")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Moscow")).timestamp())


async def look(url: str, story) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(story)
        await connection.rollback()
    await engine.dispose()


def due(tx: Connection) -> list[int]:
    return list(tx.scalars(select(timers.c.fire_at).where(timers.c.state == "armed")))


def ring_at(tx: Connection, instant: int) -> list[dict]:
    """What the administrators read at that instant."""
    kind = {reviews.TIMER: lambda unit, rows: reviews.ring(unit, LIBRARY, CALENDAR, rows)}
    ring(work(tx, instant), kind)
    return [row.params for row in tx.execute(select(outbox)).all()]


def story(tx: Connection) -> None:
    reviews.arm(work(tx, at("2026-12-15T12:00")), CALENDAR)
    reviews.arm(work(tx, at("2026-12-16T12:00")), CALENDAR)
    assert due(tx) == [
        at("2027-01-11T10:00")
    ]  # the first working morning after the holidays, an hour after opening
    assert ring_at(tx, at("2027-01-11T10:00")) == []  # nothing is old yet: silence
    assert due(tx) == [at("2027-02-01T10:00")]
    (told,) = ring_at(tx, at("2027-07-01T10:00"))
    assert told["facts"]["n"] == len(LIBRARY.stale(date(2027, 7, 1))) > 0
    assert due(tx) == [at("2027-08-02T10:00")]


def test_old_articles_are_told_about_on_the_first_working_morning_of_a_month(database_url: str) -> None:
    asyncio.run(look(database_url, story))


def test_the_command_lists_the_same(capsys) -> None:
    articles(stale_by="2030-01-01", knowledge_base=ROOT / "knowledge_base")
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == len(LIBRARY)
