"""The texts of reports: short Russian templates from words.yaml, with synonyms, scope and typing errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TypedDict

import yaml

FILE = Path(__file__).with_name("words.yaml")
MISTYPED = 0.2  # of the texts have at least one typing error
CARELESS = 0.5  # are in lower case


class Written(TypedDict):
    """A service as words.yaml has it; alternatives of a fault or a wish are divided by `|`."""

    category: str
    scenario: str | None
    steps: list[str]
    names: list[str]
    faults: list[str]
    wishes: list[str]


class Words(TypedDict):
    """The file."""

    services: dict[str, Written]
    clusters: list[list[str]]
    openings: list[str]
    endings: list[str]
    vague: list[str]
    scope: list[str]
    quotes: list[str]
    bulk: list[str]
    robot: list[str]
    surnames: list[str]
    joiners: list[str]
    announced: list[str]


@dataclass(frozen=True, slots=True)
class Product:
    """A service as its users meet it; the n-th fault is met at the n-th step."""

    id: str
    category: str
    scenario: str | None
    steps: tuple[str, ...]
    names: tuple[str, ...]
    faults: tuple[tuple[str, ...], ...]
    wishes: tuple[tuple[str, ...], ...]


@cache
def words() -> Words:
    loaded: Words = yaml.load(FILE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


@cache
def products() -> tuple[Product, ...]:
    """All forty, the most asked for first."""
    return tuple(
        Product(
            id=name,
            category=each["category"],
            scenario=each["scenario"],
            steps=tuple(each["steps"]),
            names=tuple(each["names"]),
            faults=tuple(tuple(fault.split("|")) for fault in each["faults"]),
            wishes=tuple(tuple(wish.split("|")) for wish in each["wishes"]),
        )
        for name, each in words()["services"].items()
    )


@dataclass(frozen=True, slots=True)
class Speaker:
    """Words one message after another, as people type them."""

    dice: Random

    def fault(self, product: Product, fault: int, quote: str | None, *, scope: bool = False) -> str:
        """A complaint about the n-th fault of a service; sometimes with no word of what is wrong."""
        if self.dice.random() < 0.08:
            return self.typed(self.dice.choice(words()["vague"]), scope=scope)
        core = f"{self.name(product)} {self.dice.choice(product.faults[fault])}"
        return self.typed(f"{core}, {quote}" if quote else core, scope=scope)

    def wish(self, product: Product) -> str:
        wish = self.dice.choice(self.dice.choice(product.wishes))
        return self.typed(f"{wish} {self.name(product)}")

    def name(self, product: Product) -> str:
        """The usual name, half of the time."""
        return product.names[0] if self.dice.random() < 0.5 else self.dice.choice(product.names)

    def typed(self, core: str, *, scope: bool = False) -> str:
        """A message around its core."""
        if scope:
            said = self.dice.choice(words()["scope"])
            core = f"{said} {core}" if self.dice.random() < 0.5 else f"{core} {said}"
        text = self.dice.choice(words()["openings"]) + core + self.dice.choice(words()["endings"])
        text = text.lower() if self.dice.random() < CARELESS else text[:1].upper() + text[1:]
        return self._mistyped(text) if self.dice.random() < MISTYPED else text

    def _mistyped(self, text: str) -> str:
        """One or two letters lost, doubled or changed about."""
        for _ in range(self.dice.choice((1, 1, 2))):
            at = self.dice.randrange(1, len(text) - 1)
            here, after = text[at], text[at + 1]
            text = text[:at] + self.dice.choice((here * 2 + after, after, after + here)) + text[at + 2 :]
        return text
