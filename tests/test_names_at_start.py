"""A start, and `firstline check` before it, with a desk.yaml that lacks what the database uses."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest
import typer
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, create_engine, insert

from bot.app import check, start
from bot.app.files import open_files
from bot.app.main import run
from bot.config.config import Config
from bot.people import directory
from bot.scenarios.library import reload
from bot.settings import Settings
from bot.sla.names import Section
from bot.storage.db import open_database
from bot.storage.migrate import MIGRATIONS, migrate
from bot.storage.schema import people
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests import shipped
from tests.cast import TOKEN
from tests.tickets.company import MONDAY
from tests.units import work

DESK = """\
version: 1
name: Small
calendars: {office: {tz: Europe/Moscow, week: {mon-fri: ["09:00-18:00"]}}}
teams: {helpdesk: {title: Helpdesk}}
categories:
  hardware: {title: Hardware, team: helpdesk}
  spare: {title: Spare, team: helpdesk}
priority_matrix:
  priorities: [P1, P2]
  impact: [one]
  urgency: [degraded]
  table: {one: {degraded: P2}}
clocks:
  response: {start: ticket_created, stop: [human_public_reply, resolved]}
  resolution: {start: ticket_created, stop: [resolved]}
pause:
  waiting_user: {clocks: [resolution], max: 3bd}
reopen: {window: 3bd, floor: 30m}
retarget: {floor: 30m, share: 25}
rules:
  - {id: default, calendar: office, targets: {response: 2h, resolution: 2bd}, chain: standard}
chains:
  standard:
    thresholds: [{at: 100, to: [supervisor]}]
    after_breach: {every: 2h, max: 4, ladder: [supervisor]}
"""
WITHOUT = DESK.replace("  spare: {title: Spare, team: helpdesk}\n", "")
SCENARIOS = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  keyboard:
    title: {ru: "Клавиатура", en: "Keyboard"}
    category: hardware
    phrases: [не работает клавиатура]
    steps:
      - resolved: {ru: "Заработала?", en: "Does it work?"}
      - ticket: {category: hardware, team: helpdesk, summary: {ru: "Клавиатура", en: "Keyboard"}}
"""
REFUSED = "desk.yaml:5:1: ошибка[E354]: категории «spare» больше нет, а открытых заявок в ней: 1 (1)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bot is started: small files, and settings that name no database yet."""
    (tmp_path / "desk.yaml").write_text(WITHOUT, "utf-8")
    (tmp_path / "scenarios.yaml").write_text(SCENARIOS, "utf-8")
    (tmp_path / "knowledge_base").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    return tmp_path


def bring_back(folder: Path) -> None:
    """The category is written in the file again."""
    (folder / "desk.yaml").write_text(DESK, "utf-8")


def files(folder: Path) -> Config:
    knowledge = folder / "knowledge_base"
    opened = open_files(folder / "desk.yaml", folder / "scenarios.yaml", knowledge)
    return shipped.house_of(opened, knowledge)


def fill(folder: Path, url: str) -> None:
    """A ticket was opened in a category that the desk had then; the scenarios file was good."""
    bring_back(folder)
    asyncio.run(_fill(url, files(folder)))
    (folder / "desk.yaml").write_text(WITHOUT, "utf-8")


async def _fill(url: str, config: Config) -> None:
    db = open_database(url)
    try:
        await db.run(_one_ticket, config)
    finally:
        await db.close()


def _one_ticket(tx: Connection, config: Config) -> None:
    tx.execute(insert(people).values(id=1, staff_id="S-1", name="Anna", roles=[], profile={}))
    unit = work(tx, MONDAY, config)
    actions.open_ticket(unit, directory.get(tx, 1), Draft("spare", "helpdesk", "Нет мыши"))
    reload.accept(unit, config.program)


def test_a_desk_that_drops_what_open_tickets_use_is_not_started_with(
    folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    fill(folder, database_url)
    with pytest.raises(typer.Exit) as left:
        start.prepare()
    assert left.value.exit_code == 2
    assert REFUSED in capsys.readouterr().err
    bring_back(folder)
    _, config = start.prepare()
    assert "spare" in config.desk.categories


def test_a_desk_that_says_what_it_calls_today_what_open_tickets_use_is_started_with(
    folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    fill(folder, database_url)
    (folder / "desk.yaml").write_text(f"{WITHOUT}renamed: {{categories: {{spare: hardware}}}}\n", "utf-8")
    check.check()
    assert "ошибка" not in capsys.readouterr().err
    _, config = start.prepare()
    assert config.desk.today(Section.CATEGORIES, "spare") == "hardware"


def test_a_broken_scenarios_file_hides_no_name_that_is_in_use(
    folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    fill(folder, database_url)
    (folder / "scenarios.yaml").write_text("version: 1\nscenarios: nonsense\n", "utf-8")
    with pytest.raises(typer.Exit) as left:
        start.prepare()
    assert left.value.exit_code == 2
    assert REFUSED in capsys.readouterr().err
    bring_back(folder)
    _, config = start.prepare()
    assert "keyboard" in config.program.scenarios, "the last good file is played all the same"


def downgrade(database: Path, revision: str) -> None:
    made = AlembicConfig()
    made.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as tx:
        made.attributes["connection"] = tx
        command.downgrade(made, revision)
    engine.dispose()


def test_names_in_use_of_a_database_that_the_start_upgrades_are_found_too(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    asyncio.run(migrate(url))
    fill(folder, url)
    downgrade(tmp_path / "old.db", "0001")
    settings = Settings(database_url=url, bot_token=TOKEN, desk_file=folder / "desk.yaml")
    with pytest.raises(typer.Exit) as left:
        run((settings, files(folder)))
    gc.unfreeze()
    assert left.value.exit_code == 2
    assert REFUSED in capsys.readouterr().err


def test_check_says_what_the_database_uses_and_leaves_it_as_it_was(
    folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    fill(folder, database_url)
    before = {path: path.read_bytes() for path in folder.glob("*.db*")}
    with pytest.raises(typer.Exit) as left:
        check.check()
    assert {path: path.read_bytes() for path in folder.glob("*.db")} == before
    assert left.value.exit_code == 2
    assert REFUSED in capsys.readouterr().err
    bring_back(folder)
    check.check()
    said = capsys.readouterr()
    assert "Всё в порядке" in said.out
    assert "ошибка" not in said.err
    assert "не проверены" not in said.err


def test_check_says_in_one_line_that_there_is_no_database_and_makes_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check.check()
    assert capsys.readouterr().err.splitlines()[-1].count("базы ещё нет") == 1
    assert not (folder / "data").exists()
    check.check(format="json")
    assert capsys.readouterr().err == ""


def test_check_upgrades_no_database_and_says_why_it_was_not_asked(
    folder: Path,
    bare_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", bare_database_url)
    check.check()
    assert "прежней версии" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://me@127.0.0.1:1/x")
    check.check()
    assert "не проверены" in capsys.readouterr().err
