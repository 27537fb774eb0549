"""Move everything from a SQLite file to PostgreSQL: copy, compare row by row, set the sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from sqlalchemy import Connection

from bot.storage.moving.layout import Layout, Row, Sum, layouts
from bot.storage.moving.refused import MoveRefused
from bot.storage.moving.source import Source, source_of
from bot.storage.moving.target import MoveTarget, target_of


class MoveStage(StrEnum):
    """What is going on."""

    COPYING = "copying"
    COMPARING = "comparing"


Progress = Callable[[MoveStage, int], None]
"""`progress(stage, percent)`: how much of the rows is copied, and then compared."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How much was moved. The checksum is that of the rows of either database."""

    tables: int
    rows: int
    checksum: str


async def move(origin: str, url: str, settle: Callable[[Connection], None], progress: Progress) -> Moved:
    """Copy the SQLite database at `origin` into the empty PostgreSQL database at `url`; neither may have a working bot.

    Can be killed at any moment: the next call with the same databases goes on behind the last rows that were committed,
    and until a call has ended no bot starts on the target. The source is only read. `settle` runs in the last
    transaction, for numbers that the sequences cannot know. Raises MoveRefused, DatabaseInUse, ReplicaAtWork, NotReady,
    SchemaIsNewer.
    """
    async with source_of(origin) as source, target_of(url) as target:
        copied = await target.prepare(source.mark)
        sizes = [await source.count(layout, copied.get(layout.name, 0)) for layout in layouts()]
        rows, already = (sum(column) for column in zip(*sizes, strict=True))
        await _copy(source, target, copied, Steps(MoveStage.COPYING, rows, progress, already))
        found = await _compare(source, target, Steps(MoveStage.COMPARING, rows, progress))
        await target.finish(settle)
    return Moved(len(sizes), found.rows, found.checksum)


class Steps:
    """Turns rows into per cent of a stage."""

    def __init__(self, stage: MoveStage, rows: int, progress: Progress, already: int = 0) -> None:
        self._stage, self._rows, self._progress = stage, rows, progress
        self._done = 0
        self.went(already)

    def went(self, rows: int) -> None:
        self._done += rows
        self._progress(self._stage, 100 if self._rows == 0 else self._done * 100 // self._rows)


async def _copy(source: Source, target: MoveTarget, copied: dict[str, int], steps: Steps) -> None:
    for layout in layouts():
        last = copied.get(layout.name, 0)
        async for behind, rows in source.after(layout, last):
            await target.add(layout, rows, behind)
            steps.went(len(rows))


async def _compare(source: Source, target: MoveTarget, steps: Steps) -> Sum:
    """The checksum of what the target has. Raises MoveRefused at the first row that is not the source's."""
    total = Sum()
    for layout in layouts():
        async with target.chunks(layout) as following:
            async for rows in source.chunks(layout):
                found = await following()
                if rows != found:
                    row = _first_difference(layout, rows, found)
                    raise MoveRefused("move.differs", table=layout.name, row=row)
                total.add(layout.name, found)
                steps.went(len(rows))
    return total


def _first_difference(layout: Layout, rows: list[Row], found: list[Row]) -> str:
    pairs = zip_longest(rows, found)
    return next(layout.key_of(one or other) for one, other in pairs if one != other)
