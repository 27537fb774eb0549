"""`python -m benchmarks [NAME...]`: run them all, or those named, and print what each measured."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

NAMES = (
    "tap",
    "growth",
    "relay",
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
    wanted = sys.argv[1:] or [name for name in NAMES if name in here]
    if unknown := [name for name in wanted if name not in NAMES or name not in here]:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        raise SystemExit(2)
    for name in wanted:
        module = import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        for figure in module.run():
            print(figure.line(), flush=True)


main()
