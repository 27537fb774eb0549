"""Signs of trouble as they come: a ticket, a failed step, words about others. They are linked to what is known, or counted."""

from __future__ import annotations

from dataclasses import replace

from bot.config.config import Work
from bot.knowledge import extent
from bot.knowledge.spelling import clean
from bot.knowledge.terms import stems
from bot.people import directory
from bot.people.directory import Person
from bot.problems import candidates, children, extents, places
from bot.problems.detection import asking
from bot.problems.detection.signals import LONGEST, TroubleSign
from bot.tickets.ticket import Ticket

LONGEST_TEXT = 400  # characters that are read


def opened(work: Work, ticket: Ticket, words: str, scenario: str = "") -> None:
    """Read the words of a new ticket; link it to the outage it belongs to; count it."""
    extents.hear(work, ticket, words)
    outage = children.arrived(work, ticket)
    if outage is not None:
        children.tell_linked(work, outage, ticket.id)
    told = words.strip() or ticket.summary
    if ticket.type != "incident" or asking.only_asks(told[:LONGEST_TEXT]):
        return
    requester = directory.get(work.tx, ticket.requester)
    sign = replace(_read(work, requester, ticket.category, told), service=scenario)
    author = ticket.author or requester.id  # who brings many requests is one person
    candidates.note(work, replace(sign, person=author), ticket.id, known=outage is not None)


def failed(work: Work, person: Person, category: str, scenario: str, step: str) -> None:
    """The advice of a step did not help."""
    sign = _read(work, person, category, "")
    candidates.note(work, replace(sign, service=scenario, step=f"{scenario}#{step}"))


def said(work: Work, person: Person, category: str, text: str) -> None:
    """Words without a ticket; they count when they say that others are affected."""
    sign = _read(work, person, category, text)
    if sign.wide:
        candidates.note(work, sign)


def _read(work: Work, person: Person, category: str, text: str) -> TroubleSign:
    """What the words of a person and the directory say."""
    read = text[:LONGEST_TEXT]
    return TroubleSign(
        at=work.now,
        person=person.id,
        category=category,
        site=places.site(person.office),
        floor=places.floor_of(person),
        stems=tuple(candidates.hashed(one) for one in stems(clean(read))[:LONGEST]),
        wide=bool(read) and extent.read(read).scope is not extent.Scope.ONE,
    )
