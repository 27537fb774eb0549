"""The board: one live message that says what burns, what soon will, what no one has taken, and who has how much in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.config.config import Work
from bot.keys import EVERY_TEAM, SUPERVISORS, BoardRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import outages
from bot.teamdesk import topic_links
from bot.teamdesk.board import placing
from bot.teamdesk.cards import Due, dues_of
from bot.telegram import chats
from bot.telegram.buttons import Assign, Claim, OpenMute, TakeControl
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import round_robin, store
from bot.tickets.invocation import Invocation
from bot.tickets.ticket import UNCLAIMED, Ticket

SOON = 3600  # seconds of wall time: what comes due within them is at risk
LINES = 6  # of one section
ACTED_ON = 3  # tickets that have buttons


@dataclass(frozen=True, slots=True)
class BoardTicket:
    """A ticket on the board: its nearest promise (none once it waits), and whether that is broken."""

    ticket: Ticket
    number: Markup
    who: str
    due: Due | None


@dataclass(frozen=True, slots=True)
class InHand:
    """What one engineer has in hand; `away` when their shift is over."""

    person: Person
    held: int
    away: bool


@dataclass(frozen=True, slots=True)
class BoardSection:
    """Tickets of one kind: the first lines, and how many more there are."""

    head: str
    lines: Sequence[BoardTicket]
    more: int


def place(work: Work, asked: Invocation) -> Line | None:
    """/board: the board of this chat, pinned here."""
    authorize(asked.person, "queue", Object())
    return None if placing.place(work, asked.chat) else Line("board.where")


def drawing(work: Work, about: str, chat: str) -> Drawing | None:
    """The board of one team, or of all of them for the supervisors."""
    desk, voice, name = (
        work.config.desk,
        speak.voice(chats.language(work.tx, chat)),
        BoardRef.read(about).name,
    )
    teams = [team for team in desk.teams.values() if name in (team.id, EVERY_TEAM)]
    if not teams:
        return None
    tickets = [ticket for team in teams for ticket in store.queue_of(work.tx, team.id)]
    known = _known(work, tickets, voice)
    burning = sorted((one for one in known if one.due and one.due.late), key=_by_due)
    risky = sorted(
        (one for one in known if one.due and not one.due.late and one.due.at - work.now <= SOON), key=_by_due
    )
    placed = {one.ticket.id for one in (*burning, *risky)}
    free = [one for one in known if one.ticket.state in UNCLAIMED and one.ticket.id not in placed]
    found = (("board.burning", burning), ("board.risky", risky), ("board.free", free))
    loads = {team.id: _loads(work, team.id, tickets) for team in teams}
    text = voice.card(
        "board",
        head=voice.html("board.all")
        if name == EVERY_TEAM
        else voice.html("board.team", team=teams[0].title[voice.language]),
        sections=[
            BoardSection(voice.many(key, len(some)), some[:LINES], len(some) - LINES)
            for key, some in found
            if some
        ],
        teams=[(team.title[voice.language], loads[team.id]) for team in teams if loads[team.id]],
        outages=outages.all_open(work.tx),
        open_count=len(tickets),
    )
    urgent = [*burning, *risky, *free][:ACTED_ON]
    keys = _for_chiefs(urgent, loads, voice) if chat == SUPERVISORS else _for_team(urgent, voice)
    return Drawing(text, keys, pinned=True)


def _known(work: Work, tickets: Sequence[Ticket], voice: Voice) -> list[BoardTicket]:
    numbers = topic_links.linked(work.tx, tickets)
    found = []
    for ticket in tickets:
        nearest = dues_of(work, ticket, voice).pressing
        who = directory.get(work.tx, ticket.assignee).first_name if ticket.assignee else ""
        found.append(BoardTicket(ticket, numbers[ticket.id], who, nearest))
    return found


def _by_due(one: BoardTicket) -> int:
    assert one.due is not None
    return one.due.at


def _loads(work: Work, team: str, tickets: Sequence[Ticket]) -> list[InHand]:
    held = Counter(ticket.assignee for ticket in tickets)
    people = [
        InHand(one, held[one.id], not round_robin.is_there(work.config.desk, one, work.now))
        for one in directory.engineers(work.tx, team)
    ]
    return sorted(people, key=lambda load: (load.away, -load.held, load.person.name))


def _for_chiefs(
    urgent: Sequence[BoardTicket], loads: Mapping[str, Sequence[InHand]], voice: Voice
) -> Keyboard:
    """Give it to the one who has least, watch it, mute it: a row for each of the most urgent tickets."""
    keyboard: Keyboard = []
    for one in urgent:
        ticket = one.ticket
        there = [load for load in loads[ticket.team] if not load.away and load.person.id != ticket.assignee]
        row: list[Key] = []
        if there:
            freest = min(there, key=lambda load: load.held)
            who = f"{freest.person.first_name} ({freest.held})"
            label = voice.say("board.give", number=ticket.id, who=who)
            row.append(button(label, Assign(ticket.id, freest.person.id)))
        if ticket.watcher is None:
            row.append(button(voice.say("board.watch", number=ticket.id), TakeControl(ticket.id)))
        if one.due is not None and one.due.late:
            row.append(button(voice.say("board.mute", number=ticket.id), OpenMute(ticket.id)))
        keyboard.append(row)
    return [row for row in keyboard if row]


def _for_team(urgent: Sequence[BoardTicket], voice: Voice) -> Keyboard:
    keys = [
        button(voice.say("board.claim", number=one.ticket.id), Claim(one.ticket.id), "success")
        for one in urgent
        if one.ticket.state in UNCLAIMED
    ]
    return rows(keys, 3)
