"""Nobody's ticket waits for somebody who is not there: what an absent engineer had goes back to the team's queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.absences import absences, is_away, opening
from bot.sla.policy import Desk
from bot.texts.speak import Line
from bot.tickets import round_robin, store
from bot.tickets.actions import say_in_topic, tell, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import ACTIVE, State, Ticket, move
from bot.timers import timers
from bot.timers.timers import Alarm

TIMER = "absence"


def release(tx: Connection, desk: Desk, ticket: Ticket, person: Person, note: str, now: int) -> Line:
    """Put a claimed ticket back into its team's queue, with a note for whoever takes it next."""
    authorize(person, "release", thing(ticket))
    values = {"assignee": None, "note": note or None}
    ticket = store.change(tx, ticket, state=move(ticket, "release").value, **values)
    store.record(tx, ticket.id, person.key, "release", now, {"note": note})
    tell(tx, ticket, now)
    say_in_topic(tx, ticket, Line("team.released", {"who": person.name, "note": note or "-"}), now)
    round_robin.offer(tx, desk, ticket, now)
    return Line("release.done", {"number": ticket.id})


def end_shift(tx: Connection, desk: Desk, engineer: Person, note: str, now: int) -> Line:
    """/off: what the engineer was working on goes back to the queue; what waits for somebody else comes back when it wakes."""
    authorize(engineer, "leave", Object())
    directory.remember(tx, engineer.id, "away", True, now)
    held = store.held_by(tx, engineer.id)
    given = [ticket for ticket in held if ticket.state in ACTIVE]
    for ticket in given:
        release(tx, desk, store.get(tx, ticket.id), engineer, note, now)
    unanswered = [ticket for ticket in held if _waits_no_more(tx, ticket)]
    for ticket in unanswered:
        _give_back(tx, desk, store.get(tx, ticket.id), engineer, "team.absent", now)
    back = len(given) + len(unanswered)
    return Line("shift.ended", {"given": back, "kept": len(held) - back})


def begin_shift(tx: Connection, engineer: Person, now: int) -> Line:
    """/on: the engineer is there again."""
    authorize(engineer, "leave", Object())
    directory.remember(tx, engineer.id, "away", False, now)
    return Line("shift.begun", {"held": len(store.held_by(tx, engineer.id))})


def foresee(tx: Connection, desk: Desk, now: int) -> None:
    """Every absence of the file that is not over rings when its first working hour comes."""
    alarms = [
        Alarm(f"staff:{staff_id}", first.isoformat(), max(now, opening(desk, first)))
        for staff_id, first, last in absences(desk)
        if opening(desk, last) >= now or is_away(desk, staff_id, now)
    ]
    timers.arm_all(tx, TIMER, alarms)


def ring(tx: Connection, desk: Desk, rows: Sequence[Row[Any]], now: int) -> None:
    """Rows of kind "absence": what somebody who is away now was working on goes back to the queue."""
    for row in rows:
        engineer = directory.by_staff_id(tx, row.ref.partition(":")[2])
        if not timers.settle(tx, row.id, "fired", now) or engineer is None:
            continue
        for held in store.held_by(tx, engineer.id):
            back_if_absent(tx, desk, store.get(tx, held.id), now)


def back_if_absent(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> Ticket:
    """A ticket woke up and its engineer is away, or has left: the team gets it back instead of silence.

    One that waits for an answer stays, unless it has waited for so long that its clocks run again.
    """
    if ticket.assignee is None or not (ticket.state in ACTIVE or _waits_no_more(tx, ticket)):
        return ticket
    engineer = directory.get(tx, ticket.assignee)
    if round_robin.is_there(desk, engineer, now):
        return ticket
    return _give_back(tx, desk, ticket, engineer, "team.absent", now)


def reclaim(tx: Connection, desk: Desk, now: int) -> None:
    """What is in the hands of somebody who has left the company, or the team, goes back to the team's queue."""
    held = store.in_hands(tx)
    people = {number: directory.get(tx, number) for number in {row.assignee for row in held}}
    for row in held:
        engineer = people[row.assignee]
        if not engineer.active or row.team not in engineer.teams:
            _give_back(tx, desk, store.get(tx, row.id), engineer, "team.gone", now)


def _waits_no_more(tx: Connection, ticket: Ticket) -> bool:
    """Whether the employee's answer is still to come though the clocks run: its engineer has to act."""
    if ticket.state is not State.WAITING:
        return False
    resolution = operations.view(tx, ticket.id).get("resolution")
    return resolution is not None and resolution.state == "running"


def _give_back(tx: Connection, desk: Desk, ticket: Ticket, engineer: Person, why: str, now: int) -> Ticket:
    values = {"assignee": None, "question": None}
    ticket = store.change(tx, ticket, state=move(ticket, "requeue").value, **values)
    store.record(tx, ticket.id, "bot", "requeue", now, {"absent": engineer.id})
    tell(tx, ticket, now)
    say_in_topic(tx, ticket, Line(why, {"who": engineer.name}), now)
    round_robin.offer(tx, desk, ticket, now)
    return ticket
