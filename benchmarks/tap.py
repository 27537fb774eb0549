"""A durable tap (inbox, transaction, outbox, edit and answer over HTTP) against a bare aiogram echo bot, in turn."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import aiohttp

from benchmarks.figures import Figure
from benchmarks.stage import FIRST, Stage, stage

USERS, TAPS, PAIRS = 16, 20, 5
WALK = ("Paper jam", "← Back")  # there and back in the printer's scenario, for ever


def run() -> list[Figure]:
    """Interleaved pairs, medians: the machine's mood falls on both alike."""
    ours = ["benchmarks.desk_bot"]
    people = [["bot", "people", "import", "{folder}/people.csv"]]
    with stage(ours, USERS, people) as desk, stage(["benchmarks.echo_bot"], USERS) as echo:
        asyncio.run(_begin(desk, "/start", "🖨 Printer"))
        asyncio.run(_begin(echo, "/start"))
        rates: dict[str, list[float]] = {"desk": [], "echo": []}
        costs: dict[str, list[float]] = {"desk": [], "echo": []}
        for _ in range(PAIRS):
            for name, place, labels in (("echo", echo, ("tap",)), ("desk", desk, WALK)):
                cpu, began = place.cpu(), time.perf_counter()
                asyncio.run(_everybody(place, labels))
                rates[name].append(USERS * TAPS / (time.perf_counter() - began))
                costs[name].append((place.cpu() - cpu) / (USERS * TAPS) * 1e6)
    ratio = statistics.median(a / b for a, b in zip(rates["desk"], rates["echo"], strict=True))
    thrift = statistics.median(b / a for a, b in zip(costs["desk"], costs["echo"], strict=True))
    return [
        Figure("durable taps a second", statistics.median(rates["desk"]), "1/s"),
        Figure("echo taps a second", statistics.median(rates["echo"]), "1/s"),
        Figure("durable : echo, throughput", ratio, "", "aim >= 0.5 now, 0.7 later"),
        Figure("processor time of a durable tap", statistics.median(costs["desk"]), "us"),
        Figure("processor time of an echo tap", statistics.median(costs["echo"]), "us"),
        Figure("echo : durable, processor time", thrift, ""),
    ]


async def _begin(place: Stage, *words: str) -> None:
    async with aiohttp.ClientSession() as http:
        for person in range(FIRST, FIRST + USERS):
            await http.post(f"{place.root}/sim/send", json={"from": person, "text": words[0]})
            for label in words[1:]:
                await _tap(http, place, person, (label,), 0)
            await _newest(http, place, person, None)


async def _everybody(place: Stage, labels: tuple[str, ...]) -> None:
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(_one(http, place, person, labels) for person in range(FIRST, FIRST + USERS)))


async def _one(http: aiohttp.ClientSession, place: Stage, person: int, labels: tuple[str, ...]) -> None:
    for turn in range(TAPS):
        await _tap(http, place, person, labels, turn)


async def _tap(
    http: aiohttp.ClientSession, place: Stage, person: int, labels: tuple[str, ...], turn: int
) -> None:
    """Press, hear the answer, and wait until the message shows what came of it."""
    message = await _newest(http, place, person, None)
    label = labels[turn % len(labels)]
    body = {"from": person, "chat": person, "message_id": message["message_id"], "button": label}
    async with http.post(f"{place.root}/sim/press", json=body) as answer:
        assert answer.status == 200, await answer.text()
    await _newest(http, place, person, message)


async def _newest(
    http: aiohttp.ClientSession, place: Stage, person: int, other_than: dict[str, Any] | None
) -> dict[str, Any]:
    """The newest message with buttons, once it differs from the one that was seen before."""
    while True:
        async with http.get(f"{place.root}/sim/chats/{person}/messages") as answer:
            found = await answer.json()
        messages = found["messages"] if isinstance(found, dict) else found
        with_buttons = [one for one in messages if one.get("reply_markup") and not one.get("deleted")]
        if with_buttons and with_buttons[-1] != other_than:
            newest: dict[str, Any] = with_buttons[-1]
            return newest
        await asyncio.sleep(0.002)
