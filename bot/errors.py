"""The base of every error that Firstline raises on purpose."""


class FirstlineError(Exception):
    """Something Firstline could not do, in one sentence."""

    def __init__(self, message: str | None = None) -> None:
        # The docstring of an error class is its default message.
        super().__init__(message or (type(self).__doc__ or "").strip())
