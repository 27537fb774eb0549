"""The shipped files, read once per process: reading them and building the router takes two seconds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.app.files import Opened, known_names, open_files
from bot.config.config import Config
from bot.scenarios.check.compiler import compile_scenarios
from bot.sla.check import load_desk
from bot.sla.deskfile import DeskFile, ReportTimes
from bot.sla.person_limits import Quotas
from bot.sla.policy import Desk

ROOT = Path(__file__).parents[1]
UNHURRIED = Quotas(messages_per_minute=600, open_tickets=200, tickets_per_day=500)


def opened_as_shipped() -> DeskFile:
    """desk.yaml as people get it, with its quotas."""
    found, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
    assert found is not None
    return found.file


@cache
def opened() -> Opened:
    found = open_files(ROOT / "desk.yaml", ROOT / "scenarios.yaml", ROOT / "knowledge_base")
    assert not found.errors, found.errors
    assert found.desk is not None
    # A test's person is quicker than people are: their minutes pass in a second.
    # Letters that come by themselves are turned on by the tests of letters: other tests pass whole nights.
    file = found.desk.file.model_copy(update={"quotas": UNHURRIED, "reports": ReportTimes()})
    return replace(found, desk=replace(found.desk, file=file))


def house(desk: Desk | None = None) -> Config:
    """The shipped files, or this desk with the others. Each caller gets its own Config to reload."""
    return replace(_house(), desk=desk) if desk is not None else replace(_house())


def house_with(name: str, scenarios: str) -> Config:
    """The shipped desk and articles with a scenarios file of the test."""
    return replace(_house_with(name, scenarios))


@cache
def _house_with(name: str, scenarios: str) -> Config:
    compiled = compile_scenarios(name, scenarios, known_names(opened(), ROOT / "knowledge_base"))
    assert compiled.program is not None, compiled.complaints
    return house_of(replace(opened(), program=compiled.program), ROOT / "knowledge_base")


@cache
def _house() -> Config:
    return house_of(opened(), ROOT / "knowledge_base")


def house_of(found: Opened, media: Path) -> Config:
    """Read files in the form of the bot."""
    assert found.desk is not None
    assert found.program is not None
    assert found.library is not None
    return Config(found.desk, found.program, found.library, found.router(), media)
