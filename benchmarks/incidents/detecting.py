"""`python -m benchmarks.incidents.detecting [--other] [FROM TO] [PICTURE]`: what the detector makes of these seeds; 1 to 20
without. `--other`: of the second generator, which is of another company and by another hand.

Prints the judge's table, and writes a picture (SVG) where a file is named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.incidents.facts import History
from benchmarks.incidents.judge import Score, judge, together
from benchmarks.incidents.ledger import candidates
from benchmarks.incidents.other_weeks import other_weeks
from benchmarks.incidents.table import table
from benchmarks.incidents.weeks import weeks

WIDTH, STEP, LEFT = 640, 22, 150


def score(seed: int, make: Callable[[int], History] = weeks) -> Score:
    """Of one history of twelve weeks."""
    history = make(seed)
    return judge(history, candidates(history))


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--other"]
    make = weeks if len(words) == len(sys.argv) - 1 else other_weeks
    low, high = map(int, words[:2] or (1, 20))
    with ProcessPoolExecutor(2) as pool:
        whole = together(pool.map(partial(score, make=make), range(low, high + 1)))
    print(f"seeds {low} to {high}")
    print(table(whole))
    if len(words) > 2:
        Path(words[2]).write_text(picture(whole), "utf-8")


def picture(whole: Score) -> str:
    """Of each kind of planted incident, how many were found, and of each decoy, how many raised: bars from 0 to 100 %."""
    bars: list[tuple[str, int, int, str]] = []
    for shape in sorted({each.plant.shape for each in whole.outcomes}):
        those = [each.found for each in whole.outcomes if each.plant.shape == shape]
        bars.append((shape, sum(those), len(those), "#2f7d4f"))
    for shape in sorted({each.shape for each in whole.lured}):
        raised = [each.raised for each in whole.lured if each.shape == shape]
        bars.append((f"decoy: {shape}", sum(raised), len(raised), "#b5462f"))
    height = STEP * (len(bars) + 1)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
    ]
    lines.append(f'<rect width="{WIDTH}" height="{height}" fill="white"/>')
    room = WIDTH - LEFT - 110
    for place, (name, part, all_of, colour) in enumerate(bars):
        top, long = STEP * place + 8, round(room * part / all_of)
        lines.append(f'<text x="{LEFT - 8}" y="{top + 12}" text-anchor="end" font-size="12">{name}</text>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{room}" height="16" fill="#eeeeee"/>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{long}" height="16" fill="{colour}"/>')
        said = f"{100 * part / all_of:.0f} %, {part} of {all_of}"
        lines.append(f'<text x="{LEFT + room + 6}" y="{top + 12}" font-size="12">{said}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    main()
