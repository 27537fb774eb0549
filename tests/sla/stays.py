"""A ticket handed from team to team inside its SLA: each stay by our code, and by a walk over its minutes."""

from dataclasses import dataclass, field

from bot.sla import clock as clocks
from bot.sla.calendar import BeyondCalendar, Calendar
from bot.sla.clock import ClockState, SlaClock
from bot.sla.ladder import Ladder
from bot.sla.ola import Terms, stint
from tests.sla.minute_walk import MinuteWalk

SILENT = Ladder()


@dataclass(frozen=True)
class Handing:
    """What a team owes by its own hours: business seconds of its calendar, and of the SLA's for the reserve."""

    accept_s: int
    resolve_s: int
    reserve_s: int


Facts = tuple[int, int, bool, int, int | None]
"""Targets to accept and to resolve, whether it fits, business seconds used, the due that was missed."""


@dataclass
class Stays:
    """Ours: one clock for each stay; the last is the one that may still run."""

    found: list[tuple[SlaClock, Calendar, int, bool]] = field(default_factory=list)

    def hand(self, terms: Terms, sla: SlaClock, sla_calendar: Calendar, at: int) -> None:
        """The stay before is over, the next one begins."""
        self.follow("stop", at)
        own = stint(terms, sla, sla_calendar, at)
        turn = clocks.start("ola_resolve", own.resolve_s, at, terms.calendar, SILENT)
        if turn.events:
            raise BeyondCalendar(terms.calendar.spec)
        self.found.append((turn.clock, terms.calendar, own.accept_s, own.fits))

    def follow(self, what: str, at: int) -> None:
        """What happens to the SLA's clock happens to the stay inside it."""
        allowed = {
            "pause": (ClockState.RUNNING,),
            "resume": (ClockState.PAUSED,),
            "stop": (ClockState.RUNNING, ClockState.PAUSED),
        }
        if not self.found or self.found[-1][0].state not in allowed.get(what, ()):
            return
        clock, calendar, *promised = self.found[-1]
        match what:
            case "pause":
                turn = clocks.pause(clock, calendar, at, "question")
            case "resume":
                turn = clocks.resume(clock, calendar, SILENT, (), at, "answer")
            case _:
                turn = clocks.stop(clock, calendar, at)
        if any(event.type == "beyond" for event in turn.events):
            raise BeyondCalendar(calendar.spec)
        self.found[-1] = (turn.clock, calendar, *promised)

    def facts(self, end: int) -> list[Facts]:
        """What became of each by `end` (UTC seconds)."""
        return [self._facts(*one, end) for one in self.found]

    def _facts(self, clock: SlaClock, calendar: Calendar, accept_s: int, fits: bool, end: int) -> Facts:
        used, missed = clock.consumed_s, clock.breached_at
        if clock.running_since is not None:
            used += calendar.elapsed(clock.running_since, end)
            if missed is None and clocks.ripe(clock, calendar, "100", end):
                missed = clock.due_at
        return accept_s, clock.target_s, fits, used, missed


@dataclass
class Walked:
    """One stay as the oracle has it: whose minutes, what is owed, and which minutes ran."""

    walk: MinuteWalk
    accept_s: int
    resolve_s: int
    fits: bool
    spans: list[list[int | None]]
    over: bool = False

    def facts(self, end: int) -> Facts:
        """Walked minute by minute; at each the acts come before the look, so a stop at the due is in time."""
        used, missed = 0, None
        for start, stop in self.spans:
            assert start is not None
            for minute in range(start, end + 60 if stop is None else stop, 60):
                if missed is None and used >= self.resolve_s:
                    missed = minute
                if minute < end and self.walk.is_open(minute):
                    used += 60
        return self.accept_s, self.resolve_s, self.fits, used, missed


@dataclass
class WalkedStays:
    """The oracle's: nothing but minutes that are counted."""

    found: list[Walked] = field(default_factory=list)

    def hand(self, walk: MinuteWalk, owed: Handing, sla: MinuteWalk, left_s: int, due: int, at: int) -> None:
        """`left_s` business seconds of the SLA are left until `due`; 0 = it is late already."""
        self.follow("stop", at)
        accept_s, resolve_s = owed.accept_s, owed.resolve_s
        own_due = walk.add(at, resolve_s)
        fits = own_due is not None and own_due <= due
        if fits:
            room, spare, minute = 0, left_s - owed.reserve_s, at
            while minute < due and spare > 0:
                spare -= 60 * sla.is_open(minute)
                room += 60 * walk.is_open(minute)
                minute += 60
            room = room or resolve_s  # no room beside the reserve: the due itself is what is left to hold
            accept_s, resolve_s = min(accept_s, room), min(resolve_s, room)
        self.found.append(Walked(walk, accept_s, resolve_s, fits, [[at, None]]))

    def follow(self, what: str, at: int) -> None:
        """The minutes of the last stay stop and go on with those of the SLA; a stay that is over never goes on."""
        if not self.found or self.found[-1].over:
            return
        last = self.found[-1]
        running = last.spans[-1][1] is None
        if what in ("pause", "stop") and running:
            last.spans[-1][1] = at
        if what == "resume" and not running:
            last.spans.append([at, None])
        last.over = what == "stop"

    def facts(self, end: int) -> list[Facts]:
        """What became of each by `end` (UTC seconds)."""
        return [one.facts(end) for one in self.found]
