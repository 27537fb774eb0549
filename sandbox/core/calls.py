"""The record of Bot API calls, bounded: the last 20,000 in order."""

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sandbox.core.world import Json

KEPT = 20_000


@dataclass(slots=True)
class Call:
    number: int
    method: str
    args: dict[str, Any]
    time: float
    answer: str
    status: int


class Calls:
    """Numbers keep growing; only the last KEPT calls can be read."""

    def __init__(self) -> None:
        self.total = 0
        self.under_way = 0
        self._kept: deque[Call] = deque(maxlen=KEPT)

    def record(self, method: str, args: dict[str, Any], time: float, answer: str, status: int) -> None:
        self.total += 1
        self._kept.append(Call(self.total, method, args, time, answer, status))

    def after(self, number: int) -> list[Call]:
        if not self._kept:
            return []
        skip = max(number - self._kept[0].number + 1, 0)
        return list(islice(self._kept, skip, None))


def plain(args: dict[str, Any]) -> Json:
    """Arguments as JSON: an uploaded file is its name and size."""
    return {name: value.picture() if hasattr(value, "picture") else value for name, value in args.items()}
