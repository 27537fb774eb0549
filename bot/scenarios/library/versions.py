"""Accepted versions: each scenario as it was begun, and whole files for rollback."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Connection, select

from bot.scenarios.language.load import BadProgram, load_version
from bot.scenarios.language.program import Program
from bot.scenarios.library.run_rows import KeptFile
from bot.scenarios.play.events import RunState
from bot.storage import typed
from bot.storage.schema import scenario_versions
from bot.storage.unit import Unit
from bot.storage.upsert import insert

WHOLE = "*"  # the "scenario" of a whole file


def keep_scenario(unit: Unit[object], program: Program, scenario: str) -> None:
    """Store the scenario with its dependencies, so that people who begin it can finish it."""
    hash_ = program.scenarios[scenario].hash
    known = select(scenario_versions.c.hash).where(scenario_versions.c.hash == hash_)
    if unit.tx.scalar(known) is None:
        _keep(unit, hash_, scenario, program.scenarios[scenario].source)


def keep_file(unit: Unit[object], program: Program) -> None:
    """Store an accepted file: a start with a broken file uses the last valid one."""
    row = insert(unit.tx, scenario_versions).values(
        hash=program.hash, scenario=WHOLE, source=program.source, loaded_at=unit.now
    )
    unit.tx.execute(row.on_conflict_do_update(index_elements=["hash"], set_={"loaded_at": unit.now}))


def kept_files(tx: Connection, limit: int = 10) -> Sequence[KeptFile]:
    """Accepted files, newest first."""
    files = select(scenario_versions).where(scenario_versions.c.scenario == WHOLE)
    newest = files.order_by(scenario_versions.c.loaded_at.desc(), scenario_versions.c.hash).limit(limit)
    return typed.every(KeptFile, tx.execute(newest))


def program_of(tx: Connection, program: Program, state: RunState) -> Program | None:
    """The program of a run: the present one when its scenario is unchanged, else the version it began with.

    None when that version is deleted or this engine no longer supports it.
    """
    present = program.scenarios.get(state.scenario)
    if present is not None and present.hash == state.version:
        return program
    source = tx.scalar(select(scenario_versions.c.source).where(scenario_versions.c.hash == state.version))
    former = loaded(source) if source else None
    return (
        replace(former, facts=program.facts).for_engineers(program.engineers) if former is not None else None
    )


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
