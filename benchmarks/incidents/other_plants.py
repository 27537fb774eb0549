"""The mass incidents of the second company: when, whom and how quickly each one hits.

Shapes and sizes are dealt from shuffled decks, so that few weeks have many of them. Days are distinct: only `two_at_once`
overlaps. A plant of five people or more has at least twice the people that usually report its services in its time, and
otherwise hits other services: what looks like an ordinary day is no mass incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from benchmarks.incidents.facts import DETECTABLE
from benchmarks.incidents.other_company import Employee, Enterprise, Offer, Words
from benchmarks.incidents.other_speech import Wish

A_WEEK = 3.2
SIZES = ((5, 8),) * 8 + ((9, 15),) * 6 + ((16, 40),) * 4 + ((41, 70),) * 2 + ((2, 4),) * 2
NOTICEABLE = 2.0  # times the usual number of contacts
PEAK = 1.5  # times as many contacts on a Monday morning
SPARE = 1.3  # times the people it hits are at work
SAME_WORDS = 0.75
REMINDS = 0.1
SCOPE = 0.15
WORKDAY = 9  # hours over which a day's contacts are spread, for what is usual


@dataclass(frozen=True, slots=True)
class Course:
    """Local hours between which it begins, how many hours of reports it has, and its greatest size."""

    earliest: float
    latest: float
    hours: float = 1.0
    largest: int = 70
    on: str = "working"  # or "monday", "saturday"


COURSES = {
    "fast": Course(8, 16.5, 0.7),
    "slow": Course(7.5, 11, 5.5, 40),
    "one_site": Course(8, 18, 1.2, 40),
    "one_step": Course(8, 18, 1.2),
    "alike_words": Course(8, 16, 1.5),
    "monday_peak": Course(8, 9.5, 1.0, on="monday"),
    "night": Course(22, 27.5, 1.2, 15),
    "saturday": Course(9, 17, 1.2, 15, "saturday"),
    "two_at_once": Course(8.5, 16, 1.0, 40),
    "waves": Course(9, 14, 3.0, 40),
    "shared_cause": Course(8, 17, 1.0),
}
DECK = (*COURSES, "fast", "one_site")


@dataclass(frozen=True, slots=True)
class Calamity:
    """One plant before its reports are written."""

    key: str
    shape: str
    offers: tuple[Offer, ...]
    site: str | None
    floor: int | None
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is broken and where; without offers, whatever each person uses."""

    offers: tuple[Offer, ...]
    site: str | None
    floor: int | None
    people: Sequence[Employee]


def calamities(company: Enterprise, days: Sequence[date], dice: Random) -> Iterator[Calamity]:
    count = round(A_WEEK * len(days) / 7)
    deal = _Dealer(dice)
    free = {day for day in days[:-1] if day not in company.holidays}
    for number in range(count):
        shape = deal.shape()
        course = COURSES[shape]
        fitting = sorted(day for day in free if _fits(course.on, day))
        if not fitting:
            continue
        day = dice.choice(fitting)
        free.remove(day)
        begun = company.at(day, dice.uniform(course.earliest, course.latest))
        taken: tuple[Offer, ...] = ()
        for half in range(2 if shape == "two_at_once" else 1):
            place = _Place(company, shape, begun, deal.size(course.largest), dice)
            scope = place.find(taken)
            taken = scope.offers
            wishes = tuple(_wishes(place, scope))
            yield Calamity(f"plant-{number}-{half}", shape, scope.offers, scope.site, scope.floor, wishes)
            begun += timedelta(minutes=dice.randint(0, 15))


def _fits(on: str, day: date) -> bool:
    return {"monday": day.weekday() == 0, "saturday": day.weekday() == 5}.get(on, day.weekday() < 5)


@dataclass(slots=True)
class _Dealer:
    """Shapes and sizes in turn from shuffled decks."""

    dice: Random
    shapes: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def shape(self) -> str:
        if not self.shapes:
            self.shapes = self.dice.sample(DECK, len(DECK))
        return self.shapes.pop()

    def size(self, largest: int) -> int:
        """The next bracket that is not too large for the shape; the others wait."""
        while not any(high <= largest for _, high in self.sizes):
            self.sizes += self.dice.sample(SIZES, len(SIZES))
        bracket = next(each for each in self.sizes if each[1] <= largest)
        self.sizes.remove(bracket)
        return self.dice.randint(*bracket)


@dataclass(frozen=True, slots=True)
class _Place:
    """Finds what may break for a plant of this shape, time and size."""

    company: Enterprise
    shape: str
    begun: datetime
    size: int
    dice: Random

    def find(self, taken: Sequence[Offer]) -> Scope:
        """Something of another category than what broke already."""
        used = {offer.category for offer in taken}
        for _ in range(2000):
            scope = self._drawn()
            apart = not used & {offer.category for offer in scope.offers}
            if apart and len(scope.people) >= SPARE * self.size and self._is_noticeable(scope):
                return scope
        raise ValueError(f"nothing fits {self.size} people of {self.shape} at {self.begun}")

    def _drawn(self) -> Scope:
        offers, site, floor = self._broken(), None, None
        people: list[Employee] = [
            each
            for each in self.company.people
            if not offers or any(offer.is_used_by(each) for offer in offers)
        ]
        if self.shape == "one_site" or (self.shape == "shared_cause" and self.dice.random() < 0.5):
            site = self.dice.choice(self.company.people).site
            people = [each for each in people if each.site == site]
            if self.company.floors[site] > 2 and self.dice.random() < 0.5:
                floor = self.dice.randint(1, self.company.floors[site])
                people = [each for each in people if each.floor == floor]
        return Scope(offers, site, floor, self.company.on_duty(self.begun, people))

    def _broken(self) -> tuple[Offer, ...]:
        if self.shape == "alike_words":
            return ()
        offers = [offer for offer in self.company.offers if offer.steps or self.shape != "one_step"]
        first = self.dice.choices(offers, [offer.contacts**0.5 for offer in offers])[0]
        if self.shape != "shared_cause":
            return (first,)
        near = [each for each in offers if each.category == first.category and each != first]
        return (first, *self.dice.sample(near, min(len(near), self.dice.randint(1, 2))))

    def _is_noticeable(self, scope: Scope) -> bool:
        """Compares with the contacts about these services that this place has in this time."""
        contacts = sum(offer.contacts for offer in scope.offers) * COURSES[self.shape].hours / WORKDAY
        if scope.site is not None:
            contacts *= sum(each.site == scope.site for each in self.company.people) / len(
                self.company.people
            )
        if self.shape == "monday_peak":
            contacts *= PEAK
        return self.size < DETECTABLE or self.size >= NOTICEABLE * contacts

    def lag(self) -> timedelta:
        """From the beginning to one person's report."""
        dice, minutes = self.dice, COURSES[self.shape].hours * 60
        if self.shape == "slow":
            late = dice.triangular(0, minutes, minutes * 0.6)
        elif self.shape == "waves":
            late = dice.choice((0, 0.4, 0.8)) * minutes + dice.expovariate(1 / 8)
        else:
            late = min(dice.gammavariate(1.5, minutes / 4.5), minutes * 2)
        return timedelta(seconds=int(late * 60))


def _wishes(place: _Place, scope: Scope) -> Iterator[Wish]:
    dice, company = place.dice, place.company
    ranked = sorted(scope.people, key=lambda each: dice.random() ** (1 / each.activity**0.5), reverse=True)
    alike = dice.choice(company.phrases.alike)
    step = dice.randint(1, scope.offers[0].steps) if place.shape == "one_step" else None
    words = {offer.id: _narrowed(company.phrases.symptoms[offer.category], dice) for offer in scope.offers}
    for person in ranked[: place.size]:
        fitting = [offer for offer in scope.offers or company.offers if offer.is_used_by(person)]
        offer = dice.choice(fitting)
        said = words.get(offer.id, alike) if dice.random() < SAME_WORDS or not scope.offers else None
        wish = Wish(person, offer, place.begun + place.lag(), words=said, step=step, scope=SCOPE)
        yield wish
        if dice.random() < REMINDS:
            again = wish.at + timedelta(minutes=dice.randint(8, 50))
            yield Wish(person, offer, again, words=said, scope=SCOPE)


def _narrowed(symptoms: Words, dice: Random) -> Words:
    """What people say of one fault: two of the many."""
    return {language: dice.sample(said, 2) for language, said in symptoms.items()}
