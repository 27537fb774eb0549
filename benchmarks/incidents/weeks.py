"""A history from a seed: ordinary days, then plants, then decoys, each with dice of its own."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from benchmarks.incidents.company import ZONE, Almanac, hired
from benchmarks.incidents.contact import Book
from benchmarks.incidents.decoys import Decoying
from benchmarks.incidents.facts import Decoy, History, Plant, Report
from benchmarks.incidents.plants import Planting
from benchmarks.incidents.traffic import Days
from benchmarks.incidents.wording import Speaker

WEEKS = 12
EARLIEST = date(2026, 1, 12)  # a Monday; later seeds begin up to half a year later, with other holidays
BEGINNINGS = 14
FILE = Path(__file__).with_name("seeds.txt")


def weeks(seed: int, count: int = WEEKS) -> History:
    """The same for the same seed and count, in every process."""
    almanac = Almanac(EARLIEST + timedelta(weeks=seed % BEGINNINGS), 7 * count)
    staff = hired(Random(f"{seed} staff"))
    book = Book(Random(), Speaker(Random(f"{seed} words")))
    book.dice = Random(f"{seed} days")
    Days(book, staff, almanac).write()
    book.dice = Random(f"{seed} plants")
    incidents = Planting(book, staff, almanac).write()
    book.dice = Random(f"{seed} decoys")
    lures = Decoying(book, staff, almanac).write()
    reports, origins = book.sorted()
    return History(
        seed=seed,
        zone=ZONE,
        first=almanac.first,
        days=almanac.days,
        holidays=almanac.holidays,
        reports=reports,
        plants=tuple(
            Plant(
                shape=each.shape,
                services=each.services,
                site=each.site,
                floor=each.floor,
                begun=origins[each.origin][0].time,
                ended=origins[each.origin][-1].time,
                people=len({report.requester for report in origins[each.origin]}),
                reports=_ids(origins[each.origin]),
            )
            for each in incidents
        ),
        decoys=tuple(
            Decoy(
                shape=each.shape,
                begun=origins[each.origin][0].time,
                ended=origins[each.origin][-1].time,
                reports=_ids(origins[each.origin]),
            )
            for each in lures
        ),
    )


def _ids(reports: list[Report]) -> frozenset[int]:
    return frozenset(report.id for report in reports)


def digest(history: History) -> str:
    """Of every report and of the truth: a committed one shows that neither has changed since."""
    plants = [(each.shape, sorted(each.reports)) for each in history.plants]
    decoys = [(each.shape, sorted(each.reports)) for each in history.decoys]
    return sha256(repr((history.reports, plants, decoys)).encode()).hexdigest()[:16]
