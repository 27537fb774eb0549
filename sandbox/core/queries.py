"""Callback and inline queries: answered once, within their window."""

import asyncio
from dataclasses import dataclass, field

from sandbox.core.clock import SandboxClock
from sandbox.core.refusals import refuse
from sandbox.core.world import Json

CALLBACK_WINDOW = 15.0  # steady seconds; undocumented, community figures are 5-15 s
INLINE_WINDOW = 30.0  # steady seconds: as long as the update itself is kept
FIRST_QUERY = 4_900_000_000_000_001


@dataclass(slots=True)
class Query:
    id: str
    person: int
    chat: int
    expires: float
    answer: asyncio.Future[Json] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Queries:
    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.window = CALLBACK_WINDOW
        self._open: dict[str, Query] = {}
        self._next = FIRST_QUERY

    def ask(self, person: int, chat: int, window: float | None = None) -> Query:
        self._next += 1
        query = Query(str(self._next), person, chat, self.clock.steady() + (window or self.window))
        self._open[query.id] = query
        self._forget_old()
        return query

    def answer(self, query_id: str, answer: Json) -> None:
        """Store the bot's answer. Raises ApiError when late, unknown, or answered before."""
        query = self.find(query_id)
        del self._open[query_id]
        if not query.answer.done():
            query.answer.set_result(answer)

    def find(self, query_id: str) -> Query:
        query = self._open.get(query_id)
        if query is None or query.expires <= self.clock.steady():
            raise refuse("query_old")
        return query

    def _forget_old(self) -> None:
        now = self.clock.steady()
        while self._open:
            first = next(iter(self._open.values()))
            if first.expires > now:
                return
            del self._open[first.id]
