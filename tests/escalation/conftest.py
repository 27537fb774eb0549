"""A company in an empty database, on both databases: a test that takes `tx` is itself the unit of work."""

from __future__ import annotations

import pytest

from tests.escalation.company import CAST, CHATS
from tests.undone import shared_postgres, shared_sqlite, shipped, tx, undone

__all__ = ["shared_postgres", "shared_sqlite", "shipped", "tx"]


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    return undone(pyfuncitem, CAST, CHATS)
