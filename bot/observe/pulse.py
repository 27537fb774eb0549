"""The pulse of the event loop, seen from outside it: a loop that hangs cannot say so itself."""

from __future__ import annotations

import asyncio
import faulthandler
from contextlib import suppress

from bot.clock import Machine
from bot.observe import metrics

BEAT = 1.0  # seconds
HUNG = 300  # seconds without a beat after which the process shows where it hangs, and ends for its supervisor


class Pulse:
    """Beats in the event loop; its age can be read from any thread."""

    def __init__(self) -> None:
        self._machine = Machine()
        self._last = self._machine.steady()

    @property
    def age(self) -> float:
        """Seconds since the loop last turned."""
        return self._machine.steady() - self._last

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await asyncio.sleep(BEAT)
            metrics.LOOP_LAG.set(max(0.0, self.age - BEAT))
            self._last = self._machine.steady()


async def guard(stop: asyncio.Event) -> None:
    """Until `stop`, end the process when the loop hangs. The thread that does it needs nothing of Python's, so no lock can hold
    it back."""
    try:
        while not stop.is_set():
            faulthandler.dump_traceback_later(HUNG, exit=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await stop.wait()
    except asyncio.CancelledError:
        faulthandler.cancel_dump_traceback_later()
        raise
