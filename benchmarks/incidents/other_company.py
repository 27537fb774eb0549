"""The second company: 25 sites of unequal size, two shifts and a night crew, 40 services, 2,000 people."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from math import exp
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import yaml

WORDS = Path(__file__).with_name("other_words.yaml")
CONTACTS = 302  # of an average working day, without plants and decoys; some are two reports, some none but a failed step
FLATNESS = 2  # added to a service's place: the most used one has ten times the contacts of the last
ACTIVITY = 0.7  # the shape of the Weibull law of how often a person reports
ENGLISH = 0.12
SATURDAY, SUNDAY = 5, 6

Words = dict[str, list[str]]  # by language


@dataclass(frozen=True, slots=True)
class Employee:
    number: int
    site: str
    floor: int
    line: str
    crew: str
    activity: float
    language: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A service: `contacts` are those of an average working day, `steps` those of its scenario, 0 without one."""

    id: str
    category: str
    line: str
    steps: int
    names: tuple[str, ...]
    contacts: float

    def is_used_by(self, employee: Employee) -> bool:
        return self.line in ("all", employee.line)


@dataclass(frozen=True, slots=True)
class Phrases:
    """How people speak: the parts of the file, under its names."""

    symptoms: dict[str, Words]
    alike: list[Words]
    openings: Words
    closings: Words
    scope: Words
    requests: Words
    newcomers: Words
    routine: Words
    closing_month: Words
    monitoring: list[str]


@dataclass(frozen=True, slots=True)
class Pool:
    """Who reports on a kind of day, by activity."""

    people: Sequence[Employee]
    sums: Sequence[float]

    def draw(self, dice: Random) -> Employee:
        return self.people[min(bisect(self.sums, dice.random() * self.sums[-1]), len(self.people) - 1)]


@dataclass(slots=True)
class Enterprise:
    """One company of one seed: who works where is drawn, sites and services are the same."""

    zone: ZoneInfo
    holidays: frozenset[date]
    weekdays: Sequence[float]
    hours: dict[str, Sequence[float]]
    weekend: dict[str, Sequence[float]]
    floors: dict[str, int]
    people: tuple[Employee, ...]
    offers: tuple[Offer, ...]
    phrases: Phrases
    _pools: dict[tuple[str, int], Pool] = field(default_factory=dict)

    def kind_of_day(self, day: date) -> int:
        """0 on a working day, else 5 or 6; a holiday is like a Sunday."""
        if day in self.holidays:
            return SUNDAY
        return day.weekday() if day.weekday() >= SATURDAY else 0

    def is_working(self, day: date) -> bool:
        return self.kind_of_day(day) == 0

    def volume(self, day: date) -> float:
        return self.weekdays[SUNDAY if day in self.holidays else day.weekday()]

    def pool(self, line: str, day: date) -> Pool:
        """The people of a kind of site, or of all."""
        kind = self.kind_of_day(day)
        if (line, kind) not in self._pools:
            people = [each for each in self.people if line in ("all", each.line)]
            weights = (each.activity * self._presence(each, kind) for each in people)
            self._pools[line, kind] = Pool(people, list(accumulate(weights)))
        return self._pools[line, kind]

    def _presence(self, employee: Employee, kind: int) -> float:
        return self.weekend[employee.line][kind - SATURDAY] if kind else 1

    def on_duty(self, at: datetime, people: Iterable[Employee]) -> list[Employee]:
        """Who is at work at a local moment; on weekends the day crew is not."""
        local = at.astimezone(self.zone)
        weekend = not self.is_working(local.date())
        return [
            each
            for each in people
            if self.hours[each.crew][local.hour] >= 2 and not (weekend and each.crew == "day")
        ]

    def moment(self, employee: Employee, day: date, dice: Random) -> datetime:
        """A time of this day by the rhythm of the person's crew; one contact in fifty comes at any hour."""
        hours = self.hours[employee.crew]
        hour = dice.choices(range(24), hours)[0] if dice.random() > 0.02 else dice.randrange(24)
        return self.at(day, hour + dice.random())

    def at(self, day: date, hour: float) -> datetime:
        """A local hour as UTC, in whole seconds; this zone has no summer time."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
        return midnight + timedelta(seconds=int(hour * 3600))


def enterprise(dice: Random) -> Enterprise:
    """Draws the people."""
    read = yaml.load(WORDS.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    places = {
        name: (str(line), int(size), int(floors)) for name, (line, size, floors) in read["sites"].items()
    }
    people: list[Employee] = []
    numbers = list(range(1, 1 + sum(size for _, size, _ in places.values())))
    dice.shuffle(numbers)
    for site, (line, size, floors) in places.items():
        crews = read["crews"][line]
        for _ in range(size):
            people.append(
                Employee(
                    number=numbers.pop(),
                    site=site,
                    floor=dice.randint(1, floors),
                    line=line,
                    crew=dice.choices(list(crews), list(crews.values()))[0],
                    activity=dice.weibullvariate(1, ACTIVITY) + 0.05,
                    language="en" if dice.random() < ENGLISH else "ru",
                )
            )
    return Enterprise(
        zone=ZoneInfo(read["zone"]),
        holidays=frozenset(read["holidays"]),
        weekdays=read["weekdays"],
        hours=read["hours"],
        weekend=read["weekend"],
        floors={site: floors for site, (_, _, floors) in places.items()},
        people=tuple(people),
        offers=_offers(read["services"]),
        phrases=Phrases(**{part.name: read[part.name] for part in fields(Phrases)}),
    )


def _offers(read: dict[str, list[str | int]]) -> tuple[Offer, ...]:
    weights = [1 / (place + 1 + FLATNESS) for place in range(len(read))]
    return tuple(
        Offer(
            id=service,
            category=str(category),
            line=str(line),
            steps=int(steps),
            names=tuple(str(name) for name in names),
            contacts=CONTACTS * weight / sum(weights),
        )
        for (service, (category, line, steps, *names)), weight in zip(read.items(), weights, strict=True)
    )


def poisson(mean: float, dice: Random) -> int:
    """By Knuth's product, for means up to some hundreds."""
    limit, product, count = exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count
