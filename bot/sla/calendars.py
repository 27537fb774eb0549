"""The `calendars:` section of desk.yaml, read with every fault at its line and column.

Without pydantic, which is slow to import: `firstline due` must be quick.
"""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from bot.sla import units, zones
from bot.sla.calendar import Spec, ever_opens
from bot.sla.faults import DeskFaults
from bot.sla.production import FILES, NONE, Production, production
from bot.sla.weeks import DATE_CODES, read_seasons, read_week, read_windows
from bot.sla.windows import Window
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Path
from bot.yamlfiles.reading import nearest

KEYS = ("tz", "week", "seasons", "production_calendar", "short_day", "overrides", "covers", "day")
UNSAID = date(2020, 1, 1), date(2039, 12, 31)
"""What a calendar covers when neither its author nor a production calendar says."""
LONGEST_DAYS = 50 * 366
LAST_MINUTE = 1439  # 23:59: who closes then means midnight
SMALL_HOURS = 4 * 60
"""Clocks change before this minute of local time: a window's edge here may move by an hour twice a year."""

LENGTH_CODES: Mapping[type[Exception], str] = {units.BareDay: "E317", units.NotALength: "E316"}


def read_calendars(document: Document) -> tuple[dict[str, Spec], list[Complaint]]:
    """Every valid calendar by name, and all faults of the section."""
    faults = DeskFaults(document)
    section = faults.mapping(("calendars",), "E301") or {}
    if not section and not faults.found:
        faults.add("E301", ("calendars",))
    read = {name: _calendar(faults, name) for name in section}
    return {name: spec for name, spec in read.items() if spec is not None}, faults.in_order()


def _calendar(faults: DeskFaults, name: str) -> Spec | None:
    path: Path = ("calendars", name)
    if faults.mapping(path, "E302") is None:
        return None
    before = len(faults.found)
    faults.unknown(path, KEYS, "E303")
    zone = _zone(faults, (*path, "tz"))
    week = read_week(faults, (*path, "week"))
    table = _production(faults, (*path, "production_calendar"))
    first, last = _covers(faults, (*path, "covers"), table)
    seasons = read_seasons(faults, (*path, "seasons"), first, last)
    cut, from_end = _short_day(faults, (*path, "short_day"))
    overrides = _overrides(faults, (*path, "overrides"))
    day_s = _plain_length(faults, (*path, "day"))
    if any(not complaint.is_warning for complaint in faults.found[before:]):
        return None
    assert zone is not None
    spec = Spec(name, zone.key, week, first, last, table, cut, from_end, overrides, day_s, seasons)
    if not ever_opens(spec):
        faults.add("E310", path, "key", name=name)
        return None
    _look(faults, path, spec, zone)
    return spec


def _zone(faults: DeskFaults, path: Path) -> ZoneInfo | None:
    written = faults.at(path)
    try:
        return ZoneInfo(written if isinstance(written, str) else "")
    except (KeyError, ValueError, OSError):
        hint = nearest(str(written), available_timezones()) if written else None
        faults.add(
            "E304", path, "value" if written else "key", hint, written="" if written is None else written
        )
        return None


def _production(faults: DeskFaults, path: Path) -> Production:
    name = faults.at(path)
    if name is None or name == "none":
        return NONE
    if not isinstance(name, str) or name not in FILES:
        known = [*FILES, "none"]
        faults.add("E312", path, "value", nearest(str(name), known), written=name, known=known)
        return NONE
    return production(name)


def _covers(faults: DeskFaults, path: Path, table: Production) -> tuple[date, date]:
    default = UNSAID if table is NONE else (table.first, table.last)
    if not faults.document.has(path) or faults.mapping(path, "E313") is None:
        return default
    faults.unknown(path, ("from", "to"), "E303")
    first, last = (
        _date(faults, (*path, key)) or unsaid for key, unsaid in zip(("from", "to"), default, strict=True)
    )
    if not (first <= last and (last - first).days <= LONGEST_DAYS and first.year > 1970 and last.year < 2200):
        faults.add("E313", path)
        return default
    if first < table.first or last > table.last:
        faults.add("E315", path, table=table.name, first=table.first, last=table.last)
    return first, last


def _date(faults: DeskFaults, path: Path) -> date | None:
    if not faults.document.has(path):
        return None
    return faults.read(date.fromisoformat, path, DATE_CODES)


def _short_day(faults: DeskFaults, path: Path) -> tuple[int | None, bool]:
    """Minutes a short day loses (None = as the production calendar says) and whether from its end."""
    if not faults.document.has(path) or faults.mapping(path, "E318") is None:
        return None, True
    faults.unknown(path, ("cut", "from"), "E303")
    side = faults.at((*path, "from"))
    if side not in (None, "end", "start"):
        faults.add("E319", (*path, "from"), "value", nearest(str(side), ("end", "start")), written=side)
    cut = _plain_length(faults, (*path, "cut"), least=0)
    return None if cut is None else cut // 60, side != "start"


def _overrides(faults: DeskFaults, path: Path) -> dict[date, tuple[Window, ...]]:
    if not faults.document.has(path):
        return {}
    found: dict[date, tuple[Window, ...]] = {}
    for key in faults.mapping(path, "E320") or {}:
        day = faults.read(date.fromisoformat, (*path, key), DATE_CODES, text=key, of="key")
        entry = read_windows(faults, (*path, key))
        if day is not None:
            found[day] = entry
    return found


def _plain_length(faults: DeskFaults, path: Path, least: int = 1) -> int | None:
    """A length in seconds of real time (no bd), in whole minutes; None when missing or invalid."""
    if not faults.document.has(path):
        return None
    seconds = faults.read(units.plain, path, LENGTH_CODES)
    if seconds is not None and (seconds < least or seconds % 60):
        faults.add("E316", path, written=faults.at(path))
    return seconds


def _look(faults: DeskFaults, path: Path, spec: Spec, zone: ZoneInfo) -> None:
    """Warn of what is valid but probably not intended."""
    weeks = [spec.week, *(tuple(season.days.values()) for season in spec.seasons)]
    edges = {edge % 1440 for week in weeks for day in week for window in day for edge in window}
    if any(0 < edge < SMALL_HOURS for edge in edges) and zones.changes_clocks(zone, spec.first, spec.last):
        faults.add("W301", (*path, "week"), "key", tz=spec.tz)
    if spec.production is not NONE and any(spec.week[5:]):
        faults.add("W302", (*path, "production_calendar"), "key")
    if LAST_MINUTE in edges:
        faults.add("W304", (*path, "week"), "key")
    for day in spec.overrides:
        if not spec.first <= day <= spec.last:
            faults.add("W303", (*path, "overrides", day.isoformat()), "key", day=day)
