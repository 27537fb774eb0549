"""Telegram's limits as data, and the reckoning of when a chat may be spoken to again.

The figures are the FAQ's with a margin (30/s overall, about 1/s to one chat with short bursts, 20/min to a group, edits counted);
exact limits are unspecified, so a 429 always has the last word. A person who taps quickly is a short burst: holding an answer
back for a second each time would be felt, a backlog sent at one a second is not.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

TOPIC_REACH = 900_000
"""Messages of a forum after which a topic is left for a new one: past a million, bots reach old topics no longer
(tdlib/telegram-bot-api#596, #693)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls in any `seconds` (steady seconds, see bot.clock)."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What the sender keeps to. `burst` are the calls that a rested private chat takes at once, above one a second;
    `rush` those that a rested group does: the others are spread, so that an alarm finds a place at any time.

    A group's minute is a second longer than Telegram's, which counts a call when it arrives, not when it was sent.
    """

    overall: Limit = Limit(25, 1.0)
    private: Limit = Limit(1, 1.0)
    burst: int = 9
    group: Limit = Limit(18, 61.0)
    rush: int = 12

    @property
    def pace(self) -> float:
        """Seconds from one call to the next when all that is allowed is used."""
        return self.overall.seconds / self.overall.count


class Window:
    """A sliding window over the calls of one chat, or of all."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._calls: deque[float] = deque(maxlen=limit.count)
        self._closed_until = 0.0

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        """The steady second from which one more call fits; `urgent` ones need not leave a place for others."""
        full = len(self._calls) == self._limit.count
        by_count = self._calls[0] + self._limit.seconds if full else steady
        return max(by_count, self._closed_until)

    def room(self, steady: float) -> int:
        """How many calls fit at this moment."""
        if self._closed_until > steady:
            return 0
        recent = sum(1 for call in self._calls if call + self._limit.seconds > steady)
        return self._limit.count - recent

    def spend(self, steady: float) -> None:
        self._calls.append(steady)

    def close(self, until: float) -> None:
        """Telegram said retry_after: nothing before `until` (steady seconds)."""
        self._closed_until = max(self._closed_until, until)

    def idle(self, steady: float) -> bool:
        """Nothing in it limits anybody any more, so it can be forgotten."""
        return self._closed_until <= steady and (
            not self._calls or self._calls[-1] + self._limit.seconds <= steady
        )


class Shared(Window):
    """A window in which talk leaves room for alarms: after `rush` calls the free places but one are spread over the time
    until the oldest of its calls no longer counts, and no two are closer than if all had been spread evenly."""

    def __init__(self, limit: Limit, rush: int) -> None:
        super().__init__(limit)
        self._rush = rush

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        free_at = super().free_at(steady)
        recent = [call for call in self._calls if call + self._limit.seconds > steady]
        if urgent or len(recent) < self._rush:
            return free_at
        back, places = recent[0] + self._limit.seconds, self._limit.count - len(recent)
        if places <= 1:
            return max(free_at, back)
        even = self._limit.seconds / self._limit.count
        return max(free_at, recent[-1] + max(even, (back - recent[-1]) / places))


class Bucket(Window):
    """A window that lets a rested chat save up calls: `burst` of them at once, then one per `limit`."""

    def __init__(self, limit: Limit, burst: int) -> None:
        super().__init__(limit)
        self._allowance = burst * limit.seconds
        self._paid_until = -math.inf  # the steady second at which every call so far is paid for

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        return max(steady, self._paid_until - self._allowance, self._closed_until)

    def spend(self, steady: float) -> None:
        self._paid_until = max(self._paid_until, steady) + self._limit.seconds

    def idle(self, steady: float) -> bool:
        return self._closed_until <= steady and self._paid_until <= steady


class Meter:
    """All windows together: which chats must wait, and until when."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = Window(limits.overall)
        self._chats: dict[str, Window] = {}

    def overall_free_at(self, steady: float) -> float:
        return self._overall.free_at(steady)

    def overall_room(self, steady: float) -> int:
        return self._overall.room(steady)

    def spend(self, chat: str, steady: float, *, is_group: bool) -> None:
        """Count one call to `chat`."""
        self._overall.spend(steady)
        self._window(chat, is_group=is_group).spend(steady)

    def close(self, chat: str | None, until: float, *, is_group: bool = False) -> None:
        """Honour retry_after for one chat, or for all of them (`chat=None`)."""
        (self._window(chat, is_group=is_group) if chat else self._overall).close(until)

    def waiting(self, steady: float, *, urgent: bool = False) -> dict[str, float]:
        """The chats that must not be spoken to now -> the steady second from which they may; fewer where it is `urgent`."""
        for chat in [chat for chat, window in self._chats.items() if window.idle(steady)]:
            del self._chats[chat]
        free = {chat: window.free_at(steady, urgent=urgent) for chat, window in self._chats.items()}
        return {chat: at for chat, at in free.items() if at > steady}

    def _window(self, chat: str, *, is_group: bool) -> Window:
        if chat not in self._chats:
            limits = self._limits
            self._chats[chat] = (
                Shared(limits.group, limits.rush) if is_group else Bucket(limits.private, limits.burst)
            )
        return self._chats[chat]
