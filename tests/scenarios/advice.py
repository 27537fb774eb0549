"""How much is pressed and read until there is something to try, and until a ticket is open.

`python -m tests.scenarios.advice` prints a line a scenario, with `--ways` every way. Words are those on the screens
passed, buttons included, and those of the advice: whole, and in sight without a tap. A text that greets before the
first press is no advice. On the way to a ticket all is skipped that can be, and no advice helps.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from bot.knowledge.articles import Library
from bot.scenarios.language.model import AskStep, ResolvedStep, SayStep
from bot.scenarios.language.program import Program, profile_field
from bot.scenarios.play import engine
from bot.scenarios.play.enter import stripped
from bot.scenarios.play.events import (
    Checked,
    OpenTicket,
    Player,
    Press,
    RunCheck,
    Sent,
    Skip,
    Transition,
    Typed,
)
from tests import shipped

_WORD = re.compile(r"\w[\w'’.-]*")
_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
KNOWN = {"floor": 3, "room": "312", "office": "msk", "device": "NB-1042"}
DEEPEST = 8  # presses to an advice
LONGEST = 20  # presses and answers to a ticket
ELSEWHERE = "_where/elsewhere"


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
class ToTicket:
    """One way to a ticket: presses and typed answers, words of all that was read, known fields that were asked."""

    scenario: str
    presses: int
    typed: int
    words: int
    asked: tuple[str, ...]

    @property
    def turns(self) -> int:
        return self.presses + self.typed


@dataclass(frozen=True, slots=True)
class _Here:
    turn: Transition
    presses: int = 0
    words: int = 0
    asked: tuple[str, ...] = ()
    typed: int = 0
    has_moved: bool = False  # they said that the known place is not where they are


def ways(program: Program, library: Library, language: str) -> Iterator[Way]:
    """Every way from the beginning of every scenario to its first advice; those that end without one are left out."""
    person = Player("1", "Anna", language=language, profile=dict(KNOWN))
    for scenario in program.menu:
        waiting = [_Here(engine.begin(program, scenario.id, person, language))]
        while waiting:
            here = waiting.pop()
            view, text = here.turn.view, sum(map(_words, here.turn.view.parts))
            article = library.get(view.article) if view.article else None
            if article is not None or (here.presses and _has_said(program, here.turn)):
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


def to_tickets(program: Program, library: Library, language: str) -> Iterator[ToTicket]:
    """Every way from the beginning of every scenario to its first ticket, by people whom no advice helps."""
    person = Player("1", "Anna", language=language, profile=dict(KNOWN))
    for scenario in program.menu:
        waiting = [_Here(engine.begin(program, scenario.id, person, language))]
        while waiting:
            here = waiting.pop()
            view = here.turn.view
            article = library.get(view.article) if view.article else None
            long = _words(article.html(language)) if article else 0
            words = here.words + sum(map(_words, view.parts)) + long
            if any(isinstance(effect, OpenTicket) for effect in here.turn.effects):
                yield ToTicket(scenario.id, here.presses, here.typed, here.words, here.asked)
            elif not here.turn.state.done and here.presses + here.typed < LONGEST:
                has_moved = here.has_moved or view.step == ELSEWHERE
                asked = here.asked if has_moved else (*here.asked, *_known_asked(program, view.step))
                words += sum(_words(label) for _, label in view.options)
                waiting += [
                    _Here(turn, here.presses + pressed, words, asked, here.typed + typed, has_moved)
                    for turn, pressed, typed in _unhelped(program, here.turn, person)
                ]


def _unhelped(program: Program, turn: Transition, person: Player) -> Iterator[tuple[Transition, int, int]]:
    """What follows, and how many presses and typed answers it took."""
    scenario, _, key = turn.view.step.partition("/")
    values = [value for value, _ in turn.view.options]
    if isinstance(program.scenarios[scenario].nodes[key].step, ResolvedStep):
        values = ["no"]
    if any(isinstance(effect, RunCheck) for effect in turn.effects):
        yield engine.advance(program, turn.state, Checked("ok"), person), 0, 0
    elif turn.view.skippable:
        yield engine.advance(program, turn.state, Skip(), person), 1, 0
    elif values:
        for value in values:
            yield engine.advance(program, turn.state, Press(value), person), 1, 0
    else:
        sent = Sent("photo", "1") if turn.view.awaits == "photo" else Typed("3 кабинета")
        after = engine.advance(program, turn.state, sent, person)
        if after.view.step != turn.view.step or after.effects:
            yield after, 0, 1


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


def _told(language: str, found: Sequence[Way], opened: Sequence[ToTicket]) -> Iterator[str]:
    scenarios = dict.fromkeys(one.scenario for one in (*opened, *found))
    yield f"{language}: presses, words whole (in sight) to the first advice | turns, words to a ticket; medians"
    for scenario in scenarios:
        mine = [way for way in found if way.scenario == scenario]
        ends = [way for way in opened if way.scenario == scenario]
        advice = (
            f"{_middle(mine, 'presses'):>4}{_middle(mine, 'whole'):>6} ({_middle(mine, 'seen')})"
            if mine
            else "-"
        )
        yield f"  {scenario:<20}{advice:<20}|{_middle(ends, 'turns'):>5}{_middle(ends, 'words'):>6}"
    asked = {way.scenario for way in (*found, *opened) if way.asked}
    yield (
        f"{language} {len(found)} ways to an advice: presses {_middle(found, 'presses')}, at most "
        f"{max(way.presses for way in found)}; words {_middle(found, 'whole')}, in sight {_middle(found, 'seen')}"
    )
    yield (
        f"{language} {len(opened)} ways to a ticket: turns {_middle(opened, 'turns')}, words {_middle(opened, 'words')};"
        f" known fields are asked in {len(asked)} of {len(scenarios)} scenarios"
    )


def _middle(ways_: Sequence[Way | ToTicket], name: str) -> int:
    return round(median(getattr(way, name) for way in ways_)) if ways_ else 0


if __name__ == "__main__":
    house = shipped.house()
    for language in ("ru", "en"):
        found = list(ways(house.program, house.library, language))
        if "--ways" in sys.argv:
            for way in found:
                print(
                    f"{language} {way.scenario:<20}{way.presses:>3}{way.seen:>5}{way.whole:>5} {way.article or ''}"
                )
        print(*_told(language, found, list(to_tickets(house.program, house.library, language))), sep="\n")
