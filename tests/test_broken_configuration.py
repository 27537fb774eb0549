"""A wrong configuration does not start (P14): every fault of every file at once, with its place, without a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.source import ROOT

pytestmark = pytest.mark.processes

DESK = """\
version: 1
name: Broken
calendars: {office: {tz: Europe/Moskva, week: {mon-fri: ["18:00-09:00"]}}}
teams: {helpdesk: {title: Helpdesk}}
categories: {printing: {title: Printing, team: helpdesk}}
colour: red
"""
DESK_FAULTS = {1, 3, 6}
SCENARIOS = """\
version: 1
defaults:
  language: ru
  human: {team: helpdesk, urgency: degraded}
scenarios:
  printer:
    title: Принтер
    steps:
      - id: what
        choose: "Что с ним?"
        options:
          - {label: "Другое", human: true}
  network:
    title: Сеть
    steps:
      - id: what
        choose: "Что с ней? {{ profil.floor }}"
        options:
          - {label: "Не работает", goto: nowhere}
          - {label: "Другое", goto: human}
"""
SCENARIO_FAULTS = {12, 17, 19}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text(DESK, "utf-8")
    (tmp_path / "scenarios.yaml").write_text(SCENARIOS, "utf-8")
    (tmp_path / "knowledge_base").mkdir()
    return tmp_path


def ran(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "BOT_TOKEN"}
    return subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def lines(said: str, file: str) -> set[int]:
    """The lines of a file that an error points at, each with its column, its code and the line itself below."""
    found = re.findall(rf"^{re.escape(file)}:(\d+):\d+: ошибка\[E\d+\]: \S.*$", said, re.MULTILINE)
    return {int(line) for line in found}


@pytest.mark.parametrize("command", ["check", "run"])
def test_every_fault_of_every_file_is_said_at_once(folder: Path, command: str) -> None:
    done = ran(folder, command, BOT_TOKEN="1234567890:AAxJ0000000000000000000000000000000")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert lines(done.stderr, "desk.yaml") >= DESK_FAULTS, done.stderr
    assert lines(done.stderr, "scenarios.yaml") >= SCENARIO_FAULTS, done.stderr
    assert not (folder / "data").exists()  # nothing was begun


def test_a_file_that_is_not_there_is_a_fault_like_any_other(folder: Path) -> None:
    (folder / "desk.yaml").unlink()
    done = ran(folder, "check")
    assert done.returncode == 2
    assert re.search(r"^desk\.yaml:1:1: ошибка\[E\d+\]", done.stderr, re.MULTILINE), done.stderr
    assert lines(done.stderr, "scenarios.yaml") >= SCENARIO_FAULTS
    assert "Traceback" not in done.stdout + done.stderr


def test_the_shipped_files_are_fine_and_it_is_said_how_much_there_is() -> None:
    done = ran(ROOT, "check")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\d+", done.stdout)


def test_whoever_has_no_token_hears_so_in_two_lines_before_telegrams_library_is_loaded(
    tmp_path: Path,
) -> None:
    done = ran(tmp_path, "run", PYTHONPROFILEIMPORTTIME="1")
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert done.returncode == 2
    assert len(said) == 2, said
    assert "firstline demo" in said[1]
    assert "sqlalchemy" in done.stderr  # the list of what was imported is there
    assert "aiogram" not in done.stderr


def test_the_settings_that_run_will_read_are_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("desk.yaml", "scenarios.yaml", "scenarios", "facts.yaml", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".env").write_text("BOT_TOKEN=garbage\nLANGUAGE=fr\nUNKNOWN_X=1\n", "utf-8")
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert [code for code in ("E501", "E505", "E504") if f"[{code}]" in done.stderr] == [
        "E501",
        "E505",
        "E504",
    ]
