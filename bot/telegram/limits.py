"""Telegram's limits as data, and when a chat may get its next message.

The figures are the FAQ's (30/s overall, about 1/s to one chat with short bursts, 20/min to a group, edits counted), less
what an answer's way may vary. The exact limits are unspecified, so a 429 always takes precedence, and is learnt from: the
limit that it met is lower for a while, and never higher than it is here. Private chats may burst: people who tap quickly
notice a delay of a second per answer.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

TOPIC_REACH = 900_000
"""Messages of a forum after which a topic is left for a new one: past a million, bots reach old topics no longer
(tdlib/telegram-bot-api#596, #693)."""
KEPT = 5  # places of a group that are kept for more alerts once one has come: the list of a rush is drawn every ten seconds
RELAX = 600.0  # steady seconds after a 429 until a limit is higher by one call again


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls in any `seconds` (steady seconds, see bot.clock)."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The sender's limits. `burst`: calls that an idle private chat gets at once, above one a second; `rush`: those of an idle
    group; the others are spread, so that there is always a place for an alert.

    Telegram counts a call when it arrives, not when it was sent: so a group's minute is a second longer than its own, a
    burst a call shorter, and of 30 a second there are 27, which are 30 when their ways differ by a tenth of a second.
    """

    overall: Limit = Limit(27, 1.0)
    private: Limit = Limit(1, 1.0)
    burst: int = 8
    group: Limit = Limit(20, 61.0)
    rush: int = 14

    @property
    def pace(self) -> float:
        """Seconds between calls at the full rate."""
        return self.overall.seconds / self.overall.count


class Window:
    """A sliding window over the calls of one chat, or of all."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._calls: deque[float] = deque(maxlen=limit.count)
        self._closed_until = 0.0
        self._fewer, self._refused_at = 0, 0.0

    def count(self, steady: float) -> int:
        """How many calls are allowed: those of the limit, less what refusals have taught."""
        fewer = self._fewer - int((steady - self._refused_at) / RELAX) if self._fewer else 0
        return self._limit.count - max(0, fewer)

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        """The steady second from which one more call fits; `urgent` ones may use the reserved place."""
        count = self.count(steady)
        full = len(self._calls) >= count
        by_count = self._calls[-count] + self._limit.seconds if full else steady
        return max(by_count, self._closed_until)

    def room(self, steady: float) -> int:
        """How many calls fit now."""
        if self._closed_until > steady:
            return 0
        recent = sum(1 for call in self._calls if call + self._limit.seconds > steady)
        return max(0, self.count(steady) - recent)

    def spend(self, steady: float, *, urgent: bool = False) -> None:
        self._calls.append(steady)

    def close(self, until: float) -> None:
        """After retry_after: nothing before `until` (steady seconds)."""
        self._closed_until = max(self._closed_until, until)

    def refused(self, steady: float) -> None:
        """A 429 within the limit: Telegram's is lower. One call fewer from now on, at least half of them."""
        fewer = self._limit.count - self.count(steady)
        self._fewer, self._refused_at = min(fewer + 1, self._limit.count // 2), steady

    def idle(self, steady: float) -> bool:
        """Whether it limits nothing any more, so that it can be deleted."""
        is_empty = not self._calls or self._calls[-1] + self._limit.seconds <= steady
        return is_empty and self._closed_until <= steady and self.count(steady) == self._limit.count


class Shared(Window):
    """A window with a place reserved for alerts, KEPT of them while they come: after `rush` calls the other free places are
    spread over the time until the oldest call leaves the window, at least an even pace apart."""

    def __init__(self, limit: Limit, rush: int) -> None:
        super().__init__(limit)
        self._rush, self._alert_at = rush, -math.inf

    def spend(self, steady: float, *, urgent: bool = False) -> None:
        super().spend(steady)
        self._alert_at = steady if urgent else self._alert_at

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        free_at = super().free_at(steady)
        recent = [call for call in self._calls if call + self._limit.seconds > steady]
        if urgent or len(recent) < self._rush:
            return free_at
        count = self.count(steady)
        back, places = recent[0] + self._limit.seconds, count - len(recent)
        if places <= (KEPT if self._alert_at + self._limit.seconds > steady else 1):
            return max(free_at, back)
        even = self._limit.seconds / count
        return max(free_at, recent[-1] + max(even, (back - recent[-1]) / places))


class Bucket(Window):
    """A window in which an idle chat saves up calls: `burst` of them at once, then one per `limit`."""

    def __init__(self, limit: Limit, burst: int) -> None:
        super().__init__(limit)
        self._allowance = burst * limit.seconds
        self._paid_until = -math.inf  # the steady second at which all calls so far are paid for

    def free_at(self, steady: float, *, urgent: bool = False) -> float:
        return max(steady, self._paid_until - self._allowance, self._closed_until)

    def spend(self, steady: float, *, urgent: bool = False) -> None:
        self._paid_until = max(self._paid_until, steady) + self._limit.seconds

    def refused(self, steady: float) -> None:
        """A 429 within the limit: what was saved up is gone."""
        self._paid_until = max(self._paid_until, steady + self._allowance)

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

    def spend(self, chat: str, steady: float, *, is_group: bool, urgent: bool = False) -> None:
        """Count one call to `chat`."""
        self._overall.spend(steady)
        self._window(chat, is_group=is_group).spend(steady, urgent=urgent)

    def close(self, chat: str | None, until: float, *, is_group: bool = False) -> None:
        """Apply retry_after to one chat, or to all of them (`chat=None`)."""
        (self._window(chat, is_group=is_group) if chat else self._overall).close(until)

    def refused(self, chat: str, steady: float, until: float, *, is_group: bool) -> None:
        """A 429, and what it teaches: of a group its own limit; of a private chat it may be either."""
        self.close(chat, until, is_group=is_group)
        self._window(chat, is_group=is_group).refused(steady)
        if not is_group:
            self._overall.refused(steady)

    def waiting(self, steady: float, *, urgent: bool = False) -> dict[str, float]:
        """Chats that must not get a message now -> the steady second from which they may; fewer for `urgent` ones."""
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
