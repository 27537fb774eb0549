"""Absences of desk.yaml, and the first working hour of a day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.sla import zones
from bot.sla.calendar import BeyondCalendar
from bot.sla.policy import Desk
from bot.sla.written import read_span


def absences(desk: Desk) -> list[tuple[str, date, date]]:
    """Staff id, first and last day (both included) of every absence in the file and its rotas."""
    return [
        (person, *read_span(span))
        for absent in (desk.file.absent, *(rota.absent for rota in desk.file.duty.values()))
        for person, spans in absent.items()
        for span in spans
    ]


def is_away(desk: Desk, staff_id: str, at: int) -> bool:
    """Whether a person is absent on the day of an instant (UTC seconds), in the desk's zone."""
    day = zones.local(at, ZoneInfo(desk.zone)).date()
    return any(person == staff_id and first <= day <= last for person, first, last in absences(desk))


def opening(desk: Desk, day: date) -> int:
    """The first instant (UTC seconds) at which the default rule's calendar is open on a day, or after it; past the
    calendar's end the day's midnight."""
    midnight = int(datetime.combine(day, time(), ZoneInfo(desk.zone)).timestamp())
    try:
        return desk.usual.add(midnight, 1) - 1
    except BeyondCalendar:
        return midnight
