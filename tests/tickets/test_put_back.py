"""A ticket that is put back into the queue has a promise again by when it will be taken."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people import directory
from bot.sla.policy import Desk
from bot.tickets import absence, actions, store
from bot.tickets.clocks import clock_rows, operations
from tests.tickets.company import MONDAY, OLEG, SVETA, claimed, who
from tests.units import work

HOUR = 3600


def claims(tx: Connection, ticket_id: int) -> list[tuple[int, str, int | None]]:
    """The claim clocks of a ticket: cycle, state, due time."""
    kept = clock_rows.of_ticket(tx, ticket_id)
    return [
        (one.clock.cycle, one.clock.state.value, one.clock.due_at)
        for one in kept
        if one.clock.kind == "claim"
    ]


def test_a_ticket_that_is_released_begins_a_new_claim_clock(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    back = MONDAY + HOUR
    absence.release(work(tx, back, shipped), ticket, who(tx, OLEG), "")
    assert claims(tx, ticket.id) == [(1, "stopped", None), (2, "running", back + HOUR)]
    actions.claim(work(tx, back + 60, shipped), ticket.id, who(tx, SVETA))
    assert claims(tx, ticket.id)[-1] == (2, "stopped", None)
    assert operations.view(tx, ticket.id)["claim"].state == "stopped"


def test_what_an_engineer_leaves_at_the_end_of_a_shift_does_too(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    absence.end_shift(work(tx, MONDAY + HOUR, shipped), who(tx, OLEG), "")
    assert claims(tx, ticket.id)[-1] == (2, "running", MONDAY + 2 * HOUR)


def test_what_the_bot_takes_from_an_absent_engineer_does_too(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    directory.remember(work(tx, MONDAY, shipped), OLEG, "away", True)
    absence.back_if_absent(work(tx, MONDAY + HOUR, shipped), ticket)
    assert claims(tx, ticket.id)[-1] == (2, "running", MONDAY + 2 * HOUR)


def test_a_claim_clock_that_runs_is_not_begun_again(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    absence.release(work(tx, MONDAY, shipped), ticket, who(tx, OLEG), "")
    operations.put_back(work(tx, MONDAY + 60, shipped), store.get(tx, ticket.id).id, MONDAY + 60)
    assert len(claims(tx, ticket.id)) == 2
