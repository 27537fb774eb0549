"""The file changes while the bot runs: replaced as a whole after check and tests, or refused with the line; no run is
lost."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import keys
from bot.app.files import open_files
from bot.app.reload import Reloader, last_good
from bot.clock import MachineClock
from bot.config.config import Current
from bot.scenarios.library import run
from bot.scenarios.play.events import Player, Press
from bot.settings import Settings
from bot.storage.schema import outbox
from bot.storage.unit import Units
from tests import shipped
from tests.scenarios.known import ROOT
from tests.units import as_unit

DESK = ROOT / "desk.yaml"
KNOWLEDGE = ROOT / "knowledge_base"
FLOW = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  printer:
    title: {ru: "Принтер", en: "Printer"}
    category: printing
    phrases: [принтер не печатает, замялась бумага, нужен картридж]
    steps:
      - id: what
        choose: {ru: "Что случилось?", en: "What is wrong?"}
        options:
          - {label: {ru: "Замятие", en: "Jam"}, goto: make}
          - {label: {ru: "Другое", en: "Other"}, goto: human}
      - id: make
        ticket: {category: printing, team: helpdesk, summary: {ru: "Замятие", en: "Jam"}}
tests:
  - {name: jam, scenario: printer, steps: [{press: "Замятие"}], ends: ticket}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios.yaml"
    path.write_text(FLOW, "utf-8")
    return path


@pytest.fixture
async def reloader(db, file: Path) -> Reloader:
    current = Current(shipped.house_with(file.name, FLOW))
    made = Reloader(current, Units(db, MachineClock().now, lambda: current.config), file, "ru")
    await made.start()
    return made


async def told(db) -> list[str]:
    """Every row for the administrators, as in the outbox."""
    rows = await db.read(
        lambda tx: tx.execute(
            select(outbox.c.params, outbox.c.card).where(outbox.c.chat == keys.ADMINS)
        ).all()
    )
    return [str(row) for row in rows]


async def test_an_unchanged_file_is_left_alone(reloader, db):
    assert await reloader.look() is None
    assert await told(db) == []


async def test_a_good_file_is_played_from_now_on(reloader, db, file):
    before = reloader._current.config.program
    file.write_text(FLOW.replace("Что случилось?", "Что с принтером?"), "utf-8")
    verdict = await reloader.look()
    assert verdict.program is reloader._current.config.program is not before
    assert "reload.done" in str(await told(db))


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (FLOW.replace("goto: make", "goto: mkae"), ":12:55: ошибка[E162]"),
        (
            FLOW.replace("ends: ticket", "ends: solved"),
            "ошибка[E197]: тест «jam»: ждали конец «solved», а вышло «ticket»",
        ),
        (FLOW.replace("team: helpdesk, summary", "team: plumbers, summary"), "ошибка[E179]"),
        ("scenarios: [", "ошибка[E113]"),
    ],
)
async def test_a_broken_file_keeps_the_old_one_and_tells_the_administrators_why(
    reloader, db, file, broken, why
):
    before = reloader._current.config.program
    file.write_text(broken, "utf-8")
    verdict = await reloader.look()
    assert verdict.program is None
    assert reloader._current.config.program is before
    (said,) = await told(db)
    assert "reload.refused" in said
    assert why in said
    assert "^" in said
    assert await reloader.look() is None  # reported once, not every two seconds


async def test_somebody_in_the_middle_finishes_the_old_way(reloader, db, file):
    anna = Player("1", "Анна", language="ru")
    stood = await db.run(as_unit(run.begin, 1000), reloader._current.config.program, 1, anna, "printer", None)
    file.write_text(FLOW.replace('ru: "Замятие", en: "Jam"}}', 'ru: "Бумага", en: "Paper"}}'), "utf-8")
    assert (await reloader.look()).program is not None
    stood = await db.run(
        as_unit(run.take, 1010), reloader._current.config.program, stood.run_id, 1, 1, Press("_1"), anna
    )
    assert stood.turn.effects[0].summary == "Замятие"


async def test_engineers_who_read_english_get_an_english_ticket_from_a_former_version(reloader, db, file):
    current = reloader._current
    current.change(program=current.config.program.for_engineers("en"))
    anna = Player("1", "Анна", language="ru")
    stood = await db.run(as_unit(run.begin, 1000), current.config.program, 1, anna, "printer", None)
    file.write_text(FLOW.replace('ru: "Замятие", en: "Jam"}}', 'ru: "Бумага", en: "Paper"}}'), "utf-8")
    assert (await reloader.look()).program is not None
    stood = await db.run(
        as_unit(run.take, 1010), current.config.program, stood.run_id, 1, 1, Press("_1"), anna
    )
    assert stood.turn.effects[0].summary == "Jam"


async def test_a_start_with_a_broken_file_plays_the_last_good_one(reloader, database_url, file):
    file.write_text("scenarios: [", "utf-8")
    settings = Settings(
        database_url=database_url, scenarios_file=file, knowledge_dir=KNOWLEDGE, _env_file=None
    )
    opened = open_files(DESK, file, KNOWLEDGE)
    assert opened.program is None
    found = await asyncio.to_thread(last_good, settings, opened)
    assert found is not None
    assert found.source == FLOW


async def test_a_first_start_with_a_broken_file_has_nothing_to_fall_back_on(tmp_path, file):
    file.write_text("scenarios: [", "utf-8")
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    settings = Settings(database_url=url, scenarios_file=file, knowledge_dir=KNOWLEDGE, _env_file=None)
    assert last_good(settings, open_files(DESK, file, KNOWLEDGE)) is None
