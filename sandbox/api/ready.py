"""A method's result that is JSON text already."""


class Ready(str):
    """Put into the envelope as it is."""

    __slots__ = ()
