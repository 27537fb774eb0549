"""The page in a real Chromium, before a whole desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests import browser
from tests.browser import Tab
from tests.whole import sandbox

__all__ = ["sandbox"]


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    """A browser's tab; its page's scripts must not fail."""
    path = browser.found_or_skip()
    async with browser.chromium(path) as opened:
        yield opened
        assert opened.errors == []
