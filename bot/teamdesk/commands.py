"""What an engineer types: /done, /to, /prio and the others, in a ticket's topic or as an answer to one of its messages."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import House
from bot.conversation import exchange, recall, twins
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.selfservice import kb_browse
from bot.sla.policy import OTHER
from bot.teamdesk import canned, draft, presses
from bot.telegram import chats, outbox
from bot.telegram.incoming import Incoming
from bot.texts.speak import Line
from bot.tickets import (
    absence,
    actions,
    control,
    handover,
    planning,
    resolution,
    search,
    store,
    voiding,
)
from bot.tickets.actions import Draft
from bot.timers import timers
from bot.yamlfiles import nearest

IN_TOPIC = ("done", "to", "back", "prio", "snooze", "merge", "link", "r", "article", "similar", "assign")
ANYWHERE: tuple[str, ...] = ("queue", "find", "why", "recall", "ticket", "off", "on", "kb", "draft")
ANYWHERE += ("quality", "void", "migrate")
IN_PRIVATE = (
    "my",
    "outage",
    "outages",
    "figures",
    "versions",
    "rollback",
    "reload",
    "profile",
    "learning",
    "language",
)
MIGRATE = "migrate"
"""The kind of timer that puts open tickets under today's rules."""
QUALITY_DAYS = 30
NAMESAKES = 6  # nobody reads a longer list of people of one name


def run(
    tx: Connection,
    house: House,
    person: Person,
    chat: str,
    message: Incoming,
    name: str,
    words: str,
    now: int,
) -> None:
    """Do the command and say what came of it, below the command itself."""
    message = twins.known(tx, chat, person, message, now)
    line = _anywhere(tx, house, person, chat, message, name, words, now)
    if line is None:
        place = message.place
        ticket_id = exchange.ticket_of_topic(tx, chat, place, message.thread, message.reply_to)
        line = (
            Line("command.where")
            if ticket_id is None
            else _in_topic(tx, house, person, ticket_id, name, words, message, now)
        )
    if line.key != SILENT.key:
        outbox.line(tx, chat, line.key, line.facts, now, thread=message.thread, answers=message.message_id)


SILENT = Line("shown")  # what was asked for has been shown: no more words


def _anywhere(
    tx: Connection,
    house: House,
    person: Person,
    chat: str,
    message: Incoming,
    name: str,
    words: str,
    now: int,
) -> Line | None:
    match name:
        case "queue":
            return show_queue(tx, person, chat, now)
        case "find":
            return find(tx, person, chat, message, words, now)
        case "why":
            return why(tx, person, chat, message, words, now)
        case "recall":
            if message.reply_to is None:
                return Line("recall.how")
            line = recall.said_by(tx, person, message.place, message.reply_to, now)
            return SILENT if line.key == "recall.begun" else line
        case "migrate":
            return migrate(tx, person, now)
        case "quality":
            return quality(tx, person, chat, words, now)
        case "void":
            number, _, reason = words.strip().partition(" ")
            if not number.isdecimal() or len(number) > 9:
                return Line("void.how")
            return voiding.void(tx, int(number), person, reason, now)
        case "ticket":
            return open_for(tx, house, person, message, words, now)
        case "draft":
            return make_draft(tx, person, chat, message, words, now)
        case "kb":
            return look_up(tx, house, person, chat, message, words, now)
        case "off":
            return absence.end_shift(tx, house.desk, person, words, now)
        case "on":
            return absence.begin_shift(tx, person, now)
        case _:
            return None


def _in_topic(
    tx: Connection,
    house: House,
    person: Person,
    ticket_id: int,
    name: str,
    words: str,
    message: Incoming,
    now: int,
) -> Line:
    desk, (first, _, rest) = house.desk, words.strip().partition(" ")
    number = int(first) if first.isdecimal() and len(first) < 10 else 0
    match name:
        case "done":
            return resolution.resolve(tx, desk, ticket_id, person, words, now)
        case "to":
            return handover.transfer(tx, desk, ticket_id, person, first, rest, now)
        case "back":
            return handover.give_back(tx, desk, ticket_id, person, words, now)
        case "prio":
            return planning.prioritize(tx, desk, ticket_id, person, first.upper(), rest, now)
        case "snooze":
            return planning.propose_day(tx, desk, ticket_id, person, words, now)
        case "merge":
            return planning.merge(tx, desk, ticket_id, number, person, now)
        case "link":
            return planning.link(tx, ticket_id, number, person, now)
        case "r":
            return canned.send(tx, desk, ticket_id, person, first, now)
        case "article":
            return canned.send_article(tx, desk, house.library, ticket_id, person, first, now)
        case "similar":
            authorize(person, "note", actions.thing(store.get(tx, ticket_id)))
            line = presses.show_similar(tx, store.peek(tx, ticket_id), now)
            return line if line.alert else SILENT
        case _:
            found = _meant_person(tx, first)
            return (
                found
                if isinstance(found, Line)
                else control.assign(tx, desk, ticket_id, person, found.id, now)
            )


def mistyped(tx: Connection, chat: str, message: Incoming, name: str, now: int) -> None:
    """A command that we do not have, about a ticket or as an answer to us: whoever typed it believes that it was done."""
    place = message.place
    ticket = exchange.ticket_of_topic(tx, chat, place, message.thread, message.reply_to)
    is_ours = name in IN_PRIVATE
    if ticket is None and not is_ours and not message.answers_us:
        return  # another bot's, perhaps
    near = None if is_ours else nearest(name, (*IN_TOPIC, *ANYWHERE))
    key = "command.in_private" if is_ours else "unknown.command.near" if near else "unknown.command"
    facts = {"name": name[:40], "near": near or ""}
    outbox.line(tx, chat, key, facts, now, thread=message.thread, answers=message.message_id)


def show_queue(tx: Connection, person: Person, chat: str, now: int) -> Line:
    """/queue: the team's tickets in work, drawn in the place where it was asked for; in private, those of my teams."""
    authorize(person, "queue", Object())
    if chat == chats.SUPERVISORS or (chat == person.key and person.is_supervisor and not person.teams):
        outbox.show(tx, chat, "load", "load:all", now, anew="asked")
        return SILENT
    teams = [chat.partition(":")[2]] if chat.startswith("team:") else sorted(person.teams)
    if not teams:
        return Line("queue.where")
    for team in teams:
        outbox.show(tx, chat, "queue", f"queue:{team}", now, anew="asked")
    return SILENT


def find(tx: Connection, person: Person, chat: str, message: Incoming, words: str, now: int) -> Line:
    """/find: tickets with these words, the nearest first."""
    authorize(person, "find", Object())
    if not words.strip():
        return Line("find.how")
    found = search.find(tx, words)
    if not found:
        return Line("find.none")
    lines = "\n".join(f"{ticket.id} · {ticket.summary[:60]}" for ticket in found)
    outbox.line(
        tx, chat, "find.some", {"lines": lines}, now, thread=message.thread, answers=message.message_id
    )
    return SILENT


def look_up(
    tx: Connection, house: House, person: Person, chat: str, message: Incoming, words: str, now: int
) -> Line:
    """/kb vpn: articles with these words; in a ticket's topic, beside that ticket."""
    ticket = exchange.ticket_of_topic(tx, chat, message.place, message.thread, message.reply_to)
    beside = None if chat == person.key else ticket
    kb_browse.look_up(tx, house, person, chat, words, now, message=message.message_id, ticket=beside)
    return SILENT


def make_draft(tx: Connection, person: Person, chat: str, message: Incoming, words: str, now: int) -> Line:
    """/draft 1042, or /draft in a topic: a scenario and its test made of a solved ticket."""
    ticket_id = _meant(tx, chat, message, words)
    return (
        Line("command.where") if ticket_id is None else draft.send(tx, person, chat, ticket_id, now) or SILENT
    )


def _meant(tx: Connection, chat: str, message: Incoming, words: str) -> int | None:
    """The ticket whose number was written, or in whose topic it was."""
    number = words.strip()
    told = int(number) if number.isdecimal() and len(number) < 10 else None
    return told or exchange.ticket_of_topic(tx, chat, message.place, message.thread, message.reply_to)


def why(tx: Connection, person: Person, chat: str, message: Incoming, words: str, now: int) -> Line:
    """/why 1042, or /why in a topic: the arithmetic behind the deadlines."""
    ticket_id = _meant(tx, chat, message, words)
    if ticket_id is None:
        return Line("command.where")
    presses.show_why(tx, store.peek(tx, ticket_id), person, chat, now)
    return SILENT


def migrate(tx: Connection, person: Person, now: int) -> Line:
    """/migrate: open tickets go under the rules that desk.yaml has today, a few at a time."""
    authorize(person, "migrate", Object())
    timers.arm(tx, MIGRATE, "desk", "0:0", now, cycle=now)
    return Line("migrate.begun")


def quality(tx: Connection, person: Person, chat: str, words: str, now: int) -> Line:
    """/quality, /quality 7: how fast, how well and how dear the last days were, by class."""
    authorize(person, "quality", Object())
    days = int(words) if words.strip().isdecimal() and len(words.strip()) < 4 else QUALITY_DAYS
    if chat.startswith("team:"):
        return Line("quality.where")
    outbox.show(tx, chat, "quality", f"quality:{max(1, days)}", now, anew="asked")
    return SILENT


def open_for(tx: Connection, house: House, person: Person, message: Incoming, words: str, now: int) -> Line:
    """/ticket @anna the printer is silent: a call or a walk-up becomes a ticket of the one who asked."""
    authorize(person, "open_for", Object())
    name, _, text = words.strip().partition(" ")
    if not text.strip():
        return Line("open.how")
    requester = _meant_person(tx, name)
    if isinstance(requester, Line):
        return requester
    category = house.desk.category(OTHER)
    team = next(iter(sorted(person.teams & set(house.desk.teams))), category.team)
    draft = Draft(
        category=category.id,
        team=team,
        type=category.type,
        summary=text.strip().splitlines()[0][:100],
        words=text.strip(),
        author=person.id,
    )
    ticket = actions.open_ticket(tx, house.desk, requester, draft, now)
    return Line("open.done", {"number": ticket.id, "who": requester.name})


def _meant_person(tx: Connection, word: str) -> Person | Line:
    """The one person of the directory that a word names, or what to say when it names nobody or several."""
    found = directory.called(tx, word)
    if len(found) == 1:
        return found[0]
    if not found:
        return Line("person.unknown", {"who": word})
    listed = [f"{one.staff_id} · {one.name}, {one.department}" for one in found[:NAMESAKES]]
    return Line("person.several", {"who": "\n".join([*listed, *(["…"] if len(found) > NAMESAKES else [])])})
