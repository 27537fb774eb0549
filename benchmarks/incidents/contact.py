"""One person asks for support once: what they try, choose, write, and which reports come of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from random import Random

from benchmarks.incidents.company import Member
from benchmarks.incidents.facts import Kind, Report
from benchmarks.incidents.wording import Product, Speaker, products

ELSEWHERE = "other"  # the category of who chose none


@dataclass(frozen=True, slots=True)
class Manner:
    """Shares of the people: who first writes that others are affected, who says so in a ticket, who tries self-help
    and who of these opens no ticket after it; who chooses a wrong service and who chooses none.
    """

    words: float = 0.012
    scope: float = 0.012
    self_help: float = 0.55
    gives_up: float = 0.2
    wrong: float = 0.05
    missing: float = 0.12


ORDINARY = Manner()
MASS = Manner(words=0.15, scope=0.25, self_help=0.45, gives_up=0.35)
AT_ONE_STEP = Manner(words=0.05, scope=0.12, self_help=1.0, gives_up=0.5)
BY_WORDS = Manner(words=0.12, scope=0.2, self_help=0.15, gives_up=0.3, wrong=0.1, missing=0.4)
PLAIN = Manner(words=0.0, scope=0.0, self_help=0.0, wrong=0.0, missing=0.05)
AFTER_SELF_HELP = Manner(wrong=0.02, missing=0.05)  # the scenario nearly always knows its service


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a contact is about: the n-th fault of a service, or a wish (`fault` None).

    `text` is the core of the message where it is given; a machine writes it without greetings and errors. `quote` is
    the message on the screen, where the person copies it.
    """

    product: Product
    fault: int | None = None
    text: str | None = None
    quote: str | None = None
    by_machine: bool = False


@dataclass
class Book:
    """Reports as they are written, in any order; `sorted` gives them their ids. An origin is a plant or a decoy."""

    dice: Random
    speaker: Speaker
    drafts: list[tuple[str, Report]] = field(default_factory=list)

    def contact(
        self,
        who: Member,
        about: Trouble,
        when: datetime,
        manner: Manner = ORDINARY,
        origin: str = "",
    ) -> None:
        """One to three reports within minutes, all by the same person."""
        dice, fault = self.dice, about.fault
        if fault is not None and dice.random() < manner.words:
            self._write(who, about, when, "words_of_scope", (manner, origin))
            if dice.random() < 0.4:
                return
            when = self._later(when)
        if fault is not None and about.product.steps and dice.random() < manner.self_help:
            self._write(who, about, when, "step_failed", (manner, origin))
            if dice.random() < manner.gives_up:
                return
            when = self._later(when)
        self._write(who, about, when, "ticket", (manner, origin))

    def _later(self, when: datetime) -> datetime:
        return when + timedelta(seconds=self.dice.randint(30, 300))

    def _write(self, who: Member, about: Trouble, when: datetime, kind: Kind, of: tuple[Manner, str]) -> None:
        manner, origin = of
        failed = kind == "step_failed"
        chosen = self._chosen(about.product, manner if not failed else AFTER_SELF_HELP)
        category = chosen.category if chosen else self._guessed(about.product)
        report = Report(
            id=len(self.drafts),
            time=when,
            requester=who.id,
            kind=kind,
            service=chosen.id if chosen else None,
            category=category,
            site=who.site if who.says_site else None,
            floor=who.floor if who.says_floor else None,
            scenario=about.product.scenario if failed else None,
            step=self._step(about) if failed else None,
            text=self._text(about, kind, manner),
        )
        self.drafts.append((origin, report))

    def _chosen(self, product: Product, manner: Manner) -> Product | None:
        draw = self.dice.random()
        if draw < manner.missing:
            return None
        if draw < manner.missing + manner.wrong:
            near = _alike(product.category) if self.dice.random() < 0.7 else products()
            return self.dice.choice(near)
        return product

    def _guessed(self, product: Product) -> str:
        return product.category if self.dice.random() < 0.6 else ELSEWHERE

    def _step(self, about: Trouble) -> str:
        steps = about.product.steps
        if about.fault is None or self.dice.random() < 0.12:
            return self.dice.choice(steps)
        return steps[min(about.fault, len(steps) - 1)]

    def _text(self, about: Trouble, kind: Kind, manner: Manner) -> str:
        scope = kind == "words_of_scope" or (kind == "ticket" and self.dice.random() < manner.scope)
        if about.text is not None and about.by_machine:
            return about.text
        if about.text is not None:
            return self.speaker.typed(about.text, scope=scope and about.fault is not None)
        if about.fault is None:
            return self.speaker.wish(about.product)
        return self.speaker.fault(about.product, about.fault, about.quote, scope=scope)

    def sorted(self) -> tuple[tuple[Report, ...], dict[str, list[Report]]]:
        """Every report by time, and those of each origin."""
        reports, origins = [], defaultdict(list)
        for number, (origin, draft) in enumerate(sorted(self.drafts, key=_order), 1):
            report = replace(draft, id=number)
            reports.append(report)
            if origin:
                origins[origin].append(report)
        return tuple(reports), origins


def _order(draft: tuple[str, Report]) -> tuple[datetime, int]:
    return draft[1].time, draft[1].id


@cache
def _alike(category: str) -> tuple[Product, ...]:
    return tuple(each for each in products() if each.category == category)
