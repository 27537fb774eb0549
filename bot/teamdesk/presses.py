"""What the teams' and the supervisors' chats ask for: the press of a button, a word in a topic, an answer to our question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.conversation import exchange, recall, twins
from bot.people.access import Refused, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.teamdesk import canned
from bot.telegram import chats, outbox, posts
from bot.telegram.incoming import SERVICE, Incoming
from bot.texts.speak import Line
from bot.tickets import (
    actions,
    briefing,
    control,
    handover,
    planning,
    prompts,
    resolution,
    search,
    store,
)
from bot.tickets.ticket import Ticket, move

PRESSES = (
    *("claim", "ask", "resolve", "give", "to", "more", "prio", "snooze", "back", "canned", "similar", "why"),
    *("recall", "closemenu", "take", "call", "reassign", "assign", "unassign"),
    *("cause", "hush"),
)
MENUS = ("hush_menu", "transfer_menu", "more_menu", "priority_menu", "canned_menu")


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
            return resolution.resolve(tx, desk, ticket_id, person, "", now)
        case "cause", [place]:
            return resolution.cause(tx, desk, ticket_id, person, place, now)
        case "recall", [relay]:
            return recall.press(tx, person, ticket_id, relay, now)
        case (("take" | "call" | "hush" | "reassign" | "assign" | "unassign"), rest):
            return _supervise(tx, desk, action, ticket, rest, person, chat or "", now)
        case _, rest:
            return _plan(tx, desk, action, ticket, rest, person, chat or "", now)


def _supervise(
    tx: Connection,
    desk: Desk,
    action: str,
    ticket: Ticket,
    rest: Sequence[int],
    person: Person,
    chat: str,
    now: int,
) -> Line:
    match action, rest:
        case "take", []:
            return control.take_control(tx, desk, ticket.id, person, now)
        case "hush", []:
            authorize(person, "hush", actions.thing(ticket))
            return _menu(tx, chat, "hush_menu", ticket, now)
        case "hush", [minutes] if minutes in control.HUSHES:
            authorize(person, "hush", actions.thing(ticket))
            return _question(tx, chat, ticket, person, "hush", str(minutes), now)
        case "call", []:
            return control.call_assignee(tx, ticket.id, person, now)
        case "reassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.show(tx, chat, "assign_menu", ticket.about, now, topic=ticket.about, anew="asked")
            return Line("assign.choose")
        case "assign", [engineer]:
            line = control.assign(tx, desk, ticket.id, person, engineer, now)
            if not line.alert:
                outbox.hide(tx, chat, "assign_menu", ticket.about, now)
            return line
        case "unassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.hide(tx, chat, "assign_menu", ticket.about, now)
            return Line("assign.kept")
        case _:
            raise Refused(action, "access.unknown")


def _plan(
    tx: Connection,
    desk: Desk,
    action: str,
    ticket: Ticket,
    rest: Sequence[int],
    person: Person,
    chat: str,
    now: int,
) -> Line:
    """The menus of a ticket, and the questions that their buttons lead to."""
    asked = {"back": ("return", "return"), "snooze": ("schedule", "schedule")}
    match action, rest:
        case (("give" | "more"), []):
            authorize(person, "transfer" if action == "give" else "note", actions.thing(ticket))
            return _menu(tx, chat, "transfer_menu" if action == "give" else "more_menu", ticket, now)
        case (("prio" | "canned"), []):
            authorize(person, "prioritize" if action == "prio" else "reply", actions.thing(ticket))
            return _menu(tx, chat, "priority_menu" if action == "prio" else "canned_menu", ticket, now)
        case "to", [place] if place < len(desk.team_ids()):
            authorize(person, "transfer", actions.thing(ticket))
            _hide_menus(tx, chat, ticket, now)
            return handover.begin(tx, desk, ticket, person, desk.team_ids()[place], chat, now)
        case "prio", [place] if place < len(desk.file.priority_matrix.priorities):
            authorize(person, "prioritize", actions.thing(ticket))
            wanted = desk.file.priority_matrix.priorities[place]
            return _question(tx, chat, ticket, person, "prioritize", wanted, now)
        case (("back" | "snooze"), []):
            right, question = asked[action]
            authorize(person, right, actions.thing(ticket))
            move(ticket, question)
            return _question(tx, chat, ticket, person, question, "", now)
        case "canned", [place] if place < len(desk.file.replies):
            _hide_menus(tx, chat, ticket, now)
            return canned.send(tx, desk, ticket.id, person, list(desk.file.replies)[place], now)
        case "similar", []:
            authorize(person, "note", actions.thing(ticket))
            return show_similar(tx, ticket, now)
        case "why", []:
            return show_why(tx, ticket, person, chat, now)
        case "closemenu", []:
            authorize(person, "note", actions.thing(ticket))
            _hide_menus(tx, chat, ticket, now)
            return Line("assign.kept")
        case _:
            raise Refused(action, "access.unknown")


def _menu(tx: Connection, chat: str, card: str, ticket: Ticket, now: int) -> Line:
    _hide_menus(tx, chat, ticket, now)
    outbox.show(tx, chat, card, ticket.about, now, topic=ticket.about, anew="asked")
    return Line("menu.below")


def _question(
    tx: Connection, chat: str, ticket: Ticket, person: Person, action: str, value: str, now: int
) -> Line:
    _hide_menus(tx, chat, ticket, now)
    line = Line(f"prompt.{action}", {"who": person.first_name, "value": value})
    prompts.put(tx, chat, ticket, person, action, value, line, now)
    return Line("prompt.below")


def _hide_menus(tx: Connection, chat: str, ticket: Ticket, now: int) -> None:
    for card in MENUS:
        if posts.find(tx, chat, card, ticket.about) is not None:
            outbox.hide(tx, chat, card, ticket.about, now)


def show_similar(tx: Connection, ticket: Ticket, now: int) -> Line:
    """Solved tickets in the same words, said in the topic."""
    if not search.similar(tx, ticket):
        return Line("similar.none", alert=True)
    chat = actions.team_chat(tx, ticket)
    outbox.show(tx, chat, "similar", ticket.about, now, topic=ticket.about, anew="asked")
    return Line("menu.below")


def show_why(tx: Connection, ticket: Ticket, person: Person, chat: str, now: int) -> Line:
    """The arithmetic behind the deadlines, in the place where it was asked for."""
    authorize(person, "note", actions.thing(ticket))
    outbox.show(tx, chat, "why", ticket.about, now, topic=ticket.about, anew="asked")
    return Line("menu.below")


def here(tx: Connection, ticket_id: int, chat: str | None) -> Ticket:
    """The ticket, if this chat is one in which it is shown; a button carried elsewhere does nothing (T8)."""
    ticket = store.get(tx, ticket_id)
    if chat not in (actions.team_chat(tx, ticket), f"team:{ticket.accountable}", chats.SUPERVISORS):
        raise Refused("press", "unknown.chat")
    return ticket


def wrote(tx: Connection, desk: Desk, person: Person, chat: str | None, message: Incoming, now: int) -> None:
    """A word in a team's chat. What belongs to no ticket is the team's own talk, unless it answers something of ours: its writer
    believes then that somebody will read it."""
    if chat is None or message.kind == SERVICE:
        return
    message = twins.known(tx, chat, person, message, now)
    asked = prompts.answered(tx, chat, person, message.reply_to)
    if asked is not None:
        line = _answer(tx, desk, asked, person, message, now)
        outbox.line(tx, chat, line.key, line.facts, now, thread=message.thread, answers=message.message_id)
        return
    if chat == chats.SUPERVISORS:
        return  # their own talk, unless it answers a question of ours
    solved = _asked_what_helped(tx, chat, message)
    if solved is not None:
        line = resolution.helped(tx, solved, person, message.text, now)
        outbox.line(tx, chat, line.key, line.facts, now, thread=message.thread, answers=message.message_id)
        return
    ticket_id = exchange.ticket_of_topic(tx, chat, message.place, message.thread, message.reply_to)
    if ticket_id is not None:
        exchange.from_team(tx, desk, person, chat, ticket_id, message, now)
    elif message.answers_us:
        how: dict[str, Any] = {"thread": message.thread, "answers": message.message_id}
        dedupe = f"nowhere:{message.place}:{message.album}" if message.album else None
        outbox.line(tx, chat, "answer.nowhere", {"who": person.name}, now, dedupe=dedupe, **how)


def _asked_what_helped(tx: Connection, chat: str, message: Incoming) -> int | None:
    """The ticket whose question "what helped?" is answered by this message."""
    post = posts.about_message(tx, chat, message.reply_to) if message.reply_to is not None else None
    return int(post.about.partition(":")[2]) if post is not None and post.card == resolution.CARD else None


def _answer(
    tx: Connection, desk: Desk, asked: Row[tuple[object, ...]], person: Person, message: Incoming, now: int
) -> Line:
    """The words that a button of ours asked for."""
    ticket_id, value, words = asked.ticket, asked.value, message.text
    match asked.action:
        case briefing.ASKED:
            return handover.told(tx, desk, ticket_id, person, asked.chat, value, words, now)
        case "transfer":
            return handover.transfer(tx, desk, ticket_id, person, value, words, now)
        case "return":
            return handover.give_back(tx, desk, ticket_id, person, words, now)
        case "hush":
            return control.hush(tx, desk, ticket_id, person, int(value), words, now)
        case "prioritize":
            return planning.prioritize(tx, desk, ticket_id, person, value, words, now)
        case "schedule":
            return planning.propose_day(tx, desk, ticket_id, person, words, now)
        case _:
            raise Refused(asked.action, "access.unknown")


def _prompt(tx: Connection, ticket: Ticket, person: Person, now: int) -> Line:
    authorize(person, "ask", actions.thing(ticket))
    move(ticket, "ask")
    outbox.show(
        tx,
        actions.team_chat(tx, ticket),
        exchange.PROMPT,
        ticket.about,
        now,
        topic=ticket.about,
        anew="asked",
    )
    return Line("ask.ready")
