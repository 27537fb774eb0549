"""A second twelve weeks of support traffic, written without knowledge of the first generator and of any detector.

`python -m benchmarks.incidents.other_weeks` prints the table of seeds 1 to 20, as in `other_seeds.txt`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from operator import attrgetter
from random import Random

from benchmarks.incidents.facts import Decoy, History, Plant, Report
from benchmarks.incidents.other_company import enterprise, poisson
from benchmarks.incidents.other_decoys import Lures
from benchmarks.incidents.other_plants import Calamity, calamities
from benchmarks.incidents.other_speech import Uttered, Voices, Wish

WEEKS = 12
EARLIEST, LATER = date(2026, 1, 12), 40  # the first Monday is up to so many weeks later
SEEDS = range(1, 21)
COLUMNS = ("seed", "first", "reports", "tickets", "plants", "required", "decoys", "digest")
SEEN = attrgetter(
    "requester", "kind", "service", "category", "site", "floor", "scenario", "step", "text"
)  # of a report, beside its time
# Gamma shapes: the lower, the more a day, a service's week and a service's day differ from their mean.
RESTLESS_DAY, RESTLESS_WEEK, RESTLESS_SERVICE = 40.0, 40.0, 9.0
AGAIN = 0.06  # contact the desk again about the same within hours


def other_weeks(seed: int, count: int = WEEKS) -> History:
    """The same seed gives the same history; each `count` is a history of its own, not the beginning of a longer one.

    Technical accounts have numbers beyond those of the 2,000 people.
    """
    dice = Random(f"other weeks {seed} {count}")
    company = enterprise(dice)
    voices = Voices(company, dice)
    first = EARLIEST + timedelta(weeks=dice.randrange(LATER + 1))
    days = [first + timedelta(days=number) for number in range(count * 7)]
    planned = list(calamities(company, days, dice))
    lured = [(f"decoy-{number}", *each) for number, each in enumerate(Lures(voices).of(days))]
    said = list(_everyday(voices, days))
    for plant in planned:
        said += [each for wish in plant.wishes for each in voices.contact(replace(wish, source=plant.key))]
    for key, _, lure in lured:
        said += [replace(each, source=key) for each in lure]
    end = company.at(days[-1], 24)
    said = sorted((each for each in said if each.time < end), key=lambda each: each.time)
    reports = tuple(_report(number, each) for number, each in enumerate(said, 1))
    caused: dict[str, list[Report]] = {}
    for utterance, report in zip(said, reports, strict=True):
        if utterance.source is not None:
            caused.setdefault(utterance.source, []).append(report)
    return History(
        seed=seed,
        zone=company.zone,
        first=first,
        days=len(days),
        holidays=tuple(day for day in days if day in company.holidays and day.weekday() < 5),
        reports=reports,
        plants=tuple(sorted((_plant(each, caused[each.key]) for each in planned), key=lambda it: it.begun)),
        decoys=tuple(_decoy(shape, caused[key]) for key, shape, _ in lured),
    )


def _everyday(voices: Voices, days: Sequence[date]) -> Iterator[Uttered]:
    """Counts are mixtures of Poisson laws: a service's day has a mean of its own."""
    company, dice = voices.company, voices.dice
    weekly: dict[str, float] = {}
    for number, day in enumerate(days):
        if number % 7 == 0:
            weekly = {offer.id: _restless(RESTLESS_WEEK, dice) for offer in company.offers}
        volume = company.volume(day) * _restless(RESTLESS_DAY, dice)
        for offer in company.offers:
            mean = offer.contacts * volume * weekly[offer.id] * _restless(RESTLESS_SERVICE, dice)
            pool = company.pool(offer.line, day)
            for _ in range(poisson(mean, dice)):
                person = pool.draw(dice)
                wish = Wish(person, offer, company.moment(person, day, dice))
                yield from voices.contact(wish)
                if dice.random() < AGAIN:
                    yield from voices.contact(
                        replace(wish, at=wish.at + timedelta(minutes=dice.randint(20, 300)))
                    )


def _restless(shape: float, dice: Random) -> float:
    """Around 1."""
    return dice.gammavariate(shape, 1 / shape)


def _report(number: int, said: Uttered) -> Report:
    return Report(
        id=number,
        time=said.time,
        requester=said.requester,
        kind=said.kind,
        service=said.service,
        category=said.category,
        site=said.site,
        floor=said.floor,
        scenario=said.scenario,
        step=said.step,
        text=said.text,
    )


def _plant(calamity: Calamity, reports: Sequence[Report]) -> Plant:
    return Plant(
        shape=calamity.shape,
        services=tuple(offer.id for offer in calamity.offers),
        site=calamity.site,
        floor=calamity.floor,
        begun=reports[0].time,
        ended=reports[-1].time,
        people=len({report.requester for report in reports}),
        reports=frozenset(report.id for report in reports),
    )


def _decoy(shape: str, reports: Sequence[Report]) -> Decoy:
    return Decoy(shape, reports[0].time, reports[-1].time, frozenset(report.id for report in reports))


def row(history: History) -> str:
    """What a history holds, by `COLUMNS`; the digest is of every report, plant and decoy."""
    digest = sha256()
    for report in history.reports:
        digest.update(repr((report.time.isoformat(), *SEEN(report))).encode())
    truth: tuple[Plant | Decoy, ...] = (*history.plants, *history.decoys)
    for caused in truth:
        digest.update(repr((caused.shape, sorted(caused.reports))).encode())
    cells = (
        history.seed,
        history.first,
        len(history.reports),
        sum(report.kind == "ticket" for report in history.reports),
        len(history.plants),
        sum(plant.detectable for plant in history.plants),
        len(history.decoys),
        digest.hexdigest()[:16],
    )
    return " ".join(str(cell) for cell in cells)


if __name__ == "__main__":
    print(*COLUMNS)
    for each in SEEDS:
        print(row(other_weeks(each)))
