"""What a verb reads of a typed command."""

from __future__ import annotations

import pytest

from bot.tickets.invocation import Misplaced, Misused
from bot.tickets.store import NoSuchTicket
from tests.people.test_access import PEOPLE
from tests.units import typed

OLEG = PEOPLE["assignee"]


def test_the_first_word_ends_at_any_space() -> None:
    for text in (
        "/ticket @anna принтер молчит",
        "/ticket @anna\nпринтер молчит",
        "/ticket @anna  принтер молчит",
    ):
        asked = typed(OLEG, OLEG.key, text)
        assert (asked.first, asked.rest) == ("@anna", "принтер молчит")
    nothing = typed(OLEG, OLEG.key, "/ticket")
    assert (nothing.first, nothing.rest) == ("", "")


def test_a_number_is_a_number_that_a_ticket_can_have() -> None:
    assert typed(OLEG, OLEG.key, "/void 1042 учения").number == 1042
    for words in ("", "абв", "-1", "1.5", "№ 7"):
        with pytest.raises(Misused):
            assert typed(OLEG, OLEG.key, f"/void {words}").number
    with pytest.raises(NoSuchTicket, match="9999999999"):
        assert typed(OLEG, OLEG.key, f"/void {'9' * 40}").number


def test_the_ticket_that_is_meant_is_the_one_written_before_that_of_the_topic() -> None:
    assert typed(OLEG, "team:network", "/why 7", ticket=3).meant == 7
    assert typed(OLEG, "team:network", "/why", ticket=3).meant == 3
    with pytest.raises(Misused):
        assert typed(OLEG, OLEG.key, "/why").meant
    with pytest.raises(Misplaced):
        assert typed(OLEG, OLEG.key, "/done").ticket
