"""Names of desk.yaml that people in the middle of a scenario may still open a ticket with."""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Connection, select

from bot.scenarios.check.desk_names import desk_names
from bot.scenarios.library.versions import loaded
from bot.sla.names import InUse, Keeper, Section
from bot.storage.schema import runs, scenario_versions


def used(tx: Connection) -> Iterator[InUse]:
    """By the scenario of each open run, in the version that it was begun with and is finished on."""
    versions = scenario_versions.c.hash == runs.c.version
    open_runs = select(runs.c.scenario, scenario_versions.c.source).join(scenario_versions, versions)
    for row in tx.execute(open_runs.where(runs.c.status == "open").order_by(runs.c.id)):
        for section, name in _named(row.source):
            yield InUse(section, name, Keeper.RUN, row.scenario)


@lru_cache(maxsize=64)
def _named(source: str) -> frozenset[tuple[Section, str]]:
    """None for a version that this engine no longer understands: its runs go on in the scenario of today."""
    program = loaded(source)
    return desk_names(program) if program is not None else frozenset()
