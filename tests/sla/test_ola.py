"""OLA against SLA: where one cannot fit into the other."""

from datetime import date

from bot.sla import clock as clocks
from bot.sla.calendar import Calendar, Spec, compiled
from bot.sla.check import load_desk
from bot.sla.ladder import Ladder
from bot.sla.ola import Terms, stint, worst
from bot.sla.windows import window
from bot.sla.zones import instant
from tests.sla.test_desk import SHIPPED, changed

HOUR = 3600


def calendar(name: str, *windows: str, days: int = 5) -> Calendar:
    """A Moscow calendar without holidays, the same windows on the first days of the week."""
    week = tuple(tuple(map(window, windows)) if day < days else () for day in range(7))
    return compiled(Spec(name, "Europe/Moscow", week, date(2026, 1, 1), date(2026, 12, 31)))


OFFICE, DUTY = calendar("office", "09:00-18:00"), calendar("duty", "00:00-24:00", days=7)
DEV = calendar("dev", "10:00-13:00", "14:00-19:00")


def at(hour: int, minute: int = 0) -> int:
    """Monday 23 November 2026 in Moscow."""
    return instant(date(2026, 11, 23), hour * 60 + minute, OFFICE.zone)


def test_handing_over_at_the_end_of_the_day_with_an_hour_left_cannot_fit() -> None:
    sla = clocks.start("resolution", 8 * HOUR, at(10), DUTY, Ladder()).clock  # due at 18:00
    late = clocks.start("resolution", 10 * HOUR, at(9, 50), DUTY, Ladder()).clock  # due at 19:50
    assert not stint(Terms(DEV, HOUR, 6 * HOUR, HOUR), late, DUTY, at(18, 50)).fits
    assert stint(Terms(DEV, HOUR, 6 * HOUR, HOUR), sla, DUTY, at(10)).fits


def test_what_is_left_less_the_reserve_caps_the_team() -> None:
    sla = clocks.start("resolution", 8 * HOUR, at(10), OFFICE, Ladder()).clock
    found = stint(Terms(OFFICE, HOUR, 6 * HOUR, 3 * HOUR), sla, OFFICE, at(11))
    assert (found.accept_s, found.resolve_s, found.fits) == (HOUR, 4 * HOUR, True)


def test_a_paused_sla_caps_nothing() -> None:
    sla = clocks.start("resolution", HOUR, at(10), OFFICE, Ladder()).clock
    still = clocks.pause(sla, OFFICE, at(10, 30), "waiting_user").clock
    assert stint(Terms(OFFICE, HOUR, 6 * HOUR, 0), still, OFFICE, at(11)).resolve_s == 6 * HOUR


def test_a_five_day_team_can_never_hold_four_hours_round_the_clock() -> None:
    assert worst(Terms(DEV, HOUR, 2 * HOUR, 900), DUTY, 4 * HOUR) is not None
    assert worst(Terms(DUTY, HOUR, 2 * HOUR, 900), DUTY, 4 * HOUR) is None
    assert worst(Terms(OFFICE, HOUR, 6 * HOUR, HOUR), OFFICE, 8 * HOUR) is None


def test_such_a_team_is_a_warning_when_the_file_is_read() -> None:
    text = changed("helpdesk: {calendar: {P1: duty, default: office}", "helpdesk: {calendar: office")
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None
    assert [(complaint.code, complaint.facts["rule"]) for complaint in complaints] == [
        ("W317", "security"),
        ("W317", "p1"),
        ("W312", "security"),
    ]


def test_hours_of_a_team_are_chosen_by_category_then_priority_then_default() -> None:
    desk, complaints = load_desk("desk.yaml", SHIPPED)
    assert desk is not None, complaints
    meeting, by_priority = desk.terms("helpdesk", "P2", "meeting"), desk.terms("helpdesk", "P2", "printing")
    assert meeting is not None
    assert by_priority is not None
    assert (meeting.resolve_s, meeting.reserve_s) == (30 * 60, 10 * 60)
    assert (by_priority.resolve_s, by_priority.reserve_s) == (4 * HOUR, HOUR)


def test_a_new_team_needs_one_line_and_has_hours_at_once() -> None:
    text = changed(
        "  vendor: {title", '  security: {title: {ru: "ИБ", en: "Security"}, chat: none}\n  vendor: {title'
    )
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None
    assert complaints == []
    terms = desk.terms("security", "P3")
    assert terms is not None
    assert terms.resolve_s == 8 * HOUR
    assert desk.terms("nowhere", "P3") is None
