"""Connections that run a statement of a module again without SQLAlchemy's bookkeeping, which costs ten times the statement.

A statement that is built once and run again has the same text and the same types each time. They are kept by the
statement itself, so that its second run and all later ones are a call of the driver, and rows as SQLAlchemy makes them.
A list for IN is prepared for each length that comes. What is built at each call goes SQLAlchemy's way (decision 0013).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler

Names = tuple[str, ...]
Shape = tuple[str | int, ...]
"""A dialect, the names of what is given, and the lengths of the lists."""
Value = tuple[str | None, int | None, Any, Callable[[Any], Any] | None]
"""A parameter: the name by which it is given at each run, or None; its place in a list; its value when it has no name; what
makes it the driver's."""

MOST_LISTED = 100  # longer lists are seldom, and each length is a text of its own


@dataclass(frozen=True, slots=True)
class _GivenLater:
    """In the place of a value that comes with each run."""

    name: str
    place: int | None = None


@dataclass(slots=True)
class _Seen:
    """A statement that has run: its lists, looked for when it runs again, and how it is run for each shape."""

    statement: weakref.ref[Any]
    lists: Names | None = None
    prepared: dict[Shape, PreparedStatement | None] = field(default_factory=dict)


class LeanResult(IteratorResult[Any]):
    """Rows that are all read, and how many rows a change has met."""

    rowcount: int = -1


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement's text for one dialect and for parameters of these names."""

    text: str
    values: Sequence[Value]
    rows: SimpleResultMetaData | None

    def given(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """The driver's parameters. Raises KeyError when one is missing."""
        given = []
        for name, place, value, process in self.values:
            if name is not None:
                value = parameters[name] if place is None else parameters[name][place]
                if process is not None:
                    value = process(value)
            given.append(value)
        return tuple(given)


_NO_ROWS = SimpleResultMetaData(())
_seen: dict[int, _Seen] = {}


class LeanConnection(Connection):
    """Runs prepared statements by the driver."""

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """As Connection.execute, for all that verbs ask of a result."""
        rows = parameters if type(parameters) is list else [parameters or {}]
        if (
            execution_options is not None
            or not rows
            or type(rows[0]) is not dict
            or not self.in_transaction()
        ):
            return self._at_length(statement, parameters, execution_options)
        prepared = self._prepared(statement, rows[0])
        if prepared is None or self.engine.dispatch.before_cursor_execute:
            return self._at_length(statement, parameters, execution_options)
        try:
            values = [prepared.given(one) for one in rows]
        except KeyError:
            return self._at_length(statement, parameters, execution_options)
        if len(rows) > 1 and (prepared.rows is not None or any(len(one) != len(rows[0]) for one in rows)):
            return self._at_length(statement, parameters, execution_options)
        return self._run(prepared, values)

    def _run(self, prepared: PreparedStatement, values: Sequence[tuple[Any, ...]]) -> LeanResult:
        cursor = self.connection.cursor()
        try:
            if len(values) == 1:
                cursor.execute(prepared.text, values[0])
            else:
                cursor.executemany(prepared.text, values)
            rows = cursor.fetchall() if prepared.rows is not None else ()
            count = cursor.rowcount
        except Exception as error:
            self._handle_dbapi_exception(error, prepared.text, values, cursor, None)
        cursor.close()
        result = LeanResult(prepared.rows or _NO_ROWS, iter(rows))
        result.rowcount = count
        return result

    def scalar(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        return self.execute(statement, parameters, execution_options=execution_options).scalar()

    def scalars(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        return self.execute(statement, parameters, execution_options=execution_options).scalars()

    def _at_length(self, statement: Any, parameters: Any, options: Any) -> Any:
        return super().execute(statement, parameters, execution_options=options)

    def _prepared(self, statement: Any, given: Mapping[str, Any]) -> PreparedStatement | None:
        """None at the first run of a statement, and of those that cannot be prepared."""
        number = id(statement)
        known = _seen.get(number)
        if known is None or known.statement() is not statement:
            with suppress(TypeError):  # of what cannot be referred to
                _seen[number] = _Seen(weakref.ref(statement, lambda _: _seen.pop(number, None)))
            return None
        if known.lists is None:
            known.lists = _lists(statement)
        lists = [given.get(name) for name in known.lists]
        lengths = [len(one) for one in lists if isinstance(one, list | tuple)]
        if len(lengths) < len(lists) or max(lengths, default=0) > MOST_LISTED:
            return None
        shape: Shape = (self.dialect.name, *given, *lengths)
        if shape not in known.prepared:
            later = dict(zip(known.lists, lengths, strict=True))
            known.prepared[shape] = self._prepare(statement, tuple(given), later)
        return known.prepared[shape]

    def _prepare(self, statement: Any, names: Names, lengths: Mapping[str, int]) -> PreparedStatement | None:
        is_plain = getattr(statement, "is_dml", False) or getattr(statement, "is_select", False)
        if not is_plain:
            return None
        compiled = statement.compile(dialect=self.dialect, column_keys=list(names))
        if _changes(compiled, names, lengths) or compiled.insert_prefetch or compiled.update_prefetch:
            return None
        later: dict[str, object] = {name: _GivenLater(name) for name in names}
        for name, length in lengths.items():
            later[name] = [_GivenLater(name, place) for place in range(length)]
        state = compiled.construct_expanded_state(later)
        processors = {**compiled._bind_processors, **state.processors}
        values = [_value(state.parameters[name], processors.get(name)) for name in state.positiontup or ()]
        return PreparedStatement(state.statement, values, _rows(compiled, self.dialect))


def _lists(statement: Any) -> Names:
    """The names of the lists for IN that come with each run."""
    if not hasattr(statement, "get_children"):
        return ()
    binds = [part for part in visitors.iterate(statement) if isinstance(part, BindParameter)]
    return tuple(dict.fromkeys(bind.key for bind in binds if bind.expanding and bind.required))


def _value(value: Any, process: Any) -> Value:
    if isinstance(value, _GivenLater):
        return value.name, value.place, None, process
    return None, None, value if process is None else process(value), None


def _changes(compiled: SQLCompiler, names: Names, lengths: Mapping[str, int]) -> bool:
    """Whether a value is not known yet that is more than one parameter, or is asked for at each run."""
    lists = any(
        bind.key in names or bind.required for bind in compiled.post_compile_params if bind.key not in lengths
    )
    late = any(bind.key in names or bind.required for bind in compiled.literal_execute_params)
    return lists or late or any(bind.callable is not None for bind in compiled.binds.values())


def _rows(compiled: SQLCompiler, dialect: Any) -> SimpleResultMetaData | None:
    """How the driver's rows become SQLAlchemy's; None for a statement without rows."""
    columns = compiled._result_columns
    if not columns:
        return None
    processors = [column.type._cached_result_processor(dialect, None) for column in columns]
    return SimpleResultMetaData(
        [column.keyname for column in columns], _processors=processors if any(processors) else None
    )


def lean(engine: Engine) -> Engine:
    """This engine with such connections."""
    engine._connection_cls = LeanConnection
    return engine
