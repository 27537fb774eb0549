"""Resumes clocks whose pause exceeded `pause.max`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import TicketRef
from bot.texts.speak import Line
from bot.tickets import actions, store
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import State
from bot.timers import timers
from bot.timers.timers import Timer


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "pause": resume the ticket's clocks from the instant the pause was to end, and notify the team."""
    for row in rows:
        ticket = store.get(work.tx, TicketRef.read(row.ref).number)
        timers.settle(work, row.id, "fired")
        if operations.resumed(work, ticket.id, row.fire_at, "max_reached"):
            reason = "why.waited" if ticket.state is State.WAITING else "why.pause_over"
            if moved := revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), reason):
                actions.tell(work, store.change(work.tx, ticket, **moved), anew="promise")
            store.record(work, ticket.id, "timer", "pause_over")
            actions.say_in_topic(work, ticket, Line("pause.over", {"number": ticket.id}))
