"""Where starts and questions begin, from the authored phrases: `python -m benchmarks.bands` writes them to words/bands.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.route import shipped
from bot.knowledge.calibrate import Bands, found
from bot.knowledge.route import build
from bot.knowledge.words import FOLDER

FILE = FOLDER / "bands.yaml"
MOST = 600  # phrases of either side; a second for each 400


def computed() -> Bands:
    router = build(shipped())
    return found(router, router.trials(MOST))


def run() -> Iterator[Figure]:
    """The bands, and what they do to phrases that were left out."""
    bands = computed()
    yield Figure("a start from this score on", bands.auto, "")
    yield Figure("a question from this score on", bands.ask, "")
    yield Figure("wrong starts", 100 * bands.wrong, "%")
    yield Figure("own phrases without an offer", 100 * bands.lost, "%")
    yield Figure("foreign phrases with one", 100 * bands.taken, "%")


def write() -> None:
    """Keep the head of the file and write the bands below it."""
    head = [line for line in FILE.read_text("utf-8").splitlines(keepends=True) if line.startswith("#")]
    FILE.write_text("".join(head) + computed().written(), "utf-8")


if __name__ == "__main__":
    write()
