"""The promises of a ticket as rows: what happens to a ticket happens to its clocks, in one transaction.

Every function takes the instant of the event itself (UTC seconds): an answer written before the due and read
after an outage was given in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from bot.sla import clock as sla
from bot.sla.calendar import Calendar
from bot.sla.clock import Clock, Ladder, Segment, State, Turn
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram import outbox
from bot.tickets import store
from bot.tickets.ticket import Ticket
from bot.timers import timers

TIMER = "sla"
RUNG = ("fired", "superseded")
_FIELDS = tuple(field.name for field in fields(Clock))
clocks, segments = schema.clocks, schema.segments


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock with its row: which ticket it belongs to and under which rule, chain and calendar it runs."""

    id: int
    ticket: int
    rule: str
    chain: str
    calendar: str
    clock: Clock

    @property
    def ref(self) -> str:
        """How the timers call it."""
        return f"clock:{self.id}"


@dataclass(frozen=True, slots=True)
class ClockView:
    """A promise as cards show it: `due_at` while it runs, `left_s` (business seconds) while it stands still."""

    state: str
    due_at: int | None
    left_s: int
    target_s: int
    breached_at: int | None


def open_all(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> None:
    """Start every clock that a new ticket's rule gives it."""
    rule = desk.rule_for(ticket.priority, ticket.type, ticket.category, ticket.team)
    for kind, target_s in desk.targets(rule).items():
        if desk.clock_rules()[kind].start == "ticket_created":
            _open(tx, desk, ticket.id, rule.id, kind, target_s, at)


def claimed(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """Somebody took the ticket."""
    _happened(tx, desk, ticket_id, "claimed", at)


def replied(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """An engineer - a human, in public - wrote to the employee. A bot's word, a note, a claim is none."""
    _happened(tx, desk, ticket_id, "human_public_reply", at)


def resolved(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """The engineer says that it is done."""
    _happened(tx, desk, ticket_id, "resolved", at)


def paused(tx: Connection, desk: Desk, ticket_id: int, reason: str, at: int) -> None:
    """A question was asked or a date agreed: the clocks that this reason pauses stand still."""
    pause = desk.paused_by(reason)
    for kept in _of(tx, ticket_id, State.RUNNING):
        if pause is not None and kept.clock.kind in pause.clocks:
            _keep(tx, desk, kept, sla.pause(kept.clock, desk.calendar(kept.calendar), at, reason), at)


def resumed(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """The answer came: what stood still runs on from this instant."""
    for kept in _of(tx, ticket_id, State.PAUSED):
        calendar, ladder = _means(desk, kept)
        turn = sla.resume(kept.clock, calendar, ladder, _rung(tx, kept), at, "resumed")
        _keep(tx, desk, kept, turn, at)


def reopened(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """It does not work after all: the resolution clock runs on, the time since it stopped was a pause."""
    for kept in _of(tx, ticket_id, State.STOPPED):
        if kept.clock.kind == "resolution":
            calendar, ladder = _means(desk, kept)
            floor_s = desk.seconds(desk.file.reopen.floor, calendar)
            turn = sla.reopen(kept.clock, calendar, ladder, _rung(tx, kept), at, floor_s)
            _keep(tx, desk, kept, turn, at)


def cancelled(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """Nobody needs it any more."""
    for kept in _of(tx, ticket_id, State.RUNNING, State.PAUSED):
        _keep(tx, desk, kept, sla.cancel(kept.clock, desk.calendar(kept.calendar), at), at)


def retargeted(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> None:
    """Priority, type or category changed: the same clocks under another rule, replayed from their start."""
    rule = desk.rule_for(ticket.priority, ticket.type, ticket.category, ticket.team)
    targets, calendar = desk.targets(rule), desk.calendar(rule.calendar)
    for kept in _of(tx, ticket.id, State.RUNNING, State.PAUSED):
        target_s = targets.get(kept.clock.kind)
        if target_s is None:
            _keep(tx, desk, kept, sla.cancel(kept.clock, desk.calendar(kept.calendar), at), at)
            continue
        moved = Kept(kept.id, kept.ticket, rule.id, rule.chain, rule.calendar, kept.clock)
        ladder = _means(desk, moved, target_s)[1]
        floor_s = desk.floor(calendar, target_s)
        spans, rung = segments_of(tx, kept.id), _rung(tx, kept)
        turn = sla.retarget(kept.clock, target_s, calendar, ladder, spans, rung, at, floor_s)
        _keep(tx, desk, moved, turn, at)


def acknowledged(tx: Connection, desk: Desk, ticket_id: int, at: int) -> None:
    """A supervisor took control: repeats are silent for the chain's `ack`; the clocks run on."""
    for kept in _of(tx, ticket_id, State.RUNNING):
        calendar = desk.calendar(kept.calendar)
        until = calendar.add(at, calendar.seconds(desk.chain(kept.chain).ack))
        armed = (schema.timers.c.kind == TIMER) & (schema.timers.c.ref == kept.ref)
        waiting = armed & (schema.timers.c.state == "armed") & (schema.timers.c.level > sla.level(sla.BREACH))
        for row in tx.execute(select(schema.timers).where(waiting)).all():
            late = max(row.fire_at, until)
            timers.arm(tx, TIMER, kept.ref, row.key, late, cycle=row.cycle, level=row.level)


def view(tx: Connection, ticket_id: int) -> dict[str, ClockView]:
    """The promises of a ticket by kind, the latest cycle of each; nothing is locked."""
    rows = tx.execute(select(clocks).where(clocks.c.ticket == ticket_id).order_by(clocks.c.cycle)).mappings()
    return {row["kind"]: _view(_clock(row)) for row in rows}


def of_ticket(tx: Connection, ticket_id: int) -> list[Kept]:
    """Every clock the ticket ever had, in order of their start."""
    return _of(tx, ticket_id)


def get(tx: Connection, clock_id: int) -> Kept:
    """One clock, its row locked until the unit ends. The caller holds its ticket already."""
    row = tx.execute(select(clocks).where(clocks.c.id == clock_id).with_for_update()).mappings().one()
    return _kept(row)


def peek(tx: Connection, clock_id: int) -> Kept:
    """One clock as it is now, for drawing; nothing is locked."""
    return _kept(tx.execute(select(clocks).where(clocks.c.id == clock_id)).mappings().one())


def ticket_of(tx: Connection, clock_id: int) -> int:
    """Whose clock it is."""
    return int(tx.execute(select(clocks.c.ticket).where(clocks.c.id == clock_id)).scalar_one())


def rang(tx: Connection, desk: Desk, kept: Kept, key: str, now: int) -> Kept:
    """A level of the clock has rung: the breach becomes a fact, the next repeat is armed."""
    calendar, ladder = _means(desk, kept)
    turn = sla.reached(kept.clock, calendar, ladder, key, now)
    _write(tx, kept, turn.clock)
    _arm(tx, kept, turn)
    _record(tx, desk, kept, turn, now)
    return Kept(kept.id, kept.ticket, kept.rule, kept.chain, kept.calendar, turn.clock)


def is_ripe(desk: Desk, kept: Kept, key: str, now: int) -> bool:
    """Whether a due row still tells the truth about its clock."""
    return sla.ripe(kept.clock, desk.calendar(kept.calendar), key, now)


def segments_of(tx: Connection, clock_id: int) -> list[Segment]:
    """The spans in which the clock ran, in order."""
    rows = tx.execute(select(segments).where(segments.c.clock == clock_id).order_by(segments.c.id))
    return [Segment(row.started_at, row.ended_at, row.start_reason, row.end_reason) for row in rows]


def _happened(tx: Connection, desk: Desk, ticket_id: int, event: str, at: int) -> None:
    """An event stops the clocks whose `stop` names it, then begins the next cycle of those that repeat."""
    rules = desk.clock_rules()
    kept_all = _of(tx, ticket_id)
    for kept in kept_all:
        rule = rules.get(kept.clock.kind)
        if kept.clock.state in (State.RUNNING, State.PAUSED) and rule is not None and event in rule.stop:
            _keep(tx, desk, kept, sla.stop(kept.clock, desk.calendar(kept.calendar), at), at)
    for kind, rule in rules.items():
        if rule.start == event:
            _next_cycle(tx, desk, ticket_id, kept_all, kind, rule.repeating, at)


def _next_cycle(
    tx: Connection, desk: Desk, ticket_id: int, kept_all: Sequence[Kept], kind: str, repeating: bool, at: int
) -> None:
    before = [kept.clock.cycle for kept in kept_all if kept.clock.kind == kind]
    resolution = next((kept for kept in kept_all if kept.clock.kind == "resolution"), None)
    if resolution is None or (before and not repeating):
        return
    target_s = desk.targets(desk.rule(resolution.rule)).get(kind)
    if target_s is None:
        return
    cycle = max(before, default=0) + 1
    opened = _open(tx, desk, ticket_id, resolution.rule, kind, target_s, at, cycle=cycle)
    if resolution.clock.state is State.PAUSED:
        _keep(tx, desk, opened, sla.pause(opened.clock, desk.calendar(opened.calendar), at, "paused"), at)


def _open(
    tx: Connection,
    desk: Desk,
    ticket_id: int,
    rule_id: str,
    kind: str,
    target_s: int,
    at: int,
    *,
    cycle: int = 1,
) -> Kept:
    """A new clock with its first segment and its timers."""
    rule = desk.rule(rule_id)
    calendar = desk.calendar(rule.calendar)
    ladder = _ladder(desk, rule.chain, kind, target_s, calendar)
    turn = sla.start(kind, target_s, at, calendar, ladder, cycle=cycle)
    versions = {"calendar_hash": calendar.hash, "policy_hash": desk.policy_hash}
    place = {"ticket": ticket_id, "rule": rule.id, "chain": rule.chain, "calendar": rule.calendar}
    number = tx.execute(insert(clocks).values(asdict(turn.clock) | place | versions)).inserted_primary_key
    assert number is not None
    kept = Kept(number[0], ticket_id, rule.id, rule.chain, rule.calendar, turn.clock)
    _segments(tx, kept, turn)
    _arm(tx, kept, turn)
    _record(tx, desk, kept, turn, at)
    return kept


def _keep(tx: Connection, desk: Desk, kept: Kept, turn: Turn, at: int) -> None:
    """Everything one operation changed: the row, the segments, the timers, the trail."""
    calendar = desk.calendar(kept.calendar)
    place = {
        "rule": kept.rule,
        "chain": kept.chain,
        "calendar": kept.calendar,
        "calendar_hash": calendar.hash,
    }
    _write(tx, kept, turn.clock, place | {"policy_hash": desk.policy_hash})
    _segments(tx, kept, turn)
    standing = turn.clock.state is State.PAUSED
    _redraw(tx, kept.ticket, at)
    timers.disarm(tx, TIMER, kept.ref, to="held" if standing else "cancelled", reason=turn.clock.state.value)
    _arm(tx, kept, turn)
    _record(tx, desk, kept, turn, at)


def _redraw(tx: Connection, ticket_id: int, at: int) -> None:
    """An alert that stands somewhere tells the truth of now: taken, solved, still burning."""
    told = select(schema.alerts.c.chat).where(schema.alerts.c.ticket == ticket_id).distinct()
    for chat in tx.scalars(told).all():
        if not chat.startswith("team:"):
            outbox.show(tx, chat, "alert", f"ticket:{ticket_id}", at)


def _write(tx: Connection, kept: Kept, clock: Clock, more: Mapping[str, Any] | None = None) -> None:
    tx.execute(update(clocks).where(clocks.c.id == kept.id).values(asdict(clock) | dict(more or {})))


def _segments(tx: Connection, kept: Kept, turn: Turn) -> None:
    if turn.closed is not None:
        open_one = (segments.c.clock == kept.id) & segments.c.ended_at.is_(None)
        ended = {"ended_at": turn.closed.ended_at, "end_reason": turn.closed.end_reason}
        tx.execute(update(segments).where(open_one).values(ended))
    if turn.opened is not None:
        tx.execute(insert(segments).values(asdict(turn.opened) | {"clock": kept.id}))


def _arm(tx: Connection, kept: Kept, turn: Turn) -> None:
    for timer in turn.timers:
        timers.arm(tx, TIMER, kept.ref, timer.key, timer.fire_at, cycle=turn.clock.cycle, level=timer.level)


def _record(tx: Connection, desk: Desk, kept: Kept, turn: Turn, at: int) -> None:
    for event in turn.events:
        store.record(tx, kept.ticket, "bot", f"clock.{event.type}", at, event.data)
        if event.type == "beyond":
            spec = desk.specs[kept.calendar]
            facts = {"number": kept.ticket, "calendar": spec.name, "last": spec.last.isoformat()}
            outbox.line(tx, "admins", "sla.beyond", facts, at, dedupe=f"beyond:{spec.name}:{spec.last}")


def _means(desk: Desk, kept: Kept, target_s: int | None = None) -> tuple[Calendar, Ladder]:
    """The calendar that measures a clock and the levels it says on its way."""
    calendar = desk.calendar(kept.calendar)
    return calendar, _ladder(desk, kept.chain, kept.clock.kind, target_s or kept.clock.target_s, calendar)


def _ladder(desk: Desk, chain_id: str, kind: str, target_s: int, calendar: Calendar) -> Ladder:
    chain = desk.chain(chain_id)
    percents = tuple(
        one.at for one in chain.for_clock(kind, target_s, calendar) if one.at < sla.level(sla.BREACH)
    )
    every_s = None if chain.every is None else calendar.seconds(chain.every)
    return Ladder(percents, every_s, chain.most)


def _rung(tx: Connection, kept: Kept) -> set[str]:
    """The keys of this cycle that have spoken, or were passed over for a higher one."""
    mine = (schema.timers.c.kind == TIMER) & (schema.timers.c.ref == kept.ref)
    rows = tx.scalars(select(schema.timers.c.key).where(mine & schema.timers.c.state.in_(RUNG)))
    return set(rows)


def _of(tx: Connection, ticket_id: int, *states: State) -> list[Kept]:
    mine = select(clocks).where(clocks.c.ticket == ticket_id).order_by(clocks.c.id)
    if states:
        mine = mine.where(clocks.c.state.in_([state.value for state in states]))
    return [_kept(row) for row in tx.execute(mine).mappings()]


def _kept(row: RowMapping) -> Kept:
    return Kept(row["id"], row["ticket"], row["rule"], row["chain"], row["calendar"], _clock(row))


def _clock(row: RowMapping) -> Clock:
    return Clock(**{name: row[name] for name in _FIELDS} | {"state": State(row["state"])})


def _view(clock: Clock) -> ClockView:
    breached = clock.breached_at if clock.is_late else None
    return ClockView(
        clock.state.value, clock.due_at, clock.target_s - clock.consumed_s, clock.target_s, breached
    )
