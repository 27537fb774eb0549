"""Why a ticket is due when it is: `/why 123` and `firstline why 123` print the arithmetic, recomputed from history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.escalation.editions import calendar_of
from bot.keys import ADMINS, SUPERVISORS, PersonChat, TeamChat, TicketRef
from bot.people import directory
from bot.sla.calendar import Calendar
from bot.sla.clock import ClockState
from bot.sla.explain import ClockAccount, Stretch, account
from bot.sla.policy import Desk
from bot.sla.windows import DAY_MINUTES, Window
from bot.storage import typed
from bot.storage.schema import alerts, history, timers
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.telegram.desk.buttons import ShowWhyWhole
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store
from bot.tickets.clocks import clock_rows
from bot.tickets.clocks.clock_rows import FUNCTIONAL, TIMER, Kept
from bot.tickets.clocks.time_by_team import named, shares
from bot.tickets.store import HistoryRow
from bot.timers.timers import Timer

ACTS = ("take_control", "hush", "assign", "call", "void")
"""What supervisors do about an alert or a promise: it is told with the arithmetic."""
AT_ONCE = {"0:infeasible": "why.key.infeasible", "0:ping_pong": "why.key.ping_pong"}
GROUPS = {SUPERVISORS: "chat.supervisors", ADMINS: "chat.admins"}
_CALENDAR = re.compile("calendar [0-9a-f]{16}")
CHANGES = ("clock.retarget", "detour")


@dataclass(frozen=True, slots=True)
class Level:
    """A level that was or will be announced: its state, its name, the chats that got it."""

    state: str
    name: str
    at: int
    to: str


@dataclass(frozen=True, slots=True)
class ExplainedClock:
    """One clock with its arithmetic, its changes of target, and its levels.

    `is_by_its_calendar` is False when that version was not stored: then today's is used, and the result may differ.
    `opens_at` (UTC seconds) is when business time continues, for a running clock outside working time.
    """

    kept: Kept
    account: ClockAccount
    is_by_its_calendar: bool
    opens_at: int | None
    levels: Sequence[Level]
    retargets: Sequence[HistoryRow]
    hours: str


def drawing(work: Work, about: str, chat: str) -> Drawing:
    """The card of "Why?": about is "ticket:123"."""
    voice = speak.voice(chats.language(work.tx, chat))
    return Drawing(why(work.tx, work.config.desk, TicketRef.read(about).number, voice, work.now))


def brief(work: Work, about: str, chat: str) -> Drawing:
    """The same in three lines: what was promised, what is used, when the clock stood; a button brings the whole."""
    voice, desk = speak.voice(chats.language(work.tx, chat)), work.config.desk
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    more = [[button(voice.say("button.why_whole"), ShowWhyWhole(ticket.id))]]
    head = voice.html("why.brief.head", number=ticket.id, summary=speak.shortened(ticket.summary, 100))
    main = _main(clock_rows.of_ticket(work.tx, ticket.id))
    if main is None:
        return Drawing(f"{head}\n{voice.html('why.brief.none')}", more)
    calendar = calendar_of(work.tx, desk, main.calendar, main.version)
    told = account(main.clock, clock_rows.segments_of(work.tx, [main])[main.id], calendar, work.now)
    stood = [stretch for stretch in told.stretches if not stretch.runs]
    due = voice.until(main.clock.due_at, desk.zone, work.now) if main.clock.due_at is not None else "-"
    kind, target = voice.say(f"why.kind.{main.clock.kind}").lower(), voice.span(main.clock.target_s)
    used = voice.span(told.used_s) if told.used_s else "0"
    late = told.left_s < 0
    rest = voice.span(abs(told.left_s)) if told.left_s else "0"
    lines = [
        head,
        voice.html("why.brief.promised", kind=kind, target=target, due=due),
        voice.html("why.brief.over" if late else "why.brief.used", used=used, rest=rest),
        _stood(voice, desk, stood, work.now),
    ]
    return Drawing("\n".join(lines), more)


def _main(kept: Sequence[Kept]) -> Kept | None:
    """The promise that people ask about: the solution, else the last one."""
    solution = [one for one in kept if one.clock.kind == "resolution"]
    known = solution or list(kept)
    return known[-1] if known else None


def _stood(voice: Voice, desk: Desk, stood: Sequence[Stretch], now: int) -> str:
    if not stood:
        return str(voice.html("why.brief.ran"))
    last = stood[-1]
    start, end = (voice.when(at, desk.zone, now) for at in (last.started_at, last.ended_at))
    reason = voice.say(f"why.reason.{last.reason}")
    return str(voice.html("why.brief.stood", start=start, end=end, reason=reason, n=len(stood)))


def why(tx: Connection, desk: Desk, ticket_id: int, voice: Voice, now: int) -> str:
    """Every clock of the ticket, its spans, its levels, who acted on them. Raises NoSuchTicket."""
    ticket = store.peek(tx, ticket_id)
    kept = clock_rows.of_ticket(tx, ticket_id)
    spans = clock_rows.segments_of(tx, kept)
    changes = _of_history(tx, ticket_id, CHANGES)
    retargets = [row for row in changes if row.action == "clock.retarget"]
    told = []
    for one in kept:
        calendar = calendar_of(tx, desk, one.calendar, one.version)
        arithmetic = account(one.clock, spans[one.id], calendar, now)
        mine = [row for row in retargets if row.data["kind"] == one.clock.kind and not one.clock.scope]
        levels = _levels(tx, desk, voice, one)
        opens_at = calendar.opens_after(now) if one.clock.state is ClockState.RUNNING else None
        is_by_its_own, hours = calendar.hash == one.version, hours_in_words(voice, calendar)
        told.append(ExplainedClock(one, arithmetic, is_by_its_own, opens_at, levels, mine, hours))
    return voice.card(
        "why",
        ticket=ticket,
        told=told,
        called=lambda rule: _called(desk, voice, rule),
        team=lambda name: _team(desk, voice, name),
        detours=[_detour(tx, desk, voice, row) for row in changes if row.action == "detour"],
        shares=[(named(desk, voice, one), one.seconds) for one in shares(tx, desk, ticket, now)],
        acts=[_act(tx, row) for row in _of_history(tx, ticket_id, ACTS)],
        at=lambda when: voice.when(when, desk.zone, now),
        lifted=lambda reason: _lifted(voice, reason),
    )


def _called(desk: Desk, voice: Voice, rule: str) -> str:
    """A rule by what people call it: the class of service, or the team whose own hours count; "" when it has no such name."""
    if rule.startswith("ola:"):
        return _team(desk, voice, rule.removeprefix("ola:"))
    service = desk.service(rule)
    return service.title[voice.language] if service is not None else ""


def _team(desk: Desk, voice: Voice, name: str) -> str:
    return desk.team(name).title[voice.language]


def hours_in_words(voice: Voice, calendar: Calendar) -> str:
    """A calendar by the hours of its week: "пн-пт 09:00-18:00"; its name in desk.yaml says nothing to most readers."""
    week = calendar.spec.week
    if all(day == ((0, DAY_MINUTES),) for day in week):
        return voice.say("why.always")
    parts = []
    for windows, same in groupby(range(len(week)), key=week.__getitem__):
        days = list(same)
        if windows:
            named = "-".join(voice.weekday(day) for day in dict.fromkeys((days[0], days[-1])))
            parts.append(f"{named} {', '.join(_window(one) for one in windows)}")
    return "; ".join(parts)


def _window(window: Window) -> str:
    opens, closes = window
    end = closes if closes <= DAY_MINUTES else closes - DAY_MINUTES
    return f"{opens // 60:02}:{opens % 60:02}-{end // 60:02}:{end % 60:02}"


def _levels(tx: Connection, desk: Desk, voice: Voice, kept: Kept) -> Sequence[Level]:
    heard = _heard(tx, desk, voice, kept)
    mine = (timers.c.kind == TIMER) & (timers.c.ref == kept.ref) & (timers.c.state != "cancelled")
    rows = typed.every(Timer, tx.execute(select(timers).where(mine).order_by(timers.c.level)))
    return [
        Level(row.state, _name(voice, row.key), row.fired_at or row.fire_at, heard.get(row.key, ""))
        for row in rows
    ]


def _heard(tx: Connection, desk: Desk, voice: Voice, kept: Kept) -> Mapping[str, str]:
    """The chats that got each level of a clock, as text."""
    mine = select(alerts.c.key, alerts.c.chat).where(
        (alerts.c.ticket == kept.ticket) & (alerts.c.clock == kept.id)
    )
    found: dict[str, str] = {}
    for key, chat in tx.execute(mine.order_by(alerts.c.id)):
        title = chat_title(tx, desk, voice, chat)
        found[key] = f"{found[key]}, {title}" if key in found else title
    return found


def _lifted(voice: Voice, reason: str) -> str:
    """Why a breach was voided: a supervisor's reason, or the clock's own."""
    if reason.endswith("_in_time") and " " not in reason:
        return voice.say("why.lifted.in_time")
    return voice.say("why.lifted.calendar") if _CALENDAR.fullmatch(reason) else reason


def _name(voice: Voice, key: str) -> str:
    """The name of a level: 75 %, repeat 2, line two."""
    if key.startswith("over:"):
        return voice.say("why.key.over", n=key.removeprefix("over:"))
    if key in AT_ONCE:
        return voice.say(AT_ONCE[key])
    number = key.partition(":")[0]
    return voice.say("why.key.functional", n=number) if key.endswith(FUNCTIONAL) else f"{number} %"


def chat_title(tx: Connection, desk: Desk, voice: Voice, chat: str) -> str:
    """The name of a chat: the team's title, a person's name, the supervisors."""
    if TeamChat.names(chat):
        return desk.team(TeamChat.read(chat).name).title[voice.language]
    if PersonChat.names(chat):
        return directory.get(tx, PersonChat.read(chat).number).name
    return voice.say(GROUPS[chat])


def _detour(tx: Connection, desk: Desk, voice: Voice, row: HistoryRow) -> Mapping[str, Any]:
    role = row.data["role"]
    is_chat = ":" in role or role in GROUPS
    named = chat_title(tx, desk, voice, role) if is_chat else voice.say(f"role.{role}")
    to = ", ".join(chat_title(tx, desk, voice, chat) for chat in row.data["to"])
    return {"role": named, "why": row.data["why"], "to": to, "at": row.at}


def _act(tx: Connection, row: HistoryRow) -> tuple[str, str, int, str]:
    name = directory.get(tx, PersonChat.read(row.actor).number).name
    return row.action, name, row.at, row.data.get("reason", "")


def _of_history(tx: Connection, ticket_id: int, actions: Sequence[str]) -> Sequence[HistoryRow]:
    mine = (history.c.ticket == ticket_id) & history.c.action.in_(actions)
    return typed.every(HistoryRow, tx.execute(select(history).where(mine).order_by(history.c.id)))
