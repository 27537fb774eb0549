"""What words say of who is hit and how pressing it is: recorded, shown to their author for a yes, proposed to the team.

The rows are also what a search for mass incidents counts (`since`). Words alone never change a priority, and neither does the
author's yes: an engineer's press does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from bot.config.config import Work
from bot.keys import PersonChat, TicketRef
from bot.knowledge import extent
from bot.knowledge.extent import SCOPES, Extent, Pressure, Scope
from bot.knowledge.slots import find_slots
from bot.knowledge.spelling import clean
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import extents
from bot.storage.upsert import insert
from bot.telegram import chats, outbox
from bot.telegram.buttons import AcceptExtent, ConfirmExtent, DeclareOutage, DenyExtent
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import planning, store
from bot.tickets.actions import team_chat, thing
from bot.tickets.ticket import IN_WORK, OPEN, Ticket

CARD = "extent"
_OF_TICKET = select(extents).where(extents.c.ticket == bindparam("of_ticket"))  # built once: every card asks
YES, NO = "yes", "no"
LATELY = 3600  # seconds in which others who say the same are counted on the team's card
MANY = (Scope.PLACE, Scope.EVERYONE)  # when confirmed, an outage may be declared from the card
ASKED = {"": "extent.ask", YES: "extent.yes", NO: "extent.no"}
ANSWERED = {YES: "extent.answered.yes", NO: "extent.answered.no"}
FOR_TEAM = {"": "team.extent.ask", YES: "team.extent.yes"}


@dataclass(frozen=True, slots=True)
class ExtentClaim:
    """What was said about one ticket; `office` and `floor` say where, as far as it is known, `at` when (UTC seconds)."""

    ticket: int
    person: int
    category: str
    scope: str
    pressure: str
    office: str
    floor: int | None
    answer: str
    at: int

    @property
    def extent(self) -> Extent:
        return Extent(Scope(self.scope), Pressure(self.pressure))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Impact, urgency and the priority that the matrix of desk.yaml has for them."""

    impact: str
    urgency: str
    priority: str


def hear(work: Work, ticket: Ticket, text: str) -> None:
    """Record what the words say beyond what is known; ask their author once whether that is so."""
    said = extent.read(text)
    if not said.says_something or ticket.state not in OPEN:
        return
    known = find(work.tx, ticket.id)
    grown = said.beyond(known.extent) if known is not None else said
    if known is not None and grown == known.extent:
        return
    person = directory.get(work.tx, ticket.requester)
    _record(work, ticket, person, grown, text)
    if proposal(work.config.desk, ticket, grown) is not None:
        outbox.show(work, person.key, CARD, ticket.about, anew=f"{grown.scope}:{grown.pressure}")
    outbox.show(work, team_chat(work.tx, ticket), "team_card", ticket.about, topic=ticket.about)


def find(tx: Connection, ticket: int) -> ExtentClaim | None:
    return typed.first(ExtentClaim, tx.execute(_OF_TICKET, {"of_ticket": ticket}))


def since(tx: Connection, at: int) -> Sequence[ExtentClaim]:
    """What was said from `at` on (UTC seconds) and not taken back, the oldest first."""
    lately = (extents.c.at >= at) & (extents.c.answer != NO)
    return typed.every(
        ExtentClaim, tx.execute(select(extents).where(lately).order_by(extents.c.at, extents.c.ticket))
    )


def proposal(desk: Desk, ticket: Ticket, said: Extent) -> Proposal | None:
    """What the matrix has for a ticket of this extent; None when that is no more than the ticket's own."""
    impacts, urgencies = desk.names(Section.IMPACT), desk.names(Section.URGENCY)
    own = (desk.measure(Section.IMPACT, ticket.impact), desk.measure(Section.URGENCY, ticket.urgency))
    wider = impacts[min(SCOPES.index(said.scope), len(impacts) - 1)]
    impact = max(own[0], wider, key=impacts.index)
    urgency = own[1] if said.pressure is Pressure.NONE else urgencies[-1]
    if (impact, urgency) == own:
        return None
    return Proposal(
        impact, urgency, desk.priority(impact, urgency, type=ticket.type, category=ticket.category)
    )


def raises(desk: Desk, ticket: Ticket, claim: ExtentClaim | None) -> str | None:
    """The higher priority that the author's confirmed words propose; None when there is none."""
    found = proposal(desk, ticket, claim.extent) if claim is not None and claim.answer == YES else None
    order = desk.file.priority_matrix.priorities
    if found is None or ticket.priority not in order:
        return None
    return found.priority if order.index(found.priority) < order.index(ticket.priority) else None


def answer(work: Work, ticket_id: int, employee: Person, answer: str) -> Line:
    """The author's yes or no. The last press counts while the ticket is open."""
    ticket, claim = store.get(work.tx, ticket_id), find(work.tx, ticket_id)
    authorize(employee, "write", thing(ticket))
    if claim is None or ticket.state not in OPEN:
        return Line("stale", alert=True)
    work.tx.execute(update(extents).where(extents.c.ticket == ticket.id).values(answer=answer))
    facts = {"scope": claim.scope, "pressure": claim.pressure, "answer": answer}
    store.record(work, ticket.id, employee.key, "extent", facts)
    outbox.show(work, employee.key, CARD, ticket.about)
    outbox.show(work, team_chat(work.tx, ticket), "team_card", ticket.about, topic=ticket.about)
    return Line(ANSWERED[answer])


def accept(work: Work, ticket_id: int, engineer: Person) -> Line:
    """The engineer agrees: impact, urgency and priority become what the words propose. Raises NotAllowed."""
    ticket, claim = store.get(work.tx, ticket_id), find(work.tx, ticket_id)
    authorize(engineer, "prioritize", thing(ticket))
    desk = work.config.desk
    priority, found = raises(desk, ticket, claim), claim and proposal(desk, ticket, claim.extent)
    if claim is None or priority is None or not found:
        return Line("stale", alert=True)
    store.change(work.tx, ticket, impact=found.impact, urgency=found.urgency)
    voice = speak.voice(directory.get(work.tx, ticket.requester).language)
    return planning.prioritize(work, ticket.id, engineer, priority, in_words(voice, claim.extent))


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For the author: is it so? Then what follows from their answer."""
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    claim = find(work.tx, ticket.id)
    if claim is None or ticket.state not in IN_WORK or PersonChat(ticket.requester) != chat:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    text = voice.html(ASKED[claim.answer], number=ticket.id, what=in_words(voice, claim.extent))
    if claim.answer:
        return Drawing(text)
    yes, no = ConfirmExtent(ticket.id), DenyExtent(ticket.id)
    return Drawing(
        text, [[button(voice.say("button.extent_yes"), yes), button(voice.say("button.extent_no"), no)]]
    )


def for_team(work: Work, ticket: Ticket, voice: Voice) -> str:
    """The line of the team's card; "" when nothing was said, or it was taken back."""
    claim = find(work.tx, ticket.id) if ticket.state in OPEN else None
    if claim is None or claim.answer == NO:
        return ""
    said = voice.say(FOR_TEAM[claim.answer], what=in_words(voice, claim.extent))
    others = [one for one in since(work.tx, work.now - LATELY) if _is_same(one, claim)]
    return f"{said} {voice.many('team.extent.others', len(others))}" if others else said


def buttons_for_team(work: Work, ticket: Ticket, voice: Voice) -> Keyboard:
    """What the confirmed words propose, for one press: a priority, an outage."""
    claim = find(work.tx, ticket.id) if ticket.state in IN_WORK else None
    if claim is None or claim.answer != YES:
        return []
    keyboard, priority = [], raises(work.config.desk, ticket, claim)
    if priority is not None:
        label = voice.say("button.extent_accept", priority=priority, what=in_words(voice, claim.extent))
        keyboard.append([button(label, AcceptExtent(ticket.id))])
    if claim.extent.scope in MANY and not ticket.mass_hint:  # with the hint the button is there already
        keyboard.append([button(voice.say("button.declare_outage"), DeclareOutage(ticket.id))])
    return keyboard


def in_words(voice: Voice, said: Extent) -> str:
    """For example "hits everyone, pressing"."""
    scope = "" if said.scope is Scope.ONE else voice.say(f"extent.scope.{said.scope}")
    pressure = "" if said.pressure is Pressure.NONE else voice.say(f"extent.pressure.{said.pressure}")
    return ", ".join(one for one in (scope, pressure) if one)


def _is_same(one: ExtentClaim, claim: ExtentClaim) -> bool:
    """Whether another person says so of another ticket of the same category."""
    return one.category == claim.category and one.ticket != claim.ticket and one.person != claim.person


def _record(work: Work, ticket: Ticket, person: Person, said: Extent, text: str) -> None:
    floor = find_slots(clean(text)).floor
    told = person.profile.get("floor")
    values = {
        "ticket": ticket.id,
        "person": person.id,
        "category": ticket.category,
        "scope": said.scope.value,
        "pressure": said.pressure.value,
        "office": person.office,
        "floor": floor if floor is not None else told if isinstance(told, int) else None,
        "answer": "",
        "at": work.now,
    }
    row = insert(work.tx, extents).values(values)
    work.tx.execute(row.on_conflict_do_update(index_elements=["ticket"], set_=values))
