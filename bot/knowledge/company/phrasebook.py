"""Phrases that administrators have added since scenarios.yaml was written: an overlay of the router, kept as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select, update

from bot.knowledge.company import sayings
from bot.knowledge.company.weighing import Saying
from bot.storage.schema import learnt_phrases
from bot.storage.unit import Unit
from bot.storage.upsert import insert

Overlay = Mapping[str, Sequence[str]]
"""Scenario -> the phrases it has beyond the file."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the router knows beyond the files: phrases that administrators added, and how the company's people talk."""

    phrases: Overlay = field(default_factory=dict)
    sayings: Sequence[Saying] = ()
    removed: frozenset[str] = frozenset()


def add(unit: Unit[object], scenario: str, phrase: str, by: int) -> None:
    """`by`, a person's id, has said that these words mean this scenario. The same words twice are one row."""
    row = {"scenario": scenario, "phrase": phrase, "added_by": by, "added_at": unit.now}
    unit.tx.execute(insert(unit.tx, learnt_phrases).values(row).on_conflict_do_nothing())


def overlay(tx: Connection) -> Overlay:
    """What the file does not say yet, in the order it was added."""
    rows = tx.execute(
        select(learnt_phrases.c.scenario, learnt_phrases.c.phrase)
        .where(learnt_phrases.c.in_file_at.is_(None))
        .order_by(learnt_phrases.c.id)
    )
    found: dict[str, list[str]] = {}
    for scenario, phrase in rows:
        found.setdefault(scenario, []).append(phrase)
    return found


def learnt(unit: Unit[object]) -> Learnt:
    """Everything that was learnt, as it is now."""
    return Learnt(overlay(unit.tx), sayings.every(unit), sayings.removed(unit.tx))


def remove(unit: Unit[object], phrase: str) -> bool:
    """Whether administrators had added this phrase; it is taken back."""
    row = (learnt_phrases.c.phrase == phrase) & learnt_phrases.c.in_file_at.is_(None)
    return bool(unit.tx.execute(delete(learnt_phrases).where(row)).rowcount)


def settle(unit: Unit[object], in_file: Overlay) -> Learnt:
    """Drop from the overlay what the file says by now; returns what is left. The rows stay, as a record."""
    for scenario, phrases in overlay(unit.tx).items():
        said = [phrase for phrase in phrases if phrase in in_file.get(scenario, ())]
        ours = (learnt_phrases.c.scenario == scenario) & learnt_phrases.c.phrase.in_(said)
        if said:
            unit.tx.execute(update(learnt_phrases).where(ours).values(in_file_at=unit.now))
    return learnt(unit)


def written(phrases: Overlay) -> str:
    """As YAML, to be pasted below `phrases:` of each scenario of scenarios.yaml."""
    blocks = []
    for scenario, said in sorted(phrases.items()):
        lines = "\n".join(f"      - {quoted(phrase)}" for phrase in said)
        blocks.append(f"  {scenario}:\n    phrases:\n{lines}\n")
    return "scenarios:\n" + "".join(blocks) if blocks else ""


def quoted(phrase: str) -> str:
    """A scalar that YAML reads as these words, whatever signs they hold."""
    return "'" + phrase.replace("'", "''") + "'"
