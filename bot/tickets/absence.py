"""No one's ticket waits for someone who is not there: what an absent engineer had goes back to the team's queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import StaffRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.absences import absences, is_away, opening
from bot.texts.speak import Line
from bot.tickets import round_robin, store
from bot.tickets.actions import refresh_desk, say_in_topic, tell, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import ACTIVE, State, Ticket, move
from bot.timers import timers
from bot.timers.timers import Alarm, Timer

TIMER = "absence"


def release(work: Work, ticket: Ticket, person: Person, note: str) -> Line:
    """Put a claimed ticket back into its team's queue, with a note for the person who takes it next."""
    authorize(person, "release", thing(ticket))
    values = {"assignee": None, "note": note or None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "release").value, **values)
    operations.put_back(work, ticket.id, work.now)
    store.record(work, ticket.id, person.key, "release", {"note": note})
    tell(work, ticket)
    refresh_desk(work, person.id)
    say_in_topic(work, ticket, Line("team.released", {"who": person.name, "note": note or "-"}))
    round_robin.offer(work, ticket)
    return Line("release.done", {"number": ticket.id})


def end_shift(work: Work, engineer: Person, note: str) -> Line:
    """/off: what the engineer was working on goes back to the queue; what waits for someone else comes back when it wakes."""
    authorize(engineer, "leave", Object())
    directory.remember(work, engineer.id, "away", True)
    held = store.held_by(work.tx, engineer.id)
    given = [ticket for ticket in held if ticket.state in ACTIVE]
    for ticket in given:
        release(work, store.get(work.tx, ticket.id), engineer, note)
    unanswered = [ticket for ticket in held if _waits_no_more(work.tx, ticket)]
    for ticket in unanswered:
        _give_back(work, store.get(work.tx, ticket.id), engineer, "team.absent")
    back = len(given) + len(unanswered)
    kept = len(held) - back
    which = {
        (False, False): "shift.ended",
        (True, False): "shift.ended.given",
        (False, True): "shift.ended.kept",
    }
    key = which.get((back > 0, kept > 0), "shift.ended.both")
    return Line(key, {"given": back, "kept": kept})


def begin_shift(work: Work, engineer: Person) -> Line:
    """/on: the engineer is there again."""
    authorize(engineer, "leave", Object())
    directory.remember(work, engineer.id, "away", False)
    return Line("shift.begun", {"held": len(store.held_by(work.tx, engineer.id))})


def foresee(work: Work) -> None:
    """Every absence of the file that is not over rings when its first working hour comes."""
    alarms = [
        Alarm(StaffRef(staff_id), first.isoformat(), max(work.now, opening(work.config.desk, first)))
        for staff_id, first, last in absences(work.config.desk)
        if opening(work.config.desk, last) >= work.now or is_away(work.config.desk, staff_id, work.now)
    ]
    timers.arm_all(work.tx, TIMER, alarms)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "absence": what someone who is away now was working on goes back to the queue."""
    for row in rows:
        engineer = directory.by_staff_id(work.tx, StaffRef.read(row.ref).name)
        if not timers.settle(work, row.id, "fired") or engineer is None:
            continue
        for held in store.held_by(work.tx, engineer.id):
            back_if_absent(work, store.get(work.tx, held.id))


def back_if_absent(work: Work, ticket: Ticket) -> Ticket:
    """A ticket woke up and its engineer is away, or has left: the team gets it back instead of silence.

    One that waits for an answer stays, unless it has waited for so long that its clocks run again.
    """
    if ticket.assignee is None or not (ticket.state in ACTIVE or _waits_no_more(work.tx, ticket)):
        return ticket
    engineer = directory.get(work.tx, ticket.assignee)
    if round_robin.is_there(work.config.desk, engineer, work.now):
        return ticket
    return _give_back(work, ticket, engineer, "team.absent")


def reclaim(work: Work) -> None:
    """What is in the hands of someone who has left the company, or the team, goes back to the team's queue."""
    held = store.in_hands(work.tx)
    people = {number: directory.get(work.tx, number) for number in {row.assignee for row in held}}
    for row in held:
        engineer = people[row.assignee]
        if not engineer.active or row.team not in engineer.teams:
            _give_back(work, store.get(work.tx, row.id), engineer, "team.gone")


def _waits_no_more(tx: Connection, ticket: Ticket) -> bool:
    """Whether the employee's answer is still to come though the clocks run: its engineer has to act."""
    if ticket.state is not State.WAITING:
        return False
    resolution = operations.view(tx, ticket.id).get("resolution")
    return resolution is not None and resolution.state == "running"


def _give_back(work: Work, ticket: Ticket, engineer: Person, why: str) -> Ticket:
    values = {"assignee": None, "question": None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "requeue").value, **values)
    operations.put_back(work, ticket.id, work.now)
    store.record(work, ticket.id, "bot", "requeue", {"absent": engineer.id})
    tell(work, ticket)
    refresh_desk(work, engineer.id)
    say_in_topic(work, ticket, Line(why, {"who": engineer.name}))
    round_robin.offer(work, ticket)
    return ticket
