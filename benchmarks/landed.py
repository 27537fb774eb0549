"""The figures landed last: kept in landed.json, shown in docs/performance.md and its picture, compared with new ones."""

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
PAGE, PICTURE = ROOT / "docs/performance.md", ROOT / "docs/pictures/performance.svg"
TABLES = re.compile(r"(<!-- measured -->\n).*(<!-- end -->)", re.DOTALL)
ROW, LEFT, WIDTH, MARGIN = 26, 330, 760, 12
STYLE = """text{font:13px sans-serif;fill:#1f2328}rect.page{fill:#fff}rect.bare{fill:#8c959f}rect.ours{fill:#0b6bcb}"""


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
    """Keep these instead of the former ones, and draw page and picture again."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    load = round(os.getloadavg()[0], 1)
    now = Landed(bench, time.strftime("%Y-%m-%d"), machine, load, [*figures])
    everything = read() | {bench: now}
    FILE.write_text(json.dumps([asdict(one) for one in everything.values()], indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), everything.values()), "utf-8")
    PICTURE.write_text(picture(everything.values()), "utf-8")


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


def picture(landed: Iterable[Landed]) -> str:
    """Processor time of a message and of a tap as bars: bare aiogram grey, Firstline blue."""
    bars = [
        figure for one in landed for figure in one.figures if figure.unit in ("ms", "us") and figure.value > 0
    ]
    times = [figure.value / (1000 if figure.unit == "us" else 1) for figure in bars]
    height, scale = ROW * len(bars) + 2 * MARGIN, (WIDTH - LEFT - 90) / max(times, default=1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        "<title>Milliseconds of processor time</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
    ]
    for row, (figure, spent) in enumerate(zip(bars, times, strict=True)):
        top, long = MARGIN + ROW * row, max(1, round(spent * scale))
        kind = "bare" if "bare" in figure.name or "echo" in figure.name else "ours"
        name = figure.name.replace(": processor time", "").replace("->", "→").replace("&", "and")
        parts.append(f'<text x="{LEFT - 8}" y="{top + 17}" text-anchor="end">{name}</text>')
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{top + 4}" width="{long}" height="{ROW - 8}"/>')
        parts.append(f'<text x="{LEFT + long + 6}" y="{top + 17}">{spent:.1f} ms</text>')
    return "\n".join([*parts, "</svg>", ""])
