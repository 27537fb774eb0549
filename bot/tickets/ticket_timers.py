"""What happens to a ticket by itself: a nudge, the end of waiting, the warning before it closes. Each is a row in timers."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.sla.policy import Desk
from bot.tickets.ticket import Ticket
from bot.timers import timers

TIMER = "ticket"
NUDGE, UNANSWERED, WARN, CLOSE, WAKE = "nudge", "unanswered", "warn", "close", "wake"
REMIND, DEPUTY = "remind", "deputy"
TURN = "turn"  # of an engineer at a new ticket


def wait_for_answer(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> None:
    """A question was asked: nudge once, and do not wait for ever (business time of the desk's first calendar)."""
    pause = desk.paused_by("waiting_user")
    _arm(tx, desk, ticket, NUDGE, desk.file.closing.nudge, at)
    if pause is not None:
        _arm(tx, desk, ticket, UNANSWERED, pause.max, at)


def wait_for_consent(tx: Connection, desk: Desk, ticket: Ticket, remind: str, deputy: str, at: int) -> None:
    """Somebody was asked to agree: remind them, then turn to the next one."""
    call_off(tx, ticket)
    _arm(tx, desk, ticket, REMIND, remind, at, cycle=at)
    _arm(tx, desk, ticket, DEPUTY, deputy, at, cycle=at)


def close_by_itself(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> None:
    """Resolved and nobody says whether it works: warn, and only then close."""
    _arm(tx, desk, ticket, WARN, desk.file.closing.warn, at)


def close_after_warning(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> int:
    """Returns when it will close (UTC seconds)."""
    return _arm(tx, desk, ticket, CLOSE, desk.file.closing.close, at)


def wake(tx: Connection, ticket: Ticket, at: int) -> None:
    """Scheduled: go on at `at`, the instant the employee agreed to."""
    call_off(tx, ticket)
    timers.arm(tx, TIMER, ticket.about, WAKE, at, cycle=ticket.version)


def pass_on(tx: Connection, ticket: Ticket, at: int) -> None:
    """Nobody has taken the ticket by `at` (UTC seconds): the next one's turn."""
    timers.arm(tx, TIMER, ticket.about, TURN, at, cycle=at)


def call_off(tx: Connection, ticket: Ticket) -> None:
    """Something happened, so that none of this is wanted any more."""
    timers.disarm(tx, TIMER, ticket.about)


def _arm(
    tx: Connection, desk: Desk, ticket: Ticket, key: str, length: str, at: int, *, cycle: int | None = None
) -> int:
    calendar = desk.calendar(desk.default_rule.calendar)
    due = calendar.add(at, desk.seconds(length, calendar))
    timers.arm(tx, TIMER, ticket.about, key, due, cycle=cycle or ticket.version)
    return due
