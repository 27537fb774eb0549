"""The cards of alerts. Drawn when sent; what no longer applies is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.escalation.calling import is_call
from bot.keys import AlertRef, BurstRef, PersonChat, TeamChat, TicketRef
from bot.people import directory
from bot.sla import ladder
from bot.sla.clock import ClockState as ClockState
from bot.sla.policy import BREACH, Desk
from bot.storage import typed
from bot.storage.schema import alerts
from bot.teamdesk.board import own_desk
from bot.teamdesk.topic import on_card
from bot.telegram import chats, posts
from bot.telegram.buttons import (
    CallAssignee,
    OfTicket,
    OpenEngineers,
    OpenMute,
    OpenPriorities,
    ShowWhy,
    TakeControl,
)
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, Keyboard, button
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import control, readers, store
from bot.tickets.clocks import clock_rows
from bot.tickets.clocks.clock_rows import Kept, LateReason
from bot.tickets.ticket import Ticket

MOST_LINES = 20  # of a burst: well within one message
OVERDUE, SOON = "🔥", "⏰"
AT_ONCE = {"0:infeasible": "alert.infeasible", "0:ping_pong": "alert.ping_pong"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One level of one clock, alerted to a chat; `held_until` and `at` are UTC seconds, `late_why` a LateReason."""

    id: int
    chat: str
    ticket: int
    clock: int
    key: str
    mentions: Any
    loud: int
    at: int
    late_s: int
    late_why: str
    held_until: int | None
    burst: int | None


def alert(work: Work, about: str, chat: str) -> Drawing | None:
    """One ticket's alert with the supervisors' buttons. If it was shown and no longer applies, it says so."""
    rows = [row for row in _of_ticket(work.tx, about, chat) if not is_call(row.mentions, chat)]
    if not rows:
        return None
    ticket, voice = store.peek(work.tx, rows[0].ticket), speak.voice(chats.language(work.tx, chat))
    true = _true(work.tx, rows)
    if not true and posts.find(work.tx, chat, "alert", about) is None:
        return None
    lines = _lines(work.config.desk, voice, true, work.now)
    requester = directory.get(work.tx, ticket.requester)
    text = voice.card(
        "alert",
        calm=not true,
        ticket=ticket,
        sign=_sign(true),
        requester=requester,
        team=work.config.desk.team(ticket.team).title[voice.language],
        who=_name(work.tx, ticket.assignee),
        watcher=_name(work.tx, ticket.watcher),
        hushed=control.hush_of(work, ticket),
        headline=lines[0] if lines else None,
        others=lines[1:],
        late=_late(work.config.desk, voice, true),
        at=lambda instant: voice.when(instant, readers.zone_of(work, chat), work.now),
    )
    if not true:
        return Drawing(text)
    return on_card.laid(work, ticket, chat, Drawing(text, _buttons(voice, ticket)))


def reminder(work: Work, about: str, chat: str) -> Drawing | None:
    """The one message in a ticket's topic of all that is due: a line for each clock, the worst first, and mentions. The same
    in the private chat of a person who is called there, with the buttons of their own desk.

    `about` is the ticket; an alert in rows of version 0.1.
    """
    voice, rows = (
        speak.voice(chats.language(work.tx, chat)),
        _of_alert(work.tx, about) or _of_ticket(work.tx, about, chat),
    )
    rows = [row for row in rows if TeamChat.names(chat) or is_call(row.mentions, chat)]
    true = _true(work.tx, rows)
    is_there = posts.find(work.tx, chat, clock_rows.REMINDER, about) is not None
    if not true:
        return Drawing(voice.html("reminder.calm", number=rows[0].ticket)) if rows and is_there else None
    if not is_there and not any(row.loud for row, _ in true):
        return None  # quiet levels are on the ticket's card
    ticket, shown = true[0][0].ticket, _highest(true)
    said = [
        voice.html(
            "reminder.line", number=ticket, line=_in_topic(work.config.desk, voice, row, kept, work.now)
        )
        for row, kept in shown
    ]
    if PersonChat.names(chat):
        return _call(
            work, store.peek(work.tx, ticket), PersonChat.read(chat).number, voice, [_sign(true), *said]
        )
    called = dict.fromkeys(person for row, _ in shown for person in row.mentions)
    names = ", ".join(directory.get(work.tx, person).mention for person in called)
    head = f"{_sign(true)} {said[0]}"
    return Drawing("\n".join([head, *said[1:], *([names] if names else [])]))


def _call(work: Work, ticket: Ticket, person: int, voice: Voice, said: Sequence[Markup | str]) -> Drawing:
    sign, first, *rest = said
    about = escape(speak.shortened(ticket.summary, 100))
    keys = own_desk.keys_of(work.tx, ticket, directory.get(work.tx, person), voice)
    return Drawing("\n".join([f"{sign} {first}", *rest, about]), keys)


def _in_topic(desk: Desk, voice: Voice, row: Alert, kept: Kept, now: int) -> Markup:
    """A line as those read it who are to do it."""
    line = _line(desk, voice, row, kept, now)
    own = f"reminder.{kept.clock.kind}.soon"
    is_own = line.key.endswith(".soon") and voice.has(own)
    return voice.html(own if is_own else line.key, **line.facts)


def burst(work: Work, about: str, chat: str) -> Drawing | None:
    """A burst as one message: a line for each ticket, the worst first."""
    begun = BurstRef.read(about).number
    rows = typed.every(
        Alert, work.tx.execute(select(alerts).where((alerts.c.chat == chat) & (alerts.c.burst == begun)))
    )
    true = _true(work.tx, rows)
    worst: dict[int, tuple[Alert, Kept]] = {}
    for row, kept in sorted(true, key=_rank):
        worst.setdefault(row.ticket, (row, kept))
    if not worst:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    shown = list(worst.values())[:MOST_LINES]
    lines = [
        (ticket.sign, ticket, _line(work.config.desk, voice, row, kept, work.now))
        for row, kept in shown
        if (ticket := store.peek(work.tx, row.ticket))
    ]
    late = _late(work.config.desk, voice, true)
    text = voice.card("burst", count=len(worst), lines=lines, more=len(worst) - len(shown), late=late)
    return Drawing(text)


def _of_alert(tx: Connection, about: str) -> Sequence[Alert]:
    """The one row of a reminder of version 0.1; none for a ticket."""
    if (one := AlertRef.among(about)) is None:
        return ()
    return typed.every(Alert, tx.execute(select(alerts).where(alerts.c.id == one.number)))


def _of_ticket(tx: Connection, about: str, chat: str) -> Sequence[Alert]:
    mine = (alerts.c.ticket == TicketRef.read(about).number) & (alerts.c.chat == chat)
    mine &= alerts.c.held_until.is_(None)  # what is held for the morning is not shown by another alert
    return typed.every(Alert, tx.execute(select(alerts).where(mine).order_by(alerts.c.id)))


def _true(tx: Connection, rows: Sequence[Alert]) -> list[tuple[Alert, Kept]]:
    """The alerts that still apply, each with its clock."""
    kept = clock_rows.get_all(tx, [row.clock for row in rows])
    return [(row, kept[row.clock]) for row in rows if _is_true(row, kept[row.clock])]


def _is_true(row: Alert, kept: Kept) -> bool:
    """Whether the clock is still in the state that this level announced."""
    late = ladder.level(row.key) >= BREACH
    return kept.clock.state is ClockState.RUNNING and (not late or kept.clock.is_late)


def _rank(pair: tuple[Alert, Kept]) -> tuple[int, int]:
    row, kept = pair
    return (-ladder.level(row.key), kept.clock.due_at or 0)


def _sign(true: Sequence[tuple[Alert, Kept]]) -> str:
    return OVERDUE if any(kept.clock.is_late for _, kept in true) else SOON


def _lines(desk: Desk, voice: Voice, true: Sequence[tuple[Alert, Kept]], now: int) -> list[Line]:
    """The lines of each clock at its highest level, the worst first."""
    return [_line(desk, voice, row, kept, now) for row, kept in _highest(true)]


def _highest(true: Sequence[tuple[Alert, Kept]]) -> list[tuple[Alert, Kept]]:
    """The alerts of each clock at its highest level, the worst first: one, or two facts of the same hand-over."""
    found: list[tuple[Alert, Kept]] = []
    highest: dict[int, int] = {}
    for row, kept in sorted(true, key=_rank):
        if highest.setdefault(row.clock, ladder.level(row.key)) == ladder.level(row.key):
            found.append((row, kept))
    return found


def _line(desk: Desk, voice: Voice, row: Alert, kept: Kept, now: int) -> Line:
    clock, calendar = kept.clock, desk.calendar(kept.calendar)
    facts = {
        "due": voice.until(clock.due_at or now, calendar.zone.key, now),
        "when": voice.when(clock.due_at or now, calendar.zone.key, now),
    }
    if clock.scope:
        facts["team"] = desk.team(clock.scope).title[voice.language]
    if row.key in AT_ONCE:
        return Line(AT_ONCE[row.key], facts | {"stint": clock.cycle})
    state = "late" if clock.is_late else "soon"
    return Line(f"alert.{clock.kind}.{state}", facts)


def _late(desk: Desk, voice: Voice, true: Sequence[tuple[Alert, Kept]]) -> list[Line]:
    """Why alerts come late: one line a reason, with the longest delay."""
    longest: dict[str, int] = {}
    for row, _ in true:
        if row.late_s > desk.notify.late_after_s:
            why = row.late_why or LateReason.OUTAGE
            longest[why] = max(longest.get(why, 0), row.late_s)
    return [Line(f"alert.late.{why}", {"span": voice.span(late_s)}) for why, late_s in longest.items()]


def _name(tx: Connection, person_id: int | None) -> str | None:
    return directory.get(tx, person_id).first_name if person_id else None


def _buttons(voice: Voice, ticket: Ticket) -> Keyboard:
    def one(label: str, pressed: OfTicket) -> Key:
        return button(voice.say(label), pressed)

    number = ticket.id
    return [
        [
            *([] if ticket.watcher else [one("button.take_control", TakeControl(number))]),
            one("button.why", ShowWhy(number)),
        ],
        [one("button.reassign", OpenEngineers(number)), one("button.call", CallAssignee(number))],
        [one("button.raise", OpenPriorities(number)), one("button.hush", OpenMute(number))],
    ]
