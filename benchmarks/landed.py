"""The figures landed last: kept in landed.json, shown in docs/performance.md, compared with new ones."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).parents[1]
FILE = Path(__file__).with_name("landed.json")
PAGE = ROOT / "docs/performance.md"
TABLES = re.compile(r"(<!-- measured -->\n).*(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Landed:
    """What one benchmark measured, and where and when. `load` is the machine's load average at that time."""

    bench: str
    date: str
    machine: str
    load: float
    figures: Sequence[Figure]

    def was(self, name: str) -> float | None:
        """The figure of this name."""
        return next((one.value for one in self.figures if one.name == name), None)


def read() -> dict[str, Landed]:
    """By the name of the benchmark."""
    kept = json.loads(FILE.read_text("utf-8")) if FILE.exists() else []
    return {
        one["bench"]: Landed(**one | {"figures": [Figure(**figure) for figure in one["figures"]]})
        for one in kept
    }


def land(bench: str, figures: Sequence[Figure]) -> None:
    """Keep these instead of the former ones, and write the page again."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    load = round(os.getloadavg()[0], 1)
    now = Landed(bench, time.strftime("%Y-%m-%d"), machine, load, [*figures])
    everything = read() | {bench: now}
    FILE.write_text(json.dumps([asdict(one) for one in everything.values()], indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), everything.values()), "utf-8")


def compared(figure: Figure, before: Landed | None) -> str:
    """A ratio beside the one that was landed: other figures are those of their machine."""
    was = before.was(figure.name) if before is not None and " : " in figure.name else None
    return f"   landed: {was:.3f}" if was else ""


def page(text: str, landed: Iterable[Landed]) -> str:
    """The page with these figures in its tables."""
    tables = "\n".join(map(_table, landed))
    return TABLES.sub(lambda found: f"{found[1]}{tables}{found[2]}", text)


def _table(one: Landed) -> str:
    rows = "".join(
        f"| {figure.name} | {figure.value:,.2f} {figure.unit} | {figure.goal} |\n" for figure in one.figures
    )
    where = f"{one.date}; {one.machine}; load {one.load}"
    return f"`python -m benchmarks {one.bench}` ({where}):\n\n| | measured | aim |\n|---|---|---|\n{rows}\n"
