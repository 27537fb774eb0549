"""Instructions beside a ticket: offered to its engineers, sent only by them, and only employees' articles."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Connection

from bot.errors import FirstlineError
from bot.knowledge import readings
from bot.knowledge.articles import EVERYBODY
from bot.selfservice import kb_beside, kb_browse
from bot.sla.policy import Desk
from bot.teamdesk import guides
from bot.telegram.buttons import (
    AllArticleTopics,
    ArticleFailed,
    ArticleHelped,
    ArticlesForWords,
    ArticleTopic,
    HumanAfterArticles,
    OpenArticles,
    OpenGuides,
    ReadArticle,
    SeeArticle,
    SendArticle,
)
from bot.telegram.former_buttons import FormerTopic
from tests.shipped import house
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    IGOR,
    MARINA,
    MONDAY,
    NETWORK,
    NINA,
    OLEG,
    PETR,
    SVETA,
    claimed,
    said,
    shown,
    who,
)
from tests.units import work

ROOT = Path(__file__).parents[2]
EVERYONE = {"Anna": ANNA, "Boris": BORIS, "Oleg": OLEG, "Petr": PETR, "Sveta": SVETA, "Nina": NINA}
EVERYONE |= {"Marina": MARINA, "Igor": IGOR}


def done_by(tx: Connection, pressed: guides.GuideButton, chat: str) -> set[str]:
    """Who may press this; each person tries, and everything is rolled back."""
    may = set()
    for name, person in EVERYONE.items():
        save = tx.begin_nested()
        try:
            guides.press(work(tx, MONDAY, house()), pressed, who(tx, person), chat)
            may.add(name)
        except FirstlineError:
            pass
        save.rollback()
    return may


def test_the_desks_own_instruction_leads_the_list_of_what_fits(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped, summary="Принтер жуёт бумагу", words="замяло бумагу в принтере")
    listed = [article.id for article in kb_beside.fitting(work(tx, MONDAY, house()), ticket, EVERYBODY)]
    assert listed[0] == "eng-printer-line"
    assert "printer-jam" in listed[1:4]


def test_every_category_has_an_instruction_of_the_desks_own(tx: Connection, shipped: Desk) -> None:
    for category in shipped.categories:
        ticket = claimed(tx, shipped, category=category, summary="x")
        listed = kb_beside.fitting(work(tx, MONDAY, house()), ticket, EVERYBODY)
        assert listed, category
        assert listed[0].front.audience == "engineer", category


def test_instructions_are_opened_by_those_who_see_the_ticket(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    assert done_by(tx, OpenGuides(ticket.id), HELPDESK) == {"Oleg", "Petr", "Sveta", "Marina"}
    assert done_by(tx, OpenGuides(ticket.id), NETWORK) == set()
    assert done_by(tx, OpenGuides(999), HELPDESK) == set()


def test_an_article_is_sent_by_those_who_may_answer_and_once(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    article = house().library.get("printer-jam")
    assert article is not None
    kb_browse.open_article(work(tx, MONDAY), who(tx, OLEG), article, HELPDESK, ticket=ticket.id)
    assert done_by(tx, SendArticle(1), HELPDESK) == {"Oleg", "Petr", "Sveta", "Marina"}
    assert done_by(tx, SendArticle(1), f"person:{ANNA}") == set()
    guides.press(work(tx, MONDAY, house()), SendArticle(1), who(tx, OLEG), HELPDESK)
    again = guides.press(work(tx, MONDAY, house()), SendArticle(1), who(tx, OLEG), HELPDESK)
    assert again.key == "article.already"
    assert "article" in shown(tx, f"person:{ANNA}")
    assert "article.sent" in said(tx, HELPDESK)


def test_an_instruction_for_engineers_is_never_sent_to_anybody(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    article = house().library.get("eng-printer-line")
    assert article is not None
    kb_browse.open_article(work(tx, MONDAY), who(tx, OLEG), article, HELPDESK, ticket=ticket.id)
    line = guides.press(work(tx, MONDAY, house()), SendArticle(1), who(tx, OLEG), HELPDESK)
    assert line.key == "article.unknown"
    assert "article" not in shown(tx, f"person:{ANNA}")


NOBODY_WROTE = (
    ArticleHelped(7),
    ArticleFailed(7),
    SeeArticle(7, 8),
    ReadArticle(7, 8),
    AllArticleTopics(7),
    ArticleTopic(7, "printer"),
    FormerTopic(7, 0),
    HumanAfterArticles(7),
    ArticlesForWords(7),
)


def test_every_button_of_the_knowledge_base_with_numbers_is_forged() -> None:
    assert {type(one) for one in NOBODY_WROTE} == {*get_args(kb_browse.ArticleButton)} - {OpenArticles}


@pytest.mark.parametrize("pressed", NOBODY_WROTE, ids=lambda one: type(one).__name__)
def test_a_button_of_the_knowledge_base_with_numbers_nobody_wrote_does_nothing(
    tx: Connection, shipped: Desk, pressed: kb_browse.ArticleButton
) -> None:
    for person in EVERYONE.values():
        with tx.begin_nested():
            try:
                line = kb_browse.press(
                    work(tx, MONDAY, house()), who(tx, person), f"person:{person}", pressed
                )
            except FirstlineError:
                line = None
            assert line is None or line.key == "stale"
    assert shown(tx, f"person:{ANNA}") == set()
    assert readings.get(tx, 1) is None
