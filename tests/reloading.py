"""Waits until the running desk has reloaded its desk.yaml."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.app import main
from bot.app.reload import DeskReloader


def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Awaitable[None]]:
    """Files are checked every second; returns a function that waits until desk.yaml was."""
    looks, look = asyncio.Queue[None](), DeskReloader.look

    async def look_and_say(reloader: DeskReloader) -> None:
        await look(reloader)
        looks.put_nowait(None)

    async def looked() -> None:
        while not looks.empty():
            looks.get_nowait()
        for _ in range(2):  # the first check may have begun before
            await looks.get()

    monkeypatch.setattr(DeskReloader, "look", look_and_say)
    monkeypatch.setattr(main, "EVERY", 1)
    return looked
