"""Clocks as rows: read them, and write everything that operations changed in as few statements as there are tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    Select,
    bindparam,
    case,
    func,
    insert,
    select,
    text,
    update,
)

from bot.config.config import Work
from bot.keys import (
    ADMINS,
    EVERY_TEAM,
    SUPERVISORS,
    BoardRef,
    CalendarRef,
    ClockRef,
    PersonChat,
    TeamChat,
    TicketRef,
)
from bot.sla import zones
from bot.sla.calendar import Calendar
from bot.sla.clock import ClockChange, ClockState, Event, Segment, SlaClock
from bot.sla.deskfile import Rule
from bot.sla.ladder import Ladder
from bot.sla.policy import BREACH, Desk
from bot.storage import schema
from bot.storage.unit import Unit
from bot.telegram import outbox, posts
from bot.tickets import store
from bot.timers import timers
from bot.timers.timers import Alarm

TIMER = "sla"
NO_DEADLINE = "no_deadline"
"""The kind of timer that reports tickets whose deadline lies past the end of a calendar."""
REPORTED_AT = 10 * 60  # minutes after the calendar's midnight
PORTION = 500  # ids in one statement: a database takes only so many
FUNCTIONAL = ":functional"
"""The end of the key at which no one's ticket is given to a team that can do more."""
REMINDER = "reminder"
"""The card in a ticket's topic of all that is due."""
RUNG = ("fired", "superseded")
_FIELDS = tuple(field.name for field in fields(SlaClock))
clocks, segments = schema.clocks, schema.segments

# Built once: putting a statement together costs more than running it.
_CHANGE = (
    update(clocks)
    .where(clocks.c.id == bindparam("clock_id"))
    .values(
        {
            name: bindparam(name)
            for name in (*_FIELDS, "rule", "chain", "calendar", "calendar_hash", "policy_hash")
        }
    )
)
_END = (
    update(segments)
    .where((segments.c.clock == bindparam("of_clock")) & segments.c.ended_at.is_(None))
    .values(ended_at=bindparam("ended_at"), end_reason=bindparam("end_reason"))
)
OPEN = text("clocks.state IN ('running','paused')")
"""Spelled out as the partial index has it, or the index is of no use."""
# "Another version" is two ranges of that index: "!=" would walk over every open clock.
_OUTDATED = [
    select(clocks)
    .where(OPEN & (clocks.c.calendar == bindparam("of")) & other)
    .limit(bindparam("most", type_=Integer))
    for other in (clocks.c.calendar_hash < bindparam("hash"), clocks.c.calendar_hash > bindparam("hash"))
]


class Under(NamedTuple):
    """What a clock runs under: a rule's id ("ola:<team>" for a team's own promise), a chain and a calendar."""

    rule: str
    chain: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock with its row: which ticket it belongs to and under which rule, chain and calendar it runs."""

    id: int
    ticket: int
    rule: str
    chain: str
    calendar: str
    clock: SlaClock
    version: str = ""
    """The hash of the calendar that its row was counted in; what changes it writes that of today."""

    @property
    def ref(self) -> str:
        """How the timers call it."""
        return ClockRef(self.id)

    def under(self, place: Under) -> Kept:
        """The same clock under another rule."""
        return Kept(self.id, self.ticket, *place, self.clock)


class LateReason(StrEnum):
    """Why an alert comes later than its deadline."""

    OUTAGE = "outage"
    CALENDAR = "calendar"
    RULE = "rule"


Change = tuple[Kept, ClockChange]
"""A clock as it was - under the rule that holds from now on - and what an operation did to it."""


Begun = tuple[Under, ClockChange]
"""A new clock: what it runs under, and its start."""


def of_ticket(tx: Connection, ticket_id: int, *states: ClockState) -> list[Kept]:
    """The ticket's clocks, in order of their start; only those in `states` when some are given."""
    rows = tx.execute(_in_states(states), {"of_ticket": ticket_id})
    return [_kept(row) for row in rows.mappings()]


@cache
def _in_states(states: tuple[ClockState, ...]) -> Select[Any]:
    # Built once: building the statement costs more than running it, and every card asks.
    mine = select(clocks).where(clocks.c.ticket == bindparam("of_ticket")).order_by(clocks.c.id)
    return mine.where(clocks.c.state.in_([state.value for state in states])) if states else mine


def of_tickets(tx: Connection, ticket_ids: Sequence[int]) -> dict[int, list[Kept]]:
    """The clocks of many tickets, in order of their start."""
    found: dict[int, list[Kept]] = {number: [] for number in ticket_ids}
    mine = select(clocks).where(clocks.c.ticket.in_(ticket_ids)).order_by(clocks.c.id)
    for row in tx.execute(mine).mappings():
        found[row["ticket"]].append(_kept(row))
    return found


def get_all(tx: Connection, clock_ids: Sequence[int]) -> dict[int, Kept]:
    """Clocks by id, as they are now. Who changes one holds its ticket's row."""
    rows = tx.execute(select(clocks).where(clocks.c.id.in_(clock_ids))).mappings()
    return {row["id"]: _kept(row) for row in rows}


def tickets_of(tx: Connection, clock_ids: Sequence[int]) -> list[int]:
    """The tickets behind some clocks."""
    return list(tx.scalars(select(clocks.c.ticket).where(clocks.c.id.in_(clock_ids)).distinct()))


def outdated(tx: Connection, calendar: Calendar, most: int) -> list[Kept]:
    """Some open clocks that were counted in another version of a calendar; what is up to date is never looked at."""
    found: list[Kept] = []
    for statement in _OUTDATED:
        facts = {"of": calendar.name, "hash": calendar.hash, "most": most - len(found)}
        found += map(_kept, tx.execute(statement, facts).mappings())
    return found


def without_deadline(tx: Connection, calendar: str) -> list[int]:
    """Tickets with a running resolution clock whose deadline lies past the end of this calendar."""
    mine = (clocks.c.calendar == calendar) & (clocks.c.kind == "resolution")
    unknown = OPEN & mine & (clocks.c.state == ClockState.RUNNING.value) & clocks.c.due_at.is_(None)
    return list(tx.scalars(select(clocks.c.ticket).where(unknown).order_by(clocks.c.ticket)))


def is_pressing(tx: Connection, until: int) -> bool:
    """Whether a promise of an open ticket is broken, or will be before `until` (UTC seconds)."""
    soon = OPEN & (clocks.c.state == ClockState.RUNNING.value) & (clocks.c.due_at < until)
    return tx.scalar(select(clocks.c.id).where(soon).limit(1)) is not None


def segments_of(tx: Connection, kept: Sequence[Kept]) -> dict[int, list[Segment]]:
    """The spans in which each clock ran, in order."""
    return segments_of_ids(tx, [one.id for one in kept])


def segments_of_ids(tx: Connection, clock_ids: Sequence[int]) -> dict[int, list[Segment]]:
    """The same for clocks by their ids, however many: they are asked for in portions."""
    found: dict[int, list[Segment]] = {clock_id: [] for clock_id in clock_ids}
    for start in range(0, len(clock_ids), PORTION):
        portion = clock_ids[start : start + PORTION]
        rows = tx.execute(select(segments).where(segments.c.clock.in_(portion)).order_by(segments.c.id))
        for row in rows:
            found[row.clock].append(Segment(row.started_at, row.ended_at, row.start_reason, row.end_reason))
    return found


def rung(tx: Connection, kept: Sequence[Kept]) -> dict[int, set[str]]:
    """For each clock the keys that have spoken, or were passed over for a higher one."""
    by_ref = {one.ref: set[str]() for one in kept}
    mine = (schema.timers.c.kind == TIMER) & schema.timers.c.ref.in_(by_ref)
    rows = tx.execute(
        select(schema.timers.c.ref, schema.timers.c.key).where(mine & schema.timers.c.state.in_(RUNG))
    )
    for ref, key in rows:
        by_ref[ref].add(key)
    return {one.id: by_ref[one.ref] for one in kept}


def ladder(desk: Desk, chain_id: str, kind: str, target_s: int, calendar: Calendar) -> Ladder:
    """The levels that a clock of this kind and target says on its way."""
    chain = desk.chain(chain_id)
    percents = [one.at for one in chain.for_clock(kind, target_s, calendar)]
    below = tuple(percent for percent in percents if percent < BREACH)
    past = tuple(percent for percent in percents if percent > BREACH)
    every_s = None if chain.every is None else calendar.seconds(chain.every)
    offered = (
        (f"{chain.functional.unclaimed_at}{FUNCTIONAL}",) if kind == "claim" and chain.functional else ()
    )
    return Ladder(below, every_s, chain.most, offered, past)


def means(desk: Desk, kept: Kept) -> tuple[Calendar, Ladder]:
    """The calendar that measures a clock and the levels it says on its way."""
    calendar = desk.calendar(kept.calendar)
    return calendar, ladder(desk, kept.chain, kept.clock.kind, kept.clock.target_s, calendar)


def under(rule: Rule, kind: str) -> Under:
    """What a rule's clock of this kind runs under."""
    return Under(rule.id, rule.chain, rule.calendar_of(kind))


def begin(work: Work, ticket_id: int, turns: Sequence[Begun], at: int) -> list[Kept]:
    """New clocks of a ticket, with their first segments and their timers."""
    desk, common = work.config.desk, {"ticket": ticket_id}
    values = [_values(turn.clock) | _place(desk, place) | common for place, turn in turns]
    if not values:
        return []
    numbered = insert(clocks).returning(clocks.c.id, sort_by_parameter_order=True)
    ids = work.tx.scalars(numbered, values).all()
    begun = [
        (Kept(number, ticket_id, *place, turn.clock), turn)
        for number, (place, turn) in zip(ids, turns, strict=True)
    ]
    _write_around(work, begun, at)
    return [kept for kept, _ in begun]


def write(work: Work, changes: Sequence[Change], at: int, *, late: LateReason | None = None) -> None:
    """Everything that operations changed: rows, segments, timers, the trail, and the alerts that tell of them.

    `late` is why a deadline may have passed by this very change.
    """
    if not changes:
        return
    work.tx.execute(_CHANGE, [_row(work.config.desk, kept, turn) for kept, turn in changes])
    standing = [kept.ref for kept, turn in changes if turn.clock.state is ClockState.PAUSED]
    others = [kept.ref for kept, turn in changes if turn.clock.state is not ClockState.PAUSED]
    for refs, to in ((standing, "held"), (others, "cancelled")):
        if refs:
            timers.disarm(work.tx, TIMER, *refs, to=to, reason="changed")
    _write_around(work, changes, at, late)
    _redraw(work.tx, list({kept.ticket for kept, _ in changes}), at)


def write_rung(work: Work, changes: Sequence[Change]) -> None:
    """What levels did to their clocks: the breach, and the next repeat beside the levels that wait already."""
    if changes:
        work.tx.execute(_CHANGE, [_row(work.config.desk, kept, turn) for kept, turn in changes])
        _write_around(work, changes, work.now)


def _write_around(work: Work, changes: Sequence[Change], at: int, late: LateReason | None = None) -> None:
    ended = [
        {"of_clock": kept.id, "ended_at": turn.closed.ended_at, "end_reason": turn.closed.end_reason}
        for kept, turn in changes
        if turn.closed is not None
    ]
    if ended:
        work.tx.execute(_END, ended)
    begun = [asdict(turn.opened) | {"clock": kept.id} for kept, turn in changes if turn.opened is not None]
    if begun:
        work.tx.execute(insert(segments), begun)
    alarms = [
        Alarm(
            kept.ref,
            timer.key,
            timer.fire_at,
            turn.clock.cycle,
            timer.level,
            late if timer.fire_at < at else None,
        )
        for kept, turn in changes
        for timer in turn.timers
    ]
    timers.arm_all(work.tx, TIMER, alarms)
    events = [(kept, event) for kept, turn in changes for event in turn.events]
    store.record_all(work.tx, [_trail(kept, event, at) for kept, event in events])
    for kept, event in events:
        if event.type == "beyond":
            spec = work.config.desk.calendar(kept.calendar).spec
            facts = {"number": kept.ticket, "calendar": spec.name, "last": spec.last.isoformat()}
            outbox.line(work.at(at), ADMINS, "sla.beyond", facts, dedupe=f"beyond:{spec.name}:{spec.last}")
            remind_tomorrow(work, work.config.desk.calendar(kept.calendar), max(at, work.now))


def remind_tomorrow(work: Work, calendar: Calendar, at: int) -> None:
    """Tickets without a deadline are reported on the day after `at`: a calendar has one timer a day."""
    tomorrow = calendar.local(at).date() + timedelta(days=1)
    moment = zones.instant(tomorrow, REPORTED_AT, calendar.zone)
    timers.arm(work.tx, NO_DEADLINE, CalendarRef(calendar.name), tomorrow.isoformat(), moment)


def _trail(kept: Kept, event: Event, at: int) -> dict[str, Any]:
    action = f"clock.{event.type}"
    return {"ticket": kept.ticket, "actor": "bot", "action": action, "at": at, "data": event.data}


def _redraw(tx: Connection, ticket_ids: Sequence[int], at: int) -> None:
    """An alert that is on a screen says what is true now: taken, solved, still burning."""
    alerts = schema.alerts
    # What is held for the morning has not been shown, and what went out in a list has no card of its own.
    shown = alerts.c.ticket.in_(ticket_ids) & alerts.c.held_until.is_(None) & alerts.c.burst.is_(None)
    running = func.max(case((schema.clocks.c.state == ClockState.RUNNING.value, 1), else_=0)).label("running")
    told = select(alerts.c.ticket, alerts.c.chat, running).join(
        schema.clocks, schema.clocks.c.id == alerts.c.clock
    )
    for row in tx.execute(told.where(shown).group_by(alerts.c.ticket, alerts.c.chat)).all():
        unit, about = Unit(tx, at, None), TicketRef(row.ticket)
        if not TeamChat.names(row.chat):
            _redraw_alert(unit, row.chat, about, over=not row.running)
        if TeamChat.names(row.chat) or PersonChat.names(row.chat):
            _redraw_reminder(unit, row.chat, about, over=not row.running)


def _redraw_reminder(unit: Unit[None], chat: str, about: str, *, over: bool) -> None:
    if over and posts.find(unit.tx, chat, REMINDER, about) is not None:
        outbox.hide(unit, chat, REMINDER, about)
    else:
        outbox.show(unit, chat, REMINDER, about, topic=about if TeamChat.names(chat) else None)


def _redraw_alert(unit: Unit[None], chat: str, about: str, *, over: bool) -> None:
    """Where a board is, an alert that is over goes: the board says how things are now."""
    has_board = (
        chat == SUPERVISORS and posts.find(unit.tx, chat, posts.BOARD, BoardRef(EVERY_TEAM)) is not None
    )
    if over and has_board and posts.find(unit.tx, chat, "alert", about) is not None:
        outbox.hide(unit, chat, "alert", about)
    else:
        outbox.show(unit, chat, "alert", about)


def _row(desk: Desk, kept: Kept, turn: ClockChange) -> dict[str, Any]:
    place = _place(desk, Under(kept.rule, kept.chain, kept.calendar))
    return _values(turn.clock) | place | {"clock_id": kept.id}


def _place(desk: Desk, place: Under) -> dict[str, Any]:
    hashes = {"calendar_hash": desk.calendar(place.calendar).hash, "policy_hash": desk.policy_hash}
    return place._asdict() | hashes


def _values(clock: SlaClock) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in _FIELDS} | {"state": clock.state.value}


def _kept(row: RowMapping) -> Kept:
    clock = SlaClock(**{name: row[name] for name in _FIELDS} | {"state": ClockState(row["state"])})
    return Kept(
        row["id"], row["ticket"], row["rule"], row["chain"], row["calendar"], clock, row["calendar_hash"]
    )
