"""A sender connected to a strict sandbox, over HTTP, on either database; time is moved, never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from sqlalchemy import Connection, Row, insert, select

from bot.clock import FollowedClock
from bot.storage.db import Database
from bot.storage.schema import outbox as table
from bot.storage.schema import people
from bot.storage.unit import Unit
from bot.telegram import chats, outbox, posts
from bot.telegram.api import Api
from bot.telegram.card import Drawing
from bot.telegram.clock_client import ClockFollower
from bot.telegram.keyboard import button
from bot.telegram.outbox import Outcome
from bot.telegram.sender import Sender
from sandbox import server
from sandbox.core.box import Beginning
from tests.units import units, work

T = TypeVar("T")
TOKEN = "4242:AAsandbox"
START = 1_795_417_200.0  # 2026-11-23T07:00:00Z, a Monday
ANNA, BORIS = 1001, 1002
FORUM, GROUP, ADMINS = -1_000_000_000_700, -700, -701


@dataclass
class Line:
    """What a test sends, and what the sandbox and the outbox show afterwards. `drawn` is what each card shows now."""

    db: Database
    http: aiohttp.ClientSession
    root: str
    clock: FollowedClock
    follower: ClockFollower
    sender: Sender[Any]
    drawn: dict[str, Drawing | None]
    heard: list[tuple[str, Outcome]] = field(default_factory=list)

    async def sim(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.root}/sim/{path}", json=body) as answer:
            found = await answer.json()
            assert answer.status == 200, found
            return found

    async def fault(self, kind: str, **more: Any) -> None:
        await self.sim("faults", kind=kind, **more)

    async def run(self, verb: Callable[..., T], *args: Any) -> T:
        """Run a verb, and wait until its messages are sent."""
        result = await self.db.run(verb, *args)
        await self.settle()
        return result

    async def say(self, chat: str, *words: str, **how: Any) -> None:
        """Send texts to a chat, and wait until all are sent or wait for their time."""
        for word in words:
            await self.db.run(lambda tx, word=word: outbox.say(work(tx, self.clock.now()), chat, word, **how))
        await self.settle()

    async def show(self, chat: str, text: str, about: str = "ticket:1", **how: Any) -> None:
        """Let the card show `text` from now on."""
        self.drawn[about] = Drawing(text, [[button("Взять", "t|claim|1")]])
        await self.db.run(lambda tx: outbox.show(work(tx, self.clock.now()), chat, "card", about, **how))
        await self.settle()

    async def settle(self) -> None:
        await self.follower.tell()
        async with self.http.get(f"{self.root}/sim/idle?timeout=20") as answer:
            idle = await answer.json()
            assert idle["idle"], idle

    async def later(self, seconds: int) -> None:
        """Time passes."""
        moved = await self.sim("clock/advance", seconds=seconds)
        assert moved["idle"]

    async def reads(self, chat: int) -> list[str]:
        """A chat's texts, without Telegram's own notices."""
        async with self.http.get(f"{self.root}/sim/chats/{chat}/messages") as answer:
            return [one["text"] for one in await answer.json() if "text" in one and not one.get("deleted")]

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.root}/sim/chats/{chat}/messages") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def calls(self, method: str = "") -> list[dict[str, Any]]:
        async with self.http.get(f"{self.root}/sim/calls") as answer:
            found: list[dict[str, Any]] = await answer.json()
            return [call for call in found if method in ("", call["method"])]

    async def rows(self) -> list[Row[Any]]:
        return await self.db.read(lambda tx: list(tx.execute(select(table).order_by(table.c.id))))


@asynccontextmanager
async def open_line(db: Database) -> AsyncIterator[Line]:
    """Anna and Boris, a forum, a plain group and the administrators, all known to the desk; a sender that serves them."""
    runner, port = await server.start(server.new_box(Beginning(TOKEN, START, 1.0)), "127.0.0.1", 0)
    root = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as http:
        clock = FollowedClock()
        follower = ClockFollower(http, root, clock)
        await follower.begin()
        drawn: dict[str, Drawing | None] = {}
        heard: list[tuple[str, Outcome]] = []

        def draw(_unit: Unit[Any], about: str, _chat: str) -> Drawing | None:
            return drawn[about]

        def hear(_unit: Unit[Any], row: Row[Any], outcome: Outcome) -> None:
            if row.about and outcome.state != "sent":
                heard.append((row.about, outcome))

        def topic(_unit: Unit[Any], about: str, _chat: str) -> Drawing:
            return Drawing(" " if about == "ticket:blank" else f"1 · {about}")

        renderers = {"card": draw, posts.TOPIC: topic}
        sender = Sender(
            units(db, clock.now),
            Api(http, root, TOKEN),
            clock,
            renderers,
            {"": hear, "word": hear},
            follower.changed,
        )
        follower.state = lambda: (sender.busy, sender.next_due)
        line = Line(db, http, root, clock, follower, sender, drawn, heard)
        await _move_in(line)
        tasks = [asyncio.create_task(part) for part in (follower.listen(), follower.report(), sender.run())]
        yield line
        await sender.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await line.sim("clock", speed=2)  # lets the last question about the clock go
    await runner.cleanup()


async def _move_in(line: Line) -> None:
    # Updates are not read here, so none may wait.
    nothing = {"timeout": 0, "allowed_updates": ["poll"]}
    async with line.http.post(f"{line.root}/bot{TOKEN}/getUpdates", json=nothing) as answer:
        assert answer.status == 200
    for number, name in ((ANNA, "Анна"), (BORIS, "Борис")):
        await line.sim("people", id=number, first_name=name, started=True)
    await line.sim(
        "chats", id=FORUM, type="supergroup", title="Team", is_forum=True, members=[BORIS], admins=[BORIS]
    )
    await line.sim("chats", id=GROUP, type="group", title="Chiefs", members=[BORIS], admins=[BORIS])
    await line.sim("chats", id=ADMINS, type="group", title="Admins", members=[BORIS], admins=[BORIS])
    await line.db.run(_enlist)


def _enlist(tx: Connection) -> None:
    for number in (ANNA, BORIS):
        row = {"id": number, "staff_id": f"S-{number}", "name": "N", "roles": [], "profile": {}}
        tx.execute(insert(people).values(**row, telegram_id=number))
    for key, number, is_forum in (
        ("team:a", FORUM, True),
        ("chiefs", GROUP, False),
        ("bot-admins", ADMINS, False),
    ):
        chats.bind(work(tx, 0), key, number, is_forum=is_forum)
