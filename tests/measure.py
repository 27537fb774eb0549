"""`make measure`: the code in figures, by room. `make measure ARGS=--places` lists the places of remaining faults."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

from tests.laws import figures
from tests.laws.ratchets import RATCHETS
from tests.source import Module

HEADINGS = (
    "room",
    "files",
    "lines",
    "file 50/90/max",
    "functions",
    "lines 50/90/max",
    "params avg/90",
    "over six",
    "imports 50/90",
    "comments",
    "public with docstring",
    "avoided/10k",
)


def main() -> None:
    everything = figures.measured()
    rooms = sorted({module.room for module in everything})
    rows = [_row("in all", everything)]
    rows += [_row(room or "bot", [each for each in everything if each.room == room]) for room in rooms]
    widths = [max(len(row[column]) for row in (HEADINGS, *rows)) for column in range(len(HEADINGS))]
    for row in (HEADINGS, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()
    print("\n".join(_whole()))
    print("\nkept by laws that only let it shrink (found / allowed):")
    for ratchet in RATCHETS:
        found = list(ratchet.places())
        print(f"  {ratchet.name:<36} {len(found):>5} / {ratchet.allowed}")
        if "--places" in sys.argv:
            print("\n".join(f"      {place}" for place in found))


def _row(room: str, modules: Sequence[Module]) -> tuple[str, ...]:
    lengths = [module.text.count("\n") for module in modules]
    functions = [each for module in modules for each in figures.functions(module)]
    public = [each for each in functions if not each.name.startswith("_")]
    parameters = [each.parameters for each in functions]
    many = sum(each > figures.MANY_PARAMETERS for each in parameters)
    comments = sum(line.lstrip().startswith("#") for each in modules for line in each.text.split("\n"))
    imports = [figures.imported(module) for module in modules]
    prose = (line for module in modules for line in figures.prose(module))
    return (
        room,
        str(len(modules)),
        f"{sum(lengths):,}",
        _spread(lengths),
        str(len(functions)),
        _spread([each.lines for each in functions]),
        f"{statistics.mean(parameters):.2f}/{_p90(parameters)}" if parameters else "-",
        f"{many} ({_share(many, len(functions))})",
        f"{statistics.median(imports):g}/{_p90(imports)}",
        _share(comments, sum(lengths)),
        _share(sum(each.is_documented for each in public), len(public)),
        f"{figures.per_ten_thousand(prose):.0f}",
    )


def _whole() -> list[str]:
    homes, ours = figures.homes(), figures.homes_in_the_product()
    docs = [line for page in figures.pages() for line in figures.lines_of(page)]
    folders = ", ".join(f"{folder} {count}" for folder, count in figures.full_folders())
    circles = {
        "": figures.circles(with_types=False),
        ", counting what only type checkers import": figures.circles(),
    }
    return [
        f"folders with more than {figures.MANY_MODULES} modules: {folders or 'none'}",
        f"class names with several homes: {len(homes)}, {len(ours)} without the sandbox: {', '.join(ours)}",
        f"words to avoid in docs, per ten thousand: {figures.per_ten_thousand(docs):.0f}",
        *(
            f"files in import circles{which}: {', '.join(str(len(one)) for one in found) or 'none'}"
            for which, found in circles.items()
        ),
    ]


def _spread(numbers: Sequence[int]) -> str:
    return f"{statistics.median(numbers):g}/{_p90(numbers)}/{max(numbers)}" if numbers else "-"


def _p90(numbers: Sequence[int]) -> int:
    return sorted(numbers)[int(len(numbers) * 0.9)]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


if __name__ == "__main__":
    main()
