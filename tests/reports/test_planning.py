"""Erlang C against published values, the simulation against Erlang C, and plans whose answer is known beforehand."""

from __future__ import annotations

import random
from fractions import Fraction
from math import factorial
from statistics import fmean

import pytest

from bot.reports.planning import erlang
from bot.reports.planning.simulation import Arrival, interval, simulate
from bot.reports.planning.staffing import Demand, cheapest_by_target, plan
from bot.reports.planning.telling import as_json, as_text, caption, curve
from bot.sla.policy import Desk
from bot.texts import speak

HOUR = 3600
WEEK = 40 * HOUR


# Published tables of Erlang C: 10 erlangs with 11 to 15 agents; M/M/1 and M/M/2 of every textbook; 5 and 8 erlangs.
@pytest.mark.parametrize(
    ("servers", "load", "published"),
    [
        (1, 0.5, 0.5),
        (2, 1.0, 0.3333),
        (3, 2.0, 0.4444),
        (5, 4.0, 0.5541),
        (10, 8.0, 0.4092),
        (11, 10.0, 0.6821),
        (12, 10.0, 0.4494),
        (13, 10.0, 0.2853),
        (14, 10.0, 0.1741),
        (15, 10.0, 0.1020),
    ],
)
def test_erlang_c_is_as_published(servers: int, load: float, published: float) -> None:
    assert erlang.must_wait(servers, load) == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize("servers", [1, 2, 7, 30])
def test_erlang_c_is_its_own_definition_in_fractions(servers: int) -> None:
    load = Fraction(9 * servers, 10)
    waiting = load**servers / factorial(servers) * servers / (servers - load)
    free = sum(load**k / factorial(k) for k in range(servers))
    assert erlang.must_wait(servers, float(load)) == pytest.approx(float(waiting / (free + waiting)))


def test_an_overloaded_queue_never_ends() -> None:
    assert (erlang.must_wait(3, 3.0), erlang.done_within(3, 3.5, 1, 100)) == (1.0, 0.0)
    assert erlang.mean_wait(3, 3.0, 1.0) == float("inf")


def test_a_single_server_is_done_in_exponential_time() -> None:
    """M/M/1: the time in the system is exponential with the rate of the server less that of arrivals."""
    assert erlang.done_within(1, 0.5, 1.0, 2.0) == pytest.approx(1 - 2.718281828459045**-1.0)


def random_arrivals(chance: random.Random, rate: float, handling: float, until: float) -> list[Arrival]:
    """Arrivals at random, with exponential handling times: what Erlang C assumes."""
    found, at = [], chance.expovariate(rate)
    while at < until:
        found.append(Arrival(at, chance.expovariate(1 / handling)))
        at += chance.expovariate(rate)
    return found


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (3, 2.2)])
def test_the_simulation_agrees_with_erlang_c_within_its_interval(servers: int, load: float) -> None:
    handling, until = 1.0, 3_000.0
    waits, lates, sooner = [], [], []
    for seed in range(12):
        arrivals = random_arrivals(random.Random(seed), load / handling, handling, until)
        passed = simulate(arrivals, servers, until / 10)
        waits.append(fmean(one.waited for one in passed))
        lates.append(fmean(one.waited > 0 for one in passed))
        sooner.append(fmean(one.took <= 2.0 for one in passed))
    expected = (
        (waits, erlang.mean_wait(servers, load, handling)),
        (lates, erlang.must_wait(servers, load)),
        (sooner, erlang.done_within(servers, load, handling, 2.0)),
    )
    for values, analytic in expected:
        found = interval(values)
        assert found.low <= analytic <= found.high, (found, analytic)
        assert found.half < 0.15 * max(analytic, 0.2)


def test_more_urgent_tickets_go_first_and_none_is_interrupted() -> None:
    arrivals = [Arrival(0, 10, 3), Arrival(1, 10, 3), Arrival(2, 10, 0)]
    passed = simulate(arrivals, 1)
    assert [one.waited for one in passed] == [0, 8, 19]  # the urgent one is the second to end


def steady(per_hour: int, handling: int) -> Demand:
    """The same week every week: so many tickets at each full hour."""
    week = tuple((hour * HOUR, 0) for hour in range(40) for _ in range(per_hour))
    return Demand("helpdesk", (week,), (handling,), WEEK, 900.0, "RUB")


def test_the_cheapest_staffing_is_the_smallest_that_keeps_the_target() -> None:
    """Four tickets at each full hour, half an hour each: two engineers end the last of them after an hour, three after an
    hour too, four after half an hour."""
    load = steady(4, HOUR // 2)
    assert load.erlangs == pytest.approx(2.0)
    half, whole = plan(load, 0.5, 90), plan(load, 1.0, 90)
    assert (half.cheapest and half.cheapest.engineers, whole.cheapest and whole.cheapest.engineers) == (4, 2)
    assert half.cheapest is not None
    assert half.cheapest.cost == pytest.approx(4 * 40 * 52 / 12 * 900)
    assert half.rows[0].kept.mean == pytest.approx(50.0)


def test_no_staffing_keeps_a_target_shorter_than_the_work() -> None:
    found = plan(steady(2, 2 * HOUR), 1.0, 90)
    assert found.cheapest is None
    assert cheapest_by_target(found)[1] is None
    assert cheapest_by_target(found)[2] is not None


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_plan_is_told_with_its_interval_and_its_price(shipped: Desk, language: str) -> None:
    found, voice = plan(steady(4, HOUR // 2), 1.0, 90), speak.voice(language)
    words = as_text(found, shipped, voice)
    assert shipped.team("helpdesk").title[language] in words
    assert "(100" in words
    assert "RUB" in caption(found, voice)
    assert '"cheapest": 2' in as_json(found)
    assert curve(found, voice).bars
