"""Ordinary days: how many contacts, when, by whom and about what."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import exp
from random import Random

from benchmarks.incidents.company import HOURS, IDLE_HOURS, Almanac, Staff, moment
from benchmarks.incidents.contact import Book, Trouble
from benchmarks.incidents.wording import Product, products, words

CONTACTS = 297  # an average working day; with plants and decoys about 300 tickets come of it
UNEQUAL = 0.9  # the n-th service has 1 / n ** UNEQUAL of the first one's contacts
WISHES = 0.3  # of the contacts: nothing is broken
QUOTED = 0.08  # copy some message on the screen
AGAIN = 0.04  # come back within hours about the same
NIGHT = (7, 20)  # before and after these hours mostly those on shift write


@dataclass
class Days:
    """Fills the days of an almanac with ordinary contacts."""

    book: Book
    staff: Staff
    almanac: Almanac

    def write(self) -> None:
        dice = self.book.dice
        usual = [dice.lognormvariate(0, 0.2) / (place + 1) ** UNEQUAL for place in range(len(products()))]
        shift = self.staff.on_shift()
        for day in self.almanac.all():
            if day.weekday() == 0:  # what people use drifts from week to week
                usual = [weight * dice.lognormvariate(0, 0.06) for weight in usual]
            self._day(day, [weight * dice.lognormvariate(0, 0.12) for weight in usual], shift)

    def _day(self, day: date, weights: list[float], shift: Staff) -> None:
        dice = self.book.dice
        hours = list(accumulate(HOURS if self.almanac.is_worked(day) else IDLE_HOURS))
        services = list(accumulate(weights))
        mean = CONTACTS * self.almanac.load(day) * dice.lognormvariate(0, 0.07)
        for _ in range(poisson(dice, mean)):
            hour = bisect(hours, dice.random() * hours[-1])
            awake = NIGHT[0] <= hour < NIGHT[1]
            who = (self.staff if awake or dice.random() < 0.3 else shift).one(dice)
            about = ordinary(dice, products()[bisect(services, dice.random() * services[-1])])
            when = moment(day, hour + dice.random())
            self.book.contact(who, about, when)
            if dice.random() < AGAIN:
                self.book.contact(who, about, when + timedelta(minutes=dice.randint(25, 240)))


def ordinary(dice: Random, product: Product) -> Trouble:
    """A wish, or one of the faults, the first more often."""
    if dice.random() < WISHES:
        return Trouble(product)
    fault = min(dice.randrange(len(product.faults)), dice.randrange(len(product.faults)))
    return Trouble(product, fault, quote=dice.choice(words()["quotes"]) if dice.random() < QUOTED else None)


def poisson(dice: Random, mean: float) -> int:
    if mean > 40:
        return max(0, round(dice.gauss(mean, mean**0.5)))
    count, left = 0, dice.random()
    while left > exp(-mean):
        count, left = count + 1, left * dice.random()
    return count
