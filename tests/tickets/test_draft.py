"""A solved ticket becomes a draft for scenarios.yaml: it passes the check and its tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.app.files import open_files
from bot.knowledge.articles import load_library
from bot.scenarios.check.rehearsal import run_tests
from bot.sla.policy import Desk
from bot.teamdesk import draft
from bot.texts import speak
from bot.tickets import actions, store
from tests.scenarios.known import shipped_in_one
from tests.tickets.company import HELPDESK, MONDAY, OLEG, claimed, opened, said, shown, who
from tests.units import work

ROOT = Path(__file__).parents[2]
WORDS = 'Не печатает {{ принтер }} <b>в 312</b>: "замятие" & 100%'


def drafted(tx: Connection, desk: Desk) -> str:
    """The draft of a ticket whose words are difficult for YAML, HTML and templates."""
    asked = [("Какой номер: на наклейке?", "PRN-3-02 #1"), ("Что на экране?", "- ошибка: {49}")]
    ticket = claimed(tx, desk, summary=WORDS, words=WORDS, transcript=asked)
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "заменил ролик: <новый>")
    solved, voice = store.get(tx, ticket.id), speak.voice("ru")
    return draft.text(desk, solved, voice, draft.titles_of(tx, solved, voice))


def test_a_draft_passes_the_check_and_its_tests_when_it_is_pasted(
    tx: Connection, shipped: Desk, tmp_path: Path
) -> None:
    text = drafted(tx, shipped)
    scenario, tests = text.partition("\nscenarios:\n")[2].split("\ntests:\n")
    before, after = shipped_in_one().split("\ntests:", 1)
    pasted = tmp_path / "scenarios.yaml"
    pasted.write_text(f"{before}\n{scenario}\ntests:{after}\n{tests}", "utf-8")
    articles = tmp_path / "knowledge_base"
    shutil.copytree(ROOT / "knowledge_base", articles)
    ticket = store.get(tx, 1)
    text = draft.article_text(ticket, draft.titles_of(tx, ticket, speak.voice("ru")), MONDAY)
    (articles / "ticket-1.md").write_text(text, "utf-8")
    (tmp_path / "facts.yaml").symlink_to(ROOT / "facts.yaml")
    opened_files = open_files(ROOT / "desk.yaml", pasted, articles)
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


def test_a_draft_asks_for_its_title_in_both_languages_and_comes_again_with_it(
    tx: Connection, shipped: Desk
) -> None:
    drafted(tx, shipped)
    assert draft.send(work(tx, MONDAY), who(tx, OLEG), HELPDESK, 1) is None
    assert {draft.CARD, draft.ARTICLE} <= shown(tx, HELPDESK)
    assert "draft.ask_title" in said(tx, HELPDESK)
    draft.titled(work(tx, MONDAY), who(tx, OLEG), HELPDESK, 1, "The roller squeaks = Скрипит ролик")
    ticket, voice = store.get(tx, 1), speak.voice("ru")
    titles = draft.titles_of(tx, ticket, voice)
    assert titles == {"en": "The roller squeaks", "ru": "Скрипит ролик"}
    assert 'title: {en: "The roller squeaks", ru: "Скрипит ролик"}' in draft.text(
        shipped, ticket, voice, titles
    )
    article = draft.article_text(ticket, titles, MONDAY)
    assert "1. заменил ролик: ‹новый›" in article
    assert "# en" in article


@pytest.mark.parametrize(
    ("helped", "shown_as"),
    [
        ("- перезагрузил", "1. - перезагрузил\n"),
        ("2) заменил", "1. 2) заменил\n"),
        ("10. заменил", "1. 10. заменил\n"),
        ("папка \\\\files\\common", "1. папка \\\\files\\common\n"),
        ("ввёл **пароль", "1. ввёл пароль\n"),
    ],
)
def test_the_words_of_a_solution_are_words_in_the_article_too(
    tx: Connection, shipped: Desk, tmp_path: Path, helped: str, shown_as: str
) -> None:
    ticket = claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), helped)
    text = draft.article_text(store.get(tx, ticket.id), {"ru": "Скрипит ролик"}, MONDAY)
    (tmp_path / f"{draft.article_id(ticket)}.md").write_text(text, "utf-8")
    library, complaints = load_library(tmp_path)
    article = library.get(draft.article_id(ticket))
    assert [one for one in complaints if not one.is_warning] == []
    assert article is not None
    assert shown_as in article.html("ru")
