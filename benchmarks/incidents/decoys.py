"""What looks like a mass incident and is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.incidents.company import PEOPLE, ROBOTS, Almanac, Member, Staff, moment
from benchmarks.incidents.contact import ORDINARY, PLAIN, Book, Manner, Trouble
from benchmarks.incidents.traffic import ordinary
from benchmarks.incidents.wording import Product, products, words

SHAPES = ("bulk", "bulk", "storm", "storm", "joiners", "repeats", "announced")
A_WEEK = (1, 2, 2)  # beside the peak of passwords on the first working day
PEAK = "password"
JOINERS_ASK = ("new_access", "new_equipment", "workplace", "email", "software", "mobile", "phone", "vpn")
ANGRY = Manner(words=0.1, scope=0.2, self_help=0.2, missing=0.1)


@dataclass(frozen=True, slots=True)
class Lure:
    """A plan: `origin` marks its reports in the book."""

    origin: str
    shape: str


@dataclass
class Decoying:
    """Writes the decoys of all weeks."""

    book: Book
    staff: Staff
    almanac: Almanac
    planned: list[Lure] = field(default_factory=list)

    @property
    def _dice(self) -> Random:
        return self.book.dice

    def write(self) -> list[Lure]:
        deck: list[str] = []
        kinds: dict[str, Callable[[date, str], None]] = {
            "bulk": self._bulk,
            "storm": self._storm,
            "joiners": self._joiners,
            "repeats": self._repeats,
            "announced": self._announced,
        }
        for number in range(self.almanac.days // 7):
            days = self.almanac.week(number)
            self._peak(days[0], self._marked("peak"))
            for day in self._dice.sample(days, self._dice.choice(A_WEEK)):
                deck = deck or self._dice.sample(SHAPES, len(SHAPES))
                shape = deck.pop()
                kinds[shape](day, self._marked(shape))
        return self.planned

    def _marked(self, shape: str) -> str:
        lure = Lure(f"decoy {len(self.planned)}", shape)
        self.planned.append(lure)
        return lure.origin

    def _peak(self, day: date, origin: str) -> None:
        """Passwords forgotten over the weekend; more after a long one."""
        count = self._dice.randint(12, 20) + 6 * day.weekday()
        for who in self.staff.some(self._dice, count):
            when = moment(day, 8.2 + 3.5 * self._dice.betavariate(1.5, 2.2))
            about = Trouble(_product(PEAK), self._dice.choice((0, 0, 1, 1, 2)))
            self.book.contact(who, about, when, ORDINARY, origin)

    def _bulk(self, day: date, origin: str) -> None:
        """One administrator asks for many people within minutes."""
        who, product = self.staff.one(self._dice), self._dice.choice(products()[:25])
        begun = moment(day, self._dice.uniform(9, 17))
        for after in self._moments(self._dice.randint(8, 30), self._dice.uniform(5, 30)):
            bulk, surname = self._dice.choice(words()["bulk"]), self._dice.choice(words()["surnames"])
            text = f"{bulk} {surname}: {self._dice.choice(product.wishes[0])} {product.names[0]}"
            self.book.contact(who, Trouble(product, None, text), begun + after, PLAIN, origin)

    def _storm(self, day: date, origin: str) -> None:
        """Monitoring opens a ticket for every check that fails."""
        robot = Member(PEOPLE + self._dice.randint(1, ROBOTS), "", 0, 1.0, False, False)
        begun = moment(day, self._dice.uniform(0, 23))
        noticed = self._dice.sample(products(), self._dice.randint(1, 5))
        for after in self._moments(self._dice.randint(30, 150), self._dice.uniform(8, 40)):
            product = self._dice.choice(noticed)
            said = self._dice.choice(words()["robot"])
            text = said.format(name=product.names[0], number=self._dice.randint(10, 40))
            about = Trouble(product, 0, text, by_machine=True)
            self.book.contact(robot, about, begun + after, PLAIN, origin)

    def _joiners(self, day: date, origin: str) -> None:
        """New people ask for everything they need on their first day, in much the same words."""
        for who in self.staff.some(self._dice, self._dice.randint(8, 18)):
            for _ in range(self._dice.randint(1, 3)):
                product = _product(self._dice.choice(JOINERS_ASK))
                joined = self._dice.choice(words()["joiners"])
                text = f"{joined}, {self._dice.choice(self._dice.choice(product.wishes))} {product.names[0]}"
                when = moment(day, self._dice.uniform(9.5, 16))
                self.book.contact(who, Trouble(product, None, text), when, ORDINARY, origin)

    def _repeats(self, day: date, origin: str) -> None:
        """One person writes again and again."""
        who, product = self.staff.one(self._dice), self._dice.choice(products())
        fault = self._dice.randrange(len(product.faults))
        begun = moment(day, self._dice.uniform(9, 17))
        for after in self._moments(self._dice.randint(6, 14), self._dice.uniform(15, 90)):
            self.book.contact(who, Trouble(product, fault), begun + after, ANGRY, origin)

    def _announced(self, day: date, origin: str) -> None:
        """A letter to everybody: questions about one service over hours, a mild rise."""
        product, begun = self._dice.choice(products()[:6]), moment(day, self._dice.uniform(9, 12))
        people = self.staff.some(self._dice, self._dice.randint(10, 18))
        minutes = self._dice.uniform(200, 400)
        for who, after in zip(people, self._moments(len(people), minutes), strict=True):
            about = ordinary(self._dice, product)
            if self._dice.random() < 0.65:
                about = Trouble(
                    product, None, f"{self._dice.choice(words()['announced'])} {product.names[0]}"
                )
            self.book.contact(who, about, begun + after, ORDINARY, origin)

    def _moments(self, count: int, minutes: float) -> Iterable[timedelta]:
        return [timedelta(seconds=int(self._dice.uniform(0, minutes * 60))) for _ in range(count)]


def _product(name: str) -> Product:
    return next(each for each in products() if each.id == name)
