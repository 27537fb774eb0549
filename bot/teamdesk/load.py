"""Who has how much in hand: the teams and their engineers for a supervisor, one's own work for an engineer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.teamdesk import topic_links
from bot.teamdesk.cards import QUEUE, dues_of
from bot.telegram import chats
from bot.telegram.buttons import ShowTicket
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, button, link, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store
from bot.tickets.clocks import revised_eta
from bot.tickets.ticket import UNCLAIMED, Ticket

LINKS = 12  # buttons that lead to topics: the nearest in time


@dataclass(frozen=True, slots=True)
class Hands:
    """One engineer and how many tickets they have; `away` when their shift is over."""

    name: str
    held: int
    away: bool


def drawing(work: Work, _about: str, chat: str) -> Drawing:
    """Every team: in work, not taken, late; and the load of each engineer."""
    voice = speak.voice(chats.language(work.tx, chat))
    teams = []
    for team in work.config.desk.teams.values():
        tickets, people = store.queue_of(work.tx, team.id), directory.engineers(work.tx, team.id)
        if not tickets and not people:
            continue
        held = [ticket.assignee for ticket in tickets]
        hands = [Hands(one.name, held.count(one.id), bool(one.profile.get("away"))) for one in people]
        waiting = sum(ticket.state in UNCLAIMED for ticket in tickets)
        late = sum(_is_late(work, ticket, voice) for ticket in tickets)
        teams.append((team.title[voice.language], len(tickets), waiting, late, hands))
    return Drawing(voice.card("load", teams=teams))


def _agenda(work: Work, held: Sequence[Ticket], voice: Voice) -> Drawing:
    """What an engineer has in hand, the nearest promise first; a button leads to each one's topic."""
    told = [(ticket, dues_of(work, ticket, voice)) for ticket in held]
    far = 2**40
    told.sort(key=lambda pair: min((due.at for due in pair[1].named.values()), default=far))
    numbers = topic_links.linked(work.tx, [ticket for ticket, _ in told[:QUEUE]])
    lines = [(ticket, numbers[ticket.id], None, due) for ticket, due in told[:QUEUE]]
    text = voice.card("queue", head=voice.html("mine.agenda"), lines=lines, more=len(told) - len(lines))
    return Drawing(text, rows(_links(work.tx, [ticket for ticket, _ in told[:LINKS]]), 3))


def my_tickets(work: Work, about: str, chat: str) -> Drawing:
    """The person's open tickets, a line each - a press brings the card - and what an engineer has in hand."""
    person, voice = (
        directory.get(work.tx, PersonChat.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    tickets, held = store.open_of(work.tx, person.id), store.held_by(work.tx, person.id)
    buttons = [
        button(speak.shortened(f"{ticket.id} · {ticket.title}", 60), ShowTicket(ticket.id))
        for ticket in tickets[:20]
    ]
    head = str(voice.many("mine.some", len(tickets))) if tickets else str(voice.html("mine.none"))
    if late := revised_eta.late_among(work.tx, tickets):
        head = f"{voice.html('mine.late', numbers=', '.join(map(str, late)))}\n{head}"
    if not held:
        return Drawing(head, rows(buttons, 1))
    mine = _agenda(work, held, voice)
    text = f"{mine.text}\n\n{head}" if tickets else mine.text
    return Drawing(text, [*mine.keyboard, *rows(buttons, 1)])


def _is_late(work: Work, ticket: Ticket, voice: Voice) -> bool:
    """Whether any of its promises is broken: to claim, to reply or to resolve."""
    return dues_of(work, ticket, voice).is_late


def _links(tx: Connection, tickets: Sequence[Ticket]) -> list[Key]:
    """Buttons that open the tickets' topics."""
    found = topic_links.addresses(tx, tickets)
    return [link(f"{number} ↗", address) for number, address in found.items()]
