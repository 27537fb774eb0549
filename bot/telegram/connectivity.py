"""Distinguishes failures of one chat from an outage of Telegram, which have different back-offs."""

from __future__ import annotations

LONGEST_CHAT, LONGEST_OUTAGE = 300.0, 30.0  # seconds


class Weather:
    """Counts failed calls. A failing chat slows only itself (P6); failures of several chats without a success in
    between are an outage, in which all chats wait together."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}  # per chat, since its last success
        self._streak: list[str] = []  # failed chats since the last success of any

    @property
    def is_outage(self) -> bool:
        return len(set(self._streak)) > 1

    def failed(self, chat: str) -> float:
        """A call to `chat` failed; returns the seconds until the next try."""
        self._failures[chat] = self._failures.get(chat, 0) + 1
        self._streak.append(chat)
        if self.is_outage:
            return min(LONGEST_OUTAGE, 2.0 ** min(len(self._streak) // 2, 10))
        return min(LONGEST_CHAT, 2.0 ** min(self._failures[chat], 10))

    def succeeded(self, chat: str) -> bool:
        """A call to `chat` succeeded; True when that ended an outage."""
        ended = self.is_outage
        self._streak.clear()
        self._failures.pop(chat, None)
        if ended:
            self._failures.clear()
        return ended
