"""Rows as frozen dataclasses whose fields are the columns of one table, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Result

T = TypeVar("T")
Kind = Callable[..., T]
Found = Result[Any] | CursorResult[Any]


def first(kind: Kind[T], found: Found) -> T | None:
    """The first row of `select(table)`, or None."""
    row = found.first()
    return None if row is None else kind(*row)


def one(kind: Kind[T], found: Found) -> T:
    """The only row of `select(table)`. Raises NoResultFound when there is none."""
    return kind(*found.one())


def every(kind: Kind[T], found: Found) -> Sequence[T]:
    return [kind(*row) for row in found]
