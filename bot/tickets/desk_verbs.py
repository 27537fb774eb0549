"""What the team's and the supervisors' chats ask for: the press of a button, a word in a topic, the queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.people.access import Object, Refused, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import actions, conversation, store
from bot.tickets.incoming import Incoming
from bot.tickets.ticket import Ticket, move


def press(
    tx: Connection,
    desk: Desk,
    action: str,
    numbers: Sequence[int],
    person: Person,
    chat: str | None,
    now: int,
) -> Line:
    """A button of a ticket's card. Raises Refused, Impossible or NoSuchTicket; nothing is changed then."""
    ticket_id = numbers[0] if numbers else 0
    ticket = here(tx, ticket_id, chat)
    match action, list(numbers[1:]):
        case "claim", []:
            return actions.claim(tx, desk, ticket_id, person, now)
        case "ask", []:
            return _prompt(tx, ticket, person, now)
        case "resolve", []:
            return actions.resolve(tx, desk, ticket_id, person, "", now)
        case "take", []:
            return actions.take_control(tx, desk, ticket_id, person, now)
        case "call", []:
            return actions.call_assignee(tx, ticket_id, person, now)
        case "reassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.show(tx, chat or "", "assign_menu", ticket.about, now, anew="asked")
            return Line("assign.choose")
        case "assign", [engineer]:
            line = actions.assign(tx, desk, ticket_id, person, engineer, now)
            outbox.hide(tx, chat or "", "assign_menu", ticket.about, now)
            return line
        case "unassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.hide(tx, chat or "", "assign_menu", ticket.about, now)
            return Line("assign.kept")
        case _:
            raise Refused(action, "access.unknown")


def here(tx: Connection, ticket_id: int, chat: str | None) -> Ticket:
    """The ticket, if this chat is one in which it is shown; a button carried elsewhere does nothing (T8)."""
    ticket = store.get(tx, ticket_id)
    if chat not in (actions.team_chat(ticket), "supervisors", f"person:{ticket.requester}"):
        raise Refused("press", "unknown.chat")
    return ticket


def wrote(tx: Connection, desk: Desk, person: Person, chat: str | None, message: Incoming, now: int) -> None:
    """A word in a team's chat. What belongs to no ticket is the team's own talk, and none of our business."""
    if chat is None:
        return
    ticket_id = conversation.ticket_of_topic(tx, chat, message.thread, message.reply_to)
    if ticket_id is not None and message.kind != "other":
        conversation.from_team(tx, desk, person, ticket_id, message, now)


def resolve_here(
    tx: Connection, desk: Desk, person: Person, chat: str | None, message: Incoming, words: str, now: int
) -> None:
    """/done in a topic: resolve its ticket and tell the employee what helped."""
    ticket_id = conversation.ticket_of_topic(tx, chat or "", message.thread, message.reply_to)
    if ticket_id is not None:
        actions.resolve(tx, desk, ticket_id, person, words, now)


def show_queue(tx: Connection, person: Person, chat: str | None, now: int) -> None:
    """/queue: the team's tickets in work, drawn in the place where it was asked for."""
    if chat is not None:
        authorize(person, "queue", Object())
        outbox.show(tx, chat, "queue", f"queue:{chat.partition(':')[2]}", now, anew="asked")


def _prompt(tx: Connection, ticket: Ticket, person: Person, now: int) -> Line:
    authorize(person, "ask", actions.thing(ticket))
    move(ticket, "ask")
    outbox.show(
        tx,
        actions.team_chat(ticket),
        conversation.PROMPT,
        ticket.about,
        now,
        topic=ticket.about,
        anew="asked",
    )
    return Line("ask.ready")
