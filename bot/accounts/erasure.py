"""Erasing a person's data, a bounded unit of work at a time, so that no press waits long behind it (T24).

A person erases what they wrote; the directory keeps who they are while they work here. An administrator's erasure, and
that of people who left long ago, empties the directory's row too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.config.config import Work
from bot.errors import FirstlineError
from bot.keys import PersonChat
from bot.people import directory
from bot.people.directory import Person
from bot.storage import erasing
from bot.storage.audit_trail import BOT
from bot.storage.personal import Whose
from bot.storage.unit import Unit
from bot.telegram import outbox
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "erase"
FAR = 1 << 40  # UTC seconds, later than any row


class ErasureScope(StrEnum):
    """What is erased: what the person wrote, or everything about them."""

    WORDS = "words"
    ALL = "all"


class Stage(StrEnum):
    """What one unit does; `SAID` and `UPDATES` go through their tables a stretch at a time."""

    TICKETS = "tickets"
    RUNS = "runs"
    WORDS = "words"
    HABITS = "habits"
    SAID = "said"
    UPDATES = "updates"
    IDENTITY = "identity"


class StillOpen(FirstlineError):
    """The person has open tickets: they are to be solved or cancelled first."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__()
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an erasure has come, as a timer's key carries it."""

    scope: ErasureScope
    stage: Stage = Stage.TICKETS
    after: int = 0
    turn: int = 0  # units so far: a timer's key fires once

    @property
    def key(self) -> str:
        return f"{self.scope}:{self.stage}:{self.after}:{self.turn}"

    @classmethod
    def read(cls, key: str) -> Progress:
        scope, stage, after, turn = key.split(":")
        return cls(ErasureScope(scope), Stage(stage), int(after), int(turn))

    @property
    def next_stage(self) -> Progress | None:
        stages = list(Stage)
        following = stages.index(self.stage) + 1
        return replace(self, stage=stages[following], after=0) if following < len(stages) else None


def begin(unit: Unit[object], person: Person, scope: ErasureScope) -> None:
    """Erase from now on, in units of a timer. The same erasure can be asked for again later."""
    timers.arm(unit.tx, TIMER, person.key, Progress(scope).key, unit.now, cycle=unit.now)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "erase": one unit of each, and the next one is armed."""
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        person = directory.get(work.tx, PersonChat.read(row.ref).number)
        following = step(work, person, Progress.read(row.key), BOT)
        if following is not None:
            timers.arm(work.tx, TIMER, row.ref, following.key, work.now, cycle=row.cycle)


def step(unit: Unit[object], person: Person, now: Progress, actor: str) -> Progress | None:
    """One unit of an erasure; returns what comes next, None at the end, which is in the audit trail."""
    following = _work(unit, person, now)
    if following is not None:
        return replace(following, turn=now.turn + 1)
    if now.scope is ErasureScope.WORDS:
        outbox.line(unit, person.key, "forget.done", {})
    action = AuditAction.FORGOTTEN if now.scope is ErasureScope.WORDS else AuditAction.ERASED
    trail.note(unit, actor, action, person.key)
    trail.announce(unit)
    return None


def check(unit: Unit[object], person: int) -> None:
    """Raises StillOpen: people who work on a ticket need to know whose it is."""
    numbers = erasing.open_tickets(unit.tx, person)
    if numbers:
        raise StillOpen(numbers)


def _work(unit: Unit[object], person: Person, now: Progress) -> Progress | None:
    whose = Whose(person.id, person.key, person.telegram_id)
    match now.stage:
        case Stage.TICKETS:
            return _batch(now, erasing.empty_tickets(unit, erasing.ended_tickets(unit.tx, FAR, person.id)))
        case Stage.RUNS:
            return _batch(now, erasing.empty_runs(unit, erasing.ended_runs(unit.tx, FAR, person.id)))
        case Stage.WORDS:
            return _batch(now, erasing.forget_words(unit, FAR, person.id))
        case Stage.HABITS:
            erasing.forget_habits(unit, person.id)
            return now.next_stage
        case Stage.SAID:
            return _stretch(now, erasing.forget_said(unit, whose, _needles(person, now.scope), now.after))
        case Stage.UPDATES:
            needles = _needles(person, now.scope)
            return _stretch(now, erasing.forget_updates(unit, whose, needles, now.after))
        case Stage.IDENTITY:
            if now.scope is ErasureScope.ALL:
                erasing.stop_talking(unit, whose)
                erasing.forget_sender(unit, person.id)
                erasing.erase_identity(unit, whose)
            return None


def _batch(now: Progress, done: int) -> Progress | None:
    return now if done else now.next_stage


def _stretch(now: Progress, last: int | None) -> Progress | None:
    return now.next_stage if last is None else replace(now, after=last)


def _needles(person: Person, scope: ErasureScope) -> list[str]:
    """Texts that name the person, by which messages about them are found."""
    if scope is ErasureScope.WORDS:
        return []
    account = str(person.telegram_id) if person.telegram_id is not None else None
    return [text for text in (person.name, account, person.username, person.staff_id) if text]
