"""Connections that run a statement of a module again without SQLAlchemy's bookkeeping, which costs ten times the statement.

A statement that is built once and run again has the same text and the same types each time. They are kept by the
statement itself, so that its second run and all later ones are a call of the driver, and rows as SQLAlchemy makes them.
What is built at each call, runs for many rows, or has a list for IN that changes, goes SQLAlchemy's way (decision 0013).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

Names = tuple[str, ...]
Value = tuple[str | None, Any, Callable[[Any], Any] | None]
"""A parameter: the name by which it is given at each run, or None and its value; what makes it the driver's."""


@dataclass(frozen=True, slots=True)
class _GivenLater:
    """In the place of a value that comes with each run."""

    name: str


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
        return tuple(
            value if name is None else parameters[name] if process is None else process(parameters[name])
            for name, value, process in self.values
        )


_NO_ROWS = SimpleResultMetaData(())
_seen: dict[int, tuple[weakref.ref[Any], dict[Names, PreparedStatement | None]]] = {}


class LeanConnection(Connection):
    """Runs prepared statements of one row by the driver."""

    def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """As Connection.execute, for all that verbs ask of a result."""
        one = parameters[0] if type(parameters) is list and len(parameters) == 1 else parameters
        is_plain = one is None or type(one) is dict
        if execution_options is not None or not is_plain or not self.in_transaction():
            return self._at_length(statement, parameters, execution_options)
        given: Mapping[str, Any] = one or {}
        prepared = self._prepared(statement, tuple(given))
        if prepared is None or self.engine.dispatch.before_cursor_execute:
            return self._at_length(statement, parameters, execution_options)
        try:
            values = prepared.given(given)
        except KeyError:
            return self._at_length(statement, parameters, execution_options)
        cursor = self.connection.cursor()
        try:
            cursor.execute(prepared.text, values)
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

    def _prepared(self, statement: Any, names: Names) -> PreparedStatement | None:
        """None at the first run of a statement, and of those that cannot be prepared."""
        number = id(statement)
        known = _seen.get(number)
        if known is None or known[0]() is not statement:
            with suppress(TypeError):  # of what cannot be referred to
                _seen[number] = weakref.ref(statement, lambda _: _seen.pop(number, None)), {}
            return None
        by_names = known[1]
        key = (self.dialect.name, *names)
        if key not in by_names:
            by_names[key] = self._prepare(statement, names)
        return by_names[key]

    def _prepare(self, statement: Any, names: Names) -> PreparedStatement | None:
        is_plain = getattr(statement, "is_dml", False) or getattr(statement, "is_select", False)
        if not is_plain:
            return None
        compiled = statement.compile(dialect=self.dialect, column_keys=list(names))
        if _changes(compiled, names) or compiled.insert_prefetch or compiled.update_prefetch:
            return None
        state = compiled.construct_expanded_state({name: _GivenLater(name) for name in names})
        processors = {**compiled._bind_processors, **state.processors}
        values = [_value(state.parameters[name], processors.get(name)) for name in state.positiontup or ()]
        return PreparedStatement(state.statement, values, _rows(compiled, self.dialect))


def _value(value: Any, process: Any) -> Value:
    if isinstance(value, _GivenLater):
        return value.name, None, process
    return None, value if process is None else process(value), None


def _changes(compiled: SQLCompiler, names: Names) -> bool:
    """Whether a value is not known yet that is more than one parameter, or is asked for at each run."""
    late = {*compiled.post_compile_params, *compiled.literal_execute_params}
    lists = any(bind.key in names or bind.required for bind in late)
    return lists or any(bind.callable is not None for bind in compiled.binds.values())


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
