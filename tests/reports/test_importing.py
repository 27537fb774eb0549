"""An import: what is missing stays unknown, bad rows are all reported, a stopped one goes on without a duplicate."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.reports.insight.days import period_of
from bot.reports.insight.measuring import measured
from bot.reports.past import store
from bot.reports.past.export_file import ExportFile
from bot.reports.past.folding import of_changes
from bot.reports.past.history_map import HistoryMap, read_map
from bot.reports.past.importing import HistoryImport, Imported, LacksColumns, bar
from bot.reports.past.parsing import RowParser
from bot.reports.planning.staffing import load_of
from bot.sla.policy import Desk
from bot.storage.db import Database, open_database
from bot.storage.schema import imports, past_events, past_tickets
from bot.storage.unit import Units
from bot.texts import speak
from tests.databases import copied_sqlite
from tests.undone import shipped

__all__ = ["shipped"]
ROOT = Path(__file__).resolve().parents[2]
LOG = HistoryMap(
    source="other",
    rows="changes",
    columns={  # type: ignore[arg-type]
        "number": "Number",
        "at": "Updated",
        "opened": "Opened",
        "resolved": "Resolved",
        "state": "State",
        "priority": "Priority",
        "team": "Group",
        "person": "Assigned",
        "met": "Met",
    },
    dates="day-first",
    zone="Europe/Moscow",
    states={
        "New": "open",
        "Active": "claimed",
        "Awaiting": "waiting",
        "Resolved": "resolved",
        "Closed": "closed",
    },
    values={"priority": {"1 - Critical": "P1", "3 - Moderate": "P3"}},
)
HEAD = ["Number", "Updated", "Opened", "Resolved", "State", "Priority", "Group", "Assigned", "Met"]
BEGUN = datetime(2025, 3, 3, 10, tzinfo=UTC)


def written(at: datetime) -> str:
    return f"{at.day}/{at.month}/{at:%Y %H:%M}"


def log(tickets: int, seed: int = 1) -> list[list[str]]:
    """Three to five changes of each ticket, of all tickets mixed."""
    chance, rows = random.Random(seed), []
    for number in range(tickets):
        at = BEGUN + timedelta(minutes=chance.randrange(60 * 24 * 200))
        opened, name = written(at), f"INC{number:06}"
        team, met = chance.choice(("Desk", "Network")), chance.choice(("true", "false", "?"))
        for state in ("New", "Active", "Awaiting", "Active", "Resolved")[: chance.choice((3, 5, 5))]:
            team = "Network" if state == "Active" and chance.random() < 0.3 else team
            resolved = written(at) if state == "Resolved" and chance.random() < 0.8 else "?"
            person = "?" if state == "New" else "Oleg"
            rows.append([name, written(at), opened, resolved, state, "3 - Moderate", team, person, met])
            at += timedelta(minutes=chance.randrange(5, 600))
    chance.shuffle(rows)
    return rows


def saved(file: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with file.open("w", encoding=encoding, newline="") as target:
        csv.writer(target, delimiter=delimiter).writerows([HEAD, *rows])
    return file


def spoiled(rows: list[list[str]], seed: int = 2) -> list[int]:
    """Spoil 5 % of the rows in every way; returns their numbers from 1."""
    chance = random.Random(seed)
    numbers = sorted(chance.sample(range(len(rows)), len(rows) // 20))
    for number in numbers:
        row = rows[number]
        match chance.randrange(6):
            case 0:
                row[0] = " "
            case 1:
                row[1] = "soon"
            case 2:
                row[1] = "31/31/2025 10:00"
            case 3:
                row[4] = "Somewhere"
            case 4:
                row.append("more")
            case 5:
                row[2], row[3] = "2/3/2025 10:00", "1/3/2025 10:00"
    return [number + 1 for number in numbers]


def job(db: Database, file: Path, map: HistoryMap = LOG) -> HistoryImport:
    units: Units[Any] = Units(db, lambda: 1_700_000_000, lambda: None)
    export = ExportFile(file, map.encoding, map.delimiter)
    return HistoryImport(units, export, map, file.with_suffix(".bad.csv"), speak.voice("en"))


def quietly(_what: str, _share: float) -> None:
    pass


async def taken(db: Database, file: Path, map: HistoryMap = LOG) -> Imported:
    return await job(db, file, map).run(quietly)


@pytest.fixture
async def db(tmp_path: Path) -> Any:
    database = open_database(copied_sqlite(tmp_path / "firstline.db"))
    yield database
    await database.close()


def everything(tx: Connection) -> list[Any]:
    return list(tx.execute(select(past_tickets).order_by(past_tickets.c.number)).mappings())


async def test_spoiled_rows_are_all_reported_and_none_is_swallowed(db: Database, tmp_path: Path) -> None:
    rows = log(400)
    bad = spoiled(rows)
    found = await taken(db, saved(tmp_path / "log.csv", rows))
    assert (found.rows, found.bad) == (len(rows), len(bad))
    with (tmp_path / "log.bad.csv").open(encoding="utf-8-sig", newline="") as file:
        reported = list(csv.reader(file))
    assert reported[0] == ["row", "reason", *HEAD]
    assert [int(row[0]) for row in reported[1:]] == bad
    assert all(len(row[1]) > 10 for row in reported[1:])
    assert [row[2:] for row in reported[1:]] == [rows[number - 1] for number in bad]


async def test_an_import_that_is_stopped_anywhere_goes_on_without_a_duplicate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = log(600)
    spoiled(rows)
    file = saved(tmp_path / "log.csv", rows)
    for folder in ("whole", "stopped"):
        (tmp_path / folder).mkdir()
    whole = open_database(copied_sqlite(tmp_path / "whole" / "a.db"))
    expected = await taken(whole, file)
    tickets, report = await whole.read(everything), (tmp_path / "log.bad.csv").read_bytes()
    await whole.close()
    monkeypatch.setattr(store, "FOLDED", 500)

    class Stopped(Exception):
        pass

    url = copied_sqlite(tmp_path / "stopped" / "b.db")
    for stop_at in range(1, 12):
        database, seen = open_database(url), 0

        def progress(_what: str, _share: float) -> None:
            nonlocal seen
            seen += 1
            if seen == 1:
                raise Stopped

        ended = None
        try:
            ended = await job(database, file).run(progress)
        except Stopped:
            assert stop_at < 11
        finally:
            await database.close()
        if ended is not None:
            break
    database = open_database(url)
    assert await database.read(everything) == tickets
    assert await database.read(lambda tx: tx.execute(select(past_events)).all()) == []
    assert (await taken(database, file)) == Imported(expected.rows, expected.bad, True)
    assert len(await database.read(lambda tx: tx.execute(select(imports)).all())) == 1
    await database.close()
    assert (tmp_path / "log.bad.csv").read_bytes() == report


async def test_what_is_missing_is_neither_zero_nor_met(db: Database, tmp_path: Path, shipped: Desk) -> None:
    rows = [
        ["A", "3/3/2025 10:00", "3/3/2025 10:00", "?", "New", "3 - Moderate", "Desk", "?", "?"],
        ["B", "3/3/2025 10:00", "3/3/2025 10:00", "?", "New", "3 - Moderate", "Desk", "?", "true"],
        ["B", "3/3/2025 12:00", "3/3/2025 10:00", "3/3/2025 12:00", "Resolved", "?", "Desk", "Oleg", "true"],
        ["C", "3/3/2025 10:00", "3/3/2025 10:00", "?", "New", "3 - Moderate", "Desk", "?", "?"],
        ["C", "3/3/2025 14:00", "3/3/2025 10:00", "3/3/2025 14:00", "Resolved", "?", "Desk", "Oleg", "?"],
    ]
    await taken(db, saved(tmp_path / "log.csv", rows))
    day = datetime(2025, 3, 3, tzinfo=UTC).date()
    found = await db.read(measured, shipped, period_of(shipped, day, day))
    assert (found.tickets, found.imported, found.resolved) == (3, 3, 2)
    assert (found.resolve_hours.wall.n, found.resolve_hours.wall.p50) == (2, 3.0)
    assert [(one.met, one.missed) for one in found.attainment] == [(1, 0)]
    assert found.csat.n == 0
    assert found.confirmed_hours.n == 0


async def test_semicolons_and_cyrillic_of_a_russian_excel_are_recognised(
    db: Database, tmp_path: Path
) -> None:
    rows = [["Я-1", "3.3.2025 10:00", "3.3.2025 10:00", "", "New", "3 - Moderate", "Первая; линия", "", ""]]
    found = await taken(db, saved(tmp_path / "log.csv", rows, "cp1251", ";"))
    assert (found.rows, found.bad) == (1, 0)
    [row] = await db.read(everything)
    assert (row["number"], row["team"], row["priority"]) == ("Я-1", "Первая; линия", "P3")


async def test_a_heading_that_the_file_lacks_is_named_before_anything_is_read(
    db: Database, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text("Number,Updated\n1,2\n", "utf-8")
    with pytest.raises(LacksColumns, match="Opened, Resolved"):
        await taken(db, tmp_path / "log.csv")


async def test_a_ticket_that_comes_twice_in_a_list_is_reported(db: Database, tmp_path: Path) -> None:
    columns: Any = {"number": "Number", "opened": "Opened", "resolved": "Resolved", "team": "Group"}
    plain = HistoryMap(source="list", rows="tickets", columns=columns, dates="day-first")
    row = ["1", "", "3/3/2025 10:00", "3/3/2025 11:00", "", "", "Desk", "", ""]
    found = await taken(db, saved(tmp_path / "list.csv", [row, ["2", *row[1:]], row]), plain)
    assert (found.rows, found.bad) == (3, 1)
    assert "already in row 1" in (tmp_path / "list.bad.csv").read_text("utf-8-sig")


def test_the_changes_of_a_ticket_are_its_life() -> None:
    parser = RowParser(LOG)
    names = [name.casefold() for name in HEAD]

    def row(at: str, state: str, team: str, person: str = "?") -> Any:
        cells = ["A", at, "3/3/2025 10:00", "?", state, "3 - Moderate", team, person, "?"]
        return parser.read(dict(zip(names, cells, strict=True)))

    found = of_changes(
        [
            row("3/3/2025 10:00", "New", "Desk"),
            row("3/3/2025 11:00", "Active", "Desk", "Oleg"),
            row("3/3/2025 12:00", "Active", "Network"),
            row("3/3/2025 13:00", "Awaiting", "Network"),
            row("3/3/2025 15:00", "Resolved", "Network"),
            row("3/3/2025 16:00", "Active", "Desk"),
            row("3/3/2025 17:00", "Resolved", "Desk"),
        ]
    )
    begun = found.opened_at
    hours = [
        (team, place, (a - begun) // 3600, (b - begun) // 3600) for team, place, a, b in found.stays or ()
    ]
    assert hours == [
        ("Desk", "queue", 0, 1),
        ("Desk", "hands", 1, 2),
        ("Network", "hands", 2, 3),
        ("Network", "employee", 3, 5),
        ("Desk", "hands", 6, 7),
    ]
    assert (found.teams, found.handovers, found.reopened) == (["Desk", "Network", "Desk"], 2, 1)
    assert (found.claimed_at, found.resolved_at) == (begun + 3600, begun + 7 * 3600)
    assert found.met is None


async def test_a_plan_can_be_made_from_an_imported_history(
    db: Database, tmp_path: Path, shipped: Desk
) -> None:
    await taken(db, saved(tmp_path / "log.csv", log(200)))
    period = period_of(shipped, BEGUN.date(), (BEGUN + timedelta(days=210)).date())
    load = await db.read(load_of, shipped, period, "")
    assert load.per_week > 5
    assert load.erlangs > 0


def test_every_map_of_the_page_is_in_order(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    maps = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    sources = []
    for text in maps:
        (tmp_path / "map.yaml").write_text(text, "utf-8")
        found, complaints, _ = read_map(tmp_path / "map.yaml")
        assert complaints == []
        assert found is not None
        sources.append(found.source)
    assert sources == ["servicenow", "jira", "glpi", "zammad", "otrs"]


def test_a_bar_shows_how_far_it_is() -> None:
    assert bar(0.5, 10) == "[#####.....]  50 %"
