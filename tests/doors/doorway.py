"""The doors as Telegram finds them, on one connection in memory, and the updates that come through them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select

from bot.app.check_runs import Checks
from bot.clock import MachineClock
from bot.config.config import Config, Current
from bot.doctor.finding import Finding
from bot.people.directory import Person
from bot.scenarios.library.check_functions import Surroundings
from bot.storage.db import savepoint
from bot.storage.schema import approvals, chats, history, lessons, outages, outbox, prompts, relays, tickets
from bot.storage.unit import Units
from bot.telegram.inbox import StoredUpdate
from bot.telegram.inbox import store as keep
from bot.texts.speak import Line, Voice
from handlers.context import Doors
from handlers.filters import Introduced
from handlers.visit import FileActions, Visit
from tests.cast import TOKEN
from tests.doors.deeds import NOW, TOPIC, Button, Deed, Query
from tests.undone import undoing
from tests.units import work

AUTHORITY = (tickets, chats, relays, approvals, lessons, outages)


async def _no_file(*_: object) -> Line:
    return Line("rollback.none")


async def _nothing_learnt() -> None:
    """No phrase is added to any file."""


async def _all_is_well(_voice: Voice) -> list[Finding]:
    return []


FILES = FileActions(_no_file, _no_file, _nothing_learnt, _all_is_well)


class Monday(MachineClock):
    """It is always the same Monday morning."""

    def now(self) -> int:
        return NOW


class Doorway:
    """The doors on one connection in memory: whatever comes through them is undone when the cell is over."""

    token = TOKEN

    def __init__(self, tx: Connection, house: Config) -> None:
        self.tx, self.house = tx, house
        self.answers: list[Mapping[str, Any]] = []
        current = Current(house)
        units = Units(self, Monday().now, lambda: current.config)  # type: ignore[arg-type]
        checks = Checks(units, Monday(), Surroundings(""), lambda: None)
        self.doors = Doors(
            units,
            self,
            Monday(),
            Introduced(TOKEN, "firstline_bot"),
            checks.start,
            FILES,
        )
        self._updates = 0

    async def run(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with savepoint(self.tx):
            return verb(self.tx, *args, **kwargs)

    read = run

    async def call(self, method: str, params: Mapping[str, Any]) -> bool:
        self.answers.append(dict(params))
        return True

    async def comes(self, update: Mapping[str, Any]) -> dict[str, Any]:
        """Telegram delivers a new update."""
        self._updates += 1
        raw = {"update_id": self._updates, **update}
        await self.is_delivered(raw)
        return raw

    async def is_delivered(self, raw: dict[str, Any]) -> None:
        """Telegram delivers an update, for the first time or again."""
        if keep(work(self.tx, NOW), [raw]):
            await self.doors.handle(StoredUpdate(raw["update_id"], 0, json.dumps(raw)))
            await asyncio.gather(*self.doors.answers._tasks)

    def visit(self) -> Visit:
        """An update that is stored and has come no further."""
        self._updates += 1
        keep(work(self.tx, NOW), [{"update_id": self._updates}])
        return self.doors._visit(StoredUpdate(self._updates, 0, "{}"))

    def traces(self) -> Counter[str]:
        """What has been done and said, and whatever gives anybody authority."""
        found = Counter(f"history:{action}" for action in self.tx.scalars(select(history.c.action)))
        for row in self.tx.execute(select(prompts).where(prompts.c.message.is_(None))):
            found[f"stands:{row.action} {row.value}"] += 1
        for row in self.tx.execute(select(outbox.c.card, outbox.c.method, outbox.c.params)):
            line = (row.params or {}).get("line")
            found[f"card:{row.card}" if row.card else f"line:{line}" if line else f"call:{row.method}"] += 1
        for table in AUTHORITY:
            columns = [column for column in table.c if column.name != "version"]
            found.update(f"{table.name}:{tuple(row)}" for row in self.tx.execute(select(*columns)))
        found["inline"] = sum(bool(answer.get("results")) for answer in self.answers)
        return found

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever comes of it is undone at the end of the block."""
        given = [*self.answers]
        with undoing(self.tx):
            yield
        self.answers = given


def update_of(deed: Deed, person: Person, text: str) -> dict[str, Any]:
    user = {"id": person.telegram_id, "is_bot": False, "first_name": "N", "language_code": "ru"}
    user["username"] = f"p{person.id}"
    if isinstance(deed, Query):
        return {"inline_query": {"id": "1", "from": user, "query": text, "offset": "", "chat_type": "group"}}
    message = {"message_id": 80, "date": NOW, "chat": chat_of(deed.chat or person.telegram_id or 0)}
    if isinstance(deed, Button):
        query = {"id": "1", "from": user, "chat_instance": "1", "data": text, "message": message}
        return {"callback_query": query}
    if deed.chat is not None:
        message |= {"message_thread_id": TOPIC, "is_topic_message": True}
    if deed.answers is not None:
        answered = {"message_id": deed.answers, "date": NOW, "chat": chat_of(deed.chat or 0)}
        message |= {"reply_to_message": answered}
    return {"message": message | {"from": user, "text": text}}


def chat_of(number: int) -> dict[str, Any]:
    if number > 0:
        return {"id": number, "type": "private", "first_name": "N"}
    return {"id": number, "type": "supergroup", "title": "T", "is_forum": True}
