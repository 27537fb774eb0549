"""The levels of a clock: which keys they have, how they rank, and when they fire."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.sla.calendar import Calendar

BREACH = "100"
OVER = "over:"
PAST = 1000  # what a share past the target ranks above its per cent: higher than every repeat


@dataclass(frozen=True, slots=True)
class Ladder:
    """Per cents below 100 that fire, then at most `most` repeats every `every_s` business seconds; `past` are per cents
    above 100."""

    percents: tuple[int, ...] = ()
    every_s: int | None = None
    most: int = 0
    acts: tuple[str, ...] = ()  # keys below 100 with an action: "60:functional"
    past: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelTimer:
    """A level that must fire: its key, its rank among the clock's levels, and when (UTC seconds)."""

    key: str
    level: int
    fire_at: int


def level(key: str) -> int:
    """The rank of a key among the levels of its clock: 50, 75, 100, then 101 for the first repeat, 1150 for 150 %."""
    if key.startswith(OVER):
        return 100 + int(key.removeprefix(OVER))
    return percent(key) if percent(key) <= 100 else PAST + percent(key)


def percent(key: str) -> int:
    """The share of the target at which a level fires that is no repeat."""
    return int(key.partition(":")[0])


def is_past(key: str) -> bool:
    """Whether the level is a share past the target: 150."""
    return level(key) > PAST


def is_repeat(key: str) -> bool:
    """Whether the level repeats a breach."""
    return key.startswith(OVER)


def next_breach(fired: Collection[str]) -> str:
    """The key of the next breach: "100"; "100:2" when a breach has been announced and voided before."""
    told = sum(level(key) == 100 for key in fired)
    return f"{BREACH}:{told + 1}" if told else BREACH


def repeat(calendar: Calendar, ladder: Ladder, fired: Collection[str], after: int) -> tuple[LevelTimer, ...]:
    """The next repeat that has not fired yet, one step of the ladder after `after`."""
    return over(calendar, ladder, max((level(key) - 99 for key in fired if is_repeat(key)), default=1), after)


def over(calendar: Calendar, ladder: Ladder, step: int, after: int) -> tuple[LevelTimer, ...]:
    """Repeat number `step`, unless the ladder or the calendar ends before it."""
    if ladder.every_s is None or step > ladder.most:
        return ()
    at = calendar.later(after, ladder.every_s)
    return () if at is None else (LevelTimer(f"{OVER}{step}", 100 + step, at),)
