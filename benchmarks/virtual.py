"""The sender before Telegram's limits in virtual time: minutes pass at once, and every call takes its way there and back."""

from __future__ import annotations

import asyncio
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, insert

from bot.config.config import Config
from bot.storage.db import Signals, _Listeners, savepoint
from bot.storage.schema import people
from bot.storage.unit import Unit, Units
from bot.telegram import chats
from bot.telegram.api import Api, RetryAfter
from bot.telegram.card import Renderer
from bot.telegram.delivery import Hook
from bot.telegram.limits import Limits
from bot.telegram.sender import Sender
from sandbox.core.flood import Flood, FloodLimits
from sandbox.core.refusals import ApiError
from tests.databases import in_memory

P = ParamSpec("P")
T = TypeVar("T")
START = 1_795_417_200  # 2026-11-23T07:00:00Z, a Monday
NEAR, FAR = 0.02, 0.12  # seconds of a call's way to Telegram, and of its answer's
COUNTED = ("send", "copy", "createForumTopic")


class _Jumping(selectors.DefaultSelector):
    """A selector that waits for no one: when nothing is ready, the time is what was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is not None:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is virtual: it jumps to the next thing that waits."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds."""
        return self._jumping.now


def played(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story())


class VirtualClock:
    """The loop's time, and a Monday morning that begins with it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    def now(self) -> int:
        return START + int(self.steady() - self._began)

    def steady(self) -> float:
        return self._loop.time()

    def until(self, instant: int) -> float:
        return max(0.0, instant - START - (self.steady() - self._began))

    def on_change(self, call: Callable[[], None]) -> None:
        """No one moves it."""


class Inline(_Listeners):
    """SQLite in memory, each verb at once in this thread: it costs no virtual time."""

    dialect = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self._connection = in_memory().connect()

    async def run(
        self, verb: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        tx = self._connection
        with tx.begin():
            tx.info["signals"] = signals = Signals()
            with savepoint(tx):
                result = verb(tx, *args, **kwargs)
        self.tell(signals)
        return result

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self.run(query, *args, **kwargs)

    async def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Said:
    """A call that Telegram took, at a steady second."""

    at: float
    chat: int
    method: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Chat:
    id: int

    @property
    def private(self) -> bool:
        return self.id > 0


class Telegram(Api):
    """Takes every call, within the sandbox's limits, after its way there."""

    def __init__(self, clock: VirtualClock, flood: FloodLimits) -> None:
        self._clock, self._chance = clock, Random(1)
        self._flood = Flood(clock, flood)  # type: ignore[arg-type]  # it reads the steady second only
        self.said: list[Said] = []
        self.refused: Counter[int] = Counter()

    async def call(self, method: str, params: Mapping[str, Any] | None = None, **_how: Any) -> Any:
        """Raises RetryAfter."""
        given = dict(params or {})
        await asyncio.sleep(self._chance.uniform(NEAR, FAR))
        chat = int(given.get("chat_id", 0))
        try:
            if method.startswith((*COUNTED, "edit")):
                self._flood.spend(_Chat(chat), edit=method.startswith("edit"))  # type: ignore[arg-type]
        except ApiError as refusal:
            self.refused[refusal.code] += 1
            raise RetryAfter(float((refusal.parameters or {})["retry_after"])) from None
        self.said.append(Said(self._clock.steady(), chat, method, given))
        await asyncio.sleep(self._chance.uniform(NEAR, FAR))
        number = len(self.said)
        return {"message_id": number, "message_thread_id": number}


@dataclass
class Desk:
    """A sender at work, and what Telegram has taken."""

    units: Units[Config]
    clock: VirtualClock
    telegram: Telegram
    sender: Sender[Config]
    calm: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """The sender did something: it is calm when nothing is left to send."""
        if self.sender.busy or self.sender.next_due is not None:
            self.calm.clear()
        else:
            self.calm.set()


async def desk(
    config: Config,
    size: int,
    groups: Mapping[str, int],
    renderers: Mapping[str, Renderer[Config]],
    hooks: Mapping[str, Hook[Config]],
    limits: Limits | None = None,
) -> tuple[Desk, asyncio.Task[None]]:
    """`size` people, the last of them an engineer, and these groups by our names, with a sender that begins at once. With
    `limits` for the sender, Telegram has none."""
    clock, db = VirtualClock(), Inline()
    units = Units(db, clock.now, lambda: config)
    telegram = Telegram(clock, FloodLimits() if limits is None else FloodLimits(0, 0.0, 0, 0))
    await units.run(_settled, size, groups)
    sender = Sender(units, telegram, clock, renderers, hooks, lambda: place.changed(), limits)
    place = Desk(units, clock, telegram, sender)
    return place, asyncio.create_task(sender.run())


def _settled(unit: Unit[Config], size: int, groups: Mapping[str, int]) -> None:
    rows = [
        {"staff_id": f"B{number}", "name": f"Person {number}", "language": "en", "telegram_id": number}
        for number in range(1, size + 1)
    ]
    unit.tx.execute(insert(people), [row | {"roles": [], "profile": {}} for row in rows[:-1]])
    unit.tx.execute(insert(people), rows[-1] | {"roles": ["engineer:helpdesk"], "profile": {}})
    for key, number in groups.items():
        chats.bind(unit, key, number, is_forum=True)
