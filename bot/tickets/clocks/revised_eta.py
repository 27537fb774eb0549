"""Our word to the employee: by when it will be solved, why that moved, and what we promise instead once we were late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from bot.config.config import Work
from bot.keys import PersonChat, TicketRef
from bot.sla import clock as sla
from bot.sla.calendar import BeyondCalendar
from bot.sla.clock import ClockState
from bot.sla.policy import BREACH, Desk
from bot.storage.schema import history
from bot.telegram import outbox
from bot.tickets import store
from bot.tickets.clocks import clock_rows, operations
from bot.tickets.clocks.clock_rows import Kept
from bot.tickets.clocks.operations import PLEDGE
from bot.tickets.ticket import IN_WORK, Ticket
from bot.timers import timers
from bot.timers.timers import Alarm, Timer

NOTICED = 300  # seconds: a promise that moved by less needs no explanation
FIRST = 4  # the first new promise is a quarter of the target, each next one twice as long
NEAR = 90  # per cent of the target at which the employee reads that little time is left
LEADERS = frozenset(("team_lead", "supervisor", "head"))
FEW = 2  # cards that come down in one chat at once; more are one message that names them
NICE = 300  # seconds: a promise in words ends with 0 or 5 minutes
RECOUNTED = 25  # clocks in one unit of work, at the most


@dataclass(frozen=True, slots=True)
class EtaStanding:
    """A running promise to solve a ticket; `left_s` is business time, 0 once it is late."""

    is_late: bool
    is_near: bool
    leaders_know: bool
    left_s: int


def state(work: Work, ticket: Ticket) -> EtaStanding | None:
    """The promise to solve it; None while no clock runs."""
    running = clock_rows.of_ticket(work.tx, ticket.id, ClockState.RUNNING)
    kept = next((one for one in running if one.clock.kind == "resolution"), None)
    if kept is None or ticket.state not in IN_WORK:
        return None
    left = max(0, sla.left(kept.clock, work.config.desk.calendar(kept.calendar), work.now))
    near = left * 100 <= kept.clock.target_s * (BREACH - NEAR)
    return EtaStanding(
        kept.clock.is_late, near, _leaders_know(work.config.desk, ticket, kept, work.now), left
    )


def given(tx: Connection, ticket: Ticket) -> int | None:
    """When the employee expects it solved (UTC seconds): by the clock; once it is paused or late, as we last said."""
    resolution = operations.view(tx, ticket.id).get("resolution")
    if resolution is None or resolution.due_at is None or resolution.breached_at is not None:
        return ticket.promise
    return resolution.due_at


def why(before: int | None, after: int | None, key: str, **facts: object) -> dict[str, Any]:
    """The change of a ticket that gives the reason for its new promise; nothing when that is about the old one."""
    if before is None or after is None or abs(after - before) <= NOTICED:
        return {}
    return {"why": [key, facts]}


def theirs_later(tx: Connection, ticket: Ticket) -> int | None:
    """When another team owes it by its own hours (UTC seconds), if that is later than we have promised; else None."""
    seen = operations.view(tx, ticket.id) if ticket.is_away else {}
    ours, theirs = seen.get("resolution"), seen.get(operations.OLA_RESOLVE)
    if ours is None or theirs is None or theirs.due_at is None or ours.breached_at or ours.due_at is None:
        return None
    return theirs.due_at if theirs.due_at > ours.due_at else None


def broken(work: Work, missed: Sequence[tuple[Ticket, str]]) -> None:
    """Deadlines were missed - the ticket and the kind of its clock: say so before the employees ask, with a new promise.

    The tickets are held by this transaction.
    """
    late = {ticket.id: ticket for ticket, kind in missed if kind == "resolution"}
    _renew(work, list(late.values()))
    _say(
        work,
        {ticket.id: ticket for ticket, kind in missed if kind in ("response", "workaround", "resolution")},
    )


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "pledge": a new promise has come to its end too, or a late ticket is worked on again."""
    again = {row.ref for row in rows if row.key.startswith(operations.AGAIN)}
    tickets = store.hold(work.tx, [TicketRef.read(row.ref).number for row in rows])
    timers.settle_all(work, [row.id for row in rows], "fired")
    late = set(late_among(work.tx, [ticket for ticket in tickets.values() if ticket.state in IN_WORK]))
    # A promise that has been replaced by a later one since ends nothing.
    over = {
        number: ticket
        for number, ticket in tickets.items()
        if number in late and (ticket.about in again or (ticket.promise or 0) <= work.now)
    }
    _renew(work, list(over.values()))
    _say(work, over)


def recount(work: Work, most: int = RECOUNTED) -> int:
    """Count some open clocks again after their calendar was corrected; returns how many there were. Who was promised
    another time than they have now reads it, with the reason.
    """
    changes = operations.reproject(work, most)
    moved = {
        kept.ticket: turn.clock.due_at
        for kept, turn in changes
        if kept.clock.kind == "resolution" and _is_news(kept.clock.due_at, turn.clock.due_at)
    }
    store.promise_all(work.tx, moved, ["why.calendar", {}])
    redraw(work, list(store.hold(work.tx, list(moved)).values()), anew="calendar")
    return len(changes)


def _is_news(before: int | None, after: int | None) -> bool:
    """Whether the employee has to know the new deadline: it moved, or there was none before."""
    return bool(why(before, after, "why.calendar")) or (before is None and after is not None)


def _renew(work: Work, tickets: Sequence[Ticket]) -> None:
    if not tickets:
        return
    ids = [ticket.id for ticket in tickets]
    counts, kept = _renewed(work.tx, ids), clock_rows.of_tickets(work.tx, ids)
    given = {number: _instead(work.config.desk, kept[number], counts[number], work.now) for number in ids}
    store.promise_all(work.tx, given, None)
    kept_on = [(number, counts[number] + 1, until) for number, until in given.items() if until is not None]
    store.record_all(work.tx, [_trail(number, count, until, work.now) for number, count, until in kept_on])
    timers.arm_all(
        work.tx, PLEDGE, [Alarm(TicketRef(number), str(count), until) for number, count, until in kept_on]
    )


def _trail(ticket_id: int, count: int, until: int, now: int) -> dict[str, Any]:
    data = {"until": until, "count": count}
    return {"ticket": ticket_id, "actor": "timer", "action": "promise", "at": now, "data": data}


def _instead(desk: Desk, kept: Sequence[Kept], count: int, now: int) -> int | None:
    """The promise that takes the place of a missed one, the `count`-th before it having failed; None past the calendar's end.

    While another team works on it, what that team owes by its own hours; else a share of the target, at least the floor
    of a changed target, in business time from now: a quarter, then half, then all of it.
    """
    theirs = next((one.clock.due_at for one in kept if _owes(one, now)), None)
    if theirs is not None:
        return theirs
    resolution = next(one for one in kept if one.clock.kind == "resolution")
    calendar, target_s = desk.calendar(resolution.calendar), resolution.clock.target_s
    share = target_s * 2 ** min(count, 8) // FIRST
    seconds = min(target_s, max(share, desk.seconds(desk.file.retarget.floor, calendar)))
    try:
        until = calendar.add(now, seconds)
    except BeyondCalendar:
        return None
    minute = until // 60 * 60
    nice = -(-minute // NICE) * NICE
    return nice if calendar.spent(minute, nice) == nice - minute else until


def _leaders_know(desk: Desk, ticket: Ticket, kept: Kept, now: int) -> bool:
    """Whether someone above the team was notified that the deadline is missed: by the chain, and not held till the morning."""
    calendar, clock = desk.calendar(kept.calendar), kept.clock
    if clock.breached_at is None:
        return False
    levels = desk.chain(kept.chain).for_clock(clock.kind, clock.target_s, calendar)
    told = any(one.at == BREACH and LEADERS & {*one.to} for one in levels)
    return told and (desk.quiet_until(ticket.priority, ticket.category, clock.breached_at) or 0) <= now


def _owes(kept: Kept, now: int) -> bool:
    """Whether a team's own promise still runs and can be kept."""
    clock = kept.clock
    return clock.kind == operations.OLA_RESOLVE and not clock.is_late and (clock.due_at or 0) > now


def late_among(tx: Connection, tickets: Sequence[Ticket]) -> list[int]:
    """The numbers of those whose promised solution is late."""
    kept = clock_rows.of_tickets(tx, [ticket.id for ticket in tickets]) if tickets else {}
    return sorted(number for number, clocks_of in kept.items() if any(map(_is_late, clocks_of)))


def _is_late(kept: Kept) -> bool:
    return kept.clock.kind == "resolution" and kept.clock.state is ClockState.RUNNING and kept.clock.is_late


def _renewed(tx: Connection, ids: Sequence[int]) -> Counter[int]:
    """How many new promises each ticket has had."""
    mine = history.c.ticket.in_(ids) & (history.c.action == "promise")
    counts = select(history.c.ticket, func.count().label("many")).where(mine).group_by(history.c.ticket)
    return Counter({row.ticket: row.many for row in tx.execute(counts)})


def redraw(work: Work, tickets: Sequence[Ticket], *, anew: str | None = None) -> None:
    """Let the employees see their cards as they are now; `anew` as in `outbox.show`."""
    cards = [(PersonChat(ticket.requester), "ticket_card", ticket.about) for ticket in tickets]
    outbox.show_all(work, cards, anew=anew)


def _say(work: Work, tickets: dict[int, Ticket]) -> None:
    """Each employee's cards come down to where they read; when there are many, one list of all that names the late ones."""
    counts = Counter(ticket.requester for ticket in tickets.values())
    few: list[Ticket] = []
    many: list[Ticket] = []
    for ticket in tickets.values():
        (few if counts[ticket.requester] <= FEW else many).append(ticket)
    redraw(work, few, anew="late")
    redraw(work, many)
    lists = [(PersonChat(one), "my_tickets", PersonChat(one)) for one, count in counts.items() if count > FEW]
    outbox.show_all(work, lists, anew="late")
