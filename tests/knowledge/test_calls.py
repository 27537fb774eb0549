"""A call for a human, and words that only look like one."""

from __future__ import annotations

import pytest

from bot.knowledge.route import Router
from tests import shipped


@pytest.fixture(scope="module")
def router() -> Router:
    return shipped.house().router


@pytest.mark.parametrize(
    "text",
    [
        "интернет есть, но сайт не открывается",
        "доступ есть",
        "есть",
        "нужны права админа",
        "human resources portal does not open",
        "оператор связи не работает",
        "есть ли у нас лицензия на фотошоп",
    ],
)
def test_a_word_of_a_sentence_calls_no_human(router: Router, text: str) -> None:
    decision = router.route(text)
    assert "operator" not in decision.flags
    assert decision.kind != "operator"


@pytest.mark.parametrize(
    "text",
    ["оператор", "кто-нибудь есть?", "админ", "operator please", "support", "нужен админ, принтер сломан"],
)
def test_a_call_for_a_human_is_heard(router: Router, text: str) -> None:
    decision = router.route(text)
    assert decision.kind == "operator" or "operator" in decision.flags


@pytest.mark.parametrize(
    "text", ["какой статус моей заявки", "статус моей заявки?", "what is the status of my ticket"]
)
def test_a_question_for_ones_own_tickets_is_heard(router: Router, text: str) -> None:
    assert router.route(text).kind == "tickets"
