"""How one person of the second company contacts the desk: which reports, with which words and mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from benchmarks.incidents.facts import Kind
from benchmarks.incidents.other_company import Employee, Enterprise, Offer, Words

TRIES = 0.4  # of those whose service has a scenario try it first and fail
STILL = 0.6  # of those open a ticket after it
EXAGGERATES = 0.02  # words of scope without an incident
MISTAKEN, UNDECIDED, UNSORTED = 0.07, 0.06, 0.2
SITE_UNKNOWN, FLOOR_UNKNOWN = 0.07, 0.25
MISTYPED = 0.07
ELSEWHERE = "other"


@dataclass(frozen=True, slots=True)
class Uttered:
    """A report before it has an id; `source` is what caused it: a plant's or a decoy's key, `None` for everyday work."""

    time: datetime
    requester: int
    kind: Kind
    service: str | None
    category: str
    site: str | None
    floor: int | None
    scenario: str | None
    step: str | None
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Why a person contacts the desk. Without `words` they say what usually happens; `step` is where self-help fails."""

    person: Employee
    offer: Offer
    at: datetime
    source: str | None = None
    words: Words | None = None
    step: int | None = None
    scope: float = EXAGGERATES


@dataclass(frozen=True, slots=True)
class Voices:
    """Writes what people send."""

    company: Enterprise
    dice: Random

    def contact(self, wish: Wish) -> Iterator[Uttered]:
        """One report, or a failed step and perhaps a ticket some minutes later."""
        dice, at = self.dice, wish.at
        if wish.offer.steps and (wish.step is not None or dice.random() < TRIES):
            yield self._failed(wish)
            at += timedelta(seconds=dice.randint(40, 420))
            if dice.random() > STILL:
                return
        yield self._ticket(wish, at)

    def _failed(self, wish: Wish) -> Uttered:
        step = self.dice.randint(1, wish.offer.steps) if wish.step is None else wish.step
        site, floor = self._place(wish.person)
        return Uttered(
            time=wish.at,
            requester=wish.person.number,
            kind="step_failed",
            service=wish.offer.id,
            category=wish.offer.category,
            site=site,
            floor=floor,
            scenario=f"fix-{wish.offer.id}",
            step=f"step-{step}",
            text=self.sentence(wish) if self.dice.random() < 0.3 else "",
            source=wish.source,
        )

    def _ticket(self, wish: Wish, at: datetime) -> Uttered:
        chosen = self._chosen(wish.offer)
        category = chosen.category if chosen else wish.offer.category
        if chosen is None and self.dice.random() < UNSORTED:
            category = ELSEWHERE
        site, floor = self._place(wish.person)
        text, wide = self.sentence(wish), self.dice.random() < wish.scope
        if wide:
            text = f"{text}, {self.dice.choice(self.company.phrases.scope[wish.person.language])}"
        return Uttered(
            time=at,
            requester=wish.person.number,
            kind="words_of_scope" if wide else "ticket",
            service=chosen.id if chosen else None,
            category=category,
            site=site,
            floor=floor,
            scenario=None,
            step=None,
            text=text,
            source=wish.source,
        )

    def _chosen(self, offer: Offer) -> Offer | None:
        luck = self.dice.random()
        if luck < MISTAKEN:
            return self.dice.choice(self.company.offers)
        return None if luck < MISTAKEN + UNDECIDED else offer

    def _place(self, person: Employee) -> tuple[str | None, int | None]:
        if self.dice.random() < SITE_UNKNOWN:
            return None, None
        return person.site, None if self.dice.random() < FLOOR_UNKNOWN else person.floor

    def sentence(self, wish: Wish) -> str:
        dice, phrases, language = self.dice, self.company.phrases, wish.person.language
        said = wish.words or phrases.symptoms[wish.offer.category]
        what = dice.choice(said.get(language) or said["ru"])
        names = wish.offer.names
        name = names[-1] if language == "en" else dice.choice(names[:-1])
        core = f"{name} {what}" if dice.random() < 0.8 else what
        parts = (dice.choice(phrases.openings[language]), core, dice.choice(phrases.closings[language]))
        text = filled(", ".join(part for part in parts if part), dice)
        if dice.random() < MISTYPED and len(text) > 8:
            place = dice.randrange(len(text) - 2)
            text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        return text if dice.random() < 0.5 else text[0].upper() + text[1:]


def filled(text: str, dice: Random) -> str:
    """With numbers where the file has `{digit}` and `{digits}`."""
    return text.replace("{digits}", str(dice.randint(1000, 9999))).replace("{digit}", str(dice.randint(0, 9)))
