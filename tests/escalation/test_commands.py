"""`firstline sla check`, `sla report`, `sla replay` and `why` on the command line: good input, bad input, exit codes."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from bot.app import cli
from bot.clock import MachineClock
from bot.sla.policy import Desk
from bot.storage.db import open_database
from bot.storage.schema import people
from tests.databases import copied_sqlite
from tests.escalation.company import SHIPPED, at
from tests.escalation.test_replay import lived

Firstline = Callable[..., tuple[int, str, str]]
NOT_THERE = "nothing.yaml:1:1: error[E102]: the file cannot be read"


@pytest.fixture
def firstline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Firstline:
    """Type a command in a folder with the shipped desk.yaml; returns exit code, output, complaints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/firstline.db")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr(MachineClock, "now", lambda _: at("2026-11-27 12:00"))
    Path("desk.yaml").write_text(SHIPPED, "utf-8")

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["firstline", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return typed


@pytest.fixture
def history(firstline: Firstline, shipped: Desk, tmp_path: Path) -> None:
    """A desk that has solved two tickets this week, one of them too late."""

    def company(tx: Connection) -> None:
        tx.execute(insert(people).values(id=1, staff_id="S-1", name="Anna", roles=[], profile={}))
        lived(tx, shipped)

    async def made() -> None:
        db = open_database(copied_sqlite(tmp_path / "firstline.db"))
        await db.run(company)
        await db.close()

    asyncio.run(made())


ROTA = "".join(
    f"  {team}: {{start: 2026-11-23, people: [E{n}]}}\n"
    for n, team in enumerate(("helpdesk", "network", "admins"))
)


def test_a_sound_desk_is_covered(firstline: Firstline) -> None:
    Path("desk.yaml").write_text(SHIPPED.replace("\nchains:", f"\nduty:\n{ROTA}\nchains:", 1), "utf-8")
    code, said, complaints = firstline("sla", "check", "--language", "en")
    assert (code, said.strip()) == (0, "Everything is covered: hours, roles, rotas, calendars.")
    assert "not checked" in complaints  # no people are known, so empty roles cannot be seen
    assert json.loads(firstline("sla", "check", "--format", "json")[1])["complaints"] == []


def test_what_nobody_covers_is_exit_1_and_what_is_wrong_is_exit_2_at_its_place(firstline: Firstline) -> None:
    Path("desk.yaml").write_text(SHIPPED.replace("to: 2027-12-31", "to: 2026-12-31"), "utf-8")
    code, _, complaints = firstline("sla", "check", "--language", "en")
    assert code == 1
    assert _place(complaints, "W313") == _line_of("  office:")
    Path("desk.yaml").write_text(SHIPPED.replace("09:00-18:00", "18:00-18:00"), "utf-8")
    code, _, complaints = firstline("sla", "check", "--language", "en")
    assert code == 2
    assert _place(complaints, "E308") == _line_of("09:00-18:00")
    found = json.loads(firstline("sla", "check", "--format", "json")[1])
    assert [one["code"] for one in found["complaints"]] == ["E308"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("sla", "check", "--desk", "nothing.yaml"), "nothing.yaml"),
        (("sla", "check", "--people", "nobody.csv"), "nobody.csv"),
        (("sla", "check", "--format", "xml"), "xml"),
        (("sla", "report", "--format", "xml"), "xml"),
        (("sla", "report", "--by", "weather"), "weather"),
        (("sla", "report", "--from", "2026-13-01"), "2026-13-01"),
        (("sla", "report", "--from", "2026-11-10", "--to", "2026-11-01"), "2026-11-10"),
        (("sla", "replay"), "--desk"),
        (("sla", "replay", "--desk", "nothing.yaml"), NOT_THERE),
        (("why", "first"), "first"),
        (("sla", "forecast"), "sla"),
    ],
)
def test_bad_words_are_exit_2_with_a_sentence_and_no_traceback(
    firstline: Firstline, words: tuple[str, ...], complaint: str
) -> None:
    code, said, complaints = firstline(*words)
    assert (code, said) == (2, "")
    assert complaint in complaints
    assert "Traceback" not in complaints


@pytest.mark.parametrize("words", [("sla", "report"), ("why", "1")])
def test_a_desk_that_cannot_be_used_is_told_at_its_place(
    firstline: Firstline, words: tuple[str, ...]
) -> None:
    Path("desk.yaml").write_text(SHIPPED.replace("09:00-18:00", "18:00-18:00"), "utf-8")
    code, said, complaints = firstline(*words)
    assert (code, said) == (2, "")
    assert _place(complaints, "E308") == _line_of("09:00-18:00")
    Path("desk.yaml").rename("nothing.yaml")
    assert "desk.yaml:1:1: error[E102]" in firstline(*words)[2]


def test_without_a_database_there_is_a_sentence(firstline: Firstline) -> None:
    for words in (("sla", "report"), ("sla", "replay", "--desk", "desk.yaml"), ("why", "1")):
        code, said, complaints = firstline(*words)
        assert (code, said) == (1, "")
        assert "start the bot once" in complaints
        assert not Path("firstline.db").exists()


@pytest.mark.usefixtures("history")
def test_the_report_says_the_same_in_words_as_json_and_as_a_sheet(firstline: Firstline) -> None:
    code, said, _ = firstline(
        "sla", "report", "--from", "2026-11-23", "--to", "2026-11-27", "--by", "priority"
    )
    assert code == 0
    assert "P3" in said
    rows = list(
        csv.DictReader(io.StringIO(firstline("sla", "report", "--by", "priority", "--format", "csv")[1]))
    )
    found = json.loads(firstline("sla", "report", "--by", "priority", "--format", "json")[1])
    for told in (rows, found["groups"]):
        ended = {one["group"]: (int(one["resolution_met"]), int(one["resolution_missed"])) for one in told}
        assert ended["P3"] == (1, 1)
        assert ended["P1"] == (0, 0)
    assert firstline("sla", "report", "--to", "2026-01-31")[0] == 0  # a period in which nothing happened


@pytest.mark.usefixtures("history")
def test_the_replay_compares_and_a_broken_file_is_told_at_its_place(firstline: Firstline) -> None:
    Path("other.yaml").write_text(SHIPPED.replace("resolution: 2bd", "resolution: 9bd", 1), "utf-8")
    code, said, _ = firstline("sla", "replay", "--desk", "other.yaml")
    assert code == 0
    assert "P3 · Resolve: 2 promises, kept 50 %, would be 100 % (not promised: 0)" in said
    Path("other.yaml").write_text(SHIPPED.replace("09:00-18:00", "18:00-18:00"), "utf-8")
    code, said, complaints = firstline("sla", "replay", "--desk", "other.yaml")
    assert (code, said) == (2, "")
    assert _place(complaints, "E308") == _line_of("09:00-18:00")


@pytest.mark.usefixtures("history")
def test_why_prints_the_arithmetic_and_knows_no_other_ticket(firstline: Firstline) -> None:
    code, said, _ = firstline("why", "2")
    assert code == 0
    assert "<b>" not in said
    code, said, complaints = firstline("why", "77")
    assert (code, said) == (1, "")
    assert complaints == "firstline why: There is no ticket 77.\n"


def _place(complaints: str, code: str) -> int:
    """The line of the complaint with this code; it has a column, too."""
    head = next(line for line in complaints.splitlines() if f"[{code}]" in line)
    _, line, column = head.split(": ")[0].split(":")
    assert int(column) > 1
    return int(line)


def _line_of(words: str) -> int:
    return next(n for n, line in enumerate(SHIPPED.splitlines(), start=1) if words in line)
