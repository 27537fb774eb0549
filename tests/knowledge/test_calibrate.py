"""Thresholds follow the phrases: where two scenarios are similar, automatic starts become rarer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.knowledge.calibrate import LOST, WRONG_STARTS, Bands, calibrated, found
from bot.knowledge.index import Entry
from bot.knowledge.route import Options, build
from bot.knowledge.words import FOLDER


def test_thresholds_rise_when_phrases_say_the_same_in_two_scenarios() -> None:
    clear = [
        Entry("tea", phrases=["заварить чай", "чай остыл", "чай с лимоном", "крепкий чай"]),
        Entry("printer", phrases=["принтер жуёт бумагу", "замяло бумагу", "бумага в принтере застряла"]),
    ]
    muddled = [
        Entry("tea", phrases=[f"прибор {n} не греет совсем" for n in "абвгдежз"]),
        Entry("kettle", phrases=[f"прибор {n} не греет совсем" for n in "иклмнопр"] + ["прибор а греет"]),
    ]
    given = Options(auto=0.2, rival=0.99, known=0.0, surely_ours=-9.0)
    assert calibrated(build(clear)).options.auto == Options().auto
    assert calibrated(build(muddled, given)).options.auto > given.auto


@dataclass(frozen=True)
class Scored:
    """A phrase left out itself: whose it is, and the score of a scenario."""

    own: str | None
    top: str
    score: float


@dataclass(frozen=True)
class ByScore:
    """A router that starts and asks by the score alone."""

    options: Options

    def with_options(self, options: Options) -> ByScore:
        return ByScore(options)

    def judged(self, trial: Scored) -> tuple[str | None, str | None]:
        return trial.own, trial.top if trial.score >= self.options.auto else None

    def serves(self, trial: Scored) -> bool:
        return trial.score >= self.options.ask


def test_the_lowest_start_with_few_wrong_ones_and_the_highest_question_that_loses_few_are_found() -> None:
    right = [Scored("tea", "tea", 0.2 + step / 100) for step in range(100)]
    wrong = [Scored("tea", "printer", 0.395), Scored("printer", "tea", 0.41), Scored(None, "tea", 0.25)]
    router: Any = ByScore(Options())
    trials: Any = [*right, *wrong]
    bands = found(router, trials)
    assert bands.auto == 0.4
    assert 0 < bands.wrong <= WRONG_STARTS
    assert bands.ask == 0.24
    assert 0 < bands.lost <= LOST
    assert bands.taken == 1


def test_bands_are_written_as_the_file_is_read() -> None:
    written = Bands(Options().auto, Options().ask, WRONG_STARTS, LOST, 0.0).written()
    assert (FOLDER / "bands.yaml").read_text("utf-8").endswith(written)
