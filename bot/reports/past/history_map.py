"""`--map`: what the columns and values of an export mean. docs/import.md has one for each source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from bot.reports.past.moments import Order
from bot.sla.names import ZoneText
from bot.yamlfiles import Complaint, read
from bot.yamlfiles.files import text_of
from bot.yamlfiles.fitting import Authored, fit

Stage = Literal["open", "claimed", "waiting", "resolved", "closed", "cancelled"]
Heading = Annotated[str, Field(min_length=1)]
MISSING = frozenset({"", "?", "-", "null", "none", "n/a", "nan"})
YES, NO = frozenset({"true", "yes", "1", "да"}), frozenset({"false", "no", "0", "нет"})
OTHERWISE = "*"


class HistoryColumns(Authored):
    """Our names and the headings of the export. What is not there stays unknown, never 0 and never in time."""

    number: Heading
    at: Heading | None = None
    opened: Heading | None = None
    claimed: Heading | None = None
    replied: Heading | None = None
    resolved: Heading | None = None
    closed: Heading | None = None
    due: Heading | None = None
    state: Heading | None = None
    type: Heading | None = None
    priority: Heading | None = None
    category: Heading | None = None
    team: Heading | None = None
    person: Heading | None = None
    department: Heading | None = None
    handovers: Heading | None = None
    reopened: Heading | None = None
    stars: Heading | None = None
    met: Heading | None = None

    def named(self) -> Mapping[str, str]:
        """Our names that have a heading."""
        pairs = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: heading for name, heading in pairs if heading is not None}


class HistoryMap(Authored):
    """A map. `rows: changes` is a log with a row for each change, `rows: tickets` has a row for each ticket."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
    rows: Literal["changes", "tickets"]
    columns: HistoryColumns
    dates: Order = "iso"
    zone: ZoneText = "UTC"
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    missing: tuple[str, ...] = ()
    states: dict[str, Stage] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    def cell(self, text: str | None) -> str:
        """A cell without what means "unknown"."""
        plain = (text or "").strip()
        folded = plain.casefold()
        return "" if folded in MISSING or folded in {word.casefold() for word in self.missing} else plain

    def value(self, name: str, text: str) -> str:
        """What a value is called here; itself where the map says nothing."""
        known = self.values.get(name, {})
        return known.get(text, known.get(OTHERWISE, text))

    def stage(self, text: str) -> Stage | None:
        """The stage of a state; None for one that the map does not name."""
        folded = {name.casefold(): stage for name, stage in self.states.items()}
        return folded.get(text.casefold(), folded.get(OTHERWISE))


def read_map(file: Path) -> tuple[HistoryMap | None, list[Complaint], str]:
    """The map, its complaints and its text."""
    text = text_of(file)
    if isinstance(text, Complaint):
        return None, [text], ""
    reading = read(str(file), text)
    if reading.document is None:
        return None, reading.complaints, text
    found, complaints = fit(HistoryMap, reading.document)
    return found, [*reading.complaints, *complaints], text
