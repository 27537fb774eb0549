"""A company in an empty database, on both engines: a test with `tx` is itself the unit of work."""

from __future__ import annotations

import pytest

from tests.escalation.company import CAST, CHATS
from tests.undone import shipped, tx, undone

__all__ = ["shipped", "tx"]


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    return undone(pyfuncitem, CAST, CHATS)
