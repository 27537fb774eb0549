"""Consent before work: some requests go first to whoever must agree, with a reminder and deputies.

Its waiting is a clock of its own, visible to the requester, and no pause of the desk's promise, which begins with the consent.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.people import directory
from bot.people.access import Object, Refused, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing, button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import consent, prompts, round_robin, store, ticket_timers
from bot.tickets.actions import NoWords, tell
from bot.tickets.buttons import data
from bot.tickets.clocks import operations
from bot.tickets.ticket import State, Ticket, move

PRESSES = ("approve", "deny", "inquire")


def press(
    tx: Connection,
    desk: Desk,
    action: str,
    numbers: Sequence[int],
    person: Person,
    chat: str | None,
    now: int,
) -> Line:
    """A button of the card that asks for consent; only where it was shown, only for who was asked."""
    ticket = store.get(tx, numbers[0] if numbers else 0)
    _may(tx, ticket, person)
    if chat != person.key or len(numbers) != 1:
        raise Refused(action, "unknown.chat")
    if action == "approve":
        return approve(tx, desk, ticket, person, now)
    move(ticket, "deny")
    line = Line(f"prompt.{action}", {"number": ticket.id})
    prompts.put(tx, person.key, ticket, person, action, "", line, now)
    return Line("prompt.below")


def approve(tx: Connection, desk: Desk, ticket: Ticket, person: Person, now: int) -> Line:
    """The work may begin, and with it the desk's promise."""
    state = move(ticket, "approve")
    consent.decide(tx, ticket, person.id, consent.APPROVED, "", now)
    ticket_timers.call_off(tx, ticket)
    ticket = store.change(tx, ticket, state=state.value)
    operations.open_all(tx, desk, ticket, now)
    store.record(tx, ticket.id, person.key, "approve", now)
    tell(tx, ticket, now, anew="approved")
    round_robin.offer(tx, desk, ticket, now)
    return Line("approval.approved", {"number": ticket.id})


def answered(tx: Connection, ticket_id: int, person: Person, action: str, words: str, now: int) -> Line:
    """The reason of a denial, a question to the requester, or the requester's answer to it."""
    ticket = store.get(tx, ticket_id)
    if not words.strip():
        raise NoWords
    if action.startswith("inform:"):
        return _inform(tx, ticket, person, int(action.partition(":")[2]), words, now)
    _may(tx, ticket, person)
    if action == "deny":
        return _deny(tx, ticket, person, words, now)
    move(ticket, "approve")
    requester = directory.get(tx, ticket.requester)
    line = Line("approval.question", {"who": person.name, "number": ticket.id, "words": words})
    prompts.put(tx, requester.key, ticket, requester, f"inform:{person.id}", "", line, now)
    store.record(tx, ticket.id, person.key, "inquire", now, {"words": words})
    return Line("approval.asked", {"who": requester.first_name})


def silent(tx: Connection, desk: Desk, ticket: Ticket, key: str, now: int) -> None:
    """Nobody has decided yet: remind who was asked, or ask the deputy too."""
    waiting = consent.asked(tx, ticket.id)
    if key == ticket_timers.REMIND:
        for person in waiting:
            outbox.show(tx, f"person:{person}", "approval", ticket.about, now, anew="reminder")
        store.record(tx, ticket.id, "timer", "remind", now, {"approvers": list(waiting)})
        return
    following = [
        one for one in consent.approvers(tx, desk, ticket.category, ticket.requester) if one.id not in waiting
    ]
    store.record(tx, ticket.id, "timer", "deputy", now, {"deputy": following[0].id if following else None})
    if following:
        consent.ask(tx, desk, ticket, following[0], now)
    else:
        facts = {"number": ticket.id, "who": consent.names(tx, ticket.id)}
        outbox.line(tx, chats.SUPERVISORS, "approval.stuck", facts, now)
    tell(tx, ticket, now)


def card(tx: Connection, about: str, chat: str, _now: int) -> Drawing:
    """To whoever must agree: who wants what, and why."""
    ticket = store.peek(tx, int(about.partition(":")[2]))
    voice, requester = speak.voice(chats.language(tx, chat)), directory.get(tx, ticket.requester)
    text = voice.card("approval", ticket=ticket, requester=requester, open=ticket.state is State.APPROVAL)
    if ticket.state is not State.APPROVAL:
        return Drawing(text)
    yes = button(voice.say("button.approve"), data("approve", ticket)) | {"style": "success"}
    no = button(voice.say("button.deny"), data("deny", ticket))
    question = button(voice.say("button.inquire"), data("inquire", ticket))
    return Drawing(text, [[yes, no], [question]])


def _may(tx: Connection, ticket: Ticket, person: Person) -> None:
    approver = person.id if person.id in consent.asked(tx, ticket.id) else None
    authorize(person, "approve", Object(team=ticket.team, requester=ticket.requester, approver=approver))


def _deny(tx: Connection, ticket: Ticket, person: Person, reason: str, now: int) -> Line:
    state = move(ticket, "deny")
    consent.decide(tx, ticket, person.id, consent.DENIED, reason, now)
    ticket_timers.call_off(tx, ticket)
    values = {"closed_at": now, "outcome": "denied", "resolution": reason}
    ticket = store.change(tx, ticket, state=state.value, **values)
    store.record(tx, ticket.id, person.key, "deny", now, {"reason": reason})
    tell(tx, ticket, now, anew="denied")
    return Line("approval.denied", {"number": ticket.id})


def _inform(tx: Connection, ticket: Ticket, person: Person, approver: int, words: str, now: int) -> Line:
    authorize(person, "write", Object(requester=ticket.requester))
    facts = {"who": person.name, "number": ticket.id, "words": words}
    outbox.line(tx, f"person:{approver}", "approval.answer", facts, now)
    store.record(tx, ticket.id, person.key, "inform", now, {"words": words})
    return Line("passed", {"number": ticket.id})
