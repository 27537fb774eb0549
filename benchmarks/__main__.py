"""`python -m benchmarks [--land] [NAME...]`: run them all, or those named, and print what each measured.

`--land` keeps the figures in docs/performance.md; without it ratios are printed beside those that were landed last.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks import landed

LAND = "--land"
NAMES = (
    "tap",
    "growth",
    "relay",
    "path",
    "backlog",
    "rush",
    "due",
    "start",
    "timers",
    "route",
    "bands",
    "scenarios",
    "report",
    "presses",
    "signs",
    "importing",
)


def main() -> None:
    """Print a table for each benchmark; exit 2 on an unknown name."""
    here = {path.stem for path in Path(__file__).parent.glob("*.py")}
    named = [name for name in sys.argv[1:] if name != LAND]
    wanted = named or [name for name in NAMES if name in here]
    if unknown := [name for name in wanted if name not in NAMES or name not in here]:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        raise SystemExit(2)
    for name in wanted:
        module = import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        before, figures = landed.read().get(name), []
        for figure in module.run():
            print(figure.line() + landed.compared(figure, before), flush=True)
            figures.append(figure)
        if LAND in sys.argv[1:]:
            landed.land(name, figures)


main()
