"""What happens to a ticket by itself: a nudge, the end of waiting, the warning before it closes. Each is a row in timers."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.tickets.ticket import Ticket
from bot.timers import timers

TIMER = "ticket"
NUDGE, UNANSWERED, WARN, CLOSE, WAKE = "nudge", "unanswered", "warn", "close", "wake"
REMIND, DEPUTY = "remind", "deputy"
TURN = "turn"  # of an engineer at a new ticket
SHUT = "shut"  # the topic of a closed ticket that waits for its engineer to say what helped
AFTERWORD = 3 * 86_400  # seconds that it waits, with a weekend in them


def wait_for_answer(work: Work, ticket: Ticket, at: int) -> None:
    """A question was asked: nudge once, and do not wait for ever (business time of the desk's first calendar)."""
    pause = work.config.desk.paused_by("waiting_user")
    _arm(work, ticket, NUDGE, work.config.desk.file.closing.nudge, at)
    if pause is not None:
        _arm(work, ticket, UNANSWERED, pause.max, at)


def wait_for_consent(work: Work, ticket: Ticket, remind: str, deputy: str, at: int) -> None:
    """Someone was asked to agree: remind them, then turn to the next one."""
    call_off(work.tx, ticket)
    _arm(work, ticket, REMIND, remind, at, cycle=at)
    _arm(work, ticket, DEPUTY, deputy, at, cycle=at)


def close_by_itself(work: Work, ticket: Ticket, at: int) -> None:
    """Resolved and no one says whether it works: warn, and only then close."""
    _arm(work, ticket, WARN, work.config.desk.file.closing.warn, at)


def close_after_warning(work: Work, ticket: Ticket, at: int) -> int:
    """Returns when it will close (UTC seconds)."""
    return _arm(work, ticket, CLOSE, work.config.desk.file.closing.close, at)


def wake(tx: Connection, ticket: Ticket, at: int) -> None:
    """Scheduled: go on at `at`, the instant the employee agreed to."""
    call_off(tx, ticket)
    timers.arm(tx, TIMER, ticket.about, WAKE, at, cycle=ticket.version)


def shut_later(work: Work, ticket: Ticket) -> None:
    """Close the topic of a closed ticket even if no one says what helped."""
    timers.arm(work.tx, TIMER, ticket.about, SHUT, work.now + AFTERWORD, cycle=ticket.version)


def pass_on(tx: Connection, ticket: Ticket, at: int) -> None:
    """No one has taken the ticket by `at` (UTC seconds): the next one's turn."""
    timers.arm(tx, TIMER, ticket.about, TURN, at, cycle=at)


def call_off(tx: Connection, ticket: Ticket) -> None:
    """Something happened, so that none of this is wanted any more."""
    timers.disarm(tx, TIMER, ticket.about)


def _arm(work: Work, ticket: Ticket, key: str, length: str, at: int, *, cycle: int | None = None) -> int:
    calendar = work.config.desk.usual
    due = calendar.add(at, work.config.desk.seconds(length, calendar))
    timers.arm(work.tx, TIMER, ticket.about, key, due, cycle=cycle or ticket.version)
    return due
