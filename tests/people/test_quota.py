"""A token bucket per writer: bursts are accepted, floods get one warning and use no more memory (T19)."""

from __future__ import annotations

from pathlib import Path

from bot.people.quota import SWEEP, Quota, QuotaVerdict
from bot.sla.check import load_desk
from bot.sla.person_limits import Quotas

ANNA, BORIS, MOST = 1, 2, 30


def verdicts(quota: Quota, count: int, steady: float, who: int = ANNA) -> list[QuotaVerdict]:
    return [quota.take(who, MOST, steady) for _ in range(count)]


def test_of_ten_thousand_messages_thirty_are_taken_and_one_is_answered() -> None:
    quota = Quota()
    found = verdicts(quota, 10_000, 0.0)
    assert found.count(QuotaVerdict.TAKEN) == MOST
    assert found.count(QuotaVerdict.WARNED) == 1
    assert verdicts(quota, MOST, 0.0, BORIS) == [QuotaVerdict.TAKEN] * MOST
    assert len(quota) == 2


def test_after_a_quiet_minute_all_is_as_before() -> None:
    quota = Quota()
    verdicts(quota, 100, 0.0)
    assert verdicts(quota, 1, 20.0) == [QuotaVerdict.DROPPED]
    assert verdicts(quota, MOST + 2, 80.0) == [
        *[QuotaVerdict.TAKEN] * MOST,
        QuotaVerdict.WARNED,
        QuotaVerdict.DROPPED,
    ]


def test_whoever_writes_at_the_allowed_pace_is_never_stopped() -> None:
    quota = Quota()
    paced = [quota.take(ANNA, MOST, second * 2.0) for second in range(500)]
    assert set(paced) == {QuotaVerdict.TAKEN}


def test_an_album_counts_once_and_shares_one_fate() -> None:
    quota = Quota()
    album = [quota.take(ANNA, 2, 0.0, "7") for _ in range(10)]
    assert set(album) == {QuotaVerdict.TAKEN}
    assert quota.take(ANNA, 2, 0.0) is QuotaVerdict.TAKEN
    assert [quota.take(ANNA, 2, 0.0, "8") for _ in range(3)] == [
        QuotaVerdict.WARNED,
        *[QuotaVerdict.DROPPED] * 2,
    ]


def test_those_who_are_quiet_are_forgotten() -> None:
    quota = Quota()
    for who in range(SWEEP):
        quota.take(who, MOST, 0.0)
    quota.take(SWEEP, MOST, 100.0)
    assert len(quota) == 1


def test_the_shipped_desk_and_the_defaults_are_what_is_promised() -> None:
    found, _ = load_desk("desk.yaml", (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8"))
    assert found is not None
    promised = Quotas(messages_per_minute=30, open_tickets=5, tickets_per_day=20)
    assert found.file.quotas == Quotas() == promised
