"""The tickets of an outage: the parent, in which the work goes on, and those of affected people, which wait for it.

A linked ticket keeps its clocks, but no one is reminded of it: the outage has messages of its own. An engineer or the
requester can take it apart again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, select, update

from bot.config.config import Work
from bot.keys import OutageRef, PersonChat
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.problems import outages as rows
from bot.problems import places
from bot.problems.buttons import TakeApart
from bot.problems.outages import Outage
from bot.sla.names import Section
from bot.storage import typed
from bot.storage.schema import outage_tickets, outages
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import actions, round_robin, store, ticket_timers, transcript
from bot.tickets.actions import Draft, team_chat, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import IN_WORK, UNCLAIMED, State, Ticket, move

LINKED, APART = "linked", "apart"
BEFORE = 3600  # seconds before an outage was seen in which tickets may belong to it

# Built once: building a statement costs more than running it, and these run with every relayed message.
_PARENTS = select(outages.c.parent).where(outages.c.parent.in_(bindparam("tickets", expanding=True)))
_IS_PARENT = select(outages.c.id).where(outages.c.parent == bindparam("of_ticket")).limit(1)
_LINK = select(outage_tickets).where(outage_tickets.c.ticket == bindparam("of_ticket"))


@dataclass(frozen=True, slots=True)
class OutageTicket:
    """A ticket that belongs, or does not belong any more, to an outage. `at` is UTC seconds."""

    ticket: int
    outage: int
    state: str
    at: int


def open_parent(work: Work, row: Outage, author: Person, actor: str | None = None) -> Outage:
    """Open the ticket of the outage itself, with the widest impact that its place allows. The declarer is its requester;
    `actor` is who declared it, if someone else did."""
    desk = work.config.desk
    category = desk.category(row.category)
    impacts, urgencies = desk.names(Section.IMPACT), desk.names(Section.URGENCY)
    draft = Draft(
        category=category.id,
        team=category.team,
        summary=row.words[:200],
        impact=impacts[-2 if (row.office or row.floor is not None) and len(impacts) > 1 else -1],
        urgency=urgencies[-1],
        words=row.words,
    )
    ticket = actions.open_ticket(work, author, draft)
    store.record(work, ticket.id, actor or author.key, "outage", {"outage": row.id})
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(parent=ticket.id))
    return replace(row, parent=ticket.id)


def own_of(tx: Connection, person_id: int) -> list[Ticket]:
    """The person's own open tickets, newest first. Who declares an outage is the requester of its ticket in name only: their
    words belong there once an engineer has asked them something."""
    found = store.open_of(tx, person_id)
    numbers = [one.id for one in found]
    parents = set(tx.scalars(_PARENTS, {"tickets": numbers})) if numbers else ()
    return [one for one in found if one.id not in parents or _is_asked(tx, one)]


def _is_asked(tx: Connection, parent: Ticket) -> bool:
    return any(one.toward == "employee" for one in transcript.spoken(tx, parent.id))


def is_parent(tx: Connection, ticket: int) -> bool:
    """Whether it is the ticket of an outage itself."""
    return tx.scalar(_IS_PARENT, {"of_ticket": ticket}) is not None


def gather(work: Work, row: Outage) -> Sequence[Ticket]:
    """Link the open tickets that began with the outage; returns them."""
    found = store.in_work_since(work.tx, row.category, row.started_at - BEFORE)
    return [ticket for ticket in found if adopt(work, row, ticket)]


def begin_together(work: Work, row: Outage) -> None:
    """Link what began with the outage, and call its engineers into one topic: that of its own ticket, which closes with it."""
    found = gather(work, row)
    parent = store.get(work.tx, row.parent) if row.parent is not None else None
    if parent is None:
        return
    held = [
        f"{one.id} ({directory.get(work.tx, one.assignee).first_name})"
        for one in found
        if one.assignee is not None
    ]
    facts = {"number": row.id, "held": ", ".join(held)}
    line = Line("outage.swarm_held", facts) if held else Line("outage.swarm", facts)
    actions.say_in_topic(work, parent, line)


def arrived(work: Work, ticket: Ticket) -> Outage | None:
    """A ticket was opened while outages are open: link it to the newest one that it may belong to."""
    for row in reversed(rows.all_open(work.tx)):
        if adopt(work, row, ticket):
            return row
    return None


def tell_linked(work: Work, row: Outage, ticket_id: int) -> None:
    """The requester of a ticket reads what it became part of."""
    requester = store.peek(work.tx, ticket_id).requester
    about = OutageRef(row.id)
    outbox.show(work, PersonChat(requester), "outage_news", about, anew=f"linked {ticket_id}")


def attach(work: Work, row: Outage, ticket: Ticket) -> bool:
    """Link a ticket because a supervisor says so. False when it is linked, or was taken apart."""
    if ticket.state not in IN_WORK or ticket.id == row.parent or of_ticket(work.tx, ticket.id) is not None:
        return False
    _link(work, row, ticket, directory.get(work.tx, ticket.requester))
    return True


def adopt(work: Work, row: Outage, ticket: Ticket) -> bool:
    """Link a ticket if it may belong to this outage. Its requester is affected from now on and gets all messages."""
    if ticket.category != row.category or ticket.type != "incident" or ticket.id == row.parent:
        return False
    requester = directory.get(work.tx, ticket.requester)
    said = rows.of(work.tx, row.id, requester.id)
    differs = said is not None and said.passed_at is not None and said.joined_at is None
    if differs or not places.is_there(row, requester) or of_ticket(work.tx, ticket.id) is not None:
        return False
    _link(work, row, ticket, requester)
    return True


def _link(work: Work, row: Outage, ticket: Ticket, requester: Person) -> None:
    said = rows.of(work.tx, row.id, requester.id)
    values = {"ticket": ticket.id, "outage": row.id, "state": LINKED, "at": work.now}
    work.tx.execute(insert(work.tx, outage_tickets).values(**values))
    if said is None or said.joined_at is None:
        rows.say(work.tx, row.id, requester, joined_at=work.now, ticket=ticket.id)
    store.record(work, ticket.id, "bot", "linked", {"outage": row.id, "parent": row.parent})
    if ticket.state in UNCLAIMED:
        ticket_timers.call_off(work.tx, ticket)  # no one is asked in turn to take it
    _seen(work, ticket)


def take_apart(work: Work, ticket: Ticket, engineer: Person) -> Line:
    """An engineer: it is about something else. Its reminders come again from now on. Raises NotAllowed."""
    authorize(engineer, "link", thing(ticket))
    return _apart(work, ticket, engineer)


def differs(work: Work, outage_id: int, person: Person) -> Line:
    """The requester: mine is something else. Their tickets go their own way."""
    mine = [one for one in linked(work.tx, outage_id) if one.requester == person.id]
    rows.say(work.tx, outage_id, person, joined_at=None, ticket=None, passed_at=work.now)
    for ticket in mine:
        _apart(work, ticket, person)
    return Line("outage.apart_short") if mine else Line("stale", alert=True)


def _apart(work: Work, ticket: Ticket, actor: Person) -> Line:
    link = of_ticket(work.tx, ticket.id)
    if link is None or link.state != LINKED:
        return Line("stale", alert=True)
    work.tx.execute(update(outage_tickets).where(outage_tickets.c.ticket == ticket.id).values(state=APART))
    said = rows.of(work.tx, link.outage, ticket.requester)
    if said is not None and said.ticket == ticket.id:
        rows.say(work.tx, link.outage, directory.get(work.tx, ticket.requester), joined_at=None, ticket=None)
    _goes_on(work, ticket, link.outage, actor)
    return Line("outage.apart", {"number": ticket.id})


def release(work: Work, outage_id: int, actor: Person) -> None:
    """It was no outage: every linked ticket goes its own way."""
    for ticket in linked(work.tx, outage_id):
        _goes_on(work, ticket, outage_id, actor)
    mine = outage_tickets.c.outage == outage_id
    work.tx.execute(update(outage_tickets).where(mine).values(state=APART))


def solve(work: Work, row: Outage, actor: Person) -> None:
    """The outage is over: its parent is closed; linked tickets are solved and wait for the answer of their requesters,
    who read of it once, with the news of the outage."""
    for ticket in linked(work.tx, row.id):
        if ticket.state in IN_WORK:
            _over(work, ticket, row, actor)
    parent = store.get(work.tx, row.parent) if row.parent is not None else None
    if parent is not None and parent.state in IN_WORK:
        _close(work, _over(work, parent, row, actor), actor)


def drop_parent(work: Work, row: Outage, actor: Person) -> None:
    """It was no outage: no one has to work on it."""
    parent = store.get(work.tx, row.parent) if row.parent is not None else None
    if parent is None or parent.state not in IN_WORK:
        return
    values = {"closed_at": work.now, "outcome": "cancelled", "wake_at": None}
    parent = store.change(work.tx, parent, state=move(parent, "cancel").value, **values)
    operations.cancelled(work, parent.id, work.now)
    ticket_timers.call_off(work.tx, parent)
    store.record(work, parent.id, actor.key, "cancel")
    actions.tell(work, parent)
    actions.move_up(work, parent.team)
    actions.close_topic(work, parent)


def _over(work: Work, ticket: Ticket, row: Outage, actor: Person) -> Ticket:
    desk = speak.voice(work.config.program.defaults.language)
    resolution = desk.say("outage.resolution", words=row.words)
    values = {"resolved_at": work.now, "resolution": resolution, "question": None, "wake_at": None}
    values |= {"promise": revised_eta.given(work.tx, ticket), "why": None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "over").value, **values)
    operations.over(work, ticket.id, work.now)
    store.record(work, ticket.id, actor.key, "over", {"outage": row.id})
    ticket_timers.call_off(work.tx, ticket)
    ticket_timers.close_by_itself(work, ticket, work.now)
    actions.tell(work, ticket)
    return ticket


def _close(work: Work, parent: Ticket, actor: Person) -> None:
    values = {"closed_at": work.now, "outcome": "confirmed", "wake_at": None}
    parent = store.change(work.tx, parent, state=move(parent, "confirm").value, **values)
    store.record(work, parent.id, actor.key, "confirm")
    ticket_timers.call_off(work.tx, parent)
    actions.tell(work, parent)
    actions.leave_topic(work, parent)


def of_ticket(tx: Connection, ticket: int) -> OutageTicket | None:
    return typed.first(OutageTicket, tx.execute(_LINK, {"of_ticket": ticket}))


def linked(tx: Connection, outage_id: int) -> Sequence[Ticket]:
    """The tickets that belong to an outage, the oldest first."""
    mine = (outage_tickets.c.outage == outage_id) & (outage_tickets.c.state == LINKED)
    numbers = tx.scalars(select(outage_tickets.c.ticket).where(mine).order_by(outage_tickets.c.ticket)).all()
    return list(store.hold(tx, numbers).values()) if numbers else []


def standing(tx: Connection, ticket: int) -> Outage | None:
    """The open outage that a ticket waits for."""
    link = of_ticket(tx, ticket)
    row = rows.peek(tx, link.outage) if link is not None and link.state == LINKED else None
    return row if row is not None and row.state == "open" else None


def ended_with(tx: Connection, ticket: Ticket) -> Outage | None:
    """The outage whose end solved a ticket: its parent, or one that was linked to it."""
    if ticket.resolved_at is None or ticket.state not in (State.RESOLVED, State.CLOSED):
        return None
    link = of_ticket(tx, ticket.id)
    mine = (
        outages.c.id == link.outage
        if link is not None and link.state == LINKED
        else outages.c.parent == ticket.id
    )
    over = (outages.c.state == rows.OVER) & (outages.c.ended_at == ticket.resolved_at)
    return typed.first(Outage, tx.execute(select(outages).where(mine & over)))


def inhibited(tx: Connection, numbers: Collection[int]) -> set[int]:
    """Of these tickets, those that wait for an open outage: no one is reminded of them."""
    if not numbers:
        return set()
    of_open = select(outage_tickets.c.ticket).join(outages, outages.c.id == outage_tickets.c.outage)
    mine = outage_tickets.c.ticket.in_(numbers) & (outage_tickets.c.state == LINKED)
    return set(tx.scalars(of_open.where(mine & (outages.c.state == "open"))))


def waits_for_none(tx: Connection, outage_id: int) -> set[int]:
    """The people affected only through tickets that were solved before the outage was over: nothing more to tell them."""
    members = rows.members(tx, outage_id)
    through = {one.person for one in members if one.joined_at is not None and not one.pressed}
    open_for = {ticket.requester for ticket in linked(tx, outage_id) if ticket.state in IN_WORK}
    return through - open_for


def buttons(work: Work, ticket: Ticket, voice: Voice) -> Keyboard:
    """Of the team's card: a linked ticket can be taken apart."""
    if standing(work.tx, ticket.id) is None:
        return []
    return [[button(voice.say("button.take_apart"), TakeApart(ticket.id))]]


def _goes_on(work: Work, ticket: Ticket, outage_id: int, actor: Person) -> None:
    store.record(work, ticket.id, actor.key, "apart", {"outage": outage_id})
    if ticket.state in UNCLAIMED:
        round_robin.offer(work, ticket)
    _seen(work, ticket)


def _seen(work: Work, ticket: Ticket) -> None:
    outbox.show(work, team_chat(work.tx, ticket), "team_card", ticket.about, topic=ticket.about)
