"""Why a move is refused or broken off, as a sentence of the catalogues."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from bot.errors import FirstlineError

_NO_DATABASE, _NO_RIGHT, _DENIED = "3D000", "42501", "28"  # PostgreSQL, appendix A


class MoveRefused(FirstlineError):
    """The database cannot be moved."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(f"{self.__doc__} {key} {facts}")
        self.said_as, self.said_with = key, facts


def refusal_of(error: DBAPIError | OSError) -> MoveRefused:
    """What the server's or the network's error means for a move."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None) or ""
    reason = " ".join(str(original).split())
    if state == _NO_DATABASE:
        return MoveRefused("move.no_database", reason=reason)
    if state == _NO_RIGHT or state.startswith(_DENIED):
        return MoveRefused("move.denied", reason=reason)
    return MoveRefused("move.broken_off", reason=reason)
