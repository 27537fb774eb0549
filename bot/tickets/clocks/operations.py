"""The promises of a ticket: what happens to a ticket happens to its clocks, in the same transaction.

Every function takes the instant of the event itself (UTC seconds): an answer written before the due and read
after an outage was given in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.keys import TicketRef
from bot.observe import events
from bot.people import directory
from bot.people.directory import Person
from bot.sla import clock as sla
from bot.sla import ladder
from bot.sla.clock import ClockChange, ClockState, SlaClock
from bot.sla.deskfile import Rule
from bot.sla.ola import stint as stint_of
from bot.sla.policy import BREACH, Asker, Desk
from bot.storage import schema
from bot.storage.db import signal
from bot.tickets import store
from bot.tickets.clocks import clock_rows
from bot.tickets.clocks.clock_rows import TIMER, Begun, Change, Kept, LateReason, Under
from bot.tickets.ticket import State, Ticket
from bot.timers import timers
from bot.timers.timers import Alarm

UPDATE = "update"  # the clock that begins again with every reply; no card shows it
PAUSE = "pause"
"""The kind of timer that ends a pause which has lasted long enough."""
PLEDGE = "pledge"
"""The kind of timer at which an employee is promised another time, because the last one was missed."""
AGAIN = "again"
"""The first word of its key when a late ticket that stood still is worked on again."""
PROMISED = ("workaround", "resolution")
"""What a change of priority may promise for the first time."""
PAUSED_BY = {State.WAITING: "waiting_user", State.SCHEDULED: "user_scheduled"}
PING_PONG = 3  # stints after which a ticket is plainly being passed around
OLA_ACCEPT, OLA_RESOLVE = "ola_accept", "ola_resolve"
OLA_STOPS = {OLA_ACCEPT: ("claimed", "returned", "resolved"), OLA_RESOLVE: ("returned", "resolved")}


@dataclass(frozen=True, slots=True)
class ClockView:
    """A promise as cards show it: `due_at` while it runs, `left_s` (business seconds) while it is paused."""

    state: str
    due_at: int | None
    left_s: int
    target_s: int
    breached_at: int | None
    rule: str
    calendar: str


def open_all(work: Work, ticket: Ticket, at: int) -> None:
    """Start every clock that a new ticket's rule gives it."""
    rule, rules = rule_of(work.tx, work.config.desk, ticket), work.config.desk.clock_rules()
    turns = [
        _start(work.config.desk, rule, kind, at)
        for kind in work.config.desk.targets(rule)
        if rules[kind].start == "ticket_created"
    ]
    clock_rows.begin(work, ticket.id, turns, at)


def rule_of(tx: Connection, desk: Desk, ticket: Ticket) -> Rule:
    """The rule that is for a ticket, by what it is about and by who asks."""
    asker = asker_of(directory.get(tx, ticket.requester))
    return desk.rule_for(ticket.priority, ticket.type, ticket.category, ticket.team, asker=asker)


def asker_of(person: Person) -> Asker:
    """What the conditions of desk.yaml may ask of a person."""
    return Asker(person.department, person.office, person.is_vip)


def claimed(work: Work, ticket_id: int, at: int) -> None:
    """Someone took the ticket."""
    _happened(work, ticket_id, "claimed", at)


def put_back(work: Work, ticket_id: int, at: int) -> None:
    """It went back to the queue: there is a promise again by when it will be taken."""
    kept_all = clock_rows.of_ticket(work.tx, ticket_id)
    claims = [kept.clock for kept in kept_all if kept.clock.kind == "claim"]
    if claims and claims[-1].state in (ClockState.STOPPED, ClockState.CANCELLED):
        _next_cycle(work, kept_all, "claim", at, repeating=True)


def replied(work: Work, ticket_id: int, at: int) -> bool:
    """An engineer - a human, in public - wrote to the employee. A bot's word, a note, a claim is none. True when that ended a
    promise that cards show, or one that was late."""
    ended = _happened(work, ticket_id, "human_public_reply", at)
    return any(turn.clock.kind != UPDATE or turn.clock.is_late for turn in ended)


def worked_around(work: Work, ticket_id: int, at: int) -> None:
    """An engineer gave the employee a way to work meanwhile. That it is a reply as well is for the caller to say."""
    _happened(work, ticket_id, "workaround_given", at)


def resolved(work: Work, ticket_id: int, at: int) -> None:
    """The engineer says that it is done."""
    timers.disarm(work.tx, PAUSE, TicketRef(ticket_id), reason="resolved")
    _happened(work, ticket_id, "resolved", at)


def over(work: Work, ticket_id: int, at: int) -> None:
    """Solved by no deed of an engineer: a promise of one is neither kept nor broken, unless its time was over."""
    due = [kept for kept in _open(work.tx, ticket_id) if kept.clock.kind not in ("resolution", OLA_RESOLVE)]
    off = [kept for kept in due if kept.clock.due_at is None or kept.clock.due_at > at]
    clock_rows.write(work, [(kept, _cancel(work.config.desk, kept, at)) for kept in off], at)
    resolved(work, ticket_id, at)


def paused(work: Work, ticket_id: int, reason: str, at: int) -> None:
    """A question was asked or a date agreed: the clocks that this reason pauses stand still."""
    pause = work.config.desk.paused_by(reason)
    if pause is None:
        return
    running = clock_rows.of_ticket(work.tx, ticket_id, ClockState.RUNNING)
    stilled = [kept for kept in running if kept.clock.kind.replace(OLA_RESOLVE, "resolution") in pause.clocks]
    changes = [
        (kept, sla.pause(kept.clock, work.config.desk.calendar(kept.calendar), at, reason))
        for kept in stilled
    ]
    clock_rows.write(work, changes, at)
    until = pause_ends(work.config.desk, view(work.tx, ticket_id), reason, at) if stilled else None
    if until is not None:
        timers.arm(work.tx, PAUSE, TicketRef(ticket_id), f"max:{at}", until)


def pause_ends(desk: Desk, clocks: Mapping[str, ClockView], reason: str, at: int) -> int | None:
    """Until when (UTC seconds) a pause for this reason may last that begins at `at`; None when it stops no clock."""
    pause = desk.paused_by(reason)
    seen = next((clocks[kind] for kind in ("resolution", *clocks) if kind in clocks), None)
    if pause is None or seen is None:
        return None
    calendar = desk.calendar(seen.calendar)
    return calendar.end_of(at, desk.seconds(pause.max, calendar))


def resumed(work: Work, ticket_id: int, at: int, reason: str = "resumed") -> bool:
    """The answer came: what stood still runs on from this instant. False when nothing stood still."""
    still = clock_rows.of_ticket(work.tx, ticket_id, ClockState.PAUSED)
    rung = clock_rows.rung(work.tx, still)
    timers.disarm(work.tx, PAUSE, TicketRef(ticket_id), reason="resumed")
    changes: list[Change] = [
        (kept, sla.resume(kept.clock, *clock_rows.means(work.config.desk, kept), rung[kept.id], at, reason))
        for kept in still
    ]
    clock_rows.write(work, changes, at)
    _promise_again(work.tx, ticket_id, changes, rung, at)
    return bool(changes)


def reopened(work: Work, ticket_id: int, at: int) -> None:
    """It does not work after all: the resolution clock runs on, the time since it stopped was a pause. So does that of a
    workaround which was never given."""
    given = store.peek(work.tx, ticket_id).workaround is not None
    unmet = ("resolution",) if given else ("workaround", "resolution")
    stopped = clock_rows.of_ticket(work.tx, ticket_id, ClockState.STOPPED)
    again = [kept for kept in stopped if kept.clock.kind in unmet]
    rung, spans = clock_rows.rung(work.tx, again), clock_rows.segments_of(work.tx, again)
    changes: list[Change] = []
    for kept in again:
        calendar, levels = clock_rows.means(work.config.desk, kept)
        floor_s = work.config.desk.seconds(work.config.desk.file.reopen.floor, calendar)
        # It was frozen in the calendar of its day; what runs again is counted in today's.
        clock = replace(kept.clock, consumed_s=sla.consumed(spans[kept.id], calendar))
        changes.append((kept, sla.reopen(clock, calendar, levels, rung[kept.id], at, floor_s)))
    clock_rows.write(work, changes, at)
    _promise_again(work.tx, ticket_id, changes, rung, at)


def cancelled(work: Work, ticket_id: int, at: int) -> None:
    """No one needs it any more."""
    timers.disarm(work.tx, PAUSE, TicketRef(ticket_id), reason="cancelled")
    clock_rows.write(
        work, [(kept, _cancel(work.config.desk, kept, at)) for kept in _open(work.tx, ticket_id)], at
    )


def retargeted(work: Work, ticket: Ticket, at: int) -> None:
    """Priority, type or category changed: the same clocks under another rule, replayed from their start."""
    rule = rule_of(work.tx, work.config.desk, ticket)
    targets = work.config.desk.targets(rule)
    open_ones = [kept for kept in _open(work.tx, ticket.id) if not kept.clock.scope]
    spans, rung = clock_rows.segments_of(work.tx, open_ones), clock_rows.rung(work.tx, open_ones)
    changes: list[Change] = []
    for kept in open_ones:
        kind = kept.clock.kind
        target_s, calendar = targets.get(kind), work.config.desk.calendar_for(rule, kind)
        if target_s is None:
            changes.append((kept, _cancel(work.config.desk, kept, at)))
            continue
        levels = clock_rows.ladder(work.config.desk, rule.chain, kind, target_s, calendar)
        floor_s = work.config.desk.floor(calendar, target_s)
        turn = sla.retarget(
            kept.clock, target_s, calendar, levels, spans[kept.id], rung[kept.id], at, floor_s
        )
        changes.append((kept.under(clock_rows.under(rule, kind)), turn))
    clock_rows.write(work, changes, at, late=LateReason.RULE)
    _promise_first(work, ticket, rule, at)


def _promise_first(work: Work, ticket: Ticket, rule: Rule, at: int) -> None:
    """The former rule promised no workaround or no resolution and this one does: it is promised from now on."""
    kept_all = [kept.clock for kept in clock_rows.of_ticket(work.tx, ticket.id)]
    turns: list[Begun] = []
    for kind in PROMISED:
        before = [clock for clock in kept_all if clock.kind == kind]
        met = kind == "workaround" and ticket.workaround is not None
        if kind in work.config.desk.targets(rule) and not met and all(map(_is_cancelled, before)):
            turns.append(_start(work.config.desk, rule, kind, at, cycle=len(before) + 1))
    begun = clock_rows.begin(work, ticket.id, turns, at)
    pause = work.config.desk.paused_by(PAUSED_BY.get(ticket.state, ""))
    # The longest pause may be over although the answer has not come: then the solution's clock runs, and so do these.
    runs = any(clock.kind == "resolution" and clock.state is ClockState.RUNNING for clock in kept_all)
    still = [kept for kept in begun if pause is not None and not runs and kept.clock.kind in pause.clocks]
    changes: list[Change] = []
    for kept in still:
        changes.append((kept, sla.pause(kept.clock, work.config.desk.calendar(kept.calendar), at, "paused")))
    clock_rows.write(work, changes, at)


def _is_cancelled(clock: SlaClock) -> bool:
    return clock.state is ClockState.CANCELLED


def handed(work: Work, ticket: Ticket, team: str, at: int) -> None:
    """The ticket went to another team: its own hours begin inside the SLA, which runs on untouched.

    When the team cannot be done in time by its own hours, that is escalated now and not at the breach; so is a ticket
    that has been handed on for the third time.
    """
    returned(work, ticket.id, at)
    terms, ola = work.config.desk.terms(team, ticket.priority, ticket.category), work.config.desk.file.ola
    if terms is None or ola is None:
        return
    kept_all = clock_rows.of_ticket(work.tx, ticket.id)
    resolution = next((kept for kept in kept_all if kept.clock.kind == "resolution"), None)
    measure = work.config.desk.calendar(resolution.calendar) if resolution else work.config.desk.usual
    stint = stint_of(terms, resolution.clock if resolution else None, measure, at)
    cycle = 1 + max((kept.clock.cycle for kept in kept_all if kept.clock.scope), default=0)
    place = Under(f"ola:{team}", ola.chain, terms.calendar.name)
    turns: list[Begun] = []
    for kind, target_s in ((OLA_ACCEPT, stint.accept_s), (OLA_RESOLVE, stint.resolve_s)):
        levels = clock_rows.ladder(work.config.desk, ola.chain, kind, target_s, terms.calendar)
        turn = sla.start(kind, target_s, at, terms.calendar, levels, scope=team, cycle=cycle)
        turns.append((place, turn))
    begun = clock_rows.begin(work, ticket.id, turns, at)
    alarms = [] if stint.fits else [Alarm(begun[-1].ref, "0:infeasible", at, cycle)]
    if cycle >= PING_PONG:
        alarms.append(Alarm(begun[-1].ref, "0:ping_pong", at, cycle))
    timers.arm_all(work.tx, TIMER, alarms)


def returned(work: Work, ticket_id: int, at: int) -> None:
    """The team gave the ticket back, or handed it on: its stint is over, with the time it has used."""
    _happened(work, ticket_id, "returned", at)


def reproject(work: Work, most: int) -> Sequence[Change]:
    """Recount at most so many open clocks whose calendar has changed; returns what became of them.

    Finished clocks are frozen. Called again until nothing is left: in small units, so that no press waits for long.
    """
    old: list[Kept] = []
    for name in work.config.desk.specs:
        old += clock_rows.outdated(work.tx, work.config.desk.calendar(name), most - len(old))
    store.hold(work.tx, [kept.ticket for kept in old])
    spans, rung = clock_rows.segments_of(work.tx, old), clock_rows.rung(work.tx, old)
    changes: list[Change] = []
    for kept in old:
        calendar, levels = clock_rows.means(work.config.desk, kept)
        reason = f"calendar {calendar.hash}"
        turn = sla.recalc(kept.clock, calendar, levels, spans[kept.id], rung[kept.id], work.now, reason)
        changes.append((kept, turn))
    clock_rows.write(work, changes, work.now, late=LateReason.CALENDAR)
    return changes


def acknowledged(work: Work, ticket_id: int, at: int) -> int:
    """A supervisor took control: repeats are silent for the chain's `ack`, the clocks run on. Returns until when, UTC seconds."""
    return _hold_repeats(work, ticket_id, None, at)


def silenced(work: Work, ticket_id: int, seconds: int, at: int) -> int:
    """Repeats are silent for so many business seconds; the clocks run on. Returns until when (UTC seconds)."""
    return _hold_repeats(work, ticket_id, seconds, at)


def _hold_repeats(work: Work, ticket_id: int, seconds: int | None, at: int) -> int:
    alarms: list[Alarm] = []
    latest = at + (seconds or 0)
    for kept in clock_rows.of_ticket(work.tx, ticket_id, ClockState.RUNNING):
        calendar = work.config.desk.calendar(kept.calendar)
        length = calendar.seconds(work.config.desk.chain(kept.chain).ack) if seconds is None else seconds
        until = calendar.add(at, length)
        latest = max(latest, until)
        armed = (schema.timers.c.kind == TIMER) & (schema.timers.c.ref == kept.ref)
        waiting = armed & (schema.timers.c.state == "armed") & schema.timers.c.key.startswith(ladder.OVER)
        for row in work.tx.execute(select(schema.timers).where(waiting)).all():
            alarms.append(Alarm(kept.ref, row.key, max(row.fire_at, until), row.cycle, row.level))
    timers.arm_all(work.tx, TIMER, alarms)
    return latest


def view(tx: Connection, ticket_id: int) -> dict[str, ClockView]:
    """The promises of a ticket by kind, the latest cycle of each; nothing is locked."""
    return {kept.clock.kind: _view(kept) for kept in clock_rows.of_ticket(tx, ticket_id)}


def _promise_again(
    tx: Connection, ticket_id: int, changes: list[Change], rung: dict[int, set[str]], at: int
) -> None:
    """A late ticket is worked on again: what was promised instead before it stood still is no promise any more.

    A breach that has not been announced yet is announced by its own level, with the first new promise.
    """
    for kept, turn in changes:
        told = any(ladder.level(key) == BREACH for key in rung[kept.id])
        if kept.clock.kind == "resolution" and turn.clock.is_late and told:
            timers.arm(tx, PLEDGE, TicketRef(ticket_id), f"{AGAIN}:{at}", at)


def _open(tx: Connection, ticket_id: int) -> list[Kept]:
    return clock_rows.of_ticket(tx, ticket_id, ClockState.RUNNING, ClockState.PAUSED)


def _happened(work: Work, ticket_id: int, event: str, at: int) -> Sequence[ClockChange]:
    """An event stops the clocks whose `stop` names it, as returned, then begins the next cycle of those that repeat."""
    rules, kept_all = work.config.desk.clock_rules(), clock_rows.of_ticket(work.tx, ticket_id)
    stops = {kind: rule.stop for kind, rule in rules.items()} | OLA_STOPS
    stopped = [
        (kept, sla.stop(kept.clock, work.config.desk.calendar(kept.calendar), at))
        for kept in kept_all
        if kept.clock.state in (ClockState.RUNNING, ClockState.PAUSED)
        and event in stops.get(kept.clock.kind, ())
    ]
    clock_rows.write(work, stopped, at)
    for kept, turn in stopped:
        fact = events.stopped(kept.id, kept.clock.kind, turn.clock.consumed_s)
        signal(work.tx, events.SIGNAL, fact)
    for kind, rule in rules.items():
        if rule.start == event:
            _next_cycle(work, kept_all, kind, at, repeating=rule.repeating)
    return [turn for _, turn in stopped]


def _next_cycle(work: Work, kept_all: list[Kept], kind: str, at: int, *, repeating: bool) -> None:
    """Begin `kind` again beside the resolution clock; paused, when that one is paused."""
    before = [kept.clock.cycle for kept in kept_all if kept.clock.kind == kind]
    ours = [kept for kept in kept_all if not kept.clock.scope]
    beside = next((kept for kept in ours if kept.clock.kind == "resolution"), ours[-1] if ours else None)
    if beside is None or (before and not repeating):
        return
    rule = work.config.desk.rule(beside.rule)
    if kind not in work.config.desk.targets(rule):
        return
    turn = _start(work.config.desk, rule, kind, at, cycle=max(before, default=0) + 1)
    begun = clock_rows.begin(work, beside.ticket, [turn], at)
    if beside.clock.state is ClockState.PAUSED:
        still = [
            (kept, sla.pause(kept.clock, work.config.desk.calendar(kept.calendar), at, "paused"))
            for kept in begun
        ]
        clock_rows.write(work, still, at)


def _start(desk: Desk, rule: Rule, kind: str, at: int, *, cycle: int = 1) -> Begun:
    target_s, calendar = desk.targets(rule)[kind], desk.calendar_for(rule, kind)
    levels = clock_rows.ladder(desk, rule.chain, kind, target_s, calendar)
    return clock_rows.under(rule, kind), sla.start(kind, target_s, at, calendar, levels, cycle=cycle)


def _cancel(desk: Desk, kept: Kept, at: int) -> ClockChange:
    return sla.cancel(kept.clock, desk.calendar(kept.calendar), at)


def _view(kept: Kept) -> ClockView:
    clock = kept.clock
    breached = clock.breached_at if clock.is_late else None
    return ClockView(
        clock.state.value,
        clock.due_at,
        clock.target_s - clock.consumed_s,
        clock.target_s,
        breached,
        kept.rule,
        kept.calendar,
    )
