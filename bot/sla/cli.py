"""`firstline due` and `firstline elapsed`: business time from the command line, quick to start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.sla import spans, units, zones
from bot.sla.calendar import BeyondCalendar, Calendar, Spec, compiled
from bot.sla.calendars import LENGTH_CODES, read_calendars
from bot.sla.units import Length
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Mark
from bot.yamlfiles.files import text_or_exit
from bot.yamlfiles.reading import nearest, read
from bot.yamlfiles.showing import show

Desk = Annotated[Path, typer.Option("--desk", help="A file with a calendars: section, such as desk.yaml.")]
Name = Annotated[str, typer.Option("--calendar", help="Id of the calendar in the file.")]
Language = Annotated[str, typer.Option("--language", help="Language of the messages: ru or en.")]
Instant = "Date and time, 2026-11-27T17:00; the calendar's zone unless it has an offset."


def due(
    desk: Desk,
    calendar: Name,
    start: Annotated[str, typer.Option("--start", help=Instant)],
    target: Annotated[
        str, typer.Option("--target", help="Working time: 90s, 30m, 4h, or 1bd for a business day.")
    ],
    pause: Annotated[
        list[str] | None,
        typer.Option("--pause", help="Time that does not count: START/END. May be repeated."),
    ] = None,
    language: Language = "ru",
) -> None:
    """Print when a target falls due, by a calendar of desk.yaml.

    The answer is in the zone of the calendar.
    """
    found = _calendar(desk, calendar, language)
    seconds = found.seconds(_length(target, language))
    begun = _instant("--start", start, found, language)
    pauses = [_pause(text, found, language) for text in pause or []]
    try:
        typer.echo(zones.iso(spans.due(found, begun, seconds, pauses), found.zone))
    except BeyondCalendar:
        _beyond(desk, found, language)


def elapsed(
    desk: Desk,
    calendar: Name,
    begin: Annotated[str, typer.Option("--from", help=Instant)],
    end: Annotated[str, typer.Option("--to", help=Instant)],
    language: Language = "ru",
) -> None:
    """Print the working time between two instants, in seconds."""
    found = _calendar(desk, calendar, language)
    try:
        typer.echo(
            found.elapsed(_instant("--from", begin, found, language), _instant("--to", end, found, language))
        )
    except BeyondCalendar:
        _beyond(desk, found, language)


def _calendar(desk: Path, name: str, language: str) -> Calendar:
    """The compiled calendar. Exits with every fault of the section; warnings are only printed."""
    text = text_or_exit(desk, language)
    reading = read(str(desk), text)
    complaints = list(reading.complaints)
    specs: dict[str, Spec] = {}
    if reading.document is not None:
        specs, more = read_calendars(reading.document)
        complaints += more
        if name not in specs and not any(not complaint.is_warning for complaint in complaints):
            mark = reading.document.mark(("calendars",), "key")
            facts = {"written": name, "known": list(specs)}
            complaints.append(Complaint("E321", str(desk), mark, facts, nearest(name, specs)))
    if complaints:
        typer.echo(show(complaints, {str(desk): text}, language), err=True)
    if any(not complaint.is_warning for complaint in complaints):
        raise typer.Exit(2)
    return compiled(specs[name])


def _length(target: str, language: str) -> Length:
    try:
        return units.length(target)
    except units.NotALength as error:
        _refuse("--target", target, LENGTH_CODES[type(error)], language, hint=units.nearest(target))


def _instant(option: str, text: str, calendar: Calendar, language: str) -> int:
    try:
        return zones.read(text, calendar.zone)
    except (ValueError, OverflowError):
        _refuse(option, text, "E322", language)


def _pause(text: str, calendar: Calendar, language: str) -> spans.Span:
    start, slash, end = text.partition("/")
    if not slash:
        _refuse("--pause", text, "E323", language)
    span = _instant("--pause", start, calendar, language), _instant("--pause", end, calendar, language)
    if span[1] < span[0]:
        _refuse("--pause", text, "E323", language)
    return span


def _refuse(option: str, written: str, code: str, language: str, hint: str | None = None) -> NoReturn:
    """Show an invalid option like a fault in a file of one line."""
    complaint = Complaint(code, option, Mark(1, 1), {"written": written}, hint)
    _stop([complaint], {option: written}, language)


def _beyond(desk: Path, calendar: Calendar, language: str) -> NoReturn:
    document = read(str(desk), text_or_exit(desk, language)).document
    assert document is not None
    path = ("calendars", calendar.name)
    mark = document.mark((*path, "covers") if document.has((*path, "covers")) else path, "key")
    facts = {"calendar": calendar.name, "first": calendar.spec.first, "last": calendar.spec.last}
    _stop([Complaint("E324", str(desk), mark, facts)], {str(desk): document.text}, language)


def _stop(complaints: Sequence[Complaint], texts: dict[str, str], language: str) -> NoReturn:
    typer.echo(show(complaints, texts, language), err=True)
    raise typer.Exit(2)
