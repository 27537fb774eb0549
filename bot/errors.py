"""The base of every error that Firstline raises on purpose."""

from collections.abc import Mapping


class FirstlineError(Exception):
    """Something Firstline could not do, in one sentence."""

    said_as: str = ""  # its sentence in the catalogues, for errors that people meet at a terminal
    said_with: Mapping[str, object] = {}  # what that sentence names

    def __init__(self, message: str | None = None) -> None:
        # The docstring of an error class is its default message.
        super().__init__(message or (type(self).__doc__ or "").strip())
