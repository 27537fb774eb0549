"""A ticket whose scenario suspects a mass incident: an outage is declared from its card, with what is known filled in."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import SUPERVISORS
from bot.people.access import Object, allows, authorize
from bot.people.directory import Person
from bot.problems import declaring, talking
from bot.telegram import chats, outbox
from bot.telegram.buttons import DeclareOutage
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions
from bot.tickets.ticket import Ticket

BEGUN_IN = {True: "mass.begun_there", False: "mass.begun"}
"""By whether the draft is in the supervisors' chat."""


def press(work: Work, ticket: Ticket, person: Person, chat: str | None) -> Line:
    """A supervisor begins the outage: in the supervisors' chat where it is pressed there, else in their private chat, if
    that is open. An engineer asks the supervisors to. Raises NotAllowed."""
    if not ticket.is_open:
        return Line("stale", alert=True)
    if allows(person, "outage", Object()):
        if not talking.is_possible(work.tx, person, chat):
            return Line("mass.no_chat", alert=True)
        there = talking.beside(work.tx, person, chat)
        declaring.declare_for(work, person, ticket, there)
        return Line("mass.below" if there == chat else BEGUN_IN[there == SUPERVISORS])
    authorize(person, "note", actions.thing(ticket))
    if not chats.reachable(work.tx, SUPERVISORS):
        return Line("mass.unreachable", alert=True)
    voice = speak.voice(chats.language(work.tx, SUPERVISORS))
    keyboard = [[button(voice.say("button.declare_outage"), DeclareOutage(ticket.id))]]
    facts = {"who": person.name, "number": ticket.id, "summary": ticket.title}
    outbox.line(work, SUPERVISORS, "mass.suspected", facts, keyboard=keyboard, dedupe=f"mass:{ticket.id}")
    return Line("mass.asked")
