"""Weekly hours and seasons of a calendar, read from desk.yaml with every fault at its place."""

from collections.abc import Mapping
from datetime import date

from bot.sla import windows
from bot.sla.calendar import Edge, Season, Week
from bot.sla.faults import DeskFaults
from bot.sla.windows import DAYS, Window
from bot.yamlfiles.document import Path

_WINDOW_CODES: Mapping[type[Exception], str] = {windows.EmptyWindow: "E308", windows.NotAWindow: "E307"}
DATE_CODES: Mapping[type[Exception], str] = {ValueError: "E314"}
_EDGE_CODES: Mapping[type[Exception], str] = {ValueError: "E370"}


def read_week(faults: DeskFaults, path: Path) -> Week:
    """The windows of every weekday; a day that is not named is a day off."""
    named = _named_days(faults, path)
    return tuple(named.get(day, ()) for day in range(7))


def read_windows(faults: DeskFaults, path: Path) -> tuple[Window, ...]:
    """The windows of one day."""
    written = faults.at(path)
    if not isinstance(written, list):
        faults.add("E307", path, written=written)
        return ()
    found = [
        faults.read(windows.window, (*path, place), _WINDOW_CODES, text=text)
        for place, text in enumerate(written)
    ]
    good = tuple(sorted(one for one in found if one is not None))
    if windows.overlapping(good):
        faults.add("E311", path)
    return good


def read_seasons(faults: DeskFaults, path: Path, first: date, last: date) -> tuple[Season, ...]:
    """The seasons of a calendar that covers `first` to `last`, in their order in the file."""
    if not faults.document.has(path):
        return ()
    read = [_season(faults, (*path, name), name) for name in faults.mapping(path, "E371") or {}]
    seasons = tuple(season for season in read if season is not None)
    _compare(faults, path, seasons, first, last)
    return seasons


def _season(faults: DeskFaults, path: Path, name: str) -> Season | None:
    if faults.mapping(path, "E371") is None:
        return None
    before = len(faults.found)
    faults.unknown(path, ("from", "to", "week"), "E303")
    edges = [faults.read(_edge, (*path, key), _EDGE_CODES) for key in ("from", "to")]
    days = _named_days(faults, (*path, "week"))
    if len(faults.found) > before:
        return None
    first, last = (edge for edge in edges if edge is not None)
    if isinstance(first, date) != isinstance(last, date) or (isinstance(first, date) and last < first):  # type: ignore[operator]
        faults.add("E372", (*path, "to"), written=faults.at((*path, "to")))
        return None
    return Season(name, first, last, days)


def _edge(text: str) -> Edge:
    """ "2026-06-01", or "06-01" for every year. Raises ValueError."""
    if len(text) == len("06-01"):
        leap = date.fromisoformat(f"2024-{text}")
        return leap.month, leap.day
    return date.fromisoformat(text)


def _compare(faults: DeskFaults, path: Path, seasons: tuple[Season, ...], first: date, last: date) -> None:
    """One day belongs to one season; a season without a day is probably a slip."""
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    for place, season in enumerate(seasons):
        mine = [day for day in days if season.has(day)]
        both = [(day, other.name) for day in mine for other in seasons[:place] if other.has(day)]
        if both:
            faults.add(
                "E373", (*path, season.name), "key", name=season.name, other=both[0][1], day=both[0][0]
            )
        elif not mine:
            faults.add("W370", (*path, season.name), "key", name=season.name, first=first, last=last)


def _named_days(faults: DeskFaults, path: Path) -> dict[int, tuple[Window, ...]]:
    named: dict[int, tuple[Window, ...]] = {}
    said: dict[int, str] = {}
    for key in faults.mapping(path, "E305") or {}:
        entry = read_windows(faults, (*path, key))
        for day in (
            faults.read(windows.days, (*path, key), {windows.NotADay: "E306"}, text=key, of="key") or []
        ):
            if day in said:
                faults.add("E309", (*path, key), "key", day=DAYS[day], other=said[day])
            said[day], named[day] = key, entry
    return named
