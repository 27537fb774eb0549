"""What commands do: the verbs of /done, /to, /queue and the others. Which there are says handlers/commands.py."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import recall
from bot.keys import SUPERVISORS, QualityRef, QueueRef, TeamChat, TicketRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import causes, declaring, known, reporting
from bot.selfservice import kb_browse
from bot.sla.policy import OTHER
from bot.teamdesk import canned, draft, presses, scenario_versions, topic_links, workarounds
from bot.telegram import chats, outbox
from bot.texts.speak import Line, shortened
from bot.tickets import (
    absence,
    actions,
    control,
    handover,
    planning,
    search,
    store,
    voiding,
)
from bot.tickets.actions import Draft
from bot.tickets.clocks import days
from bot.tickets.invocation import DIGITS, Invocation
from bot.tickets.ticket import Ticket
from bot.timers import timers

MIGRATE = "migrate"
"""The kind of timer that puts open tickets under today's rules."""
QUALITY_DAYS = 30
FOUND = 10  # lines of /find
NAMESAKES = 6  # no one reads a longer list of people of one name


def done(work: Work, asked: Invocation) -> Line:
    """/done replaced the roller: solved, with what helped."""
    return actions.resolve(work, asked.ticket, asked.person, asked.words)


def hand_over(work: Work, asked: Invocation) -> Line:
    """/to network the socket is dead: to another team, with a note."""
    return handover.transfer(work, asked.ticket, asked.person, asked.first, asked.rest)


def give_back(work: Work, asked: Invocation) -> Line:
    """/back not the socket: to the team that answers for it, or to the queue, with the reason."""
    return handover.give_back(work, asked.ticket, asked.person, asked.words)


def prioritize(work: Work, asked: Invocation) -> Line | None:
    """/prio P2 the whole floor: another priority, with the reason."""
    return presses.refusal(
        planning.prioritize(work, asked.ticket, asked.person, asked.first.upper(), asked.rest)
    )


def snooze(work: Work, asked: Invocation) -> Line:
    """/snooze +3: ask the employee whether a later day suits them."""
    ticket = asked.ticket
    if not asked.words:
        raise asked.misused(day=days.example(work.config.desk.zone, work.now))
    return planning.propose_day(work, ticket, asked.person, asked.words)


def merge(work: Work, asked: Invocation) -> Line:
    """/merge 1042: this ticket is a duplicate of that one."""
    return planning.merge(work, asked.ticket, asked.number, asked.person)


def link(work: Work, asked: Invocation) -> Line:
    """/link 1042: this ticket has to do with that one."""
    return planning.link(work, asked.ticket, asked.number, asked.person)


def reply(work: Work, asked: Invocation) -> Line | None:
    """/r name: a ready reply of desk.yaml."""
    ticket, names = asked.ticket, list(work.config.desk.file.replies)
    if not names:
        return Line("canned.none")
    if not asked.words:
        raise asked.misused(example=names[0], names=", ".join(names))
    return presses.refusal(canned.send(work, ticket, asked.person, asked.first))


def work_around(work: Work, asked: Invocation) -> Line:
    """/workaround print on PRN-2-01: how the employee can work until it is solved."""
    ticket = asked.ticket
    if not asked.words:
        raise asked.misused()
    return workarounds.give(work, ticket, asked.person, asked.words)


def send_article(work: Work, asked: Invocation) -> Line | None:
    """/article printer-queue: an article of the knowledge base, to the employee."""
    ticket = asked.ticket
    if not asked.words:
        raise asked.misused()
    return presses.refusal(canned.send_article(work, ticket, asked.person, asked.first))


def similar(work: Work, asked: Invocation) -> Line | None:
    """/similar: solved tickets in the same words."""
    ticket = store.peek(work.tx, asked.ticket)
    authorize(asked.person, "note", actions.thing(ticket))
    return presses.refusal(presses.show_similar(work, ticket, asked.person, asked.chat))


def assign(work: Work, asked: Invocation) -> Line:
    """/assign @nina: to an engineer of the team."""
    ticket = asked.ticket
    if not asked.words:
        raise asked.misused()
    found = meant_person(work.tx, asked.first)
    return found if isinstance(found, Line) else control.assign(work, ticket, asked.person, found.id)


def take_back(work: Work, asked: Invocation) -> Line | None:
    """/recall, as an answer to one's own word: it is taken back from the other side."""
    message = asked.message
    if message.reply_to is None:
        raise asked.misused()
    line = recall.said_by(work, asked.person, message.place, message.reply_to)
    return None if line.key == "recall.begun" else line


def void(work: Work, asked: Invocation) -> Line:
    """/void 1042 fire drill: the breaches of a ticket that has ended do not count."""
    return voiding.void(work, asked.number, asked.person, asked.rest)


def declare_outage(work: Work, asked: Invocation) -> None:
    """/outage printing till 11:15 ...: what is missing is asked for where it was typed."""
    declaring.declare(work, asked.person, asked.words, asked.chat)


def list_outages(work: Work, asked: Invocation) -> None:
    """/outages: those that are open, each with its buttons."""
    declaring.list_open(work, asked.person, asked.chat)


def problem(work: Work, asked: Invocation) -> Line | None:
    """/problem The print server hangs: opens it; /problem 3 12 17: these tickets have that cause."""
    numbers = asked.words.split()
    if not numbers:
        raise asked.misused()
    if all(one.isdecimal() and len(one) <= DIGITS for one in numbers):
        if len(numbers) < 2:
            raise asked.misused()
        return causes.add(work, int(numbers[0]), [int(one) for one in numbers[1:]], asked.person)
    causes.begin(work, asked.person, asked.words)
    return None


def list_problems(work: Work, asked: Invocation) -> None:
    """/problems: those that are open, each with its incidents and what they cost."""
    causes.list_open(work, asked.person)


def publish_known(work: Work, asked: Invocation) -> Line:
    """/known 3 printer#queue 14 Symptoms. Workaround: words: shown in that step for so many days."""
    line = known.publish(work, asked.number, asked.rest, asked.person)
    if line is None:
        raise asked.misused()
    return line


def prove(work: Work, asked: Invocation) -> Line:
    """/proved 3 no hang for four weeks: the problem is closed, and why is written down."""
    if not asked.rest:
        raise asked.misused()
    return causes.prove(work, asked.number, asked.rest, asked.person)


def list_versions(work: Work, asked: Invocation) -> None:
    """/versions: the scenario files that were good."""
    scenario_versions.overview(work, asked.person)


def offer_version(work: Work, asked: Invocation) -> None:
    """/rollback, /rollback 3fa29c1b: ask before a former file is put back."""
    scenario_versions.offer(work, asked.person, asked.words)


def end_shift(work: Work, asked: Invocation) -> Line:
    """/off, /off see the notes: the end of a shift."""
    return absence.end_shift(work, asked.person, asked.words)


def begin_shift(work: Work, asked: Invocation) -> Line:
    """/on: the beginning of a shift; what they hold and what waits for them is shown in private."""
    line = absence.begin_shift(work, asked.person)
    chat = asked.person.key
    if chats.reachable(work.tx, chat):
        outbox.show(work, chat, actions.OWN_DESK, chat, anew="shift")
    return line


def show_queue(work: Work, asked: Invocation) -> Line | None:
    """/queue: the team's tickets in work, drawn in the place where it was asked for; in private, those of my teams."""
    person, chat = asked.person, asked.chat
    authorize(person, "queue", Object())
    if chat == SUPERVISORS or (chat == person.key and person.is_supervisor and not person.teams):
        outbox.show(work, chat, "load", "load:all", anew="asked")
        return None
    teams = [TeamChat.read(chat).name] if TeamChat.names(chat) else sorted(person.teams)
    if not teams:
        return Line("queue.where")
    here = TicketRef(asked.here) if asked.here is not None and chat != person.key else None
    for team in teams:
        outbox.show(work, chat, "queue", QueueRef(team), topic=here, anew="asked")
    return None


def find(work: Work, asked: Invocation) -> Line:
    """/find roller: tickets with these words, the nearest first; /find @anna, /find Petrov: a person's, the newest first."""
    authorize(asked.person, "find", Object())
    if not asked.words:
        raise asked.misused()
    named = directory.called(work.tx, asked.words.strip())
    if len(named) == 1 and (theirs := store.latest_of(work.tx, named[0].id, FOUND)):
        return Line("find.of_person", {"who": named[0].name, "lines": _listed(work.tx, theirs)})
    found = search.find(work.tx, asked.words, FOUND)
    return Line("find.some", {"lines": _listed(work.tx, found)}) if found else Line("find.none")


def _listed(tx: Connection, found: Sequence[Ticket]) -> Markup:
    """A line each: state, number with the way to its topic, what it is about."""
    numbers = topic_links.linked(tx, found)
    line = Markup("{sign} {number} · {summary}")
    lines = [
        line.format(sign=one.sign, number=numbers[one.id], summary=shortened(one.summary, 60))
        for one in found
    ]
    return Markup("\n").join(lines)


def look_up(work: Work, asked: Invocation) -> None:
    """/kb vpn: articles with these words; in a ticket's topic, beside that ticket."""
    person, chat = asked.person, asked.chat
    beside = None if chat == person.key else asked.here
    kb_browse.look_up(work, person, chat, asked.words, message=asked.message.message_id, ticket=beside)


def make_draft(work: Work, asked: Invocation) -> Line | None:
    """/draft 1042, or /draft in a topic: a scenario and its test made of a solved ticket."""
    return draft.send(work, asked.person, asked.chat, asked.meant)


def why(work: Work, asked: Invocation) -> None:
    """/why 1042, or /why in a topic: the arithmetic behind the deadlines."""
    presses.show_why(work, store.peek(work.tx, asked.meant), asked.person, asked.chat)


def migrate(work: Work, asked: Invocation) -> Line:
    """/migrate: open tickets go under the rules that desk.yaml has today, a few at a time."""
    authorize(asked.person, "migrate", Object())
    timers.arm(work.tx, MIGRATE, "desk", "0:0", work.now, cycle=work.now)
    return Line("migrate.begun")


def quality(work: Work, asked: Invocation) -> Line | None:
    """/quality, /quality 7: how fast, how well and how dear the last days were, by class."""
    authorize(asked.person, "quality", Object())
    days = asked.words or str(QUALITY_DAYS)
    if not (days.isdecimal() and 1 <= len(days) <= 3 and int(days)):
        raise asked.misused()
    outbox.show(work, asked.chat, "quality", QualityRef(int(days)), anew="asked")
    return None


def open_for(work: Work, asked: Invocation) -> Line:
    """/ticket @anna the printer is silent: a call or a walk-up becomes a ticket of the one who asked."""
    person, text = asked.person, asked.rest
    authorize(person, "open_for", Object())
    if not text:
        raise asked.misused()
    requester = meant_person(work.tx, asked.first)
    if isinstance(requester, Line):
        return requester
    category = work.config.desk.category(OTHER)
    team = next(iter(sorted(person.teams & set(work.config.desk.teams))), category.team)
    draft = Draft(
        category=category.id,
        team=team,
        type=category.type,
        summary=shortened(text.splitlines()[0], 100),
        words=text,
        author=person.id,
    )
    ticket = actions.open_ticket(work, requester, draft)
    reporting.opened(work, ticket, text)
    return Line("open.done", {"number": ticket.id, "who": requester.name})


def meant_person(tx: Connection, word: str) -> Person | Line:
    """The one person of the directory that a word names, or what to say when it names no one or several."""
    found = directory.called(tx, word)
    if len(found) == 1:
        return found[0]
    if not found:
        return Line("person.unknown", {"who": word})
    listed = [f"{one.staff_id} · {one.name}, {one.department}" for one in found[:NAMESAKES]]
    return Line("person.several", {"who": "\n".join([*listed, *(["…"] if len(found) > NAMESAKES else [])])})
