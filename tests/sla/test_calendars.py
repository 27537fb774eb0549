"""Reading `calendars:`: what authors may write, and the faults reported otherwise."""

from datetime import date

import pytest

from bot.sla.calendar import Spec, compiled
from bot.sla.calendars import read_calendars
from bot.sla.zones import instant
from bot.yamlfiles.complaint import Complaint, explain, sentence
from bot.yamlfiles.reading import read


def both(text: str) -> tuple[dict[str, Spec], list[Complaint]]:
    """The calendars of a text and the complaints about it."""
    reading = read("desk.yaml", text)
    assert reading.document is not None
    assert reading.complaints == []
    return read_calendars(reading.document)


def one(**lines: str) -> tuple[Spec | None, list[Complaint]]:
    """One calendar `c` with these lines instead of the usual ones."""
    said = {"tz": "Europe/Moscow", "week": '{mon-fri: ["09:00-18:00"]}', **lines}
    text = "calendars:\n  c:\n" + "".join(f"    {key}: {value}\n" for key, value in said.items() if value)
    specs, complaints = both(text)
    return specs.get("c"), complaints


def good(**lines: str) -> Spec:
    """The calendar of these lines, without complaints."""
    spec, complaints = one(**lines)
    assert complaints == []
    assert spec is not None
    return spec


def test_days_not_named_are_days_off_and_ranges_may_pass_sunday() -> None:
    spec = good(week='{sat-mon: ["10:00-12:00"], "wed,thu": ["08:00-20:00"]}')
    assert [bool(day) for day in spec.week] == [True, False, True, True, False, True, True]


def test_a_night_shift_belongs_to_the_date_it_begins_on() -> None:
    found = compiled(good(week='{fri: ["22:00-06:00"]}'))
    friday = date(2026, 11, 27)
    assert found.elapsed(instant(friday, 0, found.zone), instant(friday, 1440, found.zone)) == 2 * 3600
    assert found.elapsed(instant(friday, 1440, found.zone), instant(friday, 2880, found.zone)) == 6 * 3600


def test_a_calendar_that_opens_only_on_a_day_which_never_came_never_opens() -> None:
    """Samoa went from Thursday the 29th of December 2011 to Saturday the 31st."""
    said = {"tz": "Pacific/Apia", "week": "{mon: []}", "covers": "{from: 2011-12-20, to: 2012-01-02}"}
    spec, complaints = one(**said, overrides='{2011-12-30: ["09:00-18:00"]}')
    assert (spec, [complaint.code for complaint in complaints]) == (None, ["E310"])
    found = compiled(good(**said | {"week": '{thu-sat: ["09:00-18:00"]}'}))
    thursday = instant(date(2011, 12, 29), 17 * 60, found.zone)
    assert found.local(found.add(thursday, 2 * 3600)).isoformat() == "2011-12-31T10:00:00+14:00"


def test_a_shift_that_meets_the_next_days_windows_counts_once() -> None:
    found = compiled(good(week='{mon-fri: ["20:00-08:00"], sat-sun: ["00:00-24:00"]}'))
    saturday = date(2026, 11, 28)
    assert found.elapsed(instant(saturday, 0, found.zone), instant(saturday, 1440, found.zone)) == 24 * 3600


def test_an_override_beats_the_production_calendar_which_beats_the_week() -> None:
    spec = good(
        production_calendar="ru",
        overrides='{2026-01-05: ["10:00-11:00"], 2026-11-30: []}',
        short_day="{cut: 2h}",
    )
    assert spec.plan(date(2026, 1, 5)) == ((600, 660),)
    assert spec.plan(date(2026, 1, 6)) == ()
    assert spec.plan(date(2026, 11, 30)) == ()
    assert spec.plan(date(2026, 11, 3)) == ((540, 960),)
    assert spec.plan(date(2026, 11, 5)) == ((540, 1080),)


def test_a_short_day_loses_open_time_not_its_lunch() -> None:
    week = '{mon-fri: ["09:00-13:00", "17:30-18:00"]}'
    eve = date(2026, 11, 3)
    assert good(week=week, production_calendar="ru").plan(eve) == ((540, 750),)
    start = good(week=week, production_calendar="ru", short_day="{cut: 60m, from: start}")
    assert start.plan(eve) == ((600, 780), (1050, 1080))


def test_a_working_day_is_the_commonest_total_of_windows_or_what_the_author_says() -> None:
    assert good().working_day() == 9 * 3600
    assert (
        good(week='{mon-thu: ["09:00-13:00", "14:00-18:00"], fri: ["09:00-16:00"]}').working_day() == 8 * 3600
    )
    assert good(day="8h").working_day() == 8 * 3600
    assert good(week='{mon: ["09:00-12:00"], tue: ["09:00-16:00"]}').working_day() == 7 * 3600


def test_what_a_calendar_covers_is_said_or_is_what_its_holidays_are_known_for() -> None:
    assert (good(production_calendar="ru").first, good(production_calendar="ru").last.year) == (
        date(2025, 1, 1),
        2027,
    )
    assert good(covers="{from: 2026-02-01, to: 2026-03-01}").last == date(2026, 3, 1)


def test_the_hash_follows_the_meaning_and_not_the_name() -> None:
    spec = good()
    renamed = both('calendars: {other: {week: {mon-fri: ["9:00-18:00"]}, tz: Europe/Moscow}}')[0]["other"]
    assert renamed.hash() == spec.hash()
    assert good(overrides="{2026-11-30: []}").hash() != spec.hash()
    assert good(day="8h").hash() != spec.hash()


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        ({"tz": "Europe/Mosow"}, "E304", (3, 9)),
        ({"tz": ""}, "E304", (2, 3)),
        ({"tz": "+03:00"}, "E304", (3, 9)),
        ({"week": ""}, "E305", (2, 3)),
        ({"week": '["09:00-18:00"]'}, "E305", (4, 11)),
        ({"week": '{mon-fry: ["09:00-18:00"]}'}, "E306", (4, 12)),
        ({"week": '{mon: "09:00-18:00"}'}, "E307", (4, 17)),
        ({"week": '{mon: ["9-18"]}'}, "E307", (4, 18)),
        ({"week": "{mon: [18:00]}"}, "E307", (4, 18)),
        ({"week": '{mon: ["09:00-25:00"]}'}, "E307", (4, 18)),
        ({"week": '{mon: ["09:00-09:00"]}'}, "E308", (4, 18)),
        ({"week": '{mon-fri: ["09:00-18:00"], fri: []}'}, "E309", (4, 38)),
        ({"week": "{mon: []}"}, "E310", (2, 3)),
        ({"week": '{mon: ["09:00-13:00", "12:00-14:00"]}'}, "E311", (4, 17)),
        ({"production_calendar": "rus"}, "E312", (5, 26)),
        ({"production_calendar": "[ru]"}, "E312", (5, 26)),
        ({"covers": "{from: 2027-01-01, to: 2026-01-01}"}, "E313", (5, 13)),
        ({"covers": "2027"}, "E313", (5, 13)),
        ({"covers": "{from: 01.01.2027}"}, "E314", (5, 20)),
        ({"overrides": "{31.12.2026: []}"}, "E314", (5, 17)),
        ({"production_calendar": "ru", "covers": "{to: 2028-01-31}"}, "E315", (6, 13)),
        ({"day": "8"}, "E316", (5, 10)),
        ({"day": "1bd"}, "E316", (5, 10)),
        ({"day": "90s"}, "E316", (5, 10)),
        ({"day": "1d"}, "E317", (5, 10)),
        ({"short_day": "60m"}, "E318", (5, 16)),
        ({"short_day": "{cut: 60m, from: and}"}, "E319", (5, 33)),
        ({"overrides": "[2026-11-30]"}, "E320", (5, 16)),
        ({"weak": "{}"}, "E303", (5, 5)),
    ],
)
def test_every_fault_is_named_at_its_place(lines: dict[str, str], code: str, place: tuple[int, int]) -> None:
    spec, complaints = one(**lines)
    assert [(complaint.code, tuple(complaint.mark)) for complaint in complaints] == [(code, place)]
    assert spec is None


def test_all_faults_are_told_at_once_and_the_good_calendars_stay_usable() -> None:
    bad = 'a: {tz: Nowhere, week: {mom: ["9"]}}\n  b: 7'
    specs, complaints = both(f'calendars:\n  {bad}\n  c: {{tz: Asia/Omsk, week: {{mon: ["09:00-10:00"]}}}}')
    assert [complaint.code for complaint in complaints] == ["E304", "E306", "E307", "E302"]
    assert list(specs) == ["c"]


@pytest.mark.parametrize("text", ["rules: []", "calendars: {}", "calendars:", "calendars: [a]"])
def test_no_calendars_is_one_complaint(text: str) -> None:
    assert [complaint.code for complaint in both(text)[1]] == ["E301"]


def test_what_works_but_surprises_is_a_warning() -> None:
    week = '{mon-fri: ["22:00-02:30"], sat: ["10:00-12:00"]}'
    spec, complaints = one(
        tz="Europe/Berlin", week=week, production_calendar="ru", overrides="{2030-01-01: []}"
    )
    assert [complaint.code for complaint in complaints] == ["W301", "W302", "W303"]
    assert spec is not None


def test_a_day_that_closes_a_minute_before_midnight_is_a_warning() -> None:
    assert [found.code for found in one(week='{mon-sun: ["00:00-23:59"]}')[1]] == ["W304"]
    assert one(week='{mon-sun: ["00:00-24:00"]}')[1] == []


def test_a_misspelt_zone_and_key_get_a_near_match() -> None:
    assert one(tz="Europe/Mosow")[1][0].hint == "Europe/Moscow"
    assert one(over_rides="{}")[1][0].hint == "overrides"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_complaint_of_this_room_is_said_in_words(language: str) -> None:
    for number in [*range(301, 325)]:
        complaint = Complaint(f"E{number}", "desk.yaml", (1, 1), {})  # type: ignore[arg-type]
        assert not sentence(complaint, language).startswith("E3")
        assert explain(complaint.code, language)
