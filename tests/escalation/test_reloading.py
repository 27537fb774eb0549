"""desk.yaml changes while the bot runs: a valid file is used at once, a faulty one changes nothing and is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.app.files import open_files
from bot.app.reload import DeskReloader
from bot.config.config import Config, Current
from bot.people import directory
from bot.scenarios.library import run
from bot.selfservice import effects
from bot.sla.policy import Desk
from bot.storage.db import Database, open_database
from bot.storage.schema import history, outbox, people, tickets
from bot.storage.unit import Units
from bot.tickets.clocks import operations
from tests import shipped as files
from tests.databases import copied_sqlite
from tests.escalation.company import ANNA, at, opened
from tests.tickets.test_names_in_use import SCENARIOS
from tests.units import units, work

ROOT = Path(__file__).parents[2]
MONDAY = at("2026-11-23 10:00")


class Still:
    """A clock that shows one moment."""

    at = MONDAY

    def now(self) -> int:
        return self.at

    def steady(self) -> float:
        return 0.0


async def test_a_calendar_that_ends_soon_is_told_to_the_administrators_once_a_week(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    shipped = (ROOT / "desk.yaml").read_text("utf-8")
    file.write_text(shipped.replace("to: 2027-12-31", "to: 2026-12-31"), "utf-8")
    db, clock = open_database(copied_sqlite(tmp_path / "firstline.db")), Still()
    try:
        reloader = DeskReloader(Current(None), units(db, clock.now), clock, file, "ru")  # type: ignore[arg-type]  # it looks at the file and the clock
        for days, told in ((0, 1), (0, 1), (1, 1), (8, 2), (9, 2)):
            clock.at = MONDAY + days * 86_400
            await reloader.warn()
            assert await _said(db) == ["reload.calendar_ends"] * told
    finally:
        await db.close()


async def test_a_reload_is_all_or_nothing(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    shipped = (ROOT / "desk.yaml").read_text("utf-8")
    file.write_text(shipped, "utf-8")
    config = files.house()
    db = open_database(copied_sqlite(tmp_path / "firstline.db"))
    try:
        ticket_id = await db.run(_one_ticket, config.desk)
        current, clock = Current(config), Still()
        in_force = Units(db, clock.now, lambda: current.config)
        reloader = DeskReloader(current, in_force, clock, file, "ru")  # type: ignore[arg-type]  # it never waits
        await reloader.start()

        file.write_text(
            shipped.replace("    day: 8h ", "    overrides: {2026-11-24: []}\n    day: 8h "), "utf-8"
        )
        await reloader.look()
        assert await _said(db) == ["reload.desk_done", "reload.desk_moves"]
        assert await db.read(_due, ticket_id) == at("2026-11-25 17:00")

        good = current.config.desk
        for broken in ("09:00-18:00", "team: admins"):
            file.write_text(shipped.replace(broken, "nonsense", 1), "utf-8")
            await reloader.look()
        file.write_text(
            shipped.replace("admins", "wizards"), "utf-8"
        )  # sound by itself, but scenarios name the team
        await reloader.look()
        assert await _said(db) == ["reload.desk_done", "reload.desk_moves", *["reload.desk_refused"] * 3]
        assert current.config.desk is good
    finally:
        await db.close()


async def test_a_reload_that_drops_what_open_tickets_use_is_refused_until_they_have_ended(
    tmp_path: Path, database_url: str
) -> None:
    file, shipped = tmp_path / "desk.yaml", (ROOT / "desk.yaml").read_text("utf-8")
    file.write_text(
        shipped.replace("\n  files: ", "\n  spare: {title: Spare, team: helpdesk}\n  files: "), "utf-8"
    )
    written = open_files(file, ROOT / "scenarios.yaml", ROOT / "knowledge_base")
    assert written.desk is not None
    assert written.program is not None
    assert written.library is not None
    current = Current(
        Config(written.desk, written.program, written.library, written.router(), ROOT / "knowledge_base")
    )
    db = open_database(database_url)
    try:
        ticket_id = await db.run(_one_ticket, current.config.desk, "spare")
        clock = Still()
        reloader = DeskReloader(current, Units(db, clock.now, lambda: current.config), clock, file, "ru")  # type: ignore[arg-type]  # it never waits
        await reloader.start()
        before = current.config.desk
        file.write_text(shipped, "utf-8")
        await reloader.look()
        assert current.config.desk is before
        (refused,) = [one for one in await _lines(db) if one["line"] == "reload.desk_refused"]
        why = refused["facts"]["why"]
        line = shipped[: shipped.index("\ncategories:")].count("\n") + 2
        assert f"desk.yaml:{line}:1: ошибка[E354]" in why
        assert f"категории «spare» больше нет, а открытых заявок в ней: 1 ({ticket_id})" in why
        await reloader.look()
        assert (await _said(db)).count("reload.desk_refused") == 1, "it is said once"
        await db.run(_end, ticket_id)
        await reloader.look()
        assert (await _said(db))[-1] == "reload.desk_done"
        assert "spare" not in current.config.desk.categories
    finally:
        await db.close()


async def test_a_reload_that_drops_what_a_begun_scenario_may_need_waits_until_that_has_ended(
    tmp_path: Path, database_url: str
) -> None:
    file, shipped = tmp_path / "desk.yaml", (ROOT / "desk.yaml").read_text("utf-8")
    scenario = SCENARIOS.replace("vendor_desk", "network")
    config = files.house_with("scenarios.yaml", scenario)
    today = files.house_with("scenarios.yaml", scenario.replace("telephony", "network"))
    current, db = Current(today), open_database(database_url)
    try:
        await db.run(_begun, config)
        clock = Still()
        reloader = DeskReloader(current, Units(db, clock.now, lambda: current.config), clock, file, "ru")  # type: ignore[arg-type]  # it never waits
        file.write_text("\n".join(one for one in shipped.splitlines() if "  telephony:" not in one), "utf-8")
        await reloader.look()
        (refused,) = [one for one in await _lines(db) if one["line"] == "reload.desk_refused"]
        assert "ошибка[E357]: «telephony» больше нет в categories" in refused["facts"]["why"]
        assert "1 (phone)" in refused["facts"]["why"]
        await db.run(lambda tx: run.leave(work(tx, MONDAY), ANNA))
        await reloader.look()
        assert (await _said(db))[-1] == "reload.desk_done"
    finally:
        await db.close()


async def test_a_reload_that_renames_what_open_tickets_use_takes_them_along(
    tmp_path: Path, database_url: str
) -> None:
    file, shipped = tmp_path / "desk.yaml", (ROOT / "desk.yaml").read_text("utf-8")
    file.write_text(shipped, "utf-8")
    current = Current(files.house())
    db = open_database(database_url)
    try:
        ticket_id = await db.run(_one_ticket, current.config.desk)
        clock = Still()
        reloader = DeskReloader(current, Units(db, clock.now, lambda: current.config), clock, file, "ru")  # type: ignore[arg-type]  # it never waits
        await reloader.start()
        file.write_text(
            f"{shipped.replace('  printing:', '  prints:')}\nrenamed: {{categories: {{printing: prints}}}}\n",
            "utf-8",
        )
        await reloader.look()
        assert "reload.renamed" in await _said(db)
        assert "reload.desk_refused" not in await _said(db), "scenarios may still say what it was called"
        assert await db.read(lambda tx: tx.scalars(select(tickets.c.category)).all()) == ["prints"]
        done = select(history.c.action).where(history.c.ticket == ticket_id)
        assert "rename" in await db.read(lambda tx: tx.scalars(done).all())
    finally:
        await db.close()


def _begun(tx: Connection, config: Config) -> None:
    tx.execute(insert(people).values(id=ANNA, staff_id="S-1", name="Anna", roles=[], profile={}))
    person = effects.who(directory.get(tx, ANNA))
    run.begin(work(tx, MONDAY, config), config.program, ANNA, person, "phone", None)


def _end(tx: Connection, ticket_id: int) -> None:
    tx.execute(update(tickets).where(tickets.c.id == ticket_id).values(state="closed"))


def _one_ticket(tx: Connection, desk: Desk, category: str = "printing") -> int:
    tx.execute(insert(people).values(id=ANNA, staff_id="S-1", name="Anna", roles=[], profile={}))
    return opened(tx, desk, MONDAY, category=category).id


def _due(tx: Connection, ticket_id: int) -> int | None:
    return operations.view(tx, ticket_id)["resolution"].due_at


async def _said(db: Database) -> list[str]:
    return [params["line"] for params in await _lines(db)]


async def _lines(db: Database) -> list[Any]:
    rows = await db.read(lambda tx: tx.scalars(select(outbox.c.params).order_by(outbox.c.id)).all())
    return [params for params in rows if "line" in params]
