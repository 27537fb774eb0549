"""The sets beside the conversations: follow-ups reach their ticket, a wish for a human is heard in any place.

The floors are what was reached when the sets were first played; they may only rise.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import yaml

from bot.conversation.decision import BesideTicket, Standing, TicketBeside, decide
from bot.selfservice import hearing
from tests import shipped
from tests.conversations.reading import FOLDER, MINUTE, NOW

UNASKED, WITH_A_RECEIPT = 38, 17  # of 40
REAL, HARMLESS = 47, 37  # of 50 each: where danger is seen, where it rightly is not
MUST = {"позовите человека", "соедините с оператором", "I want a human"}


def entries(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((FOLDER / "sets" / f"{name}.yaml").read_text("utf-8"))
    return loaded


def heard(text: str) -> Any:
    house, message = shipped.house(), SimpleNamespace(kind="text")
    work: Any = SimpleNamespace(config=house)
    return hearing.hear(work, message, text, house.router.route(text))  # type: ignore[arg-type]


def test_follow_ups_reach_their_ticket_unasked() -> None:
    found = []
    for entry in entries("follow_ups"):
        of, text = entry["ticket"], entry["text"]
        at = NOW - MINUTE * of["minutes_ago"]
        category = None if of["category"] in ("none", "other") else of["category"]
        wrote = at if of["last_writer"] == "engineer" else 0
        ticket = TicketBeside(1, category, desk_wrote_at=wrote, last_at=at)
        standing = Standing(NOW, (hearing.about(text, ticket, of["title"], []),))
        found.append(decide(standing, heard(text)))
    reached = [one for one in found if isinstance(one, BesideTicket)]
    assert len(reached) >= UNASKED
    assert sum(not one.is_sure for one in reached) <= WITH_A_RECEIPT


def test_a_wish_for_a_human_is_heard() -> None:
    wishes = {entry["text"] for entry in entries("human")}
    assert wishes >= MUST
    assert all(heard(text).wants_human for text in MUST)


def test_danger_is_told_from_what_only_sounds_like_it() -> None:
    router = shipped.house().router
    told = [(entry["danger"], "safety" in router.route(entry["text"]).flags) for entry in entries("danger")]
    assert told.count((True, True)) >= REAL
    assert told.count((False, False)) >= HARMLESS
