"""A solved ticket becomes a draft for scenarios.yaml: it passes the check and its tests."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from bot.app.files import open_files
from bot.scenarios.check.rehearsal import run_tests
from bot.sla.policy import Desk
from bot.teamdesk import draft
from bot.texts import speak
from bot.tickets import actions, store
from tests.scenarios.known import shipped_in_one
from tests.tickets.company import HELPDESK, MONDAY, OLEG, claimed, opened, shown, who
from tests.units import work

ROOT = Path(__file__).parents[2]
WORDS = 'Не печатает {{ принтер }} <b>в 312</b>: "замятие" & 100%'


def drafted(tx: Connection, desk: Desk) -> str:
    """The draft of a ticket whose words are difficult for YAML, HTML and templates."""
    asked = [("Какой номер: на наклейке?", "PRN-3-02 #1"), ("Что на экране?", "- ошибка: {49}")]
    ticket = claimed(tx, desk, summary=WORDS, words=WORDS, transcript=asked)
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "заменил ролик: <новый>")
    return draft.text(desk, store.get(tx, ticket.id), speak.voice("ru"))


def test_a_draft_passes_the_check_and_its_tests_when_it_is_pasted(
    tx: Connection, shipped: Desk, tmp_path: Path
) -> None:
    text = drafted(tx, shipped)
    scenario, tests = text.partition("\nscenarios:\n")[2].split("\ntests:\n")
    before, after = shipped_in_one().split("\ntests:", 1)
    pasted = tmp_path / "scenarios.yaml"
    pasted.write_text(f"{before}\n{scenario}\ntests:{after}\n{tests}", "utf-8")
    opened_files = open_files(ROOT / "desk.yaml", pasted, ROOT / "knowledge_base")
    assert opened_files.errors == []
    program, document = opened_files.program, opened_files.document
    assert program is not None
    assert document is not None
    mine = [case for case in program.tests if getattr(case, "scenario", "") == "ticket_1"]
    assert len(mine) == 2
    assert run_tests(program, document).complaints == []


def test_a_ticket_that_nobody_has_solved_makes_no_draft(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped)
    line = draft.send(work(tx, MONDAY), who(tx, OLEG), HELPDESK, ticket.id)
    assert line is not None
    assert line.key == "draft.unsolved"
    assert draft.CARD not in shown(tx, HELPDESK)
