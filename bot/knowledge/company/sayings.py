"""The rows behind the company's words: what people said, whether it ended well, which words were removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from bot.knowledge.company.weighing import Saying
from bot.knowledge.terms import stems
from bot.storage import typed
from bot.storage.schema import sayings, unlearnt
from bot.storage.unit import Unit
from bot.storage.upsert import insert

BEGUN, GOOD = "begun", "good"
MOST = 3_000  # sayings that are weighed, the newest first
AT_ONCE = 200  # whose end is looked for in one unit


@dataclass(frozen=True, slots=True)
class Begun:
    """A saying whose end is not known yet; `at` is when it was said (UTC seconds)."""

    id: int
    person: int
    scenario: str
    at: int


@dataclass(frozen=True, slots=True)
class _Row:
    person: int
    team: str
    scenario: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class NewSaying:
    """What was said: by whom, of which team, and the scenario that was begun with it; `text` is masked."""

    utterance: int
    person: int
    team: str
    scenario: str
    text: str


def begin(unit: Unit[object], said: NewSaying, at: int) -> None:
    """It waits for its end. The same utterance is one row, with the scenario that was chosen last."""
    row = {"utterance": said.utterance, "person": said.person, "team": said.team, "scenario": said.scenario}
    values = row | {"text": said.text, "state": BEGUN, "at": at}
    changed = {"scenario": said.scenario, "state": BEGUN}
    added = insert(unit.tx, sayings).values(values)
    unit.tx.execute(added.on_conflict_do_update(index_elements=["utterance"], set_=changed))


def waiting(tx: Connection, after: int) -> Sequence[Begun]:
    """Sayings whose end is not known, in the order of their numbers, from the one after `after` on."""
    columns = (sayings.c.id, sayings.c.person, sayings.c.scenario, sayings.c.at)
    which = (sayings.c.state == BEGUN) & (sayings.c.id > after)
    return typed.every(Begun, tx.execute(select(*columns).where(which).order_by(sayings.c.id).limit(AT_ONCE)))


def settle(tx: Connection, good: Collection[int], bad: Collection[int]) -> None:
    """Those that ended well count from now on; the others are deleted."""
    tx.execute(update(sayings).where(sayings.c.id.in_(good)).values(state=GOOD))
    tx.execute(delete(sayings).where(sayings.c.id.in_(bad)))


def every(unit: Unit[object]) -> Sequence[Saying]:
    """What ended well, the newest first."""
    columns = (sayings.c.person, sayings.c.team, sayings.c.scenario, sayings.c.text, sayings.c.at)
    good = select(*columns).where(sayings.c.state == GOOD).order_by(sayings.c.id.desc()).limit(MOST)
    return [
        Saying(one.person, one.team, one.scenario, one.text, unit.now - one.at)
        for one in typed.every(_Row, unit.tx.execute(good))
    ]


def removed(tx: Connection) -> frozenset[str]:
    """The stems that are not to be learnt."""
    return frozenset(tx.scalars(select(unlearnt.c.word)))


def remove(unit: Unit[object], word: str, by: int | None) -> None:
    """Its stems are not learnt again; sayings that have one are deleted."""
    gone = set(stems(word.lower().replace("ё", "е")))
    for one in gone:
        row = insert(unit.tx, unlearnt).values(word=one, removed_by=by, at=unit.now)
        unit.tx.execute(row.on_conflict_do_nothing())
    rows = unit.tx.execute(select(sayings.c.id, sayings.c.text)).all()
    theirs = [number for number, text in rows if gone & set(stems(text))]
    unit.tx.execute(delete(sayings).where(sayings.c.id.in_(theirs)))


def forget(tx: Connection, person: int) -> None:
    """Delete what this person said."""
    tx.execute(delete(sayings).where(sayings.c.person == person))


def sweep(unit: Unit[object], kept_s: int) -> None:
    """Delete what is older than `kept_s` seconds."""
    unit.tx.execute(delete(sayings).where(sayings.c.at < unit.now - kept_s))


def stamp(tx: Connection) -> tuple[int, int, int]:
    """Changes whenever what can be learnt does, except by age."""
    good = select(func.count(), func.coalesce(func.sum(sayings.c.id), 0)).where(sayings.c.state == GOOD)
    count, total = tx.execute(good).one()
    return count, int(total), tx.scalar(select(func.count()).select_from(unlearnt)) or 0
