"""Is one chat ill, or can Telegram not be reached at all? The two ask for different patience."""

from __future__ import annotations

LONGEST_CHAT, LONGEST_OUTAGE = 300.0, 30.0  # seconds


class Weather:
    """Counts calls that did not get through. One chat's illness slows that chat alone (P6); failures of several chats with no
    success in between are an outage, in which everybody waits together and begins together."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}  # per chat, since it was last reached
        self._streak: list[str] = []  # who failed since anybody was reached

    @property
    def is_outage(self) -> bool:
        return len(set(self._streak)) > 1

    def failed(self, chat: str) -> float:
        """A call to `chat` did not get through; returns the seconds after which to try again."""
        self._failures[chat] = self._failures.get(chat, 0) + 1
        self._streak.append(chat)
        if self.is_outage:
            return min(LONGEST_OUTAGE, 2.0 ** min(len(self._streak) // 2, 10))
        return min(LONGEST_CHAT, 2.0 ** min(self._failures[chat], 10))

    def succeeded(self, chat: str) -> bool:
        """A call to `chat` got through; True when that ended an outage."""
        ended = self.is_outage
        self._streak.clear()
        self._failures.pop(chat, None)
        if ended:
            self._failures.clear()
        return ended
