"""The page's event bus: every change, for the present listeners."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MISSED = 2000  # a listener that lags further behind is asked to reload everything


class Events:
    """An event bus without a history: without listeners nothing is done."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def tell(self, kind: str, fact: Any) -> None:
        if not self._listeners:
            return
        line = json.dumps({"kind": kind, "fact": fact}, ensure_ascii=False)
        for listener in self._listeners:
            if listener.qsize() < MISSED:
                listener.put_nowait(line)
            elif listener.qsize() == MISSED:
                listener.put_nowait('{"kind":"reload","fact":{}}')

    def close(self) -> None:
        """End every stream by sending None."""
        for listener in self._listeners:
            listener.put_nowait(None)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[str | None]]:
        listener: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
