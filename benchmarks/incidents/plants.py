"""Mass incidents: what breaks, for whom, when it begins, and how fast people notice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random

from benchmarks.incidents.company import HOURS, SITES, Almanac, Staff, moment
from benchmarks.incidents.contact import AT_ONE_STEP, BY_WORDS, MASS, Book, Manner, Trouble
from benchmarks.incidents.traffic import ordinary
from benchmarks.incidents.wording import Product, products, words

A_WEEK = (2, 3, 3, 4)
SHAPES = ("burst", "burst", "slow", "slow", "site", "site", "step", "text", "monday", "night", "twins")
# People who report: the limits of a size, and how often a deck of sizes has it.
SIZES = {(3, 4): 1, (5, 8): 5, (9, 15): 4, (16, 40): 3, (41, 80): 1}
SMALL, MEDIUM = 8, 15
# Minutes from the first to the last who notices, by shape; a slow one has hours, by size.
SPANS = {"burst": (4, 20), "site": (8, 45), "step": (10, 60), "text": (15, 90), "monday": (8, 40)}
SPANS |= {"night": (15, 90), "twins": (5, 20)}
SLOW = {SMALL: (75, 180), MEDIUM: (120, 300), 80: (180, 400)}
THE_SAME = 0.75  # complain of the fault itself, the others of what follows from it
QUOTED = 0.35  # copy the message on the screen, the same one
LATE = 0.1  # notice it some time after the others
WELL_KNOWN = 20  # services that more than MEDIUM people notice
# Of these everybody is a user: when one fails for all, more than SMALL people report it.
BUSIEST = 6
LOCAL = ("printer", "internet", "wifi", "phone", "shared_folder", "meeting_room", "workplace", "pass_card")


@dataclass(frozen=True, slots=True)
class Incident:
    """A plan: `origin` marks its reports in the book."""

    origin: str
    shape: str
    services: tuple[str, ...]
    size: int
    begun: datetime
    minutes: float
    site: str | None = None
    floor: int | None = None


@dataclass
class Planting:
    """Plans the incidents of all weeks and writes their reports."""

    book: Book
    staff: Staff
    almanac: Almanac
    planned: list[Incident] = field(default_factory=list)
    _decks: dict[str, list[str]] = field(default_factory=dict)
    _clusters: list[list[str]] = field(default_factory=list)

    @property
    def _dice(self) -> Random:
        return self.book.dice

    def write(self) -> list[Incident]:
        for number in range(self.almanac.days // 7):
            days, broken = self.almanac.week(number), set[str]()
            count = min(self._dice.choice(A_WEEK), len(days))
            free = self._dice.sample(days[1:], len(days) - 1)
            while count > 0 and free:
                shape = self._drawn("shapes", SHAPES)
                day = days[0] if shape == "monday" else free.pop()
                count -= self._some(shape, day, broken)
        return self.planned

    def _drawn(self, name: str, deck: tuple[str, ...]) -> str:
        """From a shuffled deck, so that every history has every kind."""
        if not self._decks.get(name):
            self._decks[name] = self._dice.sample(deck, len(deck))
        return self._decks[name].pop()

    def _some(self, shape: str, day: date, broken: set[str]) -> int:
        """One incident, or two at once; returns how many."""
        first = self._incident(shape, day, broken)
        plans = [first]
        if shape == "twins":
            apart = timedelta(seconds=self._dice.randint(0, 720))
            plans.append(self._incident(shape, day, broken, first.begun + apart))
        for plan in plans:
            self.planned.append(plan)
            self._reports(plan)
        return len(plans)

    def _incident(self, shape: str, day: date, broken: set[str], begun: datetime | None = None) -> Incident:
        dice = self._dice
        size = self._size(shape)
        low, high = SPANS.get(shape) or next(span for most, span in SLOW.items() if size <= most)
        minutes = dice.uniform(low, high) * (1.5 if size > MEDIUM and shape != "slow" else 1)
        site = floor = None
        if shape == "site":
            large = [name for name, (part, _) in SITES.items() if part * 200 > size]
            site = dice.choice(large or list(SITES)[:1])
            floor = dice.randint(1, SITES[site][1]) if size <= MEDIUM and dice.random() < 0.6 else None
        services: tuple[str, ...] = ()
        if shape != "text":
            product = self._product(shape, size, broken)
            broken.add(product.id)
            services = (product.id,)
        return Incident(
            origin=f"plant {len(self.planned)} {services} {begun}",
            shape=shape,
            services=services,
            size=size,
            begun=begun or moment(day, self._hour(shape, minutes)),
            minutes=minutes,
            site=site,
            floor=floor,
        )

    def _size(self, shape: str) -> int:
        deck = tuple(f"{low} {high}" for (low, high), times in SIZES.items() for _ in range(times))
        low, high = map(int, self._drawn("sizes", deck).split())
        size = self._dice.randint(low, high)
        return size if shape != "night" or size <= MEDIUM else self._dice.randint(5, MEDIUM)

    def _product(self, shape: str, size: int, broken: set[str]) -> Product:
        """Rare services break, too; more often than they are asked about."""
        chosen = [
            (each, (place + 1) ** -0.45)
            for place, each in enumerate(products())
            if each.id not in broken
            and (each.steps or shape != "step")
            and (each.id in LOCAL or shape != "site")
            and (place < WELL_KNOWN or size <= MEDIUM)
            and (place >= BUSIEST or size > SMALL or shape in ("site", "step", "night"))
        ]
        return self._dice.choices([each for each, _ in chosen], [weight for _, weight in chosen])[0]

    def _hour(self, shape: str, minutes: float) -> float:
        if shape == "monday":
            return self._dice.uniform(8.75, 10.5)
        if shape == "night":
            return self._dice.uniform(21, 28.5)
        if shape == "slow":
            return self._dice.uniform(8.5, max(9.0, 18 - minutes / 60))
        hour = self._dice.choices(range(8, 18), HOURS[8:18])[0]
        return hour + self._dice.random()

    # ── who says what, and when ─────────────────────────────────────────────────────────────────────────

    def _reports(self, plan: Incident) -> None:
        dice = self._dice
        manner = {"step": AT_ONE_STEP, "text": BY_WORDS}.get(plan.shape, MASS)
        alike = self._cluster() if plan.shape == "text" else []
        fault, quote = dice.randrange(10), dice.choice(words()["quotes"])
        for who in self._affected(plan).some(dice, plan.size):
            after = plan.minutes * dice.betavariate(1.2, 1.7)
            after += dice.expovariate(1 / 25) if dice.random() < LATE else 0
            when = plan.begun + timedelta(seconds=int(after * 60))
            about = self._about(plan, fault, alike)
            about = replace(about, quote=quote if dice.random() < QUOTED else None)
            self.book.contact(who, about, when, _for(manner, about.product), plan.origin)

    def _affected(self, plan: Incident) -> Staff:
        if plan.shape == "night":
            return self.staff.on_shift()
        return self.staff.at(plan.site, plan.floor) if plan.site else self.staff

    def _about(self, plan: Incident, fault: int, alike: list[str]) -> Trouble:
        if alike:
            product = self._dice.choice(products()[:30])
            return Trouble(product, self._dice.randrange(len(product.faults)), self._dice.choice(alike))
        product = next(each for each in products() if each.id == plan.services[0])
        if plan.shape == "step" or self._dice.random() < THE_SAME:
            return Trouble(product, fault % len(product.faults))
        return Trouble(product, ordinary(self._dice, product).fault or 0)

    def _cluster(self) -> list[str]:
        if not self._clusters:
            self._clusters = self._dice.sample(words()["clusters"], len(words()["clusters"]))
        return self._clusters.pop()


def _for(manner: Manner, product: Product) -> Manner:
    """A service without a scenario has no self-help to fail."""
    return manner if product.steps else MASS
