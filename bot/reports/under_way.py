"""How far a report in the chat is: per cent on the card that stays while it is made.

Kept by the process that makes it: after a kill the command is read once more and begins at nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.config.config import Config, Work
from bot.keys import ReportRef
from bot.storage.unit import Units
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.texts import speak

CARD = "report_wait"
WAITING = ReportRef("wait")
PACE = 3.0  # seconds between two edits of the card
_reached: dict[str, int] = {}  # per cent, by chat


def begin(work: Work, chat: str) -> None:
    """Show the card, at the end of the chat."""
    _reached[chat] = 0
    outbox.show(work, chat, CARD, WAITING, anew="asked")


def end(work: Work, chat: str) -> None:
    """Take the card away."""
    _reached.pop(chat, None)
    outbox.hide(work, chat, CARD, WAITING)


def card(work: Work, _about: str, chat: str) -> Drawing:
    """The card that stays while the figures are computed."""
    voice, per_cent = speak.voice(chats.language(work.tx, chat)), _reached.get(chat)
    return Drawing(voice.say("report.wait.at", n=per_cent) if per_cent else voice.say("report.wait"))


class UnderWay:
    """Draws the card again as the work goes on; its parts may be called from any thread."""

    def __init__(self, units: Units[Config], chat: str) -> None:
        self._units, self._chat = units, chat
        self._loop = asyncio.get_running_loop()
        self._shown_at = self._loop.time()
        self._tasks: set[asyncio.Task[None]] = set()

    def part(self, begin: int, end: int) -> Callable[[int, int], None]:
        """From so many per cent to so many: `report(done, of)`."""

        def report(done: int, of: int) -> None:
            per_cent = begin + (end - begin) * done // max(1, of)
            self._loop.call_soon_threadsafe(self._note, per_cent)

        return report

    def _note(self, per_cent: int) -> None:
        if self._chat not in _reached or per_cent <= _reached[self._chat]:
            return
        _reached[self._chat] = per_cent
        if self._loop.time() - self._shown_at < PACE:
            return
        self._shown_at = self._loop.time()
        task = asyncio.create_task(self._units.run(_redraw, self._chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _redraw(work: Work, chat: str) -> None:
    """Unless it has ended meanwhile."""
    if chat in _reached:
        outbox.show(work, chat, CARD, WAITING, priority=outbox.NEWS)
