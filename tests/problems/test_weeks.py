"""The twelve weeks by which detection of mass incidents is judged, and the judge."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from benchmarks.incidents import decoys, plants
from benchmarks.incidents import weeks as generator
from benchmarks.incidents.company import PEOPLE
from benchmarks.incidents.facts import Candidate, History, Report
from benchmarks.incidents.intervals import median, rate, share
from benchmarks.incidents.judge import Score, judge, together
from benchmarks.incidents.table import table

SEED = 1


@pytest.fixture(scope="module")
def history() -> History:
    return generator.weeks(SEED)


def seen(history: History) -> dict[int, Report]:
    return {report.id: report for report in history.reports}


def perfect(history: History) -> list[Candidate]:
    """At the fifth report of every plant."""
    known = seen(history)
    firsts = [sorted(plant.reports)[:5] for plant in history.plants]
    return [Candidate(known[ids[-1]].time, frozenset(ids)) for ids in firsts]


def test_a_seed_gives_the_history_that_was_committed(history: History) -> None:
    lines = generator.FILE.read_text("utf-8").splitlines()
    listed = next(line.split() for line in lines if line.split()[0] == str(SEED))
    assert (int(listed[1]), listed[-1]) == (len(history.reports), generator.digest(history))


def test_the_weeks_have_the_rhythm_of_a_company(history: History) -> None:
    local = [(each.time.astimezone(history.zone), each) for each in history.reports if each.kind == "ticket"]
    by_day = Counter(time.date() for time, each in local if each.requester <= PEOPLE)
    worked = {day: n for day, n in by_day.items() if day.weekday() < 5 and day not in history.holidays}
    assert 270 < sum(worked.values()) / len(worked) < 330
    assert max(n for day, n in by_day.items() if day not in worked) < 60
    assert all(n > 250 for day, n in worked.items() if day.weekday() == 0)
    hours = Counter(time.hour for time, _ in local)
    assert hours[13] < 0.7 * min(hours[10], hours[15])
    assert sum(hours[hour] for hour in (0, 1, 2, 3, 4, 5)) < 0.05 * len(local)


def test_services_and_people_are_unequal_and_some_facts_are_missing(history: History) -> None:
    services = Counter(each.service for each in history.reports if each.service)
    assert len(services) == 40
    assert services.most_common()[0][1] > 15 * services.most_common()[-1][1]
    people = Counter(each.requester for each in history.reports if each.requester <= PEOPLE)
    assert len(people) > 1700
    assert people.most_common(1)[0][1] > 60
    unknown = sum(each.site is None for each in history.reports) / len(history.reports)
    assert 0.05 < unknown < 0.2
    assert 0.05 < sum(each.service is None for each in history.reports) / len(history.reports) < 0.2


def test_reports_are_in_order_and_every_plant_and_decoy_is_among_them(history: History) -> None:
    moments = [each.time for each in history.reports]
    assert moments == sorted(moments)
    assert [each.id for each in history.reports] == list(range(1, len(moments) + 1))
    known = seen(history)
    for plant in history.plants:
        assert plant.people == len({known[number].requester for number in plant.reports})
        assert plant.begun == known[min(plant.reports)].time <= plant.ended == known[max(plant.reports)].time
    assert 24 <= len(history.plants) <= 54
    assert 24 <= len(history.decoys) <= 40
    assert {each.shape for each in history.plants} == set(plants.SHAPES)
    assert {each.shape for each in history.decoys} == {"peak", *decoys.SHAPES}


def test_a_perfect_detector_finds_all_and_raises_nothing_else(history: History) -> None:
    score = judge(history, perfect(history))
    assert score.recall().value == 1
    assert 5 <= score.reports_until().value <= 6  # more where two come in one second
    assert score.false_alarms == score.repeats == score.decoys_raised().value == 0


def test_a_silent_detector_finds_nothing_and_is_never_wrong(history: History) -> None:
    score = judge(history, [])
    assert score.recall().value == score.alarms_a_day().value == score.decoys_raised().value == 0
    assert score.reports_until().value == float("inf")
    assert "0 of " in table(score)


def test_a_detector_that_raises_at_everything_pays_for_it(history: History) -> None:
    ordinary = {each.id for each in history.reports}.difference(*(each.reports for each in history.plants))
    known = seen(history)
    noise = [Candidate(known[number].time, frozenset({number})) for number in ordinary]
    score = judge(history, noise)
    assert score.recall().value == 0
    assert score.false_alarms == len(noise)
    assert score.decoys_raised().value == 1
    assert score.alarms_a_day().value == pytest.approx(len(noise) / score.working_days)


def test_repeats_and_stragglers_find_nothing_new(history: History) -> None:
    plant = next(each for each in history.plants if each.detectable)
    twice = [Candidate(plant.ended + timedelta(minutes=minutes), plant.reports) for minutes in (1, 5, 90)]
    score = judge(history, twice)
    assert (score.repeats, score.false_alarms) == (1, 1)
    assert [each.reports for each in score.outcomes if each.found] == [len(plant.reports)]


def test_one_candidate_for_two_plants_finds_one(history: History) -> None:
    one, other = next(
        (one, other)
        for one, other in zip(history.plants, history.plants[1:], strict=False)
        if one.shape == other.shape == "twins"
        and one.begun.date() == other.begun.date()
        and one.detectable
        and other.detectable
    )
    both = Candidate(max(one.ended, other.ended), one.reports | other.reports)
    assert sum(each.found for each in judge(history, [both]).outcomes) == 1


def test_a_candidate_cannot_name_what_has_not_happened(history: History) -> None:
    last = history.reports[-1]
    with pytest.raises(ValueError, match="later reports"):
        judge(history, [Candidate(history.reports[0].time, frozenset({last.id}))])
    with pytest.raises(ValueError, match="names nothing"):
        judge(history, [Candidate(last.time, frozenset())])


def test_the_scores_of_several_histories_add_up(history: History) -> None:
    one = judge(history, perfect(history))
    both: Score = together([one, judge(history, [])])
    assert both.recall().value == 0.5
    assert both.working_days == 2 * one.working_days


def test_intervals_are_those_of_the_books() -> None:
    wilson = share(95, 100)
    assert (wilson.low, wilson.high) == (pytest.approx(0.8882, abs=1e-3), pytest.approx(0.9785, abs=1e-3))
    byar = rate(10, 1)
    assert (byar.low, byar.high) == (pytest.approx(4.79, abs=0.02), pytest.approx(18.39, abs=0.02))
    middle = median([float(number) for number in range(1, 21)])
    assert (middle.low, middle.value, middle.high) == (6, 10.5, 15)
