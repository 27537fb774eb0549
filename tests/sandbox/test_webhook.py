"""Webhook delivery: order per chat, others in parallel, retries, the secret, calls in the answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.sandbox.conftest import ANNA, BORIS, Client


class Receiver:
    """A bot's webhook that keeps what it gets; `react` may answer in its own way."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.came = asyncio.Event()
        self.react: Callable[[dict[str, Any]], Awaitable[web.Response]] = self._accept
        self.url = ""

    async def _accept(self, update: dict[str, Any]) -> web.Response:
        return web.Response()

    async def take(self, request: web.Request) -> web.Response:
        update = json.loads(await request.text())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.got.append(update)
        self.came.set()
        return await self.react(update)

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()
        return self.got


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield receiver
    await runner.cleanup()


def words(update: dict[str, Any]) -> str:
    return str(update["message"]["text"])


async def test_what_waits_and_what_comes_is_delivered_with_the_secret(
    desk: Client, receiver: Receiver
) -> None:
    await desk.sim("send", sender=ANNA, text="раньше")
    await desk.ok("setWebhook", url=receiver.url, secret_token="s-1")
    await desk.sim("send", sender=ANNA, text="потом")
    assert [words(one) for one in await receiver.until(2)] == ["раньше", "потом"]
    assert receiver.secrets == ["s-1", "s-1"]
    assert (await desk.look("idle", timeout=5))["idle"] is True
    assert (await desk.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_a_chat_waits_for_its_order_and_others_do_not(desk: Client, receiver: Receiver) -> None:
    gate = asyncio.Event()

    async def slow_for_anna(update: dict[str, Any]) -> web.Response:
        if update["message"]["from"]["id"] == ANNA:
            await gate.wait()
        return web.Response()

    receiver.react = slow_for_anna
    await desk.ok("setWebhook", url=receiver.url)
    for text in ("А1", "А2"):
        await desk.sim("send", sender=ANNA, text=text)
    await desk.sim("send", sender=BORIS, text="Б1")
    assert [words(one) for one in await receiver.until(2)] == ["А1", "Б1"]
    gate.set()
    assert [words(one) for one in await receiver.until(3)] == ["А1", "Б1", "А2"]


async def test_a_failed_delivery_is_repeated_and_told_in_the_info(desk: Client, receiver: Receiver) -> None:
    async def fail_twice(update: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if len(receiver.got) < 3 else 200)

    receiver.react = fail_twice
    await desk.ok("setWebhook", url=receiver.url)
    await desk.sim("send", sender=ANNA, text="x")
    await receiver.until(2)
    assert "500" in (await desk.ok("getWebhookInfo"))["last_error_message"]
    await desk.sim("clock/advance", seconds=3, timeout=0.05)
    assert len({one["update_id"] for one in await receiver.until(3)}) == 1


async def test_a_receiver_that_asks_for_a_pause_gets_it(desk: Client, receiver: Receiver) -> None:
    async def busy_once(update: dict[str, Any]) -> web.Response:
        return (
            web.Response(status=429, headers={"Retry-After": "600"})
            if len(receiver.got) == 1
            else web.Response()
        )

    receiver.react = busy_once
    await desk.ok("setWebhook", url=receiver.url)
    await desk.sim("send", sender=ANNA, text="x")
    await receiver.until(1)
    await desk.sim("clock/advance", seconds=300, timeout=0.05)
    assert len(receiver.got) == 1
    await desk.sim("clock/advance", seconds=301, timeout=0.05)
    assert len(await receiver.until(2)) == 2


async def test_an_update_can_come_twice(desk: Client, receiver: Receiver) -> None:
    await desk.sim("faults", kind="duplicate_update")
    await desk.ok("setWebhook", url=receiver.url)
    await desk.sim("send", sender=ANNA, text="x")
    assert len({one["update_id"] for one in await receiver.until(2)}) == 1


async def test_a_method_in_the_answer_is_executed(desk: Client, receiver: Receiver) -> None:
    async def reply(update: dict[str, Any]) -> web.Response:
        return web.json_response({"method": "sendMessage", "chat_id": ANNA, "text": "ответ"})

    receiver.react = reply
    await desk.ok("setWebhook", url=receiver.url)
    await desk.sim("send", sender=ANNA, text="x")
    assert (await desk.look("idle", timeout=5))["idle"] is True
    assert [one["text"] for one in await desk.look(f"chats/{ANNA}/messages")] == ["x", "ответ"]


async def test_deleting_the_webhook_brings_polling_back(desk: Client, receiver: Receiver) -> None:
    await desk.ok("setWebhook", url=receiver.url)
    await desk.ok("deleteWebhook")
    await desk.sim("send", sender=ANNA, text="x")
    assert words((await desk.updates())[0]) == "x"
    assert receiver.got == []
