"""One doorway for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import in_memory
from tests.doors.deeds import move_in
from tests.doors.doorway import Doorway
from tests.shipped import house


@pytest.fixture(scope="module")
def doorway() -> Iterator[Doorway]:
    with in_memory().connect() as tx:
        move_in(tx)
        tx.commit()
        yield Doorway(tx, house())
