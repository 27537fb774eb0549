"""Consent before work: some requests go first to the person who must agree, with a reminder and deputies.

Its waiting is a clock of its own, visible to the requester, and no pause of the desk's promise, which begins with the consent.
"""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import SUPERVISORS, InformRef, PersonChat, TicketRef
from bot.people import directory
from bot.people.access import NotAllowed, Object, authorize
from bot.people.directory import Person
from bot.telegram import chats, outbox
from bot.telegram.buttons import Approve, Deny, Inquire
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import consent, prompts, round_robin, store, ticket_timers
from bot.tickets.actions import NoWords, tell
from bot.tickets.clocks import operations
from bot.tickets.ticket import State, Ticket, move

ApprovalButton = Approve | Deny | Inquire


def press(work: Work, pressed: ApprovalButton, person: Person, chat: str | None) -> Line:
    """A button of the card that asks for consent; only where it was shown, only for who was asked."""
    ticket = store.get(work.tx, pressed.ticket)
    _may(work.tx, ticket, person)
    if chat != person.key:
        raise NotAllowed("approve", "unknown.chat")
    match pressed:
        case Approve():
            return approve(work, ticket, person)
        case Deny():
            return _ask_for_words(work, ticket, person, "deny")
        case Inquire():
            return _ask_for_words(work, ticket, person, "inquire")
        case _:
            assert_never(pressed)


def approve(work: Work, ticket: Ticket, person: Person) -> Line:
    """The work may begin, and with it the desk's promise."""
    state = move(ticket, "approve")
    consent.decide(work, ticket, person.id, consent.APPROVED, "")
    ticket_timers.call_off(work.tx, ticket)
    ticket = store.change(work.tx, ticket, state=state.value)
    operations.open_all(work, ticket, work.now)
    store.record(work, ticket.id, person.key, "approve")
    tell(work, ticket, anew="approved")
    round_robin.offer(work, ticket)
    return Line("approval.approved", {"number": ticket.id})


def answered(work: Work, ticket_id: int, person: Person, action: str, words: str) -> Line:
    """The reason of a denial, a question to the requester, or the requester's answer to it."""
    ticket = store.get(work.tx, ticket_id)
    if not words.strip():
        raise NoWords
    if InformRef.names(action):
        return _inform(work, ticket, person, InformRef.read(action).number, words)
    _may(work.tx, ticket, person)
    if action == "deny":
        return _deny(work, ticket, person, words)
    move(ticket, "approve")
    requester = directory.get(work.tx, ticket.requester)
    line = Line("approval.question", {"who": person.name, "number": ticket.id, "words": words})
    prompts.put(work, requester.key, ticket, requester, InformRef(person.id), "", line)
    store.record(work, ticket.id, person.key, "inquire", {"words": words})
    return Line("approval.asked", {"who": requester.first_name})


def silent(work: Work, ticket: Ticket, key: str) -> None:
    """No one has decided yet: remind who was asked, or ask the deputy too."""
    waiting = consent.wanted(work.tx, ticket.id)
    if key == ticket_timers.REMIND:
        for person in waiting:
            outbox.show(work, PersonChat(person), "approval", ticket.about, anew="reminder")
        store.record(work, ticket.id, "timer", "remind", {"approvers": list(waiting)})
        return
    _ask_next(work, ticket, "approval.stuck")


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """What became of a question for consent. Only once it has arrived someone "was asked"; where it cannot, the next one
    is asked at once."""
    person = PersonChat.among(row.chat)
    if row.card != "approval" or person is None:
        return
    ticket = store.get(work.tx, TicketRef.read(row.about).number)
    if ticket.state is not State.APPROVAL:
        return
    if outcome.is_done and consent.delivered(work, ticket.id, person.number):
        tell(work, ticket)
    elif outcome.state == "dead" and consent.undelivered(work, ticket.id, person.number):
        _ask_next(work, ticket, "approval.unreached")


def _ask_next(work: Work, ticket: Ticket, nobody: str) -> None:
    """Ask the next deputy too; when there is none, the supervisors read the sentence `nobody`."""
    waiting = consent.wanted(work.tx, ticket.id)
    following = [
        one for one in consent.approvers(work, ticket.category, ticket.requester) if one.id not in waiting
    ]
    store.record(work, ticket.id, "timer", "deputy", {"deputy": following[0].id if following else None})
    if following:
        consent.ask(work, ticket, following[0])
    else:
        facts = {"number": ticket.id, "who": consent.names(work.tx, ticket.id)}
        outbox.line(work, SUPERVISORS, nobody, facts)
    tell(work, ticket)


def card(work: Work, about: str, chat: str) -> Drawing:
    """To the person who must agree: who wants what, and why."""
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    voice, requester = speak.voice(chats.language(work.tx, chat)), directory.get(work.tx, ticket.requester)
    text = voice.card("approval", ticket=ticket, requester=requester, open=ticket.state is State.APPROVAL)
    if ticket.state is not State.APPROVAL:
        return Drawing(text)
    yes = button(voice.say("button.approve"), Approve(ticket.id), "success")
    no = button(voice.say("button.deny"), Deny(ticket.id))
    question = button(voice.say("button.inquire"), Inquire(ticket.id))
    return Drawing(text, [[yes, no], [question]])


def _ask_for_words(work: Work, ticket: Ticket, person: Person, action: str) -> Line:
    move(ticket, "deny")
    line = Line(f"prompt.{action}", {"number": ticket.id})
    prompts.put(work, person.key, ticket, person, action, "", line)
    return Line("prompt.below")


def _may(tx: Connection, ticket: Ticket, person: Person) -> None:
    approver = person.id if person.id in consent.wanted(tx, ticket.id) else None
    authorize(person, "approve", Object(team=ticket.team, requester=ticket.requester, approver=approver))


def _deny(work: Work, ticket: Ticket, person: Person, reason: str) -> Line:
    state = move(ticket, "deny")
    consent.decide(work, ticket, person.id, consent.DENIED, reason)
    ticket_timers.call_off(work.tx, ticket)
    values = {"closed_at": work.now, "outcome": "denied", "resolution": reason}
    ticket = store.change(work.tx, ticket, state=state.value, **values)
    store.record(work, ticket.id, person.key, "deny", {"reason": reason})
    tell(work, ticket, anew="denied")
    return Line("approval.denied", {"number": ticket.id})


def _inform(work: Work, ticket: Ticket, person: Person, approver: int, words: str) -> Line:
    authorize(person, "write", Object(requester=ticket.requester))
    facts = {"who": person.name, "number": ticket.id, "words": words}
    outbox.line(work, PersonChat(approver), "approval.answer", facts)
    store.record(work, ticket.id, person.key, "inform", {"words": words})
    return Line("passed", {"number": ticket.id})
