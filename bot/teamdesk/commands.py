"""What an engineer types: /done, /to, /prio and the others, in a ticket's topic or as an answer to one of its messages."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import exchange, recall, twins
from bot.keys import SUPERVISORS, QualityRef, QueueRef, TeamChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.selfservice import kb_browse
from bot.sla.policy import OTHER
from bot.teamdesk import canned, draft, presses
from bot.telegram import outbox
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


def run(work: Work, person: Person, chat: str, message: Incoming, name: str, words: str) -> None:
    """Do the command and say what came of it, below the command itself."""
    message = twins.known(work, chat, person, message)
    line = _anywhere(work, person, chat, message, name, words)
    if line is None:
        place = message.place
        ticket_id = exchange.ticket_of_topic(work.tx, chat, place, message.thread, message.reply_to)
        line = (
            Line("command.where")
            if ticket_id is None
            else _in_topic(work, person, ticket_id, name, words, message)
        )
    if line.key != SILENT.key:
        outbox.line(work, chat, line.key, line.facts, thread=message.thread, answers=message.message_id)


SILENT = Line("shown")  # what was asked for has been shown: no more words


def _anywhere(work: Work, person: Person, chat: str, message: Incoming, name: str, words: str) -> Line | None:
    match name:
        case "queue":
            return show_queue(work, person, chat)
        case "find":
            return find(work, person, chat, message, words)
        case "why":
            return why(work, person, chat, message, words)
        case "recall":
            if message.reply_to is None:
                return Line("recall.how")
            line = recall.said_by(work, person, message.place, message.reply_to)
            return SILENT if line.key == "recall.begun" else line
        case "migrate":
            return migrate(work, person)
        case "quality":
            return quality(work, person, chat, words)
        case "void":
            number, _, reason = words.strip().partition(" ")
            if not number.isdecimal() or len(number) > 9:
                return Line("void.how")
            return voiding.void(work, int(number), person, reason)
        case "ticket":
            return open_for(work, person, message, words)
        case "draft":
            return make_draft(work, person, chat, message, words)
        case "kb":
            return look_up(work, person, chat, message, words)
        case "off":
            return absence.end_shift(work, person, words)
        case "on":
            return absence.begin_shift(work, person)
        case _:
            return None


def _in_topic(work: Work, person: Person, ticket_id: int, name: str, words: str, message: Incoming) -> Line:
    first, _, rest = words.strip().partition(" ")
    number = int(first) if first.isdecimal() and len(first) < 10 else 0
    match name:
        case "done":
            return resolution.resolve(work, ticket_id, person, words)
        case "to":
            return handover.transfer(work, ticket_id, person, first, rest)
        case "back":
            return handover.give_back(work, ticket_id, person, words)
        case "prio":
            return planning.prioritize(work, ticket_id, person, first.upper(), rest)
        case "snooze":
            return planning.propose_day(work, ticket_id, person, words)
        case "merge":
            return planning.merge(work, ticket_id, number, person)
        case "link":
            return planning.link(work, ticket_id, number, person)
        case "r":
            return canned.send(work, ticket_id, person, first)
        case "article":
            return canned.send_article(work, ticket_id, person, first)
        case "similar":
            authorize(person, "note", actions.thing(store.get(work.tx, ticket_id)))
            line = presses.show_similar(work, store.peek(work.tx, ticket_id))
            return line if line.alert else SILENT
        case _:
            found = _meant_person(work.tx, first)
            return found if isinstance(found, Line) else control.assign(work, ticket_id, person, found.id)


def mistyped(work: Work, chat: str, message: Incoming, name: str) -> None:
    """A command that we do not have, about a ticket or as an answer to us: whoever typed it believes that it was done."""
    place = message.place
    ticket = exchange.ticket_of_topic(work.tx, chat, place, message.thread, message.reply_to)
    is_ours = name in IN_PRIVATE
    if ticket is None and not is_ours and not message.answers_us:
        return  # another bot's, perhaps
    near = None if is_ours else nearest(name, (*IN_TOPIC, *ANYWHERE))
    key = "command.in_private" if is_ours else "unknown.command.near" if near else "unknown.command"
    facts = {"name": name[:40], "near": near or ""}
    outbox.line(work, chat, key, facts, thread=message.thread, answers=message.message_id)


def show_queue(work: Work, person: Person, chat: str) -> Line:
    """/queue: the team's tickets in work, drawn in the place where it was asked for; in private, those of my teams."""
    authorize(person, "queue", Object())
    if chat == SUPERVISORS or (chat == person.key and person.is_supervisor and not person.teams):
        outbox.show(work, chat, "load", "load:all", anew="asked")
        return SILENT
    teams = [TeamChat.read(chat).name] if TeamChat.names(chat) else sorted(person.teams)
    if not teams:
        return Line("queue.where")
    for team in teams:
        outbox.show(work, chat, "queue", QueueRef(team), anew="asked")
    return SILENT


def find(work: Work, person: Person, chat: str, message: Incoming, words: str) -> Line:
    """/find: tickets with these words, the nearest first."""
    authorize(person, "find", Object())
    if not words.strip():
        return Line("find.how")
    found = search.find(work.tx, words)
    if not found:
        return Line("find.none")
    lines = "\n".join(f"{ticket.id} · {ticket.summary[:60]}" for ticket in found)
    outbox.line(work, chat, "find.some", {"lines": lines}, thread=message.thread, answers=message.message_id)
    return SILENT


def look_up(work: Work, person: Person, chat: str, message: Incoming, words: str) -> Line:
    """/kb vpn: articles with these words; in a ticket's topic, beside that ticket."""
    ticket = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, message.reply_to)
    beside = None if chat == person.key else ticket
    kb_browse.look_up(work, person, chat, words, message=message.message_id, ticket=beside)
    return SILENT


def make_draft(work: Work, person: Person, chat: str, message: Incoming, words: str) -> Line:
    """/draft 1042, or /draft in a topic: a scenario and its test made of a solved ticket."""
    ticket_id = _meant(work.tx, chat, message, words)
    return Line("command.where") if ticket_id is None else draft.send(work, person, chat, ticket_id) or SILENT


def _meant(tx: Connection, chat: str, message: Incoming, words: str) -> int | None:
    """The ticket whose number was written, or in whose topic it was."""
    number = words.strip()
    told = int(number) if number.isdecimal() and len(number) < 10 else None
    return told or exchange.ticket_of_topic(tx, chat, message.place, message.thread, message.reply_to)


def why(work: Work, person: Person, chat: str, message: Incoming, words: str) -> Line:
    """/why 1042, or /why in a topic: the arithmetic behind the deadlines."""
    ticket_id = _meant(work.tx, chat, message, words)
    if ticket_id is None:
        return Line("command.where")
    presses.show_why(work, store.peek(work.tx, ticket_id), person, chat)
    return SILENT


def migrate(work: Work, person: Person) -> Line:
    """/migrate: open tickets go under the rules that desk.yaml has today, a few at a time."""
    authorize(person, "migrate", Object())
    timers.arm(work.tx, MIGRATE, "desk", "0:0", work.now, cycle=work.now)
    return Line("migrate.begun")


def quality(work: Work, person: Person, chat: str, words: str) -> Line:
    """/quality, /quality 7: how fast, how well and how dear the last days were, by class."""
    authorize(person, "quality", Object())
    days = int(words) if words.strip().isdecimal() and len(words.strip()) < 4 else QUALITY_DAYS
    if TeamChat.names(chat):
        return Line("quality.where")
    outbox.show(work, chat, "quality", QualityRef(max(1, days)), anew="asked")
    return SILENT


def open_for(work: Work, person: Person, message: Incoming, words: str) -> Line:
    """/ticket @anna the printer is silent: a call or a walk-up becomes a ticket of the one who asked."""
    authorize(person, "open_for", Object())
    name, _, text = words.strip().partition(" ")
    if not text.strip():
        return Line("open.how")
    requester = _meant_person(work.tx, name)
    if isinstance(requester, Line):
        return requester
    category = work.config.desk.category(OTHER)
    team = next(iter(sorted(person.teams & set(work.config.desk.teams))), category.team)
    draft = Draft(
        category=category.id,
        team=team,
        type=category.type,
        summary=text.strip().splitlines()[0][:100],
        words=text.strip(),
        author=person.id,
    )
    ticket = actions.open_ticket(work, requester, draft)
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
