"""Patterns for typed answers: a small regular language matched in linear time.

Characters, `.`, classes `[A-Za-z]`, `\\d \\w \\s`, groups, `|`, `* + ? {m,n}`. The whole answer must match;
case is ignored. There is no backtracking: all paths are followed at once, so `(a+)+$` costs what `a+` does.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from bot.errors import FirstlineError

STATES = 2000  # of the machine: {m,n} copies what it repeats
LONGEST = 1000  # characters of an answer that are matched

_COUNT = re.compile(r"\{(\d{1,3})(,(\d{0,3}))?\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_ESCAPES = "dDwWsS"
_SAMPLES = "1aA-яЯ _.,:;@/+#!?()[]{}<>*='\"&%$|~^`0987654321bcdefghijklmnopqrstuvwxyz"

Fits = Callable[[str], bool]


class BadPattern(FirstlineError):
    """The pattern is invalid. `at` is the character (from 0) where that was noticed."""

    def __init__(self, at: int) -> None:
        super().__init__(f"at {at}")
        self.at = at


@dataclass(slots=True)
class _State:
    fits: Fits | None = None  # None: passed without reading a character
    after: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A compiled pattern."""

    source: str
    states: tuple[_State, ...]
    start: int
    final: int

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. Time is at most proportional to length times pattern."""
        if len(text) > LONGEST:
            return False
        here = self._closure({self.start})
        for character in text:
            here = self._closure(self._step(here, character))
            if not here:
                return False
        return self.final in here

    @lru_cache(maxsize=512)  # noqa: B019 - patterns are few, and kept by compile_pattern anyway
    def example(self, least: int = 0) -> str | None:
        """A matching text with at least so many characters; None when none is found."""
        start = frozenset(self._closure({self.start}))
        seen = {(start, 0)}
        waiting = [("", start)]
        for text, here in waiting:
            if self.final in here and len(text) >= least:
                return text
            for character in _SAMPLES + self.source if len(waiting) < STATES else "":
                after = frozenset(self._closure(self._step(here, character)))
                stage = (after, min(len(text) + 1, least))
                if after and stage not in seen:
                    seen.add(stage)
                    waiting.append((text + character, after))
        return None

    def _step(self, here: Iterable[int], character: str) -> set[int]:
        return {
            target
            for number in here
            if (fits := self.states[number].fits) is not None and fits(character)
            for target in self.states[number].after
        }

    def _closure(self, numbers: set[int]) -> set[int]:
        waiting = list(numbers)
        while waiting:
            state = self.states[waiting.pop()]
            if state.fits is None:
                fresh = [target for target in state.after if target not in numbers]
                numbers.update(fresh)
                waiting += fresh
        return numbers


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> Pattern:
    """Compile a pattern; `^` at its beginning and `$` at its end are ignored. Raises BadPattern."""
    return _Compiler(source).compiled()


Piece = tuple[int, int]  # a part of the machine: its first and last state


class _Compiler:
    """Recursive descent over at most 200 characters, directly into Thompson's machine."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 1 if source.startswith("^") else 0
        ends = source.endswith("$") and not source.endswith("\\$")
        self.end = len(source) - 1 if ends else len(source)
        self.states: list[_State] = []
        self.depth = 0

    def compiled(self) -> Pattern:
        first, last = self.choice()
        if self.at < self.end:
            raise BadPattern(self.at)
        return Pattern(self.source, tuple(self.states), first, last)

    def choice(self) -> Piece:
        arms = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            arms.append(self.sequence())
        if len(arms) == 1:
            return arms[0]
        first, last = self.state(), self.state()
        for begin, finish in arms:
            self.join(first, begin)
            self.join(finish, last)
        return first, last

    def sequence(self) -> Piece:
        first = last = self.state()
        while self.peek() not in ("", "|", ")"):
            begin, finish = self.repeated()
            self.join(last, begin)
            last = finish
        return first, last

    def repeated(self) -> Piece:
        start = self.at
        piece = self.atom()
        least, most = self.count()
        if (least, most) == (1, 1):
            return piece
        stop = self.at
        first = last = self.state()
        for _ in range(least):
            last = self.append(last, self.again(start, stop))
        if most is None:
            begin, finish = self.again(start, stop)
            loop = self.state()
            self.join(last, loop)
            self.join(loop, begin)
            self.join(finish, loop)
            return first, loop
        skip = self.state()
        for _ in range(most - least):
            self.join(last, skip)
            last = self.append(last, self.again(start, stop))
        self.join(last, skip)
        return first, skip

    def again(self, start: int, stop: int) -> Piece:
        """One more copy of the atom at `start`."""
        self.at = start
        piece = self.atom()
        self.at = stop
        return piece

    def append(self, last: int, piece: Piece) -> int:
        self.join(last, piece[0])
        return piece[1]

    def count(self) -> tuple[int, int | None]:
        sign = self.peek()
        if sign in ("*", "+", "?"):
            self.at += 1
            return (1 if sign == "+" else 0), (1 if sign == "?" else None)
        if sign != "{":
            return 1, 1
        found = _COUNT.match(self.source, self.at, self.end)
        if found is None:
            raise BadPattern(self.at)
        least = int(found[1])
        most = (int(found[3]) if found[3] else None) if found[2] else least
        if most is not None and most < least:
            raise BadPattern(self.at)
        self.at = found.end()
        return least, most

    def atom(self) -> Piece:
        sign = self.peek()
        if sign == "(":
            return self.group()
        if sign in ("", "*", "+", "?", "{", "^", "$"):
            raise BadPattern(self.at)
        piece = self.single(sign)
        try:
            alone = re.compile(piece, re.IGNORECASE)
        except re.error:
            raise BadPattern(self.at) from None
        self.at += len(piece)
        first, last = self.state(lambda character: alone.fullmatch(character) is not None), self.state()
        self.join(first, last)
        return first, last

    def single(self, sign: str) -> str:
        """The source of an atom that reads exactly one character."""
        if sign == "[":
            found = _CLASS.match(self.source, self.at, self.end)
            if found is None:
                raise BadPattern(self.at)
            return found[0]
        if sign != "\\":
            return sign
        escaped = self.source[self.at + 1 : self.at + 2]
        if self.at + 1 >= self.end or (escaped.isalnum() and escaped not in _ESCAPES):
            raise BadPattern(self.at)
        return sign + escaped

    def group(self) -> Piece:
        opened = self.at
        self.depth += 1
        if self.depth > 20:
            raise BadPattern(opened)
        self.at += 3 if self.source.startswith("(?:", self.at) else 1
        piece = self.choice()
        if self.peek() != ")":
            raise BadPattern(opened)
        self.at += 1
        self.depth -= 1
        return piece

    def peek(self) -> str:
        return self.source[self.at] if self.at < self.end else ""

    def state(self, fits: Fits | None = None) -> int:
        if len(self.states) >= STATES:
            raise BadPattern(self.at)
        self.states.append(_State(fits))
        return len(self.states) - 1

    def join(self, first: int, second: int) -> None:
        self.states[first].after.append(second)
