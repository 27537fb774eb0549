"""The effect of a new desk.yaml on running clocks, computed in advance: which deadlines move, which breaches are voided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.keys import ADMINS
from bot.sla import clock as sla
from bot.sla.policy import Desk
from bot.storage.schema import tickets
from bot.teamdesk.commands import MIGRATE
from bot.telegram import outbox
from bot.tickets import actions, store
from bot.tickets.clocks import clock_rows, operations
from bot.tickets.clocks.clock_rows import Kept
from bot.tickets.ticket import IN_WORK, Ticket, from_row
from bot.timers import timers
from bot.timers.timers import Timer

PORTION = 500
AT_ONCE = 50  # tickets in one unit of work
SHOWN = 5  # examples in the message
MOST = 5000  # clocks to compute; beyond that the message says "at least"


@dataclass(frozen=True, slots=True)
class MovedDeadline:
    """One deadline that moves (UTC seconds), or a breach that is voided."""

    ticket: int
    kind: str
    before: int | None
    after: int | None
    lifted: bool


@dataclass(frozen=True, slots=True)
class Moves:
    all: tuple[MovedDeadline, ...]

    @property
    def count(self) -> int:
        return len(self.all)

    def told(self, desk: Desk) -> dict[str, object]:
        """The facts of the message to the administrators."""
        sooner = sum(
            one.before is not None and one.after is not None and one.after < one.before for one in self.all
        )
        lifted = sum(one.lifted for one in self.all)
        examples = "\n".join(
            f"{one.ticket} {one.kind}: {_moment(desk, one.before)} → {_moment(desk, one.after)}"
            for one in self.all[:SHOWN]
        )
        later = self.count - sooner
        return {"count": self.count, "sooner": sooner, "later": later, "lifted": lifted, "examples": examples}


def rehearse(tx: Connection, desk: Desk, now: int) -> Moves:
    """Recompute running clocks in calendars that have changed. Only reads."""
    moves: list[MovedDeadline] = []
    for name in desk.specs:
        for portion in _outdated(tx, desk, name):
            moves += _moved(tx, desk, portion, now)
    return Moves(tuple(moves))


def rehearse_rules(tx: Connection, desk: Desk, now: int) -> Moves:
    """What /migrate would do: every open clock by the rules of this desk. Only reads."""
    moves: list[MovedDeadline] = []
    for ticket in _open_tickets(tx, 0, MOST):
        rule, kept = operations.rule_of(tx, desk, ticket), _differing(tx, desk, ticket)
        spans, rung = clock_rows.segments_of(tx, kept), clock_rows.rung(tx, kept)
        targets = desk.targets(rule)
        for one in kept:
            after, calendar = None, desk.calendar_for(rule, one.clock.kind)
            if (target_s := targets.get(one.clock.kind)) is not None:
                ladder = clock_rows.ladder(desk, rule.chain, one.clock.kind, target_s, calendar)
                floor_s = desk.floor(calendar, target_s)
                turn = sla.retarget(
                    one.clock, target_s, calendar, ladder, spans[one.id], rung[one.id], now, floor_s
                )
                after = turn.clock.due_at
            moves.append(MovedDeadline(ticket.id, one.clock.kind, one.clock.due_at, after, lifted=False))
    return Moves(tuple(moves))


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "migrate": apply today's rules to the next open tickets, until none is left."""
    for row in rows:
        timers.settle(work, row.id, "fired")
        after, _, done = row.key.partition(":")
        portion = _open_tickets(work.tx, int(after), AT_ONCE)
        store.hold(work.tx, [ticket.id for ticket in portion])
        changed = [ticket for ticket in portion if _differing(work.tx, work.config.desk, ticket)]
        for ticket in changed:
            operations.retargeted(work, ticket, work.now)
            ticket = store.change(work.tx, store.get(work.tx, ticket.id), why=["why.policy", {}])
            store.record(work, ticket.id, "bot", "migrate", {"policy": work.config.desk.policy_hash})
            actions.tell(work, ticket)
        count = int(done) + len(changed)
        if len(portion) == AT_ONCE:
            timers.arm(work.tx, MIGRATE, row.ref, f"{portion[-1].id}:{count}", work.now, cycle=row.cycle)
        else:
            outbox.line(work, ADMINS, "migrate.done", {"count": count})


def _open_tickets(tx: Connection, after: int, most: int) -> Sequence[Ticket]:
    mine = tickets.c.state.in_([state.value for state in IN_WORK]) & (tickets.c.id > after)
    return [
        from_row(row)
        for row in tx.execute(select(tickets).where(mine).order_by(tickets.c.id).limit(most)).mappings()
    ]


def _differing(tx: Connection, desk: Desk, ticket: Ticket) -> list[Kept]:
    """The open clocks of a ticket that today's rules would change."""
    rule = operations.rule_of(tx, desk, ticket)
    targets = desk.targets(rule)
    kept = clock_rows.of_ticket(tx, ticket.id, sla.ClockState.RUNNING, sla.ClockState.PAUSED)
    return [
        one
        for one in kept
        if not one.clock.scope
        and (one.clock.target_s, one.calendar)
        != (targets.get(one.clock.kind), rule.calendar_of(one.clock.kind))
    ]


def _outdated(tx: Connection, desk: Desk, name: str) -> Iterator[list[Kept]]:
    found = clock_rows.outdated(tx, desk.calendar(name), MOST)
    for start in range(0, len(found), PORTION):
        yield found[start : start + PORTION]


def _moved(tx: Connection, desk: Desk, kept: list[Kept], now: int) -> Iterator[MovedDeadline]:
    spans, rung = clock_rows.segments_of(tx, kept), clock_rows.rung(tx, kept)
    for one in kept:
        calendar, ladder = clock_rows.means(desk, one)
        turn = sla.recalc(one.clock, calendar, ladder, spans[one.id], rung[one.id], now, "rehearsal")
        lifted = one.clock.is_late and not turn.clock.is_late
        if lifted or turn.clock.due_at != one.clock.due_at:
            yield MovedDeadline(one.ticket, one.clock.kind, one.clock.due_at, turn.clock.due_at, lifted)


def _moment(desk: Desk, at: int | None) -> str:
    if at is None:
        return "-"
    return desk.usual.local(at).strftime("%d.%m %H:%M")
