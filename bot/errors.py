"""The root of every error Firstline raises on purpose."""


class FirstlineError(Exception):
    """Something Firstline could not do, said in one sentence."""

    def __init__(self, message: str | None = None) -> None:
        # An error class is written once: its docstring is the sentence people read when nothing better is known.
        super().__init__(message or (type(self).__doc__ or "").strip())
