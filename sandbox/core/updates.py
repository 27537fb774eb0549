"""Updates waiting for the bot: creation, retention, confirmation."""

import json
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sandbox.core.clock import SandboxClock, Signal
from sandbox.core.world import Json

FIRST_UPDATE = 700_000_001
# S Client.h:1456: only for bots that ask for them
ONLY_ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")
# S Client::add_update; callbacks and inline queries in steady seconds, the rest in virtual ones
KEPT_STEADY = {"callback_query": 150.0, "inline_query": 30.0, "chosen_inline_result": 600.0}
KEPT_VIRTUAL = 86_400.0


@dataclass(slots=True)
class Update:
    id: int
    kind: str
    queue: str
    chat: int
    text: str
    expires: float


class Updates:
    """The queue of one bot. allowed_updates filters when an update is created, not when it is fetched."""

    def __init__(self, clock: SandboxClock, first: int = FIRST_UPDATE) -> None:
        self.clock = clock
        self.next_id = first
        self.pending: OrderedDict[int, Update] = OrderedDict()  # its head is removed in constant time
        self.allowed: list[str] = []
        self.came = Signal()
        self.listener: Callable[[Update], None] | None = None
        self._expiring: tuple[deque[Update], dict[str, deque[Update]]] = (deque(), {})

    def wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST

    def add(self, kind: str, payload: Json, queue: str, chat: int) -> Update | None:
        """Store an update, or None when the bot did not ask for this kind."""
        if not self.wanted(kind):
            return None
        number = self.next_id
        self.next_id += 1
        text = json.dumps({"update_id": number, kind: payload}, ensure_ascii=False, separators=(",", ":"))
        kept = KEPT_STEADY.get(kind)
        expires = self.clock.now() + KEPT_VIRTUAL if kept is None else self.clock.steady() + kept
        update = Update(number, kind, queue, chat, text, expires)
        self.pending[number] = update
        virtual, steady = self._expiring
        (virtual if kept is None else steady.setdefault(kind, deque())).append(update)
        if self.listener is not None:
            self.listener(update)
        self.came.fire()
        return update

    def confirm(self, offset: int) -> None:
        """Delete every update before `offset`."""
        while self.pending and next(iter(self.pending)) < offset:
            self.pending.popitem(last=False)

    def keep_last(self, count: int) -> None:
        """A negative offset: keep only the last `count` updates."""
        for number in list(self.pending)[: max(len(self.pending) - count, 0)]:
            del self.pending[number]

    def forget(self, number: int) -> None:
        self.pending.pop(number, None)

    def drop_all(self) -> None:
        self.pending.clear()

    def purge(self) -> None:
        """Drop what has expired: constant work per expired update."""
        virtual, steady = self._expiring
        _drop(virtual, self.clock.now(), self.pending)
        for waiting in steady.values():
            _drop(waiting, self.clock.steady(), self.pending)

    def oldest(self) -> Iterator[Update]:
        return iter(self.pending.values())


def _drop(waiting: deque[Update], now: float, pending: OrderedDict[int, Update]) -> None:
    while waiting and (waiting[0].expires <= now or waiting[0].id not in pending):
        pending.pop(waiting.popleft().id, None)
