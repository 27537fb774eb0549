"""Accepted versions: each scenario as it was when somebody began it, and whole files for rollback."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.scenarios.language.load import BadProgram, load_version
from bot.scenarios.language.program import Program
from bot.scenarios.play.events import State
from bot.storage.schema import scenario_versions
from bot.storage.unit import Unit
from bot.storage.upsert import insert

WHOLE = "*"  # the "scenario" of a whole file


def keep_scenario(unit: Unit[object], program: Program, scenario: str) -> None:
    """Keep what this scenario depends on, so that whoever begins it can finish it."""
    hash_ = program.scenarios[scenario].hash
    known = select(scenario_versions.c.hash).where(scenario_versions.c.hash == hash_)
    if unit.tx.scalar(known) is None:
        _keep(unit, hash_, scenario, program.scenarios[scenario].source)


def keep_file(unit: Unit[object], program: Program) -> None:
    """Keep an accepted file: the last good one is what a start with a broken file falls back to."""
    row = insert(unit.tx, scenario_versions).values(
        hash=program.hash, scenario=WHOLE, source=program.source, loaded_at=unit.now
    )
    unit.tx.execute(row.on_conflict_do_update(index_elements=["hash"], set_={"loaded_at": unit.now}))


def kept_files(tx: Connection, limit: int = 10) -> Sequence[Row[Any]]:
    """Accepted files, newest first: hash, source, loaded_at (UTC seconds)."""
    files = select(scenario_versions).where(scenario_versions.c.scenario == WHOLE)
    newest = files.order_by(scenario_versions.c.loaded_at.desc(), scenario_versions.c.hash).limit(limit)
    return tx.execute(newest).all()


def program_of(tx: Connection, program: Program, state: State) -> Program | None:
    """The program a run plays: the present one when its scenario is the same, else the one it began on.

    None when that version is gone or this engine no longer understands it.
    """
    present = program.scenarios.get(state.scenario)
    if present is not None and present.hash == state.version:
        return program
    source = tx.scalar(select(scenario_versions.c.source).where(scenario_versions.c.hash == state.version))
    return loaded(source) if source else None


@lru_cache(maxsize=64)
def loaded(source: str) -> Program | None:
    """The program of a kept version; None when this engine no longer understands it."""
    try:
        return load_version(source)
    except BadProgram:
        return None


def _keep(unit: Unit[object], hash_: str, scenario: str, source: str) -> None:
    row = insert(unit.tx, scenario_versions).values(
        hash=hash_, scenario=scenario, source=source, loaded_at=unit.now
    )
    unit.tx.execute(row.on_conflict_do_nothing(index_elements=["hash"]))
