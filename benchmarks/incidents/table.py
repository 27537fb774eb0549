"""A score as a text table."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.incidents.intervals import Estimate, median, share
from benchmarks.incidents.judge import Outcome, Score

SIZES = ((5, 8), (9, 15), (16, 40), (41, 10_000))


def table(score: Score) -> str:
    """Lines with 95 % intervals: the four figures, then each shape, each size and each kind of decoy."""
    return "\n".join([*_figures(score), *_plants(score), *_decoys(score)])


def _figures(score: Score) -> Iterator[str]:
    found = sum(each.found for each in score.outcomes)
    raised = sum(each.raised for each in score.lured)
    yield f"{'':<34} {'value':>8}   95 % interval"
    yield _line("plants found, %", score.recall(), f"{found} of {len(score.outcomes)}", 100)
    yield _line("reports until the candidate, median", score.reports_until(), "missed ones: infinite")
    yield _line("people until the candidate, median", score.people_until())
    yield _line("minutes until the candidate, median", score.minutes_until())
    alarms = f"{score.false_alarms} on {score.working_days} working days"
    yield _line("false alarms a working day", score.alarms_a_day(), alarms)
    yield _line("decoys that raised, %", score.decoys_raised(), f"{raised} of {len(score.lured)}", 100)
    yield f"{'candidates':<36} {score.candidates:>7}   {score.repeats} of them repeat a plant"


def _line(name: str, of: Estimate, note: str = "", times: float = 1) -> str:
    value, low, high = (number * times for number in (of.value, of.low, of.high))
    return f"{name:<36} {value:>7.2f}   {f'{low:.2f} to {high:.2f}':<18} {note}".rstrip()


def _plants(score: Score) -> Iterator[str]:
    yield ""
    yield f"{'plants':<16} {'found':>10} {'%':>7}   {'interval':<16} {'reports':>7}"
    for shape in sorted({each.plant.shape for each in score.outcomes}):
        yield _group(shape, [each for each in score.outcomes if each.plant.shape == shape])
    for low, high in SIZES:
        name = f"{low}-{high} people" if high < SIZES[-1][1] else f"{low} people on"
        yield _group(name, [each for each in score.outcomes if low <= each.plant.people <= high])


def _group(name: str, those: list[Outcome]) -> str:
    found, until = sum(each.found for each in those), median([each.reports for each in those])
    of = share(found, len(those))
    interval = f"{100 * of.low:.1f} to {100 * of.high:.1f}"
    return f"{name:<16} {f'{found}/{len(those)}':>10} {100 * of.value:>7.1f}   {interval:<16} {until.value:>7.1f}"


def _decoys(score: Score) -> Iterator[str]:
    yield ""
    yield f"{'decoys':<16} {'raised':>10}"
    for shape in sorted({each.shape for each in score.lured}):
        those = [each.raised for each in score.lured if each.shape == shape]
        yield f"{shape:<16} {f'{sum(those)}/{len(those)}':>10}"
