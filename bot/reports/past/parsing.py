"""One row of an export as facts, or the reason why it is none. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.reports.past.history_map import NO, YES, HistoryMap, Stage
from bot.reports.past.moments import NotAMoment, moment

MOMENTS = ("at", "opened", "claimed", "replied", "resolved", "closed", "due")
COUNTS = ("handovers", "reopened", "stars")
WORDS = ("type", "priority", "category", "team", "department")
ORDERED = (("opened", "claimed"), ("opened", "replied"), ("opened", "resolved"), ("opened", "closed"))


class BadRow(ValueError):
    """Why a row is left out: a catalogue key below `past.bad.`, and its facts."""

    def __init__(self, key: str, **facts: str) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


@dataclass(frozen=True, slots=True)
class PastRow:
    """A ticket, or one change of it. Only what is known is in `moments`, `counts` and `words`."""

    number: str
    stage: Stage | None
    has_person: bool
    met: bool | None
    moments: Mapping[str, int]
    counts: Mapping[str, int]
    words: Mapping[str, str]


@dataclass(frozen=True)
class RowParser:
    """Reads rows by a map."""

    map: HistoryMap

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.map.zone)

    @cached_property
    def _columns(self) -> Mapping[str, str]:
        return {name: heading.strip().casefold() for name, heading in self.map.columns.named().items()}

    @cached_property
    def _moments(self) -> dict[str, int]:
        """Texts that were read before: exports repeat them."""
        return {}

    def lacking(self, headings: list[str]) -> list[str]:
        """The headings of the map that the file lacks."""
        have = {heading.strip().casefold() for heading in headings}
        return [
            heading for heading in self.map.columns.named().values() if heading.strip().casefold() not in have
        ]

    def read(self, row: Mapping[str, str]) -> PastRow:
        """`row` has its cells by the heading in lower case. Raises BadRow."""
        cells = {name: self.map.cell(row.get(heading)) for name, heading in self._columns.items()}
        if not cells["number"]:
            raise BadRow("no_number")
        moments = {name: self._moment(name, cells[name]) for name in MOMENTS if cells.get(name)}
        if self.map.rows == "changes" and "at" not in moments:
            raise BadRow("no_at")
        if self.map.rows == "tickets" and "opened" not in moments:
            raise BadRow("no_opened")
        for before, after in ORDERED:
            if before in moments and after in moments and moments[after] < moments[before]:
                raise BadRow("order", first=cells[before], second=cells[after], column=after)
        counts = {name: self._count(name, cells[name]) for name in COUNTS if cells.get(name)}
        if not 1 <= counts.get("stars", 1) <= 5:
            raise BadRow("count", column="stars", text=cells["stars"])
        words = {name: self.map.value(name, cells[name]) for name in WORDS if cells.get(name)}
        stage = self._stage(cells.get("state", ""))
        return PastRow(
            cells["number"],
            stage,
            bool(cells.get("person")),
            self._met(cells.get("met", "")),
            moments,
            counts,
            words,
        )

    def _moment(self, name: str, text: str) -> int:
        if (known := self._moments.get(text)) is not None:
            return known
        try:
            found = moment(text, self.map.dates, self._zone)
        except NotAMoment:
            raise BadRow("moment", column=name, text=text[:40]) from None
        if len(self._moments) > 20_000:
            self._moments.clear()
        self._moments[text] = found
        return found

    def _count(self, name: str, text: str) -> int:
        if not text.isdecimal() or len(text) > 6:
            raise BadRow("count", column=name, text=text[:40])
        return int(text)

    def _stage(self, text: str) -> Stage | None:
        if not text:
            return None
        stage = self.map.stage(text)
        if stage is None:
            raise BadRow("state", text=text[:40])
        return stage

    def _met(self, text: str) -> bool | None:
        plain = self.map.value("met", text).casefold()
        if not plain:
            return None
        if plain in YES or plain in NO:
            return plain in YES
        raise BadRow("met", text=text[:40])
