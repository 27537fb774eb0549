"""A durable tap (inbox, transaction, outbox, edit and answer over HTTP) against a bare aiogram echo bot, in turn."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

import aiohttp

from benchmarks.figures import Figure
from benchmarks.stage import FIRST, ROSTER, Stage, stage

USERS, TAPS, PAIRS = 16, 20, 5
SCENARIO = ("/start", "🖨 Printer")
WALK = ("Paper jam", "← Back")  # there and back in the printer's scenario, repeatedly


@dataclass(frozen=True, slots=True)
class Pace:
    """The result of everyone tapping: taps a second, and microseconds of processor time for each."""

    rate: float
    cost: float


def run() -> list[Figure]:
    """Interleaved pairs, medians: the machine's load affects both alike."""
    with (
        stage(["benchmarks.desk_bot"], USERS, [ROSTER]) as desk,
        stage(["benchmarks.echo_bot"], USERS) as echo,
    ):
        begin(desk, *SCENARIO)
        begin(echo, "/start")
        pairs = [(pace(desk, WALK), pace(echo, ("tap",))) for _ in range(PAIRS)]
    ours, bare = zip(*pairs, strict=True)
    ratio = median(one.rate / other.rate for one, other in pairs)
    thrift = median(other.cost / one.cost for one, other in pairs)
    return [
        Figure("durable taps a second", median(one.rate for one in ours), "1/s"),
        Figure("echo taps a second", median(one.rate for one in bare), "1/s"),
        Figure("durable : echo, throughput", ratio, "", "aim >= 0.5 now, 0.7 later"),
        Figure("processor time of a durable tap", median(one.cost for one in ours), "us"),
        Figure("processor time of an echo tap", median(one.cost for one in bare), "us"),
        Figure("echo : durable, processor time", thrift, ""),
    ]


def begin(place: Stage, *words: str) -> None:
    """Bring everyone to the start of the tapping: the first of `words` is sent, the others are buttons."""
    asyncio.run(_begin(place, *words))


def pace(place: Stage, labels: tuple[str, ...]) -> Pace:
    """Everyone taps these buttons in turn, as fast as they are answered."""
    cpu, began, taps = place.cpu(), time.perf_counter(), USERS * TAPS
    asyncio.run(_everybody(place, labels))
    return Pace(taps / (time.perf_counter() - began), (place.cpu() - cpu) / taps * 1e6)


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
    """Press, get the answer, and wait until the message shows the result."""
    message = await _newest(http, place, person, None)
    label = labels[turn % len(labels)]
    body = {"from": person, "chat": person, "message_id": message["message_id"], "button": label}
    async with http.post(f"{place.root}/sim/press", json=body) as answer:
        assert answer.status == 200, await answer.text()
    await _newest(http, place, person, message)


async def _newest(
    http: aiohttp.ClientSession, place: Stage, person: int, other_than: dict[str, Any] | None
) -> dict[str, Any]:
    """The newest message with buttons, once it differs from the previous one."""
    while True:
        async with http.get(f"{place.root}/sim/chats/{person}/messages") as answer:
            found = await answer.json()
        messages = found["messages"] if isinstance(found, dict) else found
        with_buttons = [one for one in messages if one.get("reply_markup") and not one.get("deleted")]
        if with_buttons and with_buttons[-1] != other_than:
            newest: dict[str, Any] = with_buttons[-1]
            return newest
        await asyncio.sleep(0.002)
