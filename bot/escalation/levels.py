"""Handles due SLA timers: fires each level once, records recipients, offers unclaimed tickets to line two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.config.config import Work
from bot.escalation import calling, telling
from bot.escalation.recipients import Audience, Target, resolve, side_of
from bot.keys import ClockRef
from bot.observe import events
from bot.problems import children
from bot.sla import clock as sla
from bot.sla import ladder
from bot.sla.clock import ClockChange
from bot.sla.deskfile import Recipient
from bot.sla.policy import BREACH, Desk
from bot.storage import typed
from bot.storage.db import signal
from bot.storage.schema import timers as timer_rows
from bot.telegram import outbox
from bot.tickets import handover, store
from bot.tickets.actions import name_topic, team_chat, touch_boards
from bot.tickets.clocks import clock_rows, revised_eta
from bot.tickets.clocks.clock_rows import FUNCTIONAL, Kept, LateReason
from bot.tickets.ticket import Ticket
from bot.timers import timers
from bot.timers.timers import Timer

AT_ONCE: dict[str, tuple[Recipient, ...]] = {"0:infeasible": ("supervisor",), "0:ping_pong": ("team_lead",)}
"""What is told at a hand-over itself: nobody waits for the breach that is certain."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A level that was decided: its ticket, clock and row."""

    ticket: Ticket
    kept: Kept
    row: Timer


@dataclass(slots=True)
class _Hearing:
    """Who hears a level now. Many levels have the same audience: each is resolved once."""

    work: Work
    known: dict[Any, Audience] = field(default_factory=dict)

    def of(self, said: Spoken) -> tuple[Audience, bool]:
        """The audience, and whether it is mentioned."""
        recipients, loud = _recipients(self.work.config.desk, said)
        key = (side_of(said.ticket, said.kept.clock.scope), recipients)
        if key not in self.known:
            self.known[key] = resolve(self.work, *key)
        return self.known[key], loud

    def chats(self, said: Spoken) -> set[str]:
        return {target.chat for target in self.of(said)[0].targets}


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Handle due rows of kind "sla": per clock and chat only the highest level is announced, the others are superseded.

    1. lock the tickets, so that they cannot be claimed meanwhile; 2. decide, once, by compare-and-set; 3. store the
    effect on the clocks; 4. alert; 5. offer unclaimed tickets to line two.
    """
    rows = _with_the_rest(work, rows)
    wanted = {row.ref: ClockRef.read(row.ref).number for row in rows}
    tickets = store.hold(work.tx, clock_rows.tickets_of(work.tx, list(wanted.values())))
    kept = clock_rows.get_all(work.tx, list(wanted.values()))
    ripe = [row for row in rows if _is_ripe(work.config.desk, kept[wanted[row.ref]], row, work.now)]
    true = {row.id for row in ripe}
    timers.settle_all(work, [row.id for row in rows if row.id not in true], "skipped", "not_ripe")
    waiting = children.inhibited(work.tx, list(tickets))  # the outage has messages of its own
    acts = [
        row for row in ripe if row.key.endswith(FUNCTIONAL) and kept[wanted[row.ref]].ticket not in waiting
    ]
    hushed = [row.id for row in ripe if row.key.endswith(FUNCTIONAL) and row not in acts]
    timers.settle_all(work, hushed, "skipped", "outage")
    hearing = _Hearing(work)
    due = [
        Spoken(tickets[kept[wanted[row.ref]].ticket], kept[wanted[row.ref]], row)
        for row in ripe
        if not row.key.endswith(FUNCTIONAL)
    ]
    tops = {said.row.ref: said for said in sorted(due, key=_rank)}
    heard = _heard(hearing, due, tops)
    fired = timers.settle_all(work, [said.row.id for said in heard], "fired")
    passed = [said.row.id for said in due if tops[said.row.ref].row.id in fired and said.row.id not in fired]
    gone = timers.settle_all(work, passed, "superseded", "catch_up") | fired
    spoken = [said for said in heard if said.row.id in fired]
    for said in spoken:
        late = work.now - said.row.fire_at
        signal(work.tx, events.SIGNAL, events.fired(said.row.id, said.kept.clock.kind, said.row.level, late))
    # A share past the target changes nothing: the repeat below it goes on to the next one.
    moving = {said.row.ref: said for said in sorted(due, key=_rank) if not ladder.is_past(said.row.key)}
    changes = [
        (one.kept, _reached(work, one.kept, one.row.key)) for one in moving.values() if one.row.id in gone
    ]
    clock_rows.write_rung(work, [change for change in changes if change[1].clock.is_late])
    store.record_all(work.tx, [_trail(said, work.now) for said in spoken])
    heard_of = [said for said in spoken if said.ticket.id not in waiting]
    near = [
        said.ticket
        for said in heard_of
        if said.row.level == revised_eta.NEAR and said.kept.clock.kind == "resolution"
    ]
    revised_eta.redraw(work, near)
    broken = [said for said in heard_of if said.row.level == BREACH]
    revised_eta.broken(work, [(said.ticket, said.kept.clock.kind) for said in broken])
    for ticket in {said.ticket.id: said.ticket for said in broken}.values():
        outbox.show(
            work,
            team_chat(work.tx, ticket),
            "team_card",
            ticket.about,
            topic=ticket.about,
            priority=outbox.NEWS,
        )
        name_topic(work, ticket)
    for ticket in {said.ticket.id: said.ticket for said in spoken}.values():
        touch_boards(work, ticket)
    _tell_all(hearing, [said for said in heard_of if not _is_old_news(work.config.desk, said.row, work.now)])
    for row in acts:
        _offer(work, kept[wanted[row.ref]], row)


def _heard(hearing: _Hearing, due: Sequence[Spoken], tops: Mapping[str, Spoken]) -> list[Spoken]:
    """The levels to announce: the highest of each clock, and lower ones for chats that no higher one reaches."""
    heard: list[Spoken] = []
    reached: dict[str, list[tuple[int, set[str]]]] = {}
    several = {ref for ref, count in Counter(said.row.ref for said in due).items() if count > 1}
    for said in sorted(due, key=_rank, reverse=True):
        row, desk = said.row, hearing.work.config.desk
        if row.ref not in several:
            heard.append(said)
            continue
        higher = [chats for level, chats in reached.get(row.ref, []) if level > row.level]
        chats = hearing.chats(said)
        news = not _is_old_news(desk, row, hearing.work.now) and chats - set().union(*higher)
        if said is tops[row.ref] or news:
            heard.append(said)
            reached.setdefault(row.ref, []).append((row.level, chats))
    return heard


def _rank(said: Spoken) -> tuple[int, int]:
    return said.row.level, said.row.id


def _offer(work: Work, kept: Kept, row: Timer) -> None:
    """Functional escalation, once per claim clock: an unclaimed ticket is offered to line two."""
    functional = work.config.desk.chain(kept.chain).functional
    if functional is None:  # desk.yaml has changed since
        timers.settle(work, row.id, "skipped", "no_line_two")
        return
    if not timers.settle(work, row.id, "fired"):
        return
    data = {"clock": kept.clock.kind, "key": row.key, "late_s": work.now - row.fire_at}
    if handover.offer(work, kept.ticket, functional.to_team, row.level):
        store.record(work, kept.ticket, "timer", "level", data | {"to_team": functional.to_team})


def _with_the_rest(work: Work, rows: Sequence[Timer]) -> Sequence[Timer]:
    """These rows and every other due one of the same clocks: after an outage a clock's levels come in different batches."""
    theirs = (timer_rows.c.kind == clock_rows.TIMER) & timer_rows.c.ref.in_({row.ref for row in rows})
    due = theirs & (timer_rows.c.state == "armed") & (timer_rows.c.fire_at <= work.now)
    in_order = select(timer_rows).where(due).order_by(timer_rows.c.fire_at, timer_rows.c.id)
    return typed.every(Timer, work.tx.execute(in_order.with_for_update(skip_locked=True)))


def _reached(work: Work, kept: Kept, key: str) -> ClockChange:
    return sla.reached(kept.clock, *clock_rows.means(work.config.desk, kept), key, work.now)


def _trail(said: Spoken, now: int) -> dict[str, Any]:
    data = {"clock": said.kept.clock.kind, "key": said.row.key, "late_s": now - said.row.fire_at}
    return {"ticket": said.ticket.id, "actor": "timer", "action": "level", "at": now, "data": data}


def _is_ripe(desk: Desk, kept: Kept, row: Timer, now: int) -> bool:
    """Whether a due row still applies to its clock."""
    return sla.ripe(kept.clock, desk.calendar(kept.calendar), row.key, now)


def _is_old_news(desk: Desk, row: Timer, now: int) -> bool:
    notify = desk.notify
    return bool(0 < row.level < notify.drop_below and now - row.fire_at > notify.late_after_s)


def _tell_all(hearing: _Hearing, spoken: Sequence[Spoken]) -> None:
    work = hearing.work
    rows: list[dict[str, Any]] = []
    trail: list[dict[str, Any]] = []
    reached: dict[tuple[int, str], int] = {}
    for said in spoken:  # the highest level of a clock first
        audience, loud = hearing.of(said)
        for detour in audience.detours:
            of = {"clock": said.kept.clock.kind, "key": said.row.key}
            trail.append(telling.detoured(said.ticket.id, detour, work.now, **of))
        for target in audience.targets:
            if reached.setdefault((said.kept.id, target.chat), said.row.level) == said.row.level:
                row = _alert(said, target, loud, work.now)
                row["held_until"] = calling.held_until(work, said.ticket, target.chat)
                called = calling.in_private(work, said.ticket, target) if loud else ()
                rows.append(row | {"loud": 0} if called else row)
                rows += [_alert(said, one, loud, work.now) | {"held_until": None} for one in called]
    store.record_all(work.tx, trail)
    telling.tell(work, rows)


def _recipients(desk: Desk, said: Spoken) -> tuple[tuple[Recipient, ...], bool]:
    """The recipients of a level, and whether they are mentioned."""
    chain, kept, level = desk.chain(said.kept.chain), said.kept, said.row.level
    if said.row.key in AT_ONCE:
        return AT_ONCE[said.row.key], True
    if ladder.is_repeat(said.row.key):
        return (chain.repeated_to(level - BREACH),), True
    levels = chain.for_clock(kept.clock.kind, kept.clock.target_s, desk.calendar(kept.calendar))
    found = next((one for one in levels if one.at == ladder.percent(said.row.key)), None)
    return (found.to, found.loud) if found else ((), False)


def _alert(said: Spoken, target: Target, loud: bool, now: int) -> dict[str, Any]:
    """The alert's row: one level is announced once per chat."""
    return {
        "chat": target.chat,
        "ticket": said.ticket.id,
        "clock": said.kept.id,
        "key": said.row.key,
        "mentions": list(target.mentions) if loud else [],
        "loud": int(loud),
        "at": now,
        "late_s": max(0, now - said.row.fire_at),
        "late_why": said.row.reason or LateReason.OUTAGE,
    }
