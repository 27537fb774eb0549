"""The profile's buttons and words: whatever is pressed or typed, by anybody, nothing breaks and nothing foreign is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.knowledge import readings
from bot.people import directory, pending_question
from bot.people.access import Refused
from bot.selfservice import kb_browse, kb_cards, profile, profile_card
from bot.sla.policy import Desk
from tests.tickets.company import ANNA, MONDAY, claimed, said, shown, who
from tests.tickets.test_guides import house

ABSURD = (
    "",
    " ",
    "🖨" * 300,
    "x" * 4096,
    "\u202eпринтер\u202c",
    "\u200b\u200b",
    "'; DROP TABLE people; --",
    "<b>1 < 2 & {name}</b>",
    "%s {0} {{ 7*7 }}",
    "\n\t",
)


@pytest.mark.parametrize("action", [*profile.PRESSES, "forged"])
def test_numbers_nobody_wrote_on_a_profiles_button_are_refused(
    tx: Connection, shipped: Desk, action: str
) -> None:
    claimed(tx, shipped)
    for numbers in ((99,), (99, 99), (0, 99), (1, 2, 3)):
        with pytest.raises(Refused):
            profile.press(tx, house(), who(tx, ANNA), action, numbers, MONDAY)
    assert directory.get(tx, ANNA).profile == {}


@pytest.mark.parametrize("text", ABSURD)
def test_absurd_words_for_the_profile_get_a_hint_or_are_kept_as_they_are(tx: Connection, text: str) -> None:
    for name in ("floor", "room", "device", "gone"):
        pending_question.put(tx, ANNA, profile.FIELD + name, MONDAY)
        profile.answered(tx, house().program, who(tx, ANNA), name, text, 7, MONDAY)
        assert profile_card.card(house(), tx, f"person:{ANNA}", f"person:{ANNA}", MONDAY).text
    kept = directory.get(tx, ANNA).profile
    assert "floor" not in kept
    assert set(said(tx, f"person:{ANNA}")) <= {
        f"scenario.hint.{one}" for one in ("int", "short", "long", "pattern")
    }


@pytest.mark.parametrize("text", ABSURD)
def test_absurd_words_for_the_knowledge_base_always_get_an_answer(tx: Connection, text: str) -> None:
    kb_browse.look_up(tx, house(), who(tx, ANNA), f"person:{ANNA}", text, MONDAY)
    assert "shelf" in shown(tx, f"person:{ANNA}")
    drawing = kb_cards.shelf(house(), tx, "search:1", f"person:{ANNA}", MONDAY)
    assert drawing is not None
    assert drawing.text
    assert readings.find_search(tx, 1) is not None
