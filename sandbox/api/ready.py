"""A method's result that is already JSON text."""


class Ready(str):
    """Put into the response unchanged."""

    __slots__ = ()
