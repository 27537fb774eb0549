"""How the doors are built."""

from __future__ import annotations

from handlers import build_router


def test_no_update_waits_for_a_thread_before_a_door_opens() -> None:
    """What is not a coroutine aiogram sends to another thread, which costs more than the door itself."""
    handlers = [
        handler
        for router in build_router().chain_tail
        for observer in router.observers.values()
        for handler in observer.handlers
    ]
    assert len(handlers) > 10
    called = [called for handler in handlers for called in (handler, *(handler.filters or ()))]
    assert [one.callback for one in called if not one.awaitable] == []
