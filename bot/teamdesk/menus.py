"""The short-lived cards below a ticket: whom to give it to, which priority, which reply, whether a day suits."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import TicketRef
from bot.people import directory
from bot.people.access import allows
from bot.people.directory import Person
from bot.teamdesk import canned
from bot.telegram import chats
from bot.telegram.buttons import (
    AgreeToDay,
    Assign,
    CloseMenu,
    DeclineDay,
    GiveBack,
    HandTo,
    KeepAssignee,
    Mute,
    OpenEngineers,
    OpenGuides,
    OpenPriorities,
    Schedule,
    SendReply,
    SetPriority,
)
from bot.telegram.card import Drawing
from bot.telegram.desk.buttons import ProposeMoment, TypeMoment
from bot.telegram.keyboard import Key, Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import control, planning, readers, round_robin, search, store
from bot.tickets.actions import thing
from bot.tickets.clocks import days
from bot.tickets.ticket import HELD, IN_WORK, OPEN, State, Ticket

MORE = (
    (OpenPriorities, "more.prio", "prioritize"),
    (Schedule, "more.snooze", "schedule"),
    (GiveBack, "more.back", "return"),
    (OpenEngineers, "more.reassign", "assign"),
)
"""The buttons behind "More", their labels, and the right to each."""
MOST_NAMES = 30  # a keyboard has at most 100 buttons


def ask_prompt(work: Work, about: str, chat: str) -> Drawing | None:
    """The message that an engineer answers with a question; gone when the ticket is not theirs to ask about any more."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in HELD:
        return None
    return Drawing(voice.html("ask.prompt", number=ticket.id))


def assign_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """The engineers on shift, to whom a supervisor can give the ticket, with what each has in hand: the freest first."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in IN_WORK:
        return None
    team = [
        one
        for one in directory.engineers(work.tx, ticket.team)
        if round_robin.is_there(work.config.desk, one, work.now)
    ]
    held = Counter(one.assignee for one in store.queue_of(work.tx, ticket.team))
    buttons = [
        button(f"{one.name} ({held[one.id]})", Assign(ticket.id, one.id))
        for one in sorted(team, key=lambda one: held[one.id])[:MOST_NAMES]
    ]
    never_mind = [button(voice.say("button.never_mind"), KeepAssignee(ticket.id))]
    question = "assign.whom" if team else "assign.nobody"
    return Drawing(voice.html(question, number=ticket.id), [*rows(buttons, 2), never_mind])


def transfer_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """The other teams."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in IN_WORK:
        return None
    allowed = work.config.desk.may_go_to(ticket.category, ticket.team)
    teams = [
        button(work.config.desk.team(team).title[voice.language], HandTo(ticket.id, team)) for team in allowed
    ]
    guide = [button(voice.say("button.guide"), OpenGuides(ticket.id))]
    keyboard = [*rows(teams, 2), guide, [never_mind(ticket, voice)]]
    return Drawing(voice.html("transfer.whom", number=ticket.id), keyboard)


def more_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """What is done less often than asking and resolving."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in IN_WORK:
        return None
    return Drawing(voice.html("more.what", number=ticket.id), more_keys(ticket, voice))


def more_keys(ticket: Ticket, voice: Voice, person: Person | None = None) -> Keyboard:
    """What is behind "More"; for `person` only what they may do."""
    buttons = [
        button(voice.say(label), kind(ticket.id))
        for kind, label, right in MORE
        if person is None or allows(person, right, thing(ticket))
    ]
    return [*rows(buttons, 2), [never_mind(ticket, voice)]]


def priority_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """Another priority."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in IN_WORK:
        return None
    buttons = [
        button(priority, SetPriority(ticket.id, priority))
        for priority in work.config.desk.file.priority_matrix.priorities
        if priority != ticket.priority
    ]
    text = voice.html("priority.which", number=ticket.id, priority=ticket.priority)
    return Drawing(text, [*rows(buttons, 4), [never_mind(ticket, voice)]])


def hush_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """For how long a supervisor wants no repeats."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in IN_WORK:
        return None
    buttons = [button(voice.span(minutes * 60), Mute(ticket.id, minutes)) for minutes in control.HUSHES]
    return Drawing(voice.html("hush.how_long", number=ticket.id), [buttons, [never_mind(ticket, voice)]])


def canned_menu(work: Work, about: str, chat: str) -> Drawing | None:
    """The replies of desk.yaml, each by its first words as this employee will read them."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    if ticket.state not in OPEN:
        return None
    replies = work.config.desk.file.replies.items()
    buttons = [
        button(canned.first_words(work, ticket, text), SendReply(ticket.id, name)) for name, text in replies
    ]
    return Drawing(voice.html("canned.which"), [*rows(buttons[:20], 1), [never_mind(ticket, voice)]])


def dates(work: Work, ticket: Ticket, voice: Voice) -> Drawing | None:
    """When to come back to the ticket, by one press; the employee has to agree."""
    if ticket.state not in HELD:
        return None
    zone = work.config.desk.zone
    offered = [
        button(voice.when(at, zone, work.now), ProposeMoment(ticket.id, at))
        for at in days.offered(zone, work.now)
    ]
    other = button(voice.say("button.other_date"), TypeMoment(ticket.id))
    return Drawing(voice.html("dates.which"), [*rows([*offered, other], 2), [never_mind(ticket, voice)]])


def similar(work: Work, about: str, chat: str) -> Drawing | None:
    """Solved tickets in the same words, with what helped."""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    found = search.similar(work.tx, ticket)
    return Drawing(voice.card("similar", tickets=found)) if found else None


def schedule(work: Work, about: str, chat: str) -> Drawing | None:
    """To the employee: does this later day suit you?"""
    ticket, voice = ticket_of(work.tx, about), speak.voice(chats.language(work.tx, chat))
    day, zone = planning.proposed(work.tx, ticket), readers.zone_of(work, chat)
    if day is None:
        return None
    when = voice.when(day, zone, work.now)
    agreed = ticket.wake_at if ticket.state is State.SCHEDULED else None
    former = {"former": voice.when(agreed, zone, work.now)} if agreed is not None else {}
    yes = button(voice.say("button.agree"), AgreeToDay(ticket.id), "success")
    no = button(voice.say("button.disagree"), DeclineDay(ticket.id))
    question = "schedule.suits_instead" if former else "schedule.suits"
    return Drawing(voice.html(question, number=ticket.id, when=when, **former), [[yes, no]])


def ticket_of(tx: Connection, about: str) -> Ticket:
    return store.peek(tx, TicketRef.read(about).number)


def never_mind(ticket: Ticket, voice: Voice) -> Key:
    return button(voice.say("button.never_mind"), CloseMenu(ticket.id))
