"""An employee's word to the team's topic and an engineer's reply back, on SQLite and PostgreSQL, against a bare aiogram relay."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp

from benchmarks.figures import Figure
from benchmarks.postgres import database
from benchmarks.stage import BOUND, ENGINEER, FIRST, ROSTER, TEAM, Stage, stage
from benchmarks.tap import begin

PEOPLE, WORDS, PAIRS = 16, 20, 5
DESK = ["benchmarks.desk_bot"]
TICKET = ("/start", "🖨 Printer", "Does not print", "Talk to a person")
QUIET = 0.4  # seconds without a call: all that was caused is done
UP, DOWN = "employee -> topic", "engineer -> employee"


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second until each copy was there and until nothing followed any more; milliseconds of processor time
    and calls of the Bot API for each."""

    shown: float
    settled: float
    cost: float
    calls: float


@dataclass
class Talk:
    """People who write through one bot, each the next word when the last one has arrived."""

    place: Stage
    copies: dict[int, dict[str, Any]] = field(default_factory=dict)  # the newest copy of each person's words
    words: int = 0
    _awaited: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    def pace(self, way: str, words: int = WORDS) -> Pace:
        """Everyone writes `words` messages one way."""
        return asyncio.run(self._pace(way, words))

    async def _pace(self, way: str, words: int) -> Pace:
        write = self._employee if way == UP else self._engineer
        async with aiohttp.ClientSession() as http, self._reading(http):
            calls, cpu, began = await self._calls(http), self.place.cpu(), time.perf_counter()
            await asyncio.gather(
                *(write(http, person, words) for person in range(FIRST, FIRST + PEOPLE)),
            )
            shown = time.perf_counter()
            settled, made = await self._quiet(http)
        count = PEOPLE * words
        cost = (self.place.cpu() - cpu) * 1e3 / count
        return Pace(count / (shown - began), count / (settled - began), cost, (made - calls) / count)

    async def _employee(self, http: aiohttp.ClientSession, person: int, words: int) -> None:
        for _ in range(words):
            self.copies[person] = await self._said(http, {"from": person}, TEAM)

    async def _engineer(self, http: aiohttp.ClientSession, person: int, words: int) -> None:
        copy = self.copies[person]
        topic = {"thread": copy["message_thread_id"], "reply_to": copy["message_id"]}
        for _ in range(words):
            await self._said(http, {"from": ENGINEER, "chat": TEAM, **topic}, person)

    async def _said(self, http: aiohttp.ClientSession, body: dict[str, Any], to: int) -> dict[str, Any]:
        """Write a word, and wait for its copy."""
        self.words += 1
        word = f"I tried it once more and it went the same way, number {self.words}"
        there: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._awaited[f"{to} {word}"] = there
        async with http.post(f"{self.place.root}/sim/send", json=body | {"text": word}) as answer:
            assert answer.status == 200, await answer.text()
        async with asyncio.timeout(60):
            return await there

    @asynccontextmanager
    async def _reading(self, http: aiohttp.ClientSession) -> AsyncIterator[None]:
        """Read what all chats show."""
        async with http.get(f"{self.place.root}/sim/events", timeout=aiohttp.ClientTimeout()) as stream:
            await stream.content.readline()
            reading = asyncio.create_task(self._read(stream.content))
            try:
                yield
            finally:
                reading.cancel()

    async def _read(self, lines: aiohttp.StreamReader) -> None:
        async for line in lines:
            if not line.startswith(b'data: {"kind": "message"'):
                continue
            fact = json.loads(line[6:])["fact"]
            word = str(fact["message"].get("text", "")).rpartition("\n")[2]
            there = self._awaited.pop(f"{fact['chat']} {word}", None)
            if there is not None:
                there.set_result(fact["message"])

    async def _calls(self, http: aiohttp.ClientSession) -> int:
        async with http.get(f"{self.place.root}/sim/state") as answer:
            state = await answer.json()
        return int(state["calls"])

    async def _quiet(self, http: aiohttp.ClientSession) -> tuple[float, int]:
        """When the last call was made, and how many there were by then."""
        last, calls = time.perf_counter(), await self._calls(http)
        while time.perf_counter() - last < QUIET:
            await asyncio.sleep(0.02)
            if (now := await self._calls(http)) != calls:
                last, calls = time.perf_counter(), now
        return last, calls


def run() -> Iterator[Figure]:
    """All of them in turn, medians: the machine's load affects them alike."""
    with ExitStack() as stack:
        url = stack.enter_context(database(f"firstline_bench_{os.getpid()}"))
        bare = Talk(stack.enter_context(stage(["benchmarks.bare_relay"], PEOPLE)))
        desks = {"SQLite": _desk(stack, None)}
        if url is not None:
            desks["PostgreSQL"] = _desk(stack, url)
        talks = {"bare": bare} | desks
        for talk in talks.values():
            talk.pace(UP, 2)
            talk.pace(DOWN, 2)
        found: dict[tuple[str, str], list[Pace]] = {}
        for _ in range(PAIRS):
            for way in (UP, DOWN):
                for name, talk in talks.items():
                    found.setdefault((name, way), []).append(talk.pace(way))
    for way in (UP, DOWN):
        for name in talks:
            yield from _figures(f"{way}, {name}", found[name, way])
        for name in desks:
            pairs = list(zip(found[name, way], found["bare", way], strict=True))
            ratio = median(ours.settled / theirs.settled for ours, theirs in pairs)
            thrift = median(theirs.cost / ours.cost for ours, theirs in pairs)
            goal = {"SQLite": ">= .35", "PostgreSQL": ">= .20"}[name]
            yield Figure(f"{way}, {name} : bare, all settled", ratio, "", goal)
            yield Figure(f"{way}, bare : {name}, processor time", thrift, "")


def _desk(stack: ExitStack, url: str | None) -> Talk:
    """A desk where everyone has a ticket."""
    place = stack.enter_context(stage(DESK, PEOPLE, [ROSTER, BOUND], database=url))
    begin(place, *TICKET)
    return Talk(place)


def _figures(name: str, paces: list[Pace]) -> Iterator[Figure]:
    goal = {f"{UP}, SQLite": "<= 4", f"{DOWN}, SQLite": "<= 6"}.get(name, "")
    yield Figure(f"{name}: processor time", median(one.cost for one in paces), "ms", goal)
    yield Figure(f"{name}: all settled", median(one.settled for one in paces), "1/s")
    yield Figure(f"{name}: copies", median(one.shown for one in paces), "1/s")
    yield Figure(f"{name}: calls a message", median(one.calls for one in paces), "")
