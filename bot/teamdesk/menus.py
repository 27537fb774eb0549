"""The short-lived cards below a ticket: whom to give it to, which priority, which reply, whether a day suits."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people import directory
from bot.sla.policy import Desk
from bot.telegram import chats
from bot.telegram.card import Drawing, button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import control, round_robin, search, store
from bot.tickets.buttons import data
from bot.tickets.ticket import HELD, IN_WORK, OPEN, Ticket

MORE = ("prio", "snooze", "back", "canned", "similar", "reassign")


def ask_prompt(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The message that an engineer answers with a question; gone when the ticket is not theirs to ask about any more."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in HELD:
        return None
    return Drawing(voice.html("ask.prompt", number=ticket.id))


def assign_menu(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing | None:
    """The engineers on shift, to whom a supervisor can give the ticket."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in IN_WORK:
        return None
    team = [one for one in directory.engineers(tx, ticket.team) if round_robin.is_there(desk, one, now)]
    buttons = [button(person.name, data("assign", ticket, person.id)) for person in team]
    never_mind = [button(voice.say("button.never_mind"), data("unassign", ticket))]
    question = "assign.whom" if team else "assign.nobody"
    return Drawing(voice.html(question, number=ticket.id), [*rows(buttons, 2), never_mind])


def transfer_menu(desk: Desk, tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The other teams."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in IN_WORK:
        return None
    allowed = desk.may_go_to(ticket.category, ticket.team)
    teams = [
        button(team.title[voice.language], data("to", ticket, place))
        for place, team in enumerate(desk.teams.values())
        if team.id in allowed
    ]
    guide = [button(voice.say("button.guide"), f"k|beside|{ticket.id}")]
    keyboard = [*rows(teams, 2), guide, [_never_mind(ticket, voice)]]
    return Drawing(voice.html("transfer.whom", number=ticket.id), keyboard)


def more_menu(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """What is done less often than asking and resolving."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in IN_WORK:
        return None
    buttons = [button(voice.say(f"more.{action}"), data(action, ticket)) for action in MORE]
    return Drawing(
        voice.html("more.what", number=ticket.id), [*rows(buttons, 2), [_never_mind(ticket, voice)]]
    )


def priority_menu(desk: Desk, tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """Another priority."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in IN_WORK:
        return None
    buttons = [
        button(priority, data("prio", ticket, place))
        for place, priority in enumerate(desk.file.priority_matrix.priorities)
        if priority != ticket.priority
    ]
    text = voice.html("priority.which", number=ticket.id, priority=ticket.priority)
    return Drawing(text, [*rows(buttons, 4), [_never_mind(ticket, voice)]])


def hush_menu(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """For how long a supervisor wants no repeats."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in IN_WORK:
        return None
    buttons = [button(voice.span(minutes * 60), data("hush", ticket, minutes)) for minutes in control.HUSHES]
    return Drawing(voice.html("hush.how_long", number=ticket.id), [buttons, [_never_mind(ticket, voice)]])


def canned_menu(desk: Desk, tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The replies of desk.yaml."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.state not in OPEN:
        return None
    buttons = [button(name, data("canned", ticket, place)) for place, name in enumerate(desk.file.replies)]
    return Drawing(voice.html("canned.which"), [*rows(buttons[:20], 3), [_never_mind(ticket, voice)]])


def similar(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """Solved tickets in the same words, with what helped."""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    found = search.similar(tx, ticket)
    return Drawing(voice.card("similar", tickets=found)) if found else None


def schedule(desk: Desk, tx: Connection, about: str, chat: str, now: int) -> Drawing | None:
    """To the employee: does this later day suit you?"""
    ticket, voice = ticket_of(tx, about), speak.voice(chats.language(tx, chat))
    if ticket.wake_at is None or ticket.state not in HELD:
        return None
    when = voice.when(ticket.wake_at, desk.zone, now)
    yes = button(voice.say("button.agree"), data("agree", ticket)) | {"style": "success"}
    no = button(voice.say("button.disagree"), data("disagree", ticket))
    return Drawing(voice.html("schedule.suits", number=ticket.id, when=when), [[yes, no]])


def ticket_of(tx: Connection, about: str) -> Ticket:
    return store.peek(tx, int(about.partition(":")[2]))


def _never_mind(ticket: Ticket, voice: Voice) -> dict[str, str]:
    return button(voice.say("button.never_mind"), data("closemenu", ticket))
