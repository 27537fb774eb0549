"""How much is pressed and read until there is something to try: `python -m tests.scenarios.advice` prints every way.

Words are those on the screens passed, buttons included, and those of the advice that are in sight without a tap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bot.knowledge.articles import Library
from bot.scenarios.language.model import AskStep, SayStep
from bot.scenarios.language.program import Program, profile_field
from bot.scenarios.play import engine
from bot.scenarios.play.enter import stripped
from bot.scenarios.play.events import Checked, OpenTicket, Player, Press, RunCheck, Transition, Typed
from tests import shipped

_WORD = re.compile(r"\w[\w'’.-]*")
_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
KNOWN = {"floor": 3, "room": "312", "office": "msk", "device": "NB-1042"}
DEEPEST = 8  # presses


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a first advice. `seen` and `whole`: words in sight, and with what is folded; `asked`: known fields."""

    scenario: str
    presses: int
    seen: int
    whole: int
    article: str | None
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Here:
    turn: Transition
    presses: int = 0
    words: int = 0
    asked: tuple[str, ...] = ()


def ways(program: Program, library: Library, language: str) -> Iterator[Way]:
    """Every way from the beginning of every scenario to its first advice; those that end without one are left out."""
    person = Player("1", "Anna", language=language, profile=dict(KNOWN))
    for scenario in program.menu:
        waiting = [_Here(engine.begin(program, scenario.id, person, language))]
        while waiting:
            here = waiting.pop()
            view, text = here.turn.view, sum(map(_words, here.turn.view.parts))
            article = library.get(view.article) if view.article else None
            if article is not None or _has_said(program, here.turn):
                long = article.html(language) if article else ""
                short = article.first(language) if article and not article.front.whole else long
                seen = here.words + text + _words(_FOLDED.sub("", short))
                whole = here.words + text + _words(long)
                yield Way(scenario.id, here.presses, seen, whole, view.article, here.asked)
            elif not _is_over(here.turn) and here.presses < DEEPEST:
                read = here.words + text + sum(_words(label) for _, label in view.options)
                asked = (*here.asked, *_known_asked(program, view.step))
                waiting += [
                    _Here(turn, here.presses + 1, read, asked)
                    for turn in _answered(program, here.turn, person)
                ]


def _answered(program: Program, turn: Transition, person: Player) -> Iterator[Transition]:
    for value, _ in turn.view.options:
        yield engine.advance(program, turn.state, Press(value), person)
    if not turn.view.options:
        is_check = any(isinstance(effect, RunCheck) for effect in turn.effects)
        after = engine.advance(program, turn.state, Checked("ok") if is_check else Typed("3"), person)
        if after.view.step != turn.view.step or after.state.done:
            yield after


def _has_said(program: Program, turn: Transition) -> bool:
    steps = (program.scenarios[id_].nodes.get(key) for id_, key, _ in turn.trail if id_ in program.scenarios)
    return any(node is not None and isinstance(node.step, SayStep) for node in steps)


def _known_asked(program: Program, step: str) -> list[str]:
    id_, _, key = step.partition("/")
    asked = program.scenarios[id_].nodes[key].step
    field = profile_field(asked) if isinstance(asked, AskStep) else None
    return [field] if field in KNOWN else []


def _is_over(turn: Transition) -> bool:
    return bool(turn.state.done) or any(isinstance(effect, OpenTicket) for effect in turn.effects)


def _words(html: str) -> int:
    return len(_WORD.findall(stripped(html)))


if __name__ == "__main__":
    house = shipped.house()
    for language in ("ru", "en"):
        found = list(ways(house.program, house.library, language))
        for way in found:
            print(
                f"{language} {way.scenario:<20}{way.presses:>3}{way.seen:>5}{way.whole:>5} {way.article or ''}"
            )
        figures = [median(getattr(way, name) for way in found) for name in ("presses", "seen", "whole")]
        print(
            f"{language} median of {len(found)}: presses {figures[0]}, words in sight {figures[1]}, whole {figures[2]}"
        )
