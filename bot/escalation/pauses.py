"""A pause ends by itself: nobody stops a clock for longer than desk.yaml allows, whoever forgets to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.sla.policy import Desk
from bot.texts.speak import Line
from bot.tickets import actions, store
from bot.tickets.clocks import operations, revised_eta
from bot.timers import timers


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Rows of kind "pause": the ticket's clocks run again from the instant the pause was to end, and the team is told."""
    for row in rows:
        ticket = store.get(tx, int(row.ref.removeprefix("ticket:")))
        timers.settle(tx, row.id, "fired", now)
        if operations.resumed(tx, desk, ticket.id, row.fire_at, "max_reached"):
            if moved := revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.waited"):
                actions.tell(tx, store.change(tx, ticket, **moved), now, anew="promise")
            store.record(tx, ticket.id, "timer", "pause_over", now)
            actions.say_in_topic(tx, ticket, Line("pause.over", {"number": ticket.id}), now)
