"""Flood limits as settings: how many messages, to which chats, in which steady window."""

import math
from collections import deque
from dataclasses import asdict, dataclass

from sandbox.core.clock import SandboxClock
from sandbox.core.refusals import refuse
from sandbox.core.world import Chat, Json


@dataclass(slots=True)
class FloodLimits:
    """Zero switches a limit off. The figures are the FAQ's; exact limits are not published."""

    overall_per_second: int = 30
    private_per_second: float = 1.0
    private_burst: int = 10
    group_per_minute: int = 20


class Flood:
    """Counts what was sent; a refused call does not count."""

    def __init__(self, clock: SandboxClock, limits: FloodLimits) -> None:
        self.clock = clock
        self.limits = limits
        self._overall: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._private: dict[int, tuple[float, float]] = {}  # chat -> (tokens left, when)

    def spend(self, chat: Chat, count: int = 1, edit: bool = False) -> None:
        """Count `count` messages, or refuse with 429. Edits count in groups only."""
        now = self.clock.steady()
        group = not chat.private
        if group and self.limits.group_per_minute:
            window = self._groups.setdefault(chat.id, deque())
            _room(window, now, 60.0, self.limits.group_per_minute, count)
        if not group and not edit and self.limits.private_per_second:
            self._spend_private(chat.id, now, count)
        if not edit and self.limits.overall_per_second:
            _room(self._overall, now, 1.0, self.limits.overall_per_second, count)
            self._overall.extend([now] * count)
        if group and self.limits.group_per_minute:
            self._groups[chat.id].extend([now] * count)

    def _spend_private(self, chat: int, now: float, count: int) -> None:
        rate, burst = self.limits.private_per_second, self.limits.private_burst
        left, when = self._private.get(chat, (float(burst), now))
        left = min(float(burst), left + (now - when) * rate)
        if left < min(count, burst):
            raise refuse("flood", seconds=max(1, math.ceil((min(count, burst) - left) / rate)))
        self._private[chat] = (left - count, now)

    def change(self, wanted: Json) -> None:
        """Set limits from a JSON object; unknown names raise KeyError, wrong values ValueError."""
        known = asdict(self.limits)
        for name, value in wanted.items():
            if name not in known:
                raise KeyError(name)
            number = float(value)
            if number < 0:
                raise ValueError(name)
            setattr(self.limits, name, number if name == "private_per_second" else int(number))
        self._overall.clear()
        self._groups.clear()
        self._private.clear()

    def picture(self) -> Json:
        return asdict(self.limits)


def _room(window: deque[float], now: float, seconds: float, limit: int, count: int) -> None:
    while window and window[0] <= now - seconds:
        window.popleft()
    if len(window) + min(count, limit) > limit:
        index = len(window) + min(count, limit) - limit - 1
        raise refuse("flood", seconds=max(1, math.ceil(window[index] + seconds - now)))
