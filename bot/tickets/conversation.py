"""The talk between an employee and the team: every word is copied across, and its author learns what became of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.storage.schema import relays
from bot.storage.upsert import insert
from bot.telegram import outbox, posts
from bot.telegram.outbox import Outcome
from bot.tickets import clocks, store
from bot.tickets.actions import answered, ask, claim, team_chat, tell, thing
from bot.tickets.incoming import Incoming
from bot.tickets.ticket import OPEN, State, Ticket

DELIVERED, KEPT_INSIDE = "👌", "✍"
INSIDE = "inside"
PROMPT = "ask_prompt"  # the card "write your question as an answer to this"


def from_employee(
    tx: Connection, desk: Desk, employee: Person, ticket_id: int, message: Incoming, now: int
) -> Ticket:
    """The employee's word goes into the ticket's topic; a question that waited for it is answered.

    What counts is when it was written, not when we handle it (`now`, UTC seconds): after an outage these differ.
    """
    ticket = store.get(tx, ticket_id)
    authorize(employee, "write", thing(ticket))
    _relay(tx, ticket, "team", employee, message, now)
    if ticket.state is State.WAITING:
        ticket = answered(tx, desk, ticket, message.at)
    elif ticket.state is State.RESOLVED:
        outbox.show(tx, employee.key, "ticket_card", ticket.about, now, anew="wrote")
    return ticket


def from_team(
    tx: Connection, desk: Desk, engineer: Person, ticket_id: int, message: Incoming, now: int
) -> None:
    """A word in a ticket's topic: inside by default, to the employee only as an answer to their words or to the card.

    Answering the prompt of "ask" asks the question it holds.
    """
    ticket = store.get(tx, ticket_id)
    chat = team_chat(ticket)
    target = _what_is_answered(tx, ticket, chat, message.reply_to)
    if target == INSIDE or ticket.state not in OPEN:
        store.record(tx, ticket.id, engineer.key, "note", message.at, {"message": message.message_id})
        _react(tx, chat, message.message_id, KEPT_INSIDE, now)
        return
    if target == PROMPT:
        ask(tx, desk, ticket.id, engineer, message.text, message.at)
        posts.forget(tx, chat, PROMPT, ticket.about)
    else:
        ticket = _reply(tx, desk, ticket, engineer, message.at, now)
    _relay(tx, ticket, "employee", engineer, message, now)


def ticket_of_topic(tx: Connection, chat: str, thread: int | None, reply_to: int | None) -> int | None:
    """The ticket that a message in a team's chat belongs to: by its topic, or by what it answers where there are no topics."""
    for message_id in (thread, reply_to):
        if message_id is None:
            continue
        post = posts.about_message(tx, chat, message_id)
        if post is not None and post.about.startswith("ticket:"):
            return int(post.about.partition(":")[2])
        if (found := _relayed_to(tx, chat, message_id)) is not None:
            return int(found.ticket)
    return None


def ticket_of_reply(tx: Connection, employee: Person, reply_to: int) -> int | None:
    """The ticket that an employee's answer belongs to: by the engineer's word, or the card, that it answers."""
    return ticket_of_topic(tx, employee.key, None, reply_to)


def heard(tx: Connection, row: Any, outcome: Outcome, now: int) -> None:
    """The delivery of a word ended: its author gets a sign, or is told why it did not arrive and what can be done."""
    relay = tx.execute(select(relays).where(relays.c.id == int(row.about.partition(":")[2]))).one()
    if outcome.message_id is not None:
        tx.execute(update(relays).where(relays.c.id == relay.id).values(to_message=outcome.message_id))
        _react(tx, relay.from_chat, relay.from_message, DELIVERED, now)
        return
    ticket = store.get(tx, relay.ticket)
    store.record(tx, ticket.id, "bot", "undelivered", now, {"relay": relay.id, "reason": outcome.reason})
    reader = "employee" if relay.toward == "employee" else "team"
    outbox.line(
        tx,
        relay.from_chat,
        f"undelivered.{reader}",
        {"number": ticket.id, "reason": outcome.reason or ""},
        now,
        topic=ticket.about,
        priority=outbox.ALARM,
    )


def _reply(tx: Connection, desk: Desk, ticket: Ticket, engineer: Person, at: int, now: int) -> Ticket:
    """A public word of a human: it stops the response clock; who answers first and unasked has claimed the ticket."""
    authorize(engineer, "reply", thing(ticket))
    if ticket.state is State.NEW and ticket.team in engineer.teams:
        claim(tx, desk, ticket.id, engineer, now)
    clocks.replied(tx, desk, ticket.id, at)
    store.record(tx, ticket.id, engineer.key, "reply", at)
    ticket = store.get(tx, ticket.id)
    tell(tx, ticket, now)
    return ticket


def _relay(tx: Connection, ticket: Ticket, toward: str, author: Person, message: Incoming, now: int) -> None:
    employee, team = f"person:{ticket.requester}", team_chat(ticket)
    from_chat, to_chat = (employee, team) if toward == "team" else (team, employee)
    values = {
        "ticket": ticket.id,
        "toward": toward,
        "author": author.id,
        "from_chat": from_chat,
        "from_message": message.message_id,
        "to_chat": to_chat,
        "content": message.text[:200],
        "at": message.at,
    }
    relay_id = tx.scalar(insert(tx, relays).values(values).on_conflict_do_nothing().returning(relays.c.id))
    if relay_id is None:
        return
    source = {"from_chat": from_chat, "message_id": message.message_id}
    outbox.call(tx, to_chat, "copyMessage", source, now, about=f"relay:{relay_id}", topic=ticket.about)


def _what_is_answered(tx: Connection, ticket: Ticket, chat: str, reply_to: int | None) -> str:
    if reply_to is None:
        return INSIDE
    post = posts.about_message(tx, chat, reply_to)
    if post is not None and post.about == ticket.about and post.card in ("team_card", PROMPT):
        return str(post.card)
    found = _relayed_to(tx, chat, reply_to)
    return "words" if found is not None and found.ticket == ticket.id else INSIDE


def _relayed_to(tx: Connection, chat: str, message_id: int) -> Row[Any] | None:
    same = (relays.c.to_chat == chat) & (relays.c.to_message == message_id)
    return tx.execute(select(relays).where(same)).first()


def _react(tx: Connection, chat: str, message_id: int, sign: str, now: int) -> None:
    reaction = [{"type": "emoji", "emoji": sign}]
    params = {"message_id": message_id, "reaction": reaction}
    outbox.call(tx, chat, "setMessageReaction", params, now, about="reaction:", priority=outbox.NEWS)
