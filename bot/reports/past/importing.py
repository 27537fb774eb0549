"""Imports a file in portions, each one transaction: what is stored is stored once, whenever it is stopped."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from bot.errors import FirstlineError
from bot.reports.past import store
from bot.reports.past.export_file import ExportFile, Row
from bot.reports.past.folding import of_row
from bot.reports.past.history_map import HistoryMap
from bot.reports.past.parsing import BadRow, PastRow, RowParser
from bot.reports.past.store import DONE, FOLDING, READING, ImportRow
from bot.storage.unit import Units
from bot.texts.speak import Voice

PORTION = 1_000  # rows in one transaction
Progress = Callable[[str, float], None]
"""Called with what is being done and its share, 0 to 1."""


class LacksColumns(FirstlineError):
    """The file has no column with a heading of the map."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__(", ".join(headings))


@dataclass(frozen=True, slots=True)
class Imported:
    """`rows` of the file, `bad` of these left out; `was_done`: the same file had been imported before."""

    rows: int
    bad: int
    was_done: bool


class HistoryImport:
    """One import of one file by one map; bad rows go to `report` with their reasons."""

    def __init__(
        self, units: Units[None], file: ExportFile, map: HistoryMap, report: Path, voice: Voice
    ) -> None:
        self._units, self._file, self._map, self._voice = units, file, map, voice
        self._report, self._parser = report, RowParser(map)

    async def run(self, progress: Progress) -> Imported:
        """Go on from where it was stopped. Raises LacksColumns."""
        row = await self._units.run(
            store.begin, self._map.source, self._file.hash(self._map.model_dump_json())
        )
        if row.state == DONE:
            return Imported(row.line, row.bad, True)
        if row.state == READING:
            row = await self._read(row, progress)
        total = left = 0
        while row.state == FOLDING:
            left = await self._units.run(store.fold, row)
            total = max(total, left)
            progress("past.folding", 1 - left / total if total else 1.0)
            row = row if left else replace(row, state=DONE)
        return Imported(row.line, row.bad, False)

    async def _read(self, row: ImportRow, progress: Progress) -> ImportRow:
        with self._file.opened() as (headings, rows):
            if lacking := self._parser.lacking(headings):
                raise LacksColumns(lacking)
            self._cut_report(headings, row.line)
            remaining = (one for one in rows if one[0] > row.line)
            while portion := list(islice(remaining, PORTION)):
                row = await self._keep(row, portion)
                progress("past.reading", self._file.read / self._file.size)
        state = FOLDING if self._map.rows == "changes" else DONE
        await self._units.run(store.end, row, state)
        return replace(row, state=state)

    async def _keep(self, row: ImportRow, portion: Sequence[tuple[int, Row, list[str]]]) -> ImportRow:
        good: list[tuple[int, PastRow]] = []
        bad: list[tuple[int, BadRow, list[str]]] = []
        for number, cells, written in portion:
            try:
                if isinstance(cells, BadRow):
                    raise cells
                good.append((number, self._parser.read(cells)))
            except BadRow as fault:
                bad.append((number, fault, written))
        if self._map.rows == "tickets":
            good = await self._once(row, good, bad, {number: written for number, _, written in portion})
        self._write(
            sorted(bad, key=lambda one: one[0])
        )  # before the commit: a stop may repeat it, never lose it
        after = replace(row, line=portion[-1][0], bad=row.bad + len(bad))
        if self._map.rows == "changes":
            await self._units.run(store.keep_changes, after, good)
        else:
            await self._units.run(store.keep_tickets, after, [(line, of_row(one)) for line, one in good])
        return after

    async def _once(
        self,
        row: ImportRow,
        good: Sequence[tuple[int, PastRow]],
        bad: list[tuple[int, BadRow, list[str]]],
        written: dict[int, list[str]],
    ) -> list[tuple[int, PastRow]]:
        """A number that this file has had before is a fault, not a second ticket."""
        numbers = [one.number for _, one in good]
        seen = await self._units.db.read(store.known, self._map.source, numbers) if row.line else {}
        seen = {number: line for number, line in seen.items() if line <= row.line}
        kept = []
        for line, one in good:
            if one.number in seen:
                bad.append(
                    (line, BadRow("twice", number=one.number, line=str(seen[one.number])), written[line])
                )
            else:
                seen[one.number] = line
                kept.append((line, one))
        return kept

    def _cut_report(self, headings: Sequence[str], line: int) -> None:
        """Begin the report, or keep of it what is about stored rows."""
        kept: list[list[str]] = []
        if line and self._report.exists():
            with self._report.open(encoding="utf-8-sig", newline="") as file:
                kept = [one for one in csv.reader(file) if one and one[0].isdecimal() and int(one[0]) <= line]
        with self._report.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "reason", *headings])
            writer.writerows(kept)

    def _write(self, bad: Sequence[tuple[int, BadRow, list[str]]]) -> None:
        with self._report.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [str(number), self._voice.say(f"past.bad.{fault.key}", **fault.facts), *written]
                for number, fault, written in bad
            )


def bar(share: float, width: int = 30) -> str:
    """A progress bar in plain characters."""
    done = round(width * min(1.0, max(0.0, share)))
    return f"[{'#' * done}{'.' * (width - done)}] {100 * min(1.0, share):3.0f} %"
