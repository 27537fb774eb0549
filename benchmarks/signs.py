"""Noticing a mass incident: the processor time that it adds to a ticket, with a thousand and a hundred thousand tickets.

A desk of 300 tickets a day; what is older than eight weeks is forgotten, as in the bot. On SQLite, in one transaction.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from random import Random
from statistics import median

from sqlalchemy import Connection, insert

from benchmarks.figures import Figure
from bot.problems import candidates
from bot.problems.detection import ledger
from bot.problems.detection.days import DayKinds
from bot.problems.detection.signals import TroubleSign, keys_of
from bot.problems.detection.usual import HOUR, WEEK, WEEKS, Rhythm
from bot.storage import kv
from bot.storage.schema import people, signal_keys, signals, tallies
from tests import shipped
from tests.databases import in_memory
from tests.units import work

FEW, MANY, PAIRS, MEASURED = 1_000, 100_000, 5, 200
NOW = 1_795_417_200  # a Monday, 10:00 in Moscow
A_DAY, PERSONS, LEXICON, BATCH = 300, 2_000, 4_000, 5_000
HOURS = (9, 10, 10, 11, 11, 12, 13, 14, 15, 15, 16, 17)  # of a working day, the peaks more often


def run() -> list[Figure]:
    """Medians of turns that alternate."""
    config = shipped.house()
    with _filled(FEW) as young, _filled(MANY) as old:
        pairs = [(_cost(young, config, turn), _cost(old, config, turn)) for turn in range(PAIRS)]
    few, many = median(one for one, _ in pairs), median(one for _, one in pairs)
    growth = median(later / early for early, later in pairs)
    return [
        Figure(f"processor time of a ticket's detection, {FEW:,} tickets", few * 1e3, "ms"),
        Figure(f"processor time of a ticket's detection, {MANY:,} tickets", many * 1e3, "ms", "<= 2"),
        Figure("growth", growth, "", "<= 1.2"),
    ]


def _cost(tx: Connection, config: object, turn: int) -> float:
    """Seconds of processor time for one sign, of as many as a busy morning has; what they leave is rolled back."""
    dice = Random(turn)
    signs = [_sign(dice, NOW + 75 * number) for number in range(MEASURED)]
    tx.exec_driver_sql("SAVEPOINT measured")
    begun = time.process_time()
    for sign in signs:
        candidates.note(work(tx, sign.at, config), sign)
    spent = time.process_time() - begun
    tx.exec_driver_sql("ROLLBACK TO SAVEPOINT measured")
    return spent / MEASURED


@contextmanager
def _filled(count: int) -> Iterator[Connection]:
    """A database with the signs of so many tickets until NOW, as far as they are not forgotten."""
    with in_memory().connect() as tx:
        rows = [
            {"id": n, "staff_id": f"E-{n}", "name": "x", "roles": [], "profile": {}}
            for n in range(1, PERSONS + 1)
        ]
        tx.execute(insert(people), rows)
        first = NOW // HOUR - min(count * 24 // A_DAY, WEEK * WEEKS)
        dice, hourly, weekly = Random(count), defaultdict(set), Counter[int]()
        rhythm = Rhythm(first, [0] * WEEK, DayKinds(3))
        number = 0
        kept: list[dict[str, object]] = []
        keyed: list[dict[str, object]] = []
        while (day := number // A_DAY) * 86_400 < (NOW // HOUR - first) * HOUR and number < count:
            at = NOW - 86_400 * (day + 1) + (dice.choice(HOURS) - 10) * HOUR + dice.randrange(HOUR)
            number += 1
            if at >= NOW - HOUR:
                continue
            sign = _sign(dice, at)
            for key in keys_of(sign):
                hourly[key.text, at // HOUR].add(sign.person)
                keyed.append({"key": key.text, "at": at, "signal": number})
            weekly[rhythm.slot(at // HOUR)] += 1
            kept.append({"id": number, "at": at, "person": sign.person, "category": sign.category, "wide": 0})
        for table, all_of in ((signals, kept), (signal_keys, [one for one in keyed if _is_late(one)])):
            for begun in range(0, len(all_of), BATCH):
                tx.execute(insert(table), all_of[begun : begun + BATCH])
        _tally(tx, hourly)
        counted = ledger.SignalCounts(first, NOW // HOUR, [weekly[slot] for slot in range(WEEK)], number, 0)
        kv.put(tx, kv.COUNTED, json.dumps(asdict(counted)))
        yield tx


def _is_late(row: dict[str, object]) -> bool:
    at = row["at"]
    return isinstance(at, int) and at > NOW - 10 * HOUR


def _tally(tx: Connection, hourly: dict[tuple[str, int], set[int]]) -> None:
    totals: Counter[str] = Counter()
    rows = []
    for (key, hour), persons in hourly.items():
        totals[key] += len(persons)
        rows.append({"key": key, "hour": hour, "people": len(persons)})
    rows += [{"key": key, "hour": ledger.ALL, "people": many} for key, many in totals.items()]
    for begun in range(0, len(rows), BATCH):
        tx.execute(insert(tallies), rows[begun : begun + BATCH])


def _sign(dice: Random, at: int) -> TroubleSign:
    """A few services have most tickets, and a few words are in most of them."""
    service = min(int(dice.paretovariate(0.9)), 40)
    floor = dice.randint(1, 7)
    words = {f"w{min(int(dice.paretovariate(0.5)), LEXICON)}" for _ in range(6)}
    return TroubleSign(
        at=at,
        person=dice.randint(1, PERSONS),
        category=f"category{service % 12}",
        service=f"service{service}",
        site=f"site{min(int(dice.paretovariate(1)), 6)}",
        floor=floor,
        stems=tuple(sorted(words)),
    )
