"""The second generator: twelve weeks of another company, by seed. One history is made for all tests."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from functools import cache
from itertools import pairwise

from benchmarks.incidents import other_weeks
from benchmarks.incidents.facts import History
from benchmarks.incidents.other_decoys import ACCOUNTS
from benchmarks.incidents.other_plants import COURSES, SIZES
from tests import source

SEED = 1
PEOPLE = range(1, 2001)


@cache
def history() -> History:
    return other_weeks.other_weeks(SEED)


def test_a_seed_makes_the_history_that_is_committed() -> None:
    committed = (source.ROOT / "benchmarks/incidents/other_seeds.txt").read_text("utf-8").splitlines()
    assert committed[0].split() == list(other_weeks.COLUMNS)
    assert [int(line.split()[0]) for line in committed[1:]] == list(other_weeks.SEEDS)
    assert other_weeks.row(history()) == committed[SEED]


def test_reports_are_numbered_by_time_in_whole_seconds_of_utc() -> None:
    reports = history().reports
    assert [report.id for report in reports] == list(range(1, len(reports) + 1))
    assert all(one.time <= two.time for one, two in pairwise(reports))
    assert all(report.time.tzinfo is UTC and not report.time.microsecond for report in reports)
    assert history().first.weekday() == 0


def test_a_working_day_has_about_300_tickets_of_2000_people_about_40_services() -> None:
    made = history()
    first = made.first
    days = {first + timedelta(days=number) for number in range(made.days)}
    working = {day for day in days if day.weekday() < 5 and day not in made.holidays}
    tickets = [report for report in made.reports if report.kind == "ticket"]
    on_them = sum(report.time.astimezone(made.zone).date() in working for report in tickets)
    assert 270 <= on_them / len(working) <= 330
    assert {report.requester for report in made.reports} <= {*PEOPLE, *ACCOUNTS}
    assert len({report.service for report in made.reports} - {None}) == 40


def test_a_failed_step_and_nothing_else_names_its_scenario() -> None:
    for report in history().reports:
        assert (report.kind == "step_failed") == (report.scenario is not None) == (report.step is not None)


def test_every_shape_and_size_of_a_mass_incident_is_planted() -> None:
    plants = history().plants
    assert {plant.shape for plant in plants} == set(COURSES)
    for low, high in SIZES:
        assert any(low <= plant.people <= high for plant in plants), (low, high)


def test_a_plant_is_where_it_says() -> None:
    known = {report.id: report for report in history().reports}
    for plant in history().plants:
        reports = [known[number] for number in plant.reports]
        assert plant.begun == min(report.time for report in reports)
        assert plant.ended == max(report.time for report in reports)
        assert plant.people == len({report.requester for report in reports})
        assert {report.requester for report in reports} <= set(PEOPLE)
        if plant.site is not None:
            assert {report.site for report in reports} <= {plant.site, None}
        if plant.floor is not None:
            assert {report.floor for report in reports} <= {plant.floor, None}


def test_two_plants_at_once_break_different_things() -> None:
    pairs = [plant for plant in history().plants if plant.shape == "two_at_once"]
    assert pairs
    for one, two in zip(pairs[::2], pairs[1::2], strict=True):
        assert two.begun - one.begun < timedelta(hours=1)
        assert one.services != two.services


def test_a_report_has_one_cause() -> None:
    caused = Counter(number for plant in history().plants for number in plant.reports)
    caused.update(number for decoy in history().decoys for number in decoy.reports)
    assert set(caused.values()) == {1}


def test_requests_in_bulk_and_storms_come_from_few_requesters() -> None:
    known = {report.id: report for report in history().reports}
    most = {"one_admin": 1, "two_admins": 2, "one_person": 1, "monitoring": len(ACCOUNTS)}
    shapes = {decoy.shape for decoy in history().decoys}
    assert shapes == {*most, "monday_peak", "month_end", "newcomers"}
    for decoy in history().decoys:
        people = {known[number].requester for number in decoy.reports}
        assert len(people) <= most.get(decoy.shape, len(PEOPLE)), decoy.shape
