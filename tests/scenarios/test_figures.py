"""The picture and the table that supervisors and administrators ask for in the chat."""

import pytest
from sqlalchemy import select

from bot.config.config import Config
from bot.people.access import NotAllowed
from bot.people.directory import Person
from bot.reports import scenario_figures
from bot.scenarios.library import run
from bot.scenarios.play import events
from bot.scenarios.play.events import Press
from bot.storage.schema import outbox
from tests.scenarios.known import FLOW, ROOT, compiled
from tests.units import as_unit

NOON = 1_800_000_000
PROGRAM = compiled(FLOW)
HOUSE = Config(None, PROGRAM, None, None, ROOT / "knowledge_base")


def person(*roles: str) -> Person:
    facts = {"id": 1, "staff_id": "E1", "name": "Нина", "language": "ru", "department": "", "office": ""}
    return Person(**facts, telegram_id=1, username=None, roles=roles, profile={}, active=True)


NINA = person("supervisor")


async def played(db) -> None:
    anna = events.Player("2", "Анна", language="ru")
    stood = await db.run(as_unit(run.begin, NOON), PROGRAM, 2, anna, "printer", None)
    await db.run(as_unit(run.take, NOON + 5), PROGRAM, stood.run_id, 2, 1, Press("silent"), anna)


@pytest.mark.processes
async def test_a_supervisor_sees_where_people_go(db):
    await played(db)
    text = await db.read(as_unit(scenario_figures.source, NOON + 2 * 86400, HOUSE), NINA, "printer")
    assert "Не печатает 100 %" in text
    name = scenario_figures.paint(text)
    await db.run(as_unit(scenario_figures.show, NOON + 10), NINA, "printer", name)
    about = await db.read(
        lambda tx: tx.execute(select(outbox.c.about).where(outbox.c.card == "figures")).scalar_one()
    )
    drawn = await db.run(as_unit(scenario_figures.drawing, NOON + 11, HOUSE), about, NINA.key)
    assert drawn.photo.read_bytes().startswith(b"\x89PNG")
    assert (
        await db.run(as_unit(scenario_figures.drawing, NOON, HOUSE), "figures:printer:gone", NINA.key) is None
    )


async def test_all_scenarios_are_told_in_a_table(db):
    await played(db)
    await db.run(as_unit(scenario_figures.overview, NOON + 10, HOUSE), NINA, "")
    (row,) = await db.read(lambda tx: tx.execute(select(outbox.c.params)).scalars().all())
    assert "printer" in row["text"]
    assert "<pre>" in row["text"]
    assert await db.read(as_unit(scenario_figures.source, NOON, HOUSE), NINA, "nonsense") is None


async def test_an_employee_sees_no_figures(db):
    for roles in ((), ("engineer:network",)):
        with pytest.raises(NotAllowed):
            await db.read(as_unit(scenario_figures.source, NOON, HOUSE), person(*roles), "printer")
        with pytest.raises(NotAllowed):
            await db.run(as_unit(scenario_figures.overview, NOON, HOUSE), person(*roles), "")
