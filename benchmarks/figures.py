"""One figure of a benchmark, and how a table of them is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` is the aim in words; a figure is never a test."""

    name: str
    value: float
    unit: str
    goal: str = ""

    def line(self) -> str:
        return f"  {self.name:<58} {self.value:>12,.3f} {self.unit:<10} {self.goal}"
