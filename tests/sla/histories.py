"""Random histories of one clock, run by our code event by event, and by an oracle minute by minute."""

from dataclasses import astuple, dataclass, field
from random import Random
from typing import Any

from bot.sla import clock as clocks
from bot.sla.calendar import BeyondCalendar, Calendar, compiled
from bot.sla.clock import ClockChange, ClockState, Segment, SlaClock
from bot.sla.ladder import Ladder
from bot.sla.ola import Terms
from tests.sla.minute_walk import MinuteWalk
from tests.sla.random_calendars import authored, spec, tables
from tests.sla.stays import Handing, Stays, WalkedStays

LADDER = Ladder((50, 75, 90))
TARGETS = [1200 * n for n in (1, 2, 3, 6, 12, 24, 40)]
"""Multiples of twenty minutes: then every level falls on a whole minute, where the oracle looks."""


RESERVES = [0, 1200, 3600]
ACTS = ["pause", "resume", "stop", "reopen"] * 2 + ["retarget", "recalc", "transfer", "transfer"]


@dataclass(frozen=True)
class Act:
    """Something that happens to the clock at an instant (UTC seconds, whole minutes)."""

    at: int
    what: str
    target_s: int = 0
    calendar: int = 0
    owed: Handing | None = None

    @property
    def floor_s(self) -> int:
        """What a tightened target leaves: min(30 m, 25 %)."""
        return min(1800, self.target_s // 4)


@dataclass
class World:
    """Two calendars that cover the same days, as data walked by the oracle and compiled by us."""

    walks: list[MinuteWalk]
    calendars: list[Calendar]


def world(random: Random) -> World:
    """Two random calendars; the second is what a retarget or a correction may change the first into."""
    data: list[dict[str, Any]] = []
    found: list[Calendar] = []
    while len(found) < 2:
        one = authored(random)
        if data:
            one["covers"] = data[0]["covers"]
            if one.get("production_calendar") not in tables(one["covers"]):
                one.pop("production_calendar", None)
        made = spec(one)
        if made is not None:
            data.append(one)
            found.append(compiled(made))
    return World([MinuteWalk(one) for one in data], found)


def history(random: Random, found: World) -> list[Act]:
    """Up to nine acts in order of time, the first of which starts the clock."""
    begin = max(calendar.begin for calendar in found.calendars)
    end = min(calendar.end for calendar in found.calendars)
    count = random.randint(1, 9)
    span = random.choice([3, 20, (end - begin) // 60 - 2])
    first = random.randint(0, max(0, (end - begin) // 60 - span - 2))
    instants = sorted(random.randint(first, first + span) for _ in range(count))
    target_s, calendar = random.choice(TARGETS), 0
    acts = [Act(_minute(begin, instants[0]), "start", target_s, calendar)]
    for minute in instants[1:]:
        what = random.choice(ACTS)
        if what == "transfer":
            owed = Handing(random.choice(TARGETS), random.choice(TARGETS), random.choice(RESERVES))
            acts.append(Act(_minute(begin, minute), what, calendar=random.choice([0, 1]), owed=owed))
            continue
        if what == "retarget":
            target_s, calendar = random.choice(TARGETS), random.choice([0, 1])
        elif what == "recalc":
            calendar = random.choice([0, 1])
        acts.append(Act(_minute(begin, minute), what, target_s, calendar))
    return acts


def _minute(begin: int, minute: int) -> int:
    return (begin // 60 + 1 + minute) * 60


ALLOWED = {
    "transfer": {ClockState.RUNNING},
    "pause": {ClockState.RUNNING},
    "resume": {ClockState.PAUSED},
    "stop": {ClockState.RUNNING, ClockState.PAUSED},
    "reopen": {ClockState.STOPPED},
    "retarget": {ClockState.RUNNING, ClockState.PAUSED},
    "recalc": {ClockState.RUNNING, ClockState.PAUSED},
}


@dataclass
class Ours:
    """Our clock, with the rows a store would keep: segments, armed timers, keys that have rung."""

    world: World
    clock: SlaClock | None = None
    calendar: int = 0
    segments: list[Segment] = field(default_factory=list)
    timers: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    stays: Stays = field(default_factory=Stays)
    last: int = 0

    def play(self, acts: list[Act], end: int) -> "Ours":
        """Every act at its instant, every timer that is due before it, then the timers until `end`."""
        for act in acts:
            self.ring(act.at - 1)
            self.last = act.at
            if self.clock is None:
                self.take(clocks.start("resolution", act.target_s, act.at, self.now, LADDER))
            elif self.clock.state in ALLOWED[act.what]:
                self.do(self.clock, act)
        self.ring(end)
        return self

    @property
    def now(self) -> Calendar:
        return self.world.calendars[self.calendar]

    def do(self, clock: SlaClock, act: Act) -> None:
        """The act at the clock, and at the stay of the team that has the ticket."""
        if act.owed is not None:
            terms = Terms(self.world.calendars[act.calendar], *astuple(act.owed))
            self.stays.hand(terms, clock, self.now, act.at)
            return
        if act.what in ("retarget", "recalc"):
            self.calendar = act.calendar
        self.take(self.act(clock, act))
        self.stays.follow(act.what, act.at)

    def act(self, clock: SlaClock, act: Act) -> ClockChange:
        match act.what:
            case "pause":
                return clocks.pause(clock, self.now, act.at, "question")
            case "resume":
                return clocks.resume(clock, self.now, LADDER, self.fired, act.at, "answer")
            case "stop":
                return clocks.stop(clock, self.now, act.at)
            case "reopen":
                return clocks.reopen(clock, self.now, LADDER, self.fired, act.at, act.floor_s)
            case "retarget":
                return clocks.retarget(
                    clock, act.target_s, self.now, LADDER, self.segments, self.fired, act.at, act.floor_s
                )
            case _:
                return clocks.recalc(clock, self.now, LADDER, self.segments, self.fired, act.at, "calendar")

    def take(self, turn: ClockChange) -> None:
        """What a store does with a turn."""
        if any(event.type == "beyond" for event in turn.events):
            raise BeyondCalendar(self.now.spec)
        self.clock = turn.clock
        if turn.closed is not None:
            self.segments[-1] = Segment(
                self.segments[-1].started_at, turn.closed.ended_at, self.segments[-1].start_reason
            )
        if turn.opened is not None:
            self.segments.append(turn.opened)
        self.timers = {timer.key: timer.fire_at for timer in turn.timers}

    def ring(self, until: int) -> None:
        """Ring every timer up to and including `until`, each at its own instant, in order of time."""
        while self.clock is not None and self.clock.state is ClockState.RUNNING and self.timers:
            at, key = min((at, clocks.level(key), key) for key, at in self.timers.items())[::2]
            if at > until:
                return
            del self.timers[key]
            moment = max(at, self.last)  # a correction may find that a due has passed already
            assert clocks.ripe(self.clock, self.now, key, moment), (key, at)
            self.fired[key] = moment
            self.clock = clocks.reached(self.clock, self.now, LADDER, key, moment).clock


@dataclass
class Oracle:
    """The same promise, walked minute by minute with nothing remembered but which minutes ran."""

    world: World
    state: str = ""
    calendar: int = 0
    target_s: int = 0
    spans: list[list[int | None]] = field(default_factory=list)
    floor_until: int = 0
    floor_s: int = 0
    breached_at: int | None = None
    breach_target_s: int = 0
    outcome: str | None = None
    strict: str | None = None
    armed: set[str] = field(default_factory=set)
    fired: dict[str, int] = field(default_factory=dict)
    stays: WalkedStays = field(default_factory=WalkedStays)
    before: tuple[int, int] | None = None
    used_before: int = 0

    def play(self, acts: list[Act], end: int) -> "Oracle":
        """Walk from the first act to `end`; at each minute the acts come first, then the levels."""
        waiting = list(acts)
        for minute in range(acts[0].at, end + 1, 60):
            while waiting and waiting[0].at == minute:
                self.act(waiting.pop(0))
            if self.state == "running" and self.breached_at is None:
                self.look(minute)
        return self

    def used(self, at: int) -> int:
        """Open seconds of all the minutes that ran before `at`, in the calendar of today."""
        walk = self.world.walks[self.calendar]
        return sum(
            walk.passed(at if end is None else min(at, end)) - walk.passed(start)
            for start, end in self.spans
            if start is not None and start < at
        )

    def used_now(self, minute: int) -> int:
        """The same while running: what was used before the running span is counted once a span, not once a minute."""
        walk, start = self.world.walks[self.calendar], self.spans[-1][0]
        assert start is not None
        if self.before != (start, self.calendar):
            self.before, self.used_before = (start, self.calendar), self.used(start) - walk.passed(start)
        return self.used_before + walk.passed(minute)

    def act(self, act: Act) -> None:
        if act.what == "start":
            self.target_s = act.target_s
            self.run(act.at)
        elif self.state not in {state.value for state in ALLOWED[act.what]}:
            return
        elif act.owed is not None:
            walks = self.world.walks
            left_s = self.target_s - self.used(act.at)
            self.stays.hand(
                walks[act.calendar], act.owed, walks[self.calendar], left_s, self.due(act.at), act.at
            )
        else:
            self.do(act)
            self.stays.follow(act.what, act.at)

    def do(self, act: Act) -> None:
        if act.what in ("pause", "stop"):
            self.halt(act)
        elif act.what == "resume":
            if self.floor_s:
                self.floor_until, self.floor_s = self.floor(act.at, self.floor_s), 0
            self.run(act.at)
        elif act.what == "reopen":
            self.floor_until, self.floor_s = self.floor(act.at, act.floor_s), 0
            self.outcome = self.strict = None
            self.run(act.at)
        else:
            self.change(act)

    def run(self, at: int) -> None:
        self.state = "running"
        self.spans.append([at, None])
        self.arm(at)

    def arm(self, at: int) -> None:
        self.armed = {str(p) for p in LADDER.percents if self.target_s * p // 100 > self.used(at)}

    def halt(self, act: Act) -> None:
        if self.state == "running":
            self.spans[-1][1] = act.at
        self.state = {"pause": "paused", "stop": "stopped"}[act.what]
        if act.what == "stop":
            self.outcome = "met" if self.breached_at is None else "missed"
            self.strict = "met" if self.used(act.at) <= self.target_s else "missed"

    def change(self, act: Act) -> None:
        before_due = self.due(act.at)
        before_left = self.target_s - self.used(act.at)
        self.calendar = act.calendar
        if act.what == "retarget":
            self.target_s = act.target_s
        if act.what == "recalc":
            if self.breached_at is not None and self.used(self.breached_at) < self.breach_target_s:
                self.breached_at = None
        elif self.state == "paused":
            if self.target_s - self.used(act.at) < min(act.floor_s, before_left):
                self.floor_s = act.floor_s
        elif self.breached_at is None:
            floor = self.floor(act.at, act.floor_s)
            due = self.due(act.at)
            if due < before_due and due < floor and self.floor_until <= act.at:
                self.floor_until = floor
        if self.state == "running":
            self.arm(act.at)
            if self.breached_at is None and self.due(act.at) < act.at:
                self.look(act.at)  # it was late already, whatever else happens in this minute

    def due(self, now: int) -> int:
        """The first minute at which the target is used up while running on, not before the floor."""
        if self.state != "running" or self.breached_at is not None:
            return 0
        walk = self.world.walks[self.calendar]
        start = self.spans[-1][0]
        assert start is not None
        left = self.target_s - self.used(start)
        due = start if left <= 0 else walk.add(start, left)
        return max(2**40 if due is None else due, self.floor_until)

    def floor(self, at: int, floor_s: int) -> int:
        found = self.world.walks[self.calendar].add(at, floor_s)
        return 2**40 if found is None else found

    def look(self, minute: int) -> None:
        used = self.used_now(minute)
        for key in self.armed:
            if key not in self.fired and used >= self.target_s * int(key) // 100:
                self.fired[key] = minute
        if used >= self.target_s and minute >= self.floor_until:
            self.breached_at, self.breach_target_s = self.due(minute), self.target_s
            told = sum(key.startswith("100") for key in self.fired)
            self.fired[f"100:{told + 1}" if told else "100"] = minute


def same(random: Random, found: World) -> bool | None:
    """Play one random history twice and compare every fact; None when it runs off the calendars' edge."""
    acts = history(random, found)
    end = acts[-1].at + random.choice([0, 600, 86_400])
    end = min([end, *(calendar.end // 60 * 60 - 60 for calendar in found.calendars)])
    try:
        ours = Ours(found).play(acts, end)
    except BeyondCalendar:
        return None
    oracle = Oracle(found).play(acts, end)
    clock = ours.clock
    assert clock is not None
    assert clock.state.value == oracle.state
    assert clock.breached_at == oracle.breached_at or clock.void_reason
    assert (clock.breached_at if clock.is_late else None) == oracle.breached_at
    assert (clock.outcome, clock.strict_outcome) == (oracle.outcome, oracle.strict)
    assert ours.fired == oracle.fired
    used = clock.consumed_s
    if clock.running_since is not None:
        used += ours.now.elapsed(clock.running_since, max(end, clock.running_since))
    assert used == oracle.used(end)
    assert ours.stays.facts(end) == oracle.stays.facts(end)
    if clock.due_at is not None and not clock.is_late:
        assert clock.due_at == oracle.due(end)
    return True
