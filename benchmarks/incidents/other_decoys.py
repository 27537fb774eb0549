"""What looks like a mass incident in the second company and is none.

`one_admin`, `two_admins`: requests in bulk for others. `monitoring`: up to three technical accounts. `monday_peak`: the
same questions every Monday. `month_end`: accountants, all day. `newcomers`: one site, a service each. `one_person`
reminds of one thing again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from benchmarks.incidents.other_company import Employee, Enterprise, Offer
from benchmarks.incidents.other_speech import Uttered, Voices, Wish, filled

ACCOUNTS = range(9001, 9004)  # technical ones, beyond the people
ADMINS, STORMS, NEWCOMERS, REPEATERS = 0.22, 0.12, 0.08, 0.25  # chance of a working day
MONDAY = ("directory", "outlook", "vpn")
MONTH_END = ("ledger", "bank", "reports")

Lure = Callable[[date], list[Uttered]]


@dataclass(frozen=True, slots=True)
class Lures:
    """Makes the reports of decoys, each of one day."""

    voices: Voices

    @property
    def company(self) -> Enterprise:
        return self.voices.company

    @property
    def dice(self) -> Random:
        return self.voices.dice

    def of(self, days: Sequence[date]) -> Iterator[tuple[str, list[Uttered]]]:
        """Shapes and reports; their source is not set yet."""
        for number, day in enumerate(days[:-1]):
            if not self.company.is_working(day):
                continue
            luck = self.dice.random
            if number == 0 or not self.company.is_working(days[number - 1]):
                yield "monday_peak", self.after_a_weekend(day)
            if any((day + timedelta(days=ahead)).day == 1 for ahead in (1, 2)):
                yield "month_end", self.month_end(day)
            if luck() < ADMINS:
                yield "one_admin", self.in_bulk(day, 1)
            elif luck() < ADMINS / 3:
                yield "two_admins", self.in_bulk(day, 2)
            if luck() < STORMS:
                yield "monitoring", self.storm(day)
            if luck() < NEWCOMERS:
                yield "newcomers", self.newcomers(day)
            if luck() < REPEATERS:
                yield "one_person", self.repeater(day)

    def after_a_weekend(self, day: date) -> list[Uttered]:
        """In three hours, among three services and all sites."""
        words = self.company.phrases.routine
        wishes = []
        for person in self._people(day, self.dice.randint(10, 20)):
            offer = self._offer(self.dice.choices(MONDAY, (3, 1, 1))[0])
            said = words if offer.id == "directory" else None
            wishes.append(Wish(person, offer, self._within(day, 7.5, 3), words=said))
        return self._contacts(wishes)

    def month_end(self, day: date) -> list[Uttered]:
        words = self.company.phrases.closing_month
        office = [each for each in self._people(day, 200) if each.line == "office"]
        return self._contacts(
            Wish(person, self._offer(self.dice.choice(MONTH_END)), self._within(day, 8.5, 9), words=words)
            for person in office[: self.dice.randint(9, 16)]
        )

    def newcomers(self, day: date) -> list[Uttered]:
        site = self.dice.choice(("tower", "tower", "annex", "foundry", "assembly"))
        people = [each for each in self.company.people if each.site == site]
        offers = [offer for offer in self.company.offers if offer.is_used_by(people[0])]
        count = self.dice.randint(6, 10)
        pairs = zip(self.dice.sample(people, count), self.dice.sample(offers, count), strict=True)
        words = self.company.phrases.newcomers
        return self._contacts(Wish(one, offer, self._within(day, 9, 3), words=words) for one, offer in pairs)

    def repeater(self, day: date) -> list[Uttered]:
        person = self._people(day, 1)[0]
        offers = [offer for offer in self.company.offers if offer.is_used_by(person)]
        offer, hour = self.dice.choice(offers), self.dice.uniform(8, 16)
        count = self.dice.randint(6, 11)
        return self._contacts(Wish(person, offer, self._within(day, hour, 1.5)) for _ in range(count))

    def in_bulk(self, day: date, admins: int) -> list[Uttered]:
        """15 to 60 tickets of one kind in up to 45 minutes."""
        people, hour = self._people(day, admins), self.dice.uniform(8.5, 16)
        text = self.dice.choice(self.company.phrases.requests["ru"])
        offer = self._offer(self.dice.choice(("directory", "directory", "badges", "printers", "crm")))
        hours = self.dice.uniform(0.15, 0.75)
        return [
            self._typed(person.number, offer, self._within(day, hour, hours), filled(text, self.dice), person)
            for person in (self.dice.choice(people) for _ in range(self.dice.randint(15, 60)))
        ]

    def storm(self, day: date) -> list[Uttered]:
        """40 to 120 tickets of up to three accounts, in up to an hour, at any time of the day."""
        offers = self.dice.sample(self.company.offers, self.dice.randint(1, 4))
        accounts = self.dice.sample(ACCOUNTS, self.dice.randint(1, len(ACCOUNTS)))
        hour, hours = self.dice.uniform(0, 22), self.dice.uniform(0.3, 1)
        reports = []
        for _ in range(self.dice.randint(40, 120)):
            offer = self.dice.choice(offers)
            text = self.dice.choice(self.company.phrases.monitoring).replace("{service}", offer.id)
            at = self._within(day, hour, hours)
            reports.append(self._typed(self.dice.choice(accounts), offer, at, filled(text, self.dice)))
        return reports

    def _typed(
        self, requester: int, offer: Offer, at: datetime, text: str, person: Employee | None = None
    ) -> Uttered:
        return Uttered(
            time=at,
            requester=requester,
            kind="ticket",
            service=offer.id,
            category=offer.category,
            site=person.site if person else None,
            floor=person.floor if person else None,
            scenario=None,
            step=None,
            text=text,
            source=None,
        )

    def _contacts(self, wishes: Iterator[Wish] | Sequence[Wish]) -> list[Uttered]:
        """Without words of scope: nothing is broken for everybody."""
        return [said for wish in wishes for said in self.voices.contact(replace(wish, scope=0))]

    def _people(self, day: date, count: int) -> list[Employee]:
        """Distinct, of the day crew, by activity."""
        pool, found = self.company.pool("all", day), dict[int, Employee]()
        while len(found) < count:
            person = pool.draw(self.dice)
            if person.crew == "day":
                found[person.number] = person
        return list(found.values())

    def _offer(self, name: str) -> Offer:
        return next(offer for offer in self.company.offers if offer.id == name)

    def _within(self, day: date, hour: float, hours: float) -> datetime:
        return self.company.at(day, hour + self.dice.random() * hours)
