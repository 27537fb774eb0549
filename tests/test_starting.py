"""What the bot does with its own process before it begins to work."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from bot.app import main


async def test_what_was_built_before_the_start_is_never_searched_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen: list[int] = []

    async def served(*_: Any) -> None:
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr(main, "serve", served)
    try:
        await main._until_signalled(None, None)  # type: ignore[arg-type]  # not used
    finally:
        gc.unfreeze()
    assert frozen[0] > 0
    assert gc.get_freeze_count() == 0
