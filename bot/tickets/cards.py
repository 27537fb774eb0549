"""What people see of a ticket: the employee's live card, the team's card, the topic's name. Drawn when their turn to be sent comes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.people import directory
from bot.sla.policy import Desk
from bot.telegram import chats
from bot.telegram.card import Button, Drawing, Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import clocks, store
from bot.tickets.ticket import IN_WORK, OPEN, State, Ticket

QUEUE = 30  # lines that fit one message with room to spare
SIGN = {"P1": "🔴", "P2": "🟠", "P3": "🟡", "P4": "⚪"}


@dataclass(frozen=True, slots=True)
class Due:
    """A promise in words ("today by 15:00"), and whether it is broken already."""

    words: str
    late: bool


@dataclass(frozen=True, slots=True)
class Dues:
    """The promises of a ticket that still run."""

    claim: Due | None = None
    response: Due | None = None
    resolution: Due | None = None


def data(action: str, ticket: Ticket, *more: object) -> str:
    """Callback data of a ticket's button: opaque ids only (T6)."""
    return "|".join(["t", action, str(ticket.id), *map(str, more)])


def ticket_card(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing:
    """The employee's one live card: number, state, who works on it, and by when."""
    ticket, voice = _ticket(tx, about), speak.voice(chats.language(tx, chat))
    text = voice.card(
        "ticket",
        ticket=ticket,
        category=desk.categories[ticket.category].title[voice.language],
        team=desk.teams[ticket.team].title[voice.language],
        who=_name(tx, ticket),
        due=_dues(tx, desk, ticket, voice, now),
        at=lambda instant: voice.when(instant, desk.zone, now),
    )
    return Drawing(text, _employee_buttons(ticket, voice))


def team_card(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing:
    """The team's card: what is wrong, whose it is, what was tried, by when - and the next move as a button."""
    ticket, voice = _ticket(tx, about), speak.voice(chats.language(tx, chat))
    requester = directory.get(tx, ticket.requester)
    watcher = directory.get(tx, ticket.watcher).name if ticket.watcher else None
    text = voice.card(
        "team_ticket",
        ticket=ticket,
        sign=SIGN.get(ticket.priority, "⚪"),
        requester=requester,
        who=_name(tx, ticket),
        watcher=watcher,
        due=_dues(tx, desk, ticket, voice, now),
        at=lambda instant: voice.when(instant, desk.zone, now),
    )
    return Drawing(text, _team_buttons(ticket, voice))


def topic(tx: Connection, about: str, _chat: str, _now: int) -> Drawing:
    """The name of a ticket's topic."""
    ticket = _ticket(tx, about)
    return Drawing(f"{ticket.id} · {ticket.summary}"[:128])


def ask_prompt(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The message that an engineer answers with a question; gone when the ticket is not theirs to ask about any more."""
    ticket, voice = _ticket(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in (State.CLAIMED, State.WAITING):
        return None
    return Drawing(voice.html("ask.prompt", number=ticket.id))


def assign_menu(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The engineers a supervisor can give the ticket to."""
    ticket, voice = _ticket(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in OPEN:
        return None
    team = directory.engineers(tx, ticket.team)
    buttons = [button(person.name, data("assign", ticket, person.id)) for person in team]
    never_mind = [button(voice.say("button.never_mind"), data("unassign", ticket))]
    return Drawing(voice.html("assign.whom", number=ticket.id), [*rows(buttons, 2), never_mind])


def my_tickets(tx: Connection, about: str, chat: str, _now: int) -> Drawing:
    """The person's open tickets, a line each; a press brings the card to the end of the chat."""
    person, voice = directory.get(tx, int(about.partition(":")[2])), speak.voice(chats.language(tx, chat))
    tickets = store.open_of(tx, person.id)
    if not tickets:
        return Drawing(voice.html("mine.none"))
    buttons = [
        button(f"{ticket.id} · {ticket.summary}"[:60], data("show", ticket)) for ticket in tickets[:20]
    ]
    return Drawing(str(voice.many("mine.some", len(tickets))), rows(buttons, 1))


def _ticket(tx: Connection, about: str) -> Ticket:
    return store.peek(tx, int(about.partition(":")[2]))


def _name(tx: Connection, ticket: Ticket) -> str | None:
    return directory.get(tx, ticket.assignee).first_name if ticket.assignee else None


def _dues(tx: Connection, desk: Desk, ticket: Ticket, voice: Voice, now: int) -> Dues:
    """The promises that still run; none once the ticket waits for confirmation."""
    if ticket.state not in IN_WORK:
        return Dues()
    running = {
        kind: Due(voice.until(view.due_at, desk.zone, now), late=view.due_at < now)
        for kind, view in clocks.view(tx, ticket.id).items()
        if view.state == "running" and view.due_at is not None
    }
    return Dues(running.get("claim"), running.get("response"), running.get("resolution"))


def _employee_buttons(ticket: Ticket, voice: Voice) -> Keyboard:
    def one(action: str, label: str, *more: object) -> Button:
        return button(voice.say(label), data(action, ticket, *more))

    if ticket.state is State.RESOLVED:
        good, bad = one("confirm", "button.works"), one("reject", "button.does_not_work")
        return [[good | {"style": "success"}, bad]]
    if ticket.state is State.CLOSED and ticket.stars is None:
        return [[button("★" * stars, data("rate", ticket, stars)) for stars in range(1, 6)]]
    if ticket.state in OPEN:
        return [[one("write", "button.write"), one("cancel", "button.cancel_ticket")]]
    return []


def _team_buttons(ticket: Ticket, voice: Voice) -> Keyboard:
    def one(action: str, label: str) -> Button:
        return button(voice.say(label), data(action, ticket))

    if ticket.state is State.NEW:
        return [[one("claim", "button.claim") | {"style": "success"}]]
    if ticket.state in (State.CLAIMED, State.WAITING):
        return [[one("ask", "button.ask"), one("resolve", "button.resolve") | {"style": "success"}]]
    return []


def queue(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing:
    """What a team has in work: a line each, the oldest first, with its promise."""
    team, voice = about.partition(":")[2], speak.voice(chats.language(tx, chat))
    tickets = store.queue_of(tx, team)
    lines = [
        (ticket, SIGN.get(ticket.priority, "⚪"), _name(tx, ticket), _dues(tx, desk, ticket, voice, now))
        for ticket in tickets[:QUEUE]
    ]
    title = desk.teams[team].title[voice.language]
    return Drawing(voice.card("queue", team=title, lines=lines, more=len(tickets) - len(lines)))
