"""`python -m benchmarks.labelled FILE`: how a file of labelled messages is routed, by language, length and source.

The file is a YAML list of `text`, `label` (scenario ids of which any is right, `far`: no IT at all, `near` or `other`:
none fits), `language`, `source`. Shares come with 95 % intervals (Wilson).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import yaml

from benchmarks.route import shipped
from bot.knowledge.route import Decision, Router, build

Z = 1.96
SHORT, LONG = 4, 12  # words: up to, and more than
NO_SCENARIO = {"far", "near", "other"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message with its decision."""

    label: frozenset[str]
    language: str
    source: str
    words: int
    decision: Decision

    @property
    def offered(self) -> list[str]:
        return [name for name, _ in self.decision.candidates] if self.decision.decision != "none" else []


def labelled(file: Path, router: Router) -> list[Labelled]:
    rows = yaml.safe_load(file.read_text("utf-8"))
    return [
        Labelled(
            frozenset(row["label"]),
            row["language"],
            row["source"],
            len(str(row["text"]).split()),
            router.route(str(row["text"])),
        )
        for row in rows
    ]


def share(part: int, whole: int) -> str:
    """A share with its 95 % interval (Wilson)."""
    if not whole:
        return "-"
    p = part / whole
    middle = (p + Z * Z / (2 * whole)) / (1 + Z * Z / whole)
    width = Z * sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole)) / (1 + Z * Z / whole)
    return f"{p:.3f} ({middle - width:.2f}-{middle + width:.2f})"


def line(name: str, rows: Sequence[Labelled]) -> str:
    """One row of the table: messages for IT support only."""
    ours = [one for one in rows if not one.label & NO_SCENARIO]
    first = sum(bool(one.offered) and one.offered[0] in one.label for one in ours)
    three = sum(bool(one.label & set(one.offered)) for one in ours)
    begun = [one for one in ours if one.decision.decision == "auto"]
    right = sum(one.offered[0] in one.label for one in begun)
    cells = (
        share(first, len(ours)),
        share(three, len(ours)),
        share(len(begun), len(ours)),
        share(right, len(begun)),
    )
    return f"| {name} | {len(ours)} | {' | '.join(cells)} |"


def table(rows: Sequence[Labelled]) -> Iterator[str]:
    yield "| messages | n | first | in three | starts | of these right |"
    yield "|---|---|---|---|---|---|"
    yield line("all", rows)
    groups: Sequence[Callable[[Labelled], str]] = (lambda one: one.language, _length, lambda one: one.source)
    for group in groups:
        for name in sorted({group(one) for one in rows if not one.label & NO_SCENARIO}):
            yield line(name, [one for one in rows if group(one) == name])
    for kind in sorted(NO_SCENARIO):
        those = [one for one in rows if kind in one.label]
        if not those:
            continue
        begun = sum(one.decision.decision == "auto" for one in those)
        nothing = sum(one.decision.decision == "none" for one in those)
        yield f"{kind}: {len(those)}, nothing offered {nothing}, starts {begun}"


def _length(one: Labelled) -> str:
    if one.words <= SHORT:
        return f"1 to {SHORT} words"
    return f"more than {LONG} words" if one.words > LONG else f"{SHORT + 1} to {LONG} words"


def main() -> None:
    """Print the table of the file named; exit 2 without one."""
    if len(sys.argv) != 2:
        raise SystemExit("python -m benchmarks.labelled FILE")
    for row in table(labelled(Path(sys.argv[1]), build(shipped()))):
        print(row)


if __name__ == "__main__":
    main()
