"""Who has how much in hand: the teams and their engineers for a supervisor, one's own work for an engineer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.problems import children
from bot.teamdesk.board import own_desk
from bot.teamdesk.cards import dues_of
from bot.telegram import chats
from bot.telegram.buttons import ShowTicket
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store
from bot.tickets.clocks import revised_eta
from bot.tickets.ticket import UNCLAIMED, Ticket


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


def my_tickets(work: Work, about: str, chat: str) -> Drawing:
    """The person's open tickets, a line each - a press brings the card - and what an engineer has in hand."""
    person, voice = (
        directory.get(work.tx, PersonChat.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    tickets, held = children.own_of(work.tx, person.id), store.held_by(work.tx, person.id)
    buttons = [
        button(speak.shortened(f"{ticket.id} · {ticket.title}", 60), ShowTicket(ticket.id))
        for ticket in tickets[:20]
    ]
    head = str(voice.many("mine.some", len(tickets))) if tickets else str(voice.html("mine.none"))
    if late := revised_eta.late_among(work.tx, tickets):
        head = f"{voice.html('mine.late', numbers=', '.join(map(str, late)))}\n{head}"
    mine = own_desk.agenda(work, person, held, voice)
    if mine is None:
        return Drawing(head, rows(buttons, 1))
    text = f"{mine.text}\n\n{head}" if tickets else mine.text
    return Drawing(text, [*mine.keyboard, *rows(buttons, 1)])


def _is_late(work: Work, ticket: Ticket, voice: Voice) -> bool:
    """Whether any of its promises is broken: to claim, to reply or to resolve."""
    dues = dues_of(work, ticket, voice)
    return dues.is_late or (dues.own is not None and dues.own.late)
