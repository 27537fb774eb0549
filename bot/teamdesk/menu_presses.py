"""The menus below a ticket: opened, chosen from, and shown again when a button names what has gone from its list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bot.config.config import Work
from bot.conversation import spoken
from bot.people.access import NotAllowed, authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.teamdesk import canned
from bot.teamdesk.presses import here
from bot.teamdesk.topic import on_card
from bot.telegram import outbox, posts
from bot.telegram.buttons import (
    Assign,
    CloseMenu,
    GiveBack,
    HandTo,
    KeepAssignee,
    Mute,
    OpenEngineers,
    OpenMore,
    OpenMute,
    OpenPriorities,
    OpenReplies,
    OpenTeams,
    Schedule,
    SendReply,
    SetPriority,
    named,
)
from bot.telegram.desk.buttons import OpenDraft, ProposeMoment, SendDraft, SendReplyNow, TypeMoment
from bot.telegram.former_buttons import FormerCause, FormerPriority, FormerReply, FormerTeam
from bot.texts.speak import Line
from bot.tickets import actions, control, handover, planning, prompts, resolution, search
from bot.tickets.clocks import days
from bot.tickets.ticket import IN_WORK, OPEN, Impossible, State, Ticket, move

Opening = OpenTeams | OpenMore | OpenPriorities | OpenReplies | OpenMute | OpenEngineers
Choice = (
    HandTo
    | SetPriority
    | SendReply
    | SendReplyNow
    | OpenDraft
    | SendDraft
    | Mute
    | Schedule
    | ProposeMoment
    | TypeMoment
    | GiveBack
    | Assign
    | KeepAssignee
    | CloseMenu
)
Former = FormerTeam | FormerPriority | FormerReply | FormerCause


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu's card, the right to what it offers, and the states of a ticket in which it is drawn."""

    card: str
    right: str
    states: frozenset[State] = IN_WORK


TEAMS = Menu("transfer_menu", "transfer")
MORE = Menu("more_menu", "note")
PRIORITIES = Menu("priority_menu", "prioritize")
REPLIES = Menu("canned_menu", "reply", OPEN)
PERIODS = Menu("hush_menu", "hush")
MENUS = (PERIODS, TEAMS, MORE, PRIORITIES, REPLIES)  # one is open at a time
ENGINEERS = "assign_menu"


def open_menu(work: Work, pressed: Opening, person: Person, chat: str | None) -> Line:
    """Raises NotAllowed, Impossible or NoSuchTicket; nothing is changed then."""
    ticket, place = here(work.tx, pressed.ticket, chat), chat or ""
    match pressed:
        case OpenTeams():
            return _show(work, TEAMS, ticket, person, place)
        case OpenMore():
            return _show(work, MORE, ticket, person, place)
        case OpenPriorities():
            return _show(work, PRIORITIES, ticket, person, place)
        case OpenReplies():
            return _show(work, REPLIES, ticket, person, place)
        case OpenMute():
            return _show(work, PERIODS, ticket, person, place)
        case OpenEngineers():
            authorize(person, "assign", actions.thing(ticket))
            if prompts.stand(work, place, ticket, person, prompts.MENU, ENGINEERS):
                return Line("menu.on_card")
            outbox.show(work, place, ENGINEERS, ticket.about, topic=ticket.about, anew="asked")
            return Line("assign.choose")
        case _:
            assert_never(pressed)


def choose(work: Work, pressed: Choice, person: Person, chat: str | None) -> Line:
    """A button of a menu. Raises NotAllowed, Impossible or NoSuchTicket; nothing is changed then."""
    ticket, place = here(work.tx, pressed.ticket, chat), chat or ""
    match pressed:
        case HandTo():
            return _hand_to(work, pressed.team, ticket, person, place)
        case SetPriority():
            return _set_priority(work, pressed.priority, ticket, person, place)
        case SendReply():
            return _look_at_reply(work, pressed.reply, ticket, person, place)
        case SendReplyNow():
            return _send_reply(work, pressed.reply, ticket, person, place)
        case OpenDraft():
            return _open_draft(work, pressed.source, ticket, person, place)
        case SendDraft():
            return _send_draft(work, pressed.source, ticket, person, place)
        case Mute():
            return _mute(work, pressed.minutes, ticket, person, place)
        case Schedule():
            authorize(person, "schedule", actions.thing(ticket))
            move(ticket, "schedule")
            if prompts.stand(work, place, ticket, person, prompts.MENU, on_card.DATES):
                return Line("menu.on_card")
            return _question(work, place, ticket, person, "schedule", "")
        case ProposeMoment():
            line = planning.propose_moment(work, ticket.id, person, pressed.at)
            prompts.clear(work, place, ticket)
            return line
        case TypeMoment():
            authorize(person, "schedule", actions.thing(ticket))
            move(ticket, "schedule")
            return _question(work, place, ticket, person, "schedule", "")
        case GiveBack():
            authorize(person, "return", actions.thing(ticket))
            move(ticket, "return")
            return _question(work, place, ticket, person, "return", "")
        case Assign():
            line = control.assign(work, ticket.id, person, pressed.engineer)
            if not line.alert:
                _close(work, place, ticket)
            return line
        case KeepAssignee():
            authorize(person, "assign", actions.thing(ticket))
            _close(work, place, ticket)
            return Line("assign.kept")
        case CloseMenu():
            authorize(person, "note", actions.thing(ticket))
            _close(work, place, ticket)
            return Line("assign.kept")
        case _:
            assert_never(pressed)


def show_present(work: Work, pressed: Former, person: Person, chat: str | None) -> Line:
    """A button of version 0.1, whose place in a list says nothing today: the list as it is now."""
    ticket, place = here(work.tx, pressed.ticket, chat), chat or ""
    match pressed:
        case FormerTeam():
            return _show_changed(work, TEAMS, ticket, person, place)
        case FormerPriority():
            return _show_changed(work, PRIORITIES, ticket, person, place)
        case FormerReply():
            return _show_changed(work, REPLIES, ticket, person, place)
        case FormerCause():
            return resolution.show_causes(work, ticket.id, person)
        case _:
            assert_never(pressed)


def _hand_to(work: Work, written: str, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(TEAMS, ticket, person)
    desk = work.config.desk
    team = named(_today(desk, Section.TEAMS, written), desk.may_go_to(ticket.category, ticket.team))
    if team is None:
        return _show_changed(work, TEAMS, ticket, person, chat)
    _hide_menus(work, chat, ticket)
    return handover.begin(work, ticket, person, team, chat)


def _set_priority(work: Work, written: str, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(PRIORITIES, ticket, person)
    desk = work.config.desk
    priority = named(_today(desk, Section.PRIORITIES, written), desk.names(Section.PRIORITIES))
    if priority is None:
        return _show_changed(work, PRIORITIES, ticket, person, chat)
    return _question(work, chat, ticket, person, "prioritize", priority)


def _today(desk: Desk, section: Section, carried: str) -> str:
    """The name of today for what a button carries that was drawn before it was renamed."""
    former = named(carried, desk.file.renamed.of(section))
    return carried if former is None else desk.today(section, former)


def _look_at_reply(work: Work, written: str, ticket: Ticket, person: Person, chat: str) -> Line:
    """The whole reply on the card, before it goes to the employee."""
    _check(REPLIES, ticket, person)
    reply = named(written, work.config.desk.file.replies)
    if reply is None:
        return _show_changed(work, REPLIES, ticket, person, chat)
    if prompts.stand(work, chat, ticket, person, prompts.MENU, f"{on_card.LOOK} {reply}"):
        return Line("menu.look")
    _hide_menus(work, chat, ticket)
    return canned.send(work, ticket.id, person, reply)


def _send_reply(work: Work, written: str, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(REPLIES, ticket, person)
    reply = named(written, work.config.desk.file.replies)
    if reply is None:
        return _show_changed(work, REPLIES, ticket, person, chat)
    _close(work, chat, ticket)
    return canned.send(work, ticket.id, person, reply)


def _open_draft(work: Work, source: int, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(REPLIES, ticket, person)
    if on_card.draft_of(work, source) is None:
        return Line("similar.none", alert=True)
    prompts.stand(work, chat, ticket, person, prompts.MENU, f"{on_card.DRAFT_LOOK} {source}")
    return Line("menu.look")


def _send_draft(work: Work, source: int, ticket: Ticket, person: Person, chat: str) -> Line:
    """What helped in a similar ticket goes to the employee; the engineer has read it on the card."""
    _check(REPLIES, ticket, person)
    words = on_card.draft_of(work, source)
    if words is None or source not in (one.id for one in search.similar(work.tx, ticket)):
        return Line("similar.none", alert=True)
    _close(work, chat, ticket)
    return spoken.say(work, ticket, person, words)


def _mute(work: Work, minutes: int, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(PERIODS, ticket, person)
    if minutes not in control.HUSHES:
        raise NotAllowed("hush", "access.unknown")
    return _question(work, chat, ticket, person, "hush", str(minutes))


def _check(menu: Menu, ticket: Ticket, person: Person) -> None:
    """Whether the person may have this menu now. Raises NotAllowed or Impossible."""
    authorize(person, menu.right, actions.thing(ticket))
    if ticket.state not in menu.states:
        raise Impossible(menu.right, ticket.state, ticket.id)


def _show(work: Work, menu: Menu, ticket: Ticket, person: Person, chat: str) -> Line:
    _check(menu, ticket, person)
    if prompts.stand(work, chat, ticket, person, prompts.MENU, menu.card):
        return Line("menu.on_card")
    _hide_menus(work, chat, ticket)
    outbox.show(work, chat, menu.card, ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def _show_changed(work: Work, menu: Menu, ticket: Ticket, person: Person, chat: str) -> Line:
    _show(work, menu, ticket, person, chat)
    return Line("list.changed", alert=True)


def _question(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str) -> Line:
    _hide_menus(work, chat, ticket)
    day = days.example(work.config.desk.zone, work.now)
    line = Line(f"prompt.{action}", {"who": person.first_name, "value": value, "day": day})
    return prompts.put(work, chat, ticket, person, action, value, line)


def _close(work: Work, chat: str, ticket: Ticket) -> None:
    """Nothing is open any more: neither on the card nor, from version 0.1, below it."""
    prompts.clear(work, chat, ticket)
    _hide_menus(work, chat, ticket)


def _hide_menus(work: Work, chat: str, ticket: Ticket) -> None:
    for card in (ENGINEERS, *(menu.card for menu in MENUS)):
        if posts.find(work.tx, chat, card, ticket.about) is not None:
            outbox.hide(work, chat, card, ticket.about)
