"""Our word to the employee: by when it will be solved, why that moved, and what we promise instead once we were late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.sla import clock as sla
from bot.sla.calendar import BeyondCalendar
from bot.sla.clock import State
from bot.sla.policy import BREACH, Desk
from bot.storage.schema import history
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import clocks, promises, store
from bot.tickets.clocks import PLEDGE
from bot.tickets.promises import Kept
from bot.tickets.ticket import IN_WORK, Ticket
from bot.timers import timers
from bot.timers.timers import Alarm

NOTICED = 300  # seconds: a promise that moved by less needs no explanation
FIRST = 4  # the first new promise is a quarter of the target, each next one twice as long
NEAR = 90  # per cent of the target at which the employee reads that little time is left
LEADERS = frozenset(("team_lead", "supervisor", "head"))
FEW = 2  # cards that come down in one chat at once; more are one message that names them
NICE = 300  # seconds: a promise in words ends with 0 or 5 minutes


@dataclass(frozen=True, slots=True)
class Standing:
    """How a running promise to solve a ticket stands; `left_s` is business time, 0 once it is late."""

    is_late: bool
    is_near: bool
    leaders_know: bool
    left_s: int


def state(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> Standing | None:
    """How the promise to solve it stands; None while no clock runs."""
    running = promises.of_ticket(tx, ticket.id, State.RUNNING)
    kept = next((one for one in running if one.clock.kind == "resolution"), None)
    if kept is None or ticket.state not in IN_WORK:
        return None
    left = max(0, sla.left(kept.clock, desk.calendar(kept.calendar), now))
    near = left * 100 <= kept.clock.target_s * (BREACH - NEAR)
    return Standing(kept.clock.is_late, near, _leaders_know(desk, ticket, kept, now), left)


def given(tx: Connection, ticket: Ticket) -> int | None:
    """When the employee expects it solved (UTC seconds): by the clock; once it stands still or is late, as we last said."""
    resolution = clocks.view(tx, ticket.id).get("resolution")
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
    seen = clocks.view(tx, ticket.id) if ticket.is_away else {}
    ours, theirs = seen.get("resolution"), seen.get(clocks.OLA_RESOLVE)
    if ours is None or theirs is None or theirs.due_at is None or ours.breached_at or ours.due_at is None:
        return None
    return theirs.due_at if theirs.due_at > ours.due_at else None


def broken(tx: Connection, desk: Desk, missed: Sequence[tuple[Ticket, str]], now: int) -> None:
    """Deadlines were missed - the ticket and the kind of its clock: say so before the employees ask, with a new promise.

    The tickets are held by this transaction.
    """
    late = {ticket.id: ticket for ticket, kind in missed if kind == "resolution"}
    _renew(tx, desk, list(late.values()), now)
    _say(tx, {ticket.id: ticket for ticket, kind in missed if kind in ("response", "resolution")}, now)


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Rows of kind "pledge": a new promise has come to its end too, or a late ticket is worked on again."""
    tickets = store.hold(tx, [int(row.ref.removeprefix("ticket:")) for row in rows])
    timers.settle_all(tx, [row.id for row in rows], "fired", now)
    late = [
        ticket for ticket in tickets.values() if ticket.state in IN_WORK and _late(tx, ticket) is not None
    ]
    _renew(tx, desk, late, now)
    _say(tx, {ticket.id: ticket for ticket in late}, now)


def recount(tx: Connection, desk: Desk, now: int) -> int:
    """Count some open clocks anew after their calendar was corrected; returns how many there were. Who was promised
    another time than they have now is told, with the reason.
    """
    changes = clocks.reproject(tx, desk, now)
    for kept, turn in changes:
        values = why(kept.clock.due_at, turn.clock.due_at, "why.calendar")
        if kept.clock.kind == "resolution" and values:
            ticket = store.change(tx, store.get(tx, kept.ticket), **values)
            outbox.show(tx, f"person:{ticket.requester}", "ticket_card", ticket.about, now, anew="calendar")
    return len(changes)


def _renew(tx: Connection, desk: Desk, tickets: Sequence[Ticket], now: int) -> None:
    counts = _renewed(tx, [ticket.id for ticket in tickets])
    alarms: list[Alarm] = []
    for ticket in tickets:
        until = _instead(tx, desk, ticket, counts[ticket.id], now)
        store.change(tx, ticket, promise=until, why=None)
        if until is None:
            continue
        count = counts[ticket.id] + 1
        store.record(tx, ticket.id, "timer", "promise", now, {"until": until, "count": count})
        alarms.append(Alarm(ticket.about, str(count), until))
    timers.arm_all(tx, PLEDGE, alarms)


def _instead(tx: Connection, desk: Desk, ticket: Ticket, count: int, now: int) -> int | None:
    """The promise that takes the place of a missed one, the `count`-th before it having failed; None past the calendar's end.

    While another team works on it, what that team owes by its own hours; else a share of the target, at least the floor
    of a changed target, in business time from now: a quarter, then half, then all of it.
    """
    kept = promises.of_ticket(tx, ticket.id)
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
    """Whether somebody above the team was told that the deadline is missed: by the chain, and not held till the morning."""
    calendar, clock = desk.calendar(kept.calendar), kept.clock
    if clock.breached_at is None:
        return False
    levels = desk.chain(kept.chain).for_clock(clock.kind, clock.target_s, calendar)
    told = any(one.at == BREACH and LEADERS & {*one.to} for one in levels)
    return told and (desk.quiet_until(ticket.priority, clock.breached_at) or 0) <= now


def _owes(kept: Kept, now: int) -> bool:
    """Whether a team's own promise still runs and can be kept."""
    clock = kept.clock
    return clock.kind == clocks.OLA_RESOLVE and not clock.is_late and (clock.due_at or 0) > now


def _late(tx: Connection, ticket: Ticket) -> int | None:
    resolution = clocks.view(tx, ticket.id).get("resolution")
    return resolution.breached_at if resolution is not None and resolution.due_at is not None else None


def _renewed(tx: Connection, ids: Sequence[int]) -> Counter[int]:
    """How many new promises each ticket has had."""
    mine = history.c.ticket.in_(ids) & (history.c.action == "promise")
    counts = select(history.c.ticket, func.count().label("many")).where(mine).group_by(history.c.ticket)
    return Counter({row.ticket: row.many for row in tx.execute(counts)}) if ids else Counter()


def _say(tx: Connection, tickets: dict[int, Ticket], now: int) -> None:
    """Each employee's cards come down to where they read; when there are many, one message names them."""
    theirs: dict[int, list[int]] = {}
    for ticket in tickets.values():
        theirs.setdefault(ticket.requester, []).append(ticket.id)
    for requester, numbers in theirs.items():
        chat, few = f"person:{requester}", len(numbers) <= FEW
        for number in numbers:
            outbox.show(tx, chat, "ticket_card", f"ticket:{number}", now, anew="late" if few else None)
        if not few:
            line = Line("late.many", {"numbers": ", ".join(map(str, numbers))})
            outbox.line(tx, chat, line.key, line.facts, now)
