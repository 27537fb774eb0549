"""What is moved: tables in an order in which every row finds what it refers to, and rows that both databases give alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, BigInteger, Integer, Table

from bot.storage.schema import metadata

CHUNK = 2_000  # rows that are read, written and compared at once
Value = int | str | None
Row = tuple[Value, ...]
_BITS = {Integer: 31, BigInteger: 63}


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """The column of a row whose value PostgreSQL does not hold."""

    column: str
    row: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as both databases name it. JSON is moved as the text it is."""

    table: Table

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.table.columns]

    def select(self, dialect: str) -> str:
        """All rows in the order of their keys, which is the same in both: text by its bytes."""
        collate = ' COLLATE "C"' if dialect == "postgresql" else ""
        order = (
            f'"{column.name}"{"" if isinstance(column.type, Integer) else collate}'
            for column in self.table.primary_key
        )
        return f'SELECT {self.written()} FROM "{self.name}" ORDER BY {", ".join(order)}'

    def written(self) -> str:
        """The columns of a SELECT. SQLite would give JSON that is a number as a number."""
        return ", ".join(
            f'CAST("{column.name}" AS TEXT)' if isinstance(column.type, JSON) else f'"{column.name}"'
            for column in self.table.columns
        )

    def place_of_fault(self, rows: Sequence[Row]) -> ValuePlace | None:
        """The first value of these rows that PostgreSQL does not hold: SQLite has no types to speak of."""
        for row in rows:
            for column, value in zip(self.table.columns, row, strict=True):
                if value is not None and not _fits(value, _bits(column.type)):
                    return ValuePlace(column.name, self.key_of(row))
        return None

    def key_of(self, row: Row) -> str:
        """The row's primary key, for people."""
        keys = {column.name for column in self.table.primary_key}
        values = dict(zip(self.columns, row, strict=True))
        return ", ".join(f"{name} {values[name]!r}" for name in self.columns if name in keys)


def layouts() -> list[Layout]:
    """Every table, those that others refer to first."""
    return [Layout(table) for table in metadata.sorted_tables]


def _bits(kind: object) -> int | None:
    return next((bits for of, bits in reversed(_BITS.items()) if isinstance(kind, of)), None)


def _fits(value: Value, bits: int | None) -> bool:
    if bits is None:
        return isinstance(value, str) and "\0" not in value
    return isinstance(value, int) and -(2**bits) <= value < 2**bits


class Sum:
    """The number and the checksum of rows, in their order."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, name: str, rows: Sequence[Row]) -> None:
        self.rows += len(rows)
        self._hash.update(f"{name}{rows!r}".encode())

    @property
    def checksum(self) -> str:
        """SHA-256 in hex."""
        return self._hash.hexdigest()
