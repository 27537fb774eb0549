"""A sandbox on a free port, and two small clients of it: one for the Bot API, one for /sim."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox import server
from sandbox.core.box import Beginning, Box
from sandbox.core.flood import FloodLimits

TOKEN = "4242:AAsandbox"
START = 1_795_417_200.0  # 2026-11-23T07:00:00Z, a Monday
NO_LIMITS = FloodLimits(overall_per_second=0, private_per_second=0, group_per_minute=0)


class Client:
    """Everything over HTTP, as the product does it."""

    def __init__(self, http: aiohttp.ClientSession, root: str, box: Box) -> None:
        self.http, self.root, self.box = http, root, box
        self.api_root = f"{root}/bot{TOKEN}"

    async def call(self, method: str, **args: Any) -> dict[str, Any]:
        """The whole response to a Bot API call, arguments sent as most libraries send them."""
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in args.items()}
        async with self.http.post(f"{self.api_root}/{method}", data=form) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == (200 if body["ok"] else body["error_code"])
            return body

    async def ok(self, method: str, **args: Any) -> Any:
        body = await self.call(method, **args)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **args: Any) -> str:
        body = await self.call(method, **args)
        assert not body["ok"], body
        return str(body["description"])

    async def sim(self, path: str, **body: Any) -> Any:
        """A /sim call that must succeed; `sender` is the argument `from`."""
        status, answer = await self.sim_raw(path, **body)
        assert status == 200, answer
        return answer

    async def sim_raw(self, path: str, **body: Any) -> tuple[int, Any]:
        if "sender" in body:
            body["from"] = body.pop("sender")
        async with self.http.post(f"{self.root}/sim/{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def look(self, path: str, **query: Any) -> Any:
        async with self.http.get(f"{self.root}/sim/{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def last_text(self, chat: int, text: str) -> dict[str, Any]:
        """Wait until the chat's last message has this text; for bots that follow no clock, whose idleness is unknown."""
        async with asyncio.timeout(10):
            while True:
                last: dict[str, Any] = (await self.look(f"chats/{chat}/messages", limit=1) or [{}])[-1]
                if last.get("text") == text:
                    return last
                await asyncio.sleep(0.01)

    async def updates(self, **args: Any) -> list[dict[str, Any]]:
        """Fetch and confirm what is there now."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", timeout=0, **args)
        if found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1, limit=1, timeout=0)
        return found


@pytest.fixture
async def world() -> AsyncIterator[Client]:
    """An empty sandbox without flood limits; its clock is frozen at START."""
    box = server.new_box(Beginning(TOKEN, START, 0.0, NO_LIMITS))
    runner, port = await server.start(box, "127.0.0.1", 0)
    async with aiohttp.ClientSession() as http:
        yield Client(http, f"http://127.0.0.1:{port}", box)
    await runner.cleanup()


@pytest.fixture
async def desk(world: Client) -> Client:
    """Anna (1001) has started the bot, Oleg (1002) has not; both are in a forum, Oleg made it; Boris is outside."""
    await world.sim("people", id=1001, first_name="Анна", language_code="ru", started=True)
    await world.sim("people", id=1002, first_name="Олег", username="oleg")
    await world.sim("people", id=1003, first_name="Борис", started=True)
    await world.sim(
        "chats", id=FORUM, type="supergroup", title="Desk", is_forum=True, members=[1001], admins=[1002]
    )
    await world.sim("chats", id=GROUP, type="group", title="Chiefs", members=[1001], admins=[1002])
    await world.updates()
    return world


FORUM = -1_000_000_000_700
GROUP = -700
ANNA, OLEG, BORIS = 1001, 1002, 1003
