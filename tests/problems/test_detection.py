"""What the detector takes for usual, and what it does not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.people import directory
from bot.people.directory import Person
from bot.problems import candidates
from bot.problems.detection import ledger
from bot.problems.detection.burst import FIRST_MORNING, Now, Sighted, doubtful, needed, worst
from bot.problems.detection.cusum import began
from bot.problems.detection.days import EPOCH, DayKinds
from bot.problems.detection.signals import BurstKey, KeyKind, TroubleSign
from bot.problems.detection.tails import unlikely_share
from bot.problems.detection.usual import HOUR, WEEK, Rhythm, Tally
from bot.sla.policy import Desk
from bot.storage.schema import candidates as table
from tests.problems.outage_company import FIRST, crowd
from tests.tickets.company import MONDAY, house_of
from tests.units import work

HOLIDAY = date(2026, 3, 9)  # a Monday
SERVICE = BurstKey(KeyKind.SERVICE, "vpn")


def works(day: date) -> bool:
    return day.weekday() < 5 and day != HOLIDAY


def number(day: date) -> int:
    return (day - EPOCH).days


def test_the_first_working_day_after_a_holiday_is_a_monday() -> None:
    days = DayKinds(0, works)
    week = [days.kind(number(HOLIDAY) + more) for more in range(-2, 6)]
    assert week == [5, 6, 6, 0, 2, 3, 4, 5]
    before = days.before(number(HOLIDAY) + 1, 55)
    assert [(EPOCH + timedelta(one)).weekday() for one in before] == [0] * 7


def test_a_desk_that_works_every_day_has_the_days_of_the_week() -> None:
    days = DayKinds(0, lambda _: True)
    assert [days.kind(number(HOLIDAY) + more) for more in range(7)] == [0, 1, 2, 3, 4, 5, 6]


def test_an_hour_that_was_never_counted_is_as_lively_as_the_others() -> None:
    monday = number(HOLIDAY) * 24
    counts, spent = [0.0] * WEEK, [0.0] * WEEK
    for time in (8, 9):
        counts[time], spent[time] = 20.0, 1.0
    rhythm = Rhythm(monday + 8, counts, DayKinds(0, lambda _: True), spent)
    assert rhythm.level(monday + 10) == pytest.approx(20.0)


def test_a_busy_day_makes_every_key_usual_that_is_not_its_cause() -> None:
    monday = number(HOLIDAY) * 24
    rhythm = Rhythm(monday - 8 * WEEK, [8.0 * 20] * WEEK, DayKinds(), [8.0] * WEEK)
    calm, busy = (Now((monday + 10) * HOUR, rhythm, 0.01, {}, lately) for lately in (20, 45))
    assert calm.liveliness(0) == 1
    assert busy.liveliness(0) == pytest.approx((50 - 1.5 * 20**0.5) / 25)
    assert busy.liveliness(25) == 1


def test_before_a_working_day_was_seen_more_is_asked_for() -> None:
    monday = number(HOLIDAY) * 24
    first = Now((monday + 9) * HOUR, Rhythm(monday + 9, [0.0] * WEEK, DayKinds(), [0.0] * WEEK), 0.01, {})
    later = Now((monday + 9) * HOUR, Rhythm(monday - WEEK, [20.0] * WEEK), 0.01, {})
    assert needed(first, SERVICE) > needed(later, SERVICE) + 1.5


def test_more_is_asked_for_on_the_first_day_after_a_break_only_the_first_time() -> None:
    monday = 24 * 4  # 5 January 1970
    of_hour = monday + 9
    seen_once = Rhythm(monday - WEEK, [20.0] * WEEK)
    only_a_sunday = Rhythm(monday - 24, [20.0] * WEEK)
    tuesday = Rhythm(monday, [20.0] * WEEK)
    assert only_a_sunday.is_first_of_its_kind(of_hour)
    assert not seen_once.is_first_of_its_kind(of_hour)
    assert not tuesday.is_first_of_its_kind(of_hour + 24), "working days are like each other"
    asked = [needed(Now(of_hour * HOUR, one, 0.01, {}), SERVICE) for one in (only_a_sunday, seen_once)]
    assert asked[0] == pytest.approx(asked[1] + FIRST_MORNING)


def test_a_rise_is_dated_by_the_hour_from_which_it_is_least_usual() -> None:
    usual = [0.2] * 8
    assert began([2, 2, 1, 2, 0, 0, 0, 0], usual) == 4
    assert began([5, 0, 0, 0, 0, 0, 0, 0], usual) == 1
    assert began([0] * 8, usual) == 1


def test_the_same_rare_word_of_most_people_is_less_likely_than_a_common_one() -> None:
    assert unlikely_share(4, 5, 0.1) == pytest.approx(3.337, abs=1e-3)
    assert unlikely_share(4, 5, 0.5) == pytest.approx(0.727, abs=1e-3)
    assert unlikely_share(0, 5, 0.5) == 0


def test_what_is_worst_does_not_depend_on_which_hours_are_read() -> None:
    found = 0
    for seed in range(300):
        dice = Random(seed)
        hour = number(HOLIDAY) * 24 + dice.randrange(24 * 14)
        rhythm = Rhythm(hour - 9 * WEEK, [dice.uniform(0, 90) for _ in range(WEEK)], DayKinds(0, works))
        now = Now(hour * HOUR + dice.randrange(HOUR), rhythm, 0.05, {}, dice.randrange(20))
        seen, tallies = {}, {}
        for key in (SERVICE, BurstKey(KeyKind.CATEGORY, "net"), BurstKey(KeyKind.WORD, "slow")):
            ats = sorted(now.at - int(dice.expovariate(1 / 2_000)) for _ in range(dice.randrange(15)))
            seen[key] = [Sighted(at, at, dice.randrange(200), dice.random() < 0.1) for at in ats]
            hours = {one: dice.choice((0, 0, 1, 2, 7)) for one in rhythm.wanted(hour)}
            tallies[key] = Tally(sum(hours.values()) + dice.randrange(40), hours)
        among = doubtful(now, seen, {key: tally.total for key, tally in tallies.items()})
        whole = worst(now, seen, tallies)
        assert worst(now, seen, tallies, among) == whole, seed
        found += whole is not None
    assert 20 < found < 280


def storm(people: Sequence[Person], start: int) -> Iterator[tuple[int, TroubleSign]]:
    """Thirty tickets of each account in half an hour, of a key each quarter of them."""
    for turn in range(90):
        at = start + 20 * turn
        sign = TroubleSign(at, people[turn % 3].id, "network", service="vpn", stems=(f"w{turn % 4}",))
        yield at, sign


def known_desk(tx: Connection, house: Work) -> None:
    """A working week of two tickets an hour."""
    people = crowd(tx, 43)[:40]
    for hour in range(7 * 24):
        at = MONDAY - 7 * 24 * HOUR + hour * HOUR
        for one in (people[hour % 40], people[(hour + 9) % 40]):
            candidates.note(work(tx, at, house), TroubleSign(at, one.id, "printing", stems=(f"p{hour % 9}",)))


def test_accounts_that_send_storms_count_for_nothing_from_the_second_storm_on(
    tx: Connection, shipped: Desk
) -> None:
    house = house_of(shipped)
    known_desk(tx, house)
    accounts = [directory.get(tx, FIRST + 40 + place) for place in range(3)]
    for at, sign in storm(accounts, MONDAY):
        candidates.note(work(tx, at, house), sign)
    before = len(tx.execute(select(table)).all())
    for at, sign in storm(accounts, MONDAY + 5 * HOUR):
        candidates.note(work(tx, at, house), sign)
    assert len(tx.execute(select(table)).all()) == before
    later = MONDAY + 6 * HOUR
    unit = work(tx, later, house)
    known = ledger.counts(unit.tx, later, DayKinds(3))
    assert set(known.senders) == {str(one.id) for one in accounts}
    assert ledger.crowd(tx, known, later).mute == {one.id for one in accounts}


def test_who_wrote_four_times_in_an_hour_is_no_witness_of_that_hour(tx: Connection, shipped: Desk) -> None:
    house = house_of(shipped)
    people = crowd(tx, 5)
    for turn in range(4):
        for one in people[:1] if turn else people:
            sign = TroubleSign(MONDAY + turn, one.id, "network", service="vpn")
            candidates.note(work(tx, MONDAY + turn, house), sign)
    known = ledger.counts(tx, MONDAY + 60, DayKinds(3))
    heard = ledger.crowd(tx, known, MONDAY + 60)
    assert (heard.people, heard.mute) == (4, {people[0].id})


def test_counts_of_an_earlier_version_are_read_as_counted_once_a_week() -> None:
    stored = '{"first": 0, "rolled": 336, "hours": [2%s], "all": 400, "wide": 1}' % (", 2" * (WEEK - 1))
    known = ledger._read(stored, 400)
    assert known.spent == [2.0] * WEEK
    assert known.rhythm(DayKinds()).level(340) == pytest.approx(2 / 2, rel=0.3)
    assert Tally(0, {}).same(known.rhythm(DayKinds()), 340) == [0, 0]
