"""Questions and answers in a terminal, or through a pipe."""

from __future__ import annotations

import sys

import typer

from bot.errors import FirstlineError
from bot.texts.speak import Voice


class Left(FirstlineError):
    """The dialogue was left; what was done stays done."""


class Dialogue:
    """Says and asks in one language. Each answer is one line; the end of the input leaves the dialogue."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice

    def say(self, key: str, /, **facts: object) -> None:
        self.show(self.voice.say(key, **facts))

    def show(self, text: str) -> None:
        typer.echo(text)

    def ask(self, key: str, /, **facts: object) -> str:
        """The answer without the blanks around it; "" for Enter alone. Raises Left."""
        typer.echo(f"\n> {self.voice.say(key, **facts)} ", nl=False)
        line = self._line()
        if not line:
            raise Left
        if not sys.stdin.isatty():
            typer.echo(line.strip())  # a pipe shows no answers
        return line.strip()

    def agrees(self, key: str, /, **facts: object) -> bool:
        """Whether the answer is not one of the words for no."""
        return self.ask(key, **facts).lower() not in self.voice.say("setup.no").split()

    def passes(self, key: str, /, **facts: object) -> bool:
        """Enter goes on with it; one of the words for "later" leaves it out. Returns whether it is left out."""
        return self._is_later(self.ask(key, **facts))

    def optional(self, key: str, /, **facts: object) -> str:
        """An answer that may be left out, by Enter or by one of the words for "later"; then it is empty."""
        answer = self.ask(key, **facts)
        return "" if self._is_later(answer) else answer

    def _is_later(self, answer: str) -> bool:
        return answer.lower() in self.voice.say("setup.later").split()

    def _line(self) -> str:
        return sys.stdin.readline()
