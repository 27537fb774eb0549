"""What the teams' and the supervisors' chats ask for: the press of a button, a word in a topic, an answer to our question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bot.config.config import Work
from bot.conversation import exchange, recall, twins
from bot.people.access import Refused, authorize
from bot.people.directory import Person
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


def press(work: Work, action: str, numbers: Sequence[int], person: Person, chat: str | None) -> Line:
    """A button of a ticket's card. Raises Refused, Impossible or NoSuchTicket; nothing is changed then."""
    ticket_id = numbers[0] if numbers else 0
    ticket = here(work.tx, ticket_id, chat)
    match action, list(numbers[1:]):
        case "claim", []:
            return actions.claim(work, ticket_id, person)
        case "ask", []:
            return _prompt(work, ticket, person)
        case "resolve", []:
            return resolution.resolve(work, ticket_id, person, "")
        case "cause", [place]:
            return resolution.cause(work, ticket_id, person, place)
        case "recall", [relay]:
            return recall.press(work, person, ticket_id, relay)
        case (("take" | "call" | "hush" | "reassign" | "assign" | "unassign"), rest):
            return _supervise(work, action, ticket, rest, person, chat or "")
        case _, rest:
            return _plan(work, action, ticket, rest, person, chat or "")


def _supervise(
    work: Work, action: str, ticket: Ticket, rest: Sequence[int], person: Person, chat: str
) -> Line:
    match action, rest:
        case "take", []:
            return control.take_control(work, ticket.id, person)
        case "hush", []:
            authorize(person, "hush", actions.thing(ticket))
            return _menu(work, chat, "hush_menu", ticket)
        case "hush", [minutes] if minutes in control.HUSHES:
            authorize(person, "hush", actions.thing(ticket))
            return _question(work, chat, ticket, person, "hush", str(minutes))
        case "call", []:
            return control.call_assignee(work, ticket.id, person)
        case "reassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.show(work, chat, "assign_menu", ticket.about, topic=ticket.about, anew="asked")
            return Line("assign.choose")
        case "assign", [engineer]:
            line = control.assign(work, ticket.id, person, engineer)
            if not line.alert:
                outbox.hide(work, chat, "assign_menu", ticket.about)
            return line
        case "unassign", []:
            authorize(person, "assign", actions.thing(ticket))
            outbox.hide(work, chat, "assign_menu", ticket.about)
            return Line("assign.kept")
        case _:
            raise Refused(action, "access.unknown")


def _plan(work: Work, action: str, ticket: Ticket, rest: Sequence[int], person: Person, chat: str) -> Line:
    """The menus of a ticket, and the questions that their buttons lead to."""
    asked = {"back": ("return", "return"), "snooze": ("schedule", "schedule")}
    match action, rest:
        case (("give" | "more"), []):
            authorize(person, "transfer" if action == "give" else "note", actions.thing(ticket))
            return _menu(work, chat, "transfer_menu" if action == "give" else "more_menu", ticket)
        case (("prio" | "canned"), []):
            authorize(person, "prioritize" if action == "prio" else "reply", actions.thing(ticket))
            return _menu(work, chat, "priority_menu" if action == "prio" else "canned_menu", ticket)
        case "to", [place] if place < len(work.config.desk.team_ids()):
            authorize(person, "transfer", actions.thing(ticket))
            _hide_menus(work, chat, ticket)
            return handover.begin(work, ticket, person, work.config.desk.team_ids()[place], chat)
        case "prio", [place] if place < len(work.config.desk.file.priority_matrix.priorities):
            authorize(person, "prioritize", actions.thing(ticket))
            wanted = work.config.desk.file.priority_matrix.priorities[place]
            return _question(work, chat, ticket, person, "prioritize", wanted)
        case (("back" | "snooze"), []):
            right, question = asked[action]
            authorize(person, right, actions.thing(ticket))
            move(ticket, question)
            return _question(work, chat, ticket, person, question, "")
        case "canned", [place] if place < len(work.config.desk.file.replies):
            _hide_menus(work, chat, ticket)
            return canned.send(work, ticket.id, person, list(work.config.desk.file.replies)[place])
        case "similar", []:
            authorize(person, "note", actions.thing(ticket))
            return show_similar(work, ticket)
        case "why", []:
            return show_why(work, ticket, person, chat)
        case "closemenu", []:
            authorize(person, "note", actions.thing(ticket))
            _hide_menus(work, chat, ticket)
            return Line("assign.kept")
        case _:
            raise Refused(action, "access.unknown")


def _menu(work: Work, chat: str, card: str, ticket: Ticket) -> Line:
    _hide_menus(work, chat, ticket)
    outbox.show(work, chat, card, ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def _question(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str) -> Line:
    _hide_menus(work, chat, ticket)
    line = Line(f"prompt.{action}", {"who": person.first_name, "value": value})
    prompts.put(work, chat, ticket, person, action, value, line)
    return Line("prompt.below")


def _hide_menus(work: Work, chat: str, ticket: Ticket) -> None:
    for card in MENUS:
        if posts.find(work.tx, chat, card, ticket.about) is not None:
            outbox.hide(work, chat, card, ticket.about)


def show_similar(work: Work, ticket: Ticket) -> Line:
    """Solved tickets in the same words, said in the topic."""
    if not search.similar(work.tx, ticket):
        return Line("similar.none", alert=True)
    chat = actions.team_chat(work.tx, ticket)
    outbox.show(work, chat, "similar", ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def show_why(work: Work, ticket: Ticket, person: Person, chat: str) -> Line:
    """The arithmetic behind the deadlines, in the place where it was asked for."""
    authorize(person, "note", actions.thing(ticket))
    outbox.show(work, chat, "why", ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def here(tx: Connection, ticket_id: int, chat: str | None) -> Ticket:
    """The ticket, if this chat is one in which it is shown; a button carried elsewhere does nothing (T8)."""
    ticket = store.get(tx, ticket_id)
    if chat not in (actions.team_chat(tx, ticket), f"team:{ticket.accountable}", chats.SUPERVISORS):
        raise Refused("press", "unknown.chat")
    return ticket


def wrote(work: Work, person: Person, chat: str | None, message: Incoming) -> None:
    """A word in a team's chat. What belongs to no ticket is the team's own talk, unless it answers something of ours: its writer
    believes then that somebody will read it."""
    if chat is None or message.kind == SERVICE:
        return
    message = twins.known(work, chat, person, message)
    asked = prompts.answered(work.tx, chat, person, message.reply_to)
    if asked is not None:
        line = _answer(work, asked, person, message)
        outbox.line(work, chat, line.key, line.facts, thread=message.thread, answers=message.message_id)
        return
    if chat == chats.SUPERVISORS:
        return  # their own talk, unless it answers a question of ours
    solved = _asked_what_helped(work.tx, chat, message)
    if solved is not None:
        line = resolution.helped(work, solved, person, message.text)
        outbox.line(work, chat, line.key, line.facts, thread=message.thread, answers=message.message_id)
        return
    ticket_id = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, message.reply_to)
    if ticket_id is not None:
        exchange.from_team(work, person, chat, ticket_id, message)
    elif message.answers_us:
        how: dict[str, Any] = {"thread": message.thread, "answers": message.message_id}
        dedupe = f"nowhere:{message.place}:{message.album}" if message.album else None
        outbox.line(work, chat, "answer.nowhere", {"who": person.name}, dedupe=dedupe, **how)


def _asked_what_helped(tx: Connection, chat: str, message: Incoming) -> int | None:
    """The ticket whose question "what helped?" is answered by this message."""
    post = posts.about_message(tx, chat, message.reply_to) if message.reply_to is not None else None
    return int(post.about.partition(":")[2]) if post is not None and post.card == resolution.CARD else None


def _answer(work: Work, asked: Row[tuple[object, ...]], person: Person, message: Incoming) -> Line:
    """The words that a button of ours asked for."""
    ticket_id, value, words = asked.ticket, asked.value, message.text
    match asked.action:
        case briefing.ASKED:
            return handover.told(work, ticket_id, person, asked.chat, value, words)
        case "transfer":
            return handover.transfer(work, ticket_id, person, value, words)
        case "return":
            return handover.give_back(work, ticket_id, person, words)
        case "hush":
            return control.hush(work, ticket_id, person, int(value), words)
        case "prioritize":
            return planning.prioritize(work, ticket_id, person, value, words)
        case "schedule":
            return planning.propose_day(work, ticket_id, person, words)
        case _:
            raise Refused(asked.action, "access.unknown")


def _prompt(work: Work, ticket: Ticket, person: Person) -> Line:
    authorize(person, "ask", actions.thing(ticket))
    move(ticket, "ask")
    outbox.show(
        work,
        actions.team_chat(work.tx, ticket),
        exchange.PROMPT,
        ticket.about,
        topic=ticket.about,
        anew="asked",
    )
    return Line("ask.ready")
