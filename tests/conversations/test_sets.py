"""The sets beside the conversations: follow-ups reach their ticket, a wish for a human is heard in any place.

The floors are what was reached when the sets were first played; they may only rise.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from benchmarks.blind import beside as beside_words
from benchmarks.blind import kinds, opened
from bot.conversation.decision import (
    AskWhere,
    BesideTicket,
    Destination,
    Standing,
    TicketBeside,
    decide,
)
from bot.selfservice import hearing
from tests import shipped
from tests.conversations.reading import FOLDER, MINUTE, NOW

UNASKED, WITH_A_RECEIPT = 40, 6  # of 40 follow-ups (38 and 17 while receipts were cheap)
UNASKED_SECOND, WITH_A_RECEIPT_SECOND = 28, 6  # of 30 by another writer
ASKED, SWALLOWED = 29, 0  # of 30 second problems
IN_A_CLAUSE, HARMLESS_CLAUSES = 11, 12  # of 12 each
REAL, HARMLESS = 47, 42  # of 50 each: where danger is seen, where it rightly is not
WORKED_WITH_A_RECEIPT, LOST_TO_A_QUESTION, WORKED_ASKED = (
    15,
    5,
    57,
)  # of 94 follow-ups and 58 second problems, none of these silent
WORKED_REAL, WORKED_HARMLESS = 40, 43  # of 46 and 50
MUST = {"позовите человека", "соедините с оператором", "I want a human"}


def entries(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((FOLDER / "sets" / f"{name}.yaml").read_text("utf-8"))
    return loaded


def heard(text: str) -> Any:
    house, message = shipped.house(), SimpleNamespace(kind="text")
    work: Any = SimpleNamespace(config=house)
    return hearing.hear(work, message, text, house.router.route(text))  # type: ignore[arg-type]


def beside(entry: dict[str, Any]) -> Destination:
    """Where the words of an entry go, beside its ticket."""
    of, text = entry["ticket"], entry["text"]
    at = NOW - MINUTE * of["minutes_ago"]
    category = None if of["category"] in ("none", "other") else of["category"]
    wrote = at if of["last_writer"] == "engineer" else 0
    ticket = TicketBeside(1, category, desk_wrote_at=wrote, last_at=at)
    return decide(Standing(NOW, (hearing.about(text, ticket, of["title"], []),)), heard(text))


@pytest.mark.parametrize(
    ("name", "unasked", "with_a_receipt"),
    [
        ("follow_ups", UNASKED, WITH_A_RECEIPT),
        ("follow_ups_second", UNASKED_SECOND, WITH_A_RECEIPT_SECOND),
    ],
)
def test_follow_ups_reach_their_ticket_unasked(name: str, unasked: int, with_a_receipt: int) -> None:
    reached = [one for one in map(beside, entries(name)) if isinstance(one, BesideTicket)]
    assert len(reached) >= unasked
    assert sum(not one.is_sure for one in reached) <= with_a_receipt


def test_second_problems_are_asked_about_and_none_is_swallowed() -> None:
    found = [beside(entry) for entry in entries("second_problems")]
    assert sum(isinstance(one, AskWhere) for one in found) >= ASKED
    assert sum(isinstance(one, BesideTicket) and one.is_sure for one in found) <= SWALLOWED


def test_a_follow_up_has_no_line_and_a_second_problem_is_asked_about() -> None:
    house = shipped.house()
    found: dict[str, list[Destination]] = {"followup": [], "second": []}
    for entry in entries("worked_follow_ups"):
        of = opened(house, entry["open"])
        found[entry["kind"]].append(beside_words(house, entry["then"], entry["open"], of))
    asked, lines, _ = kinds(found["followup"])
    assert lines + asked <= WORKED_WITH_A_RECEIPT + LOST_TO_A_QUESTION
    assert lines <= WORKED_WITH_A_RECEIPT
    asked, _, silent = kinds(found["second"])
    assert (asked >= WORKED_ASKED, silent) == (True, 0)


def test_danger_that_is_denied_past_or_told_is_none() -> None:
    router = shipped.house().router
    told = [
        (entry["label"] == "danger", "safety" in router.route(entry["text"]).flags)
        for entry in entries("worked_danger")
    ]
    assert told.count((True, True)) >= WORKED_REAL
    assert told.count((False, False)) >= WORKED_HARMLESS


def test_a_wish_for_a_human_is_heard() -> None:
    wishes = {entry["text"] for entry in entries("human")}
    assert wishes >= MUST
    assert all(heard(text).wants_human for text in MUST)


def test_danger_is_seen_in_a_clause_of_a_message_about_a_printer() -> None:
    assert (
        "safety" in shipped.house().router.route("не печатает принтер, и ещё кто-то читает мои письма").flags
    )


@pytest.mark.parametrize(
    ("name", "real", "harmless"),
    [("danger", REAL, HARMLESS), ("danger_clauses", IN_A_CLAUSE, HARMLESS_CLAUSES)],
)
def test_danger_is_told_from_what_only_sounds_like_it(name: str, real: int, harmless: int) -> None:
    router = shipped.house().router
    told = [(entry["danger"], "safety" in router.route(entry["text"]).flags) for entry in entries(name)]
    assert told.count((True, True)) >= real
    assert told.count((False, False)) >= harmless
