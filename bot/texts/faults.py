"""What went wrong, in the language of the terminal."""

from __future__ import annotations

from bot.errors import FirstlineError
from bot.texts import speak
from bot.texts.terminal import terminal_language


def sentence_of(error: FirstlineError) -> str:
    """The error's sentence in the catalogues, and what the error says beyond its own: a file, the server's words."""
    said = speak.voice(terminal_language("en")).say(error.said_as, **error.said_with)
    return said if error.said_with else said + str(error).removeprefix((type(error).__doc__ or "").strip())
