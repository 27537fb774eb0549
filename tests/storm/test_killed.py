"""kill -9 at random instants: no update lost, no ticket twice, every message sent at least once, and at most once
more for each kill or lost answer (P1, P2). Both databases; 6 kills in 160 updates, at length 200 in 5,000, and by webhook
60 in 1,500."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select

from bot.storage.schema import inbox, outbox, relays, tickets
from tests.cast import Desk, SandboxProcess, said
from tests.storm.bots import Bot, Launcher, open_storm
from tests.storm.crowd import A_TICKET, WORDS, Crowd

SEED = int(os.environ.get("STORM_SEED", "20261123"))
LOST_ANSWERS = 5  # the call has its effect, but its answer is lost
TROUBLE: tuple[dict[str, Any], ...] = (
    {"kind": "drop_after", "method": "copyMessage", "count": LOST_ANSWERS},
    {"kind": "error", "method": "copyMessage", "error_code": 502, "count": 10},
    {"kind": "retry_after", "method": "sendMessage", "seconds": 2, "count": 5},
    {"kind": "drop_before", "method": "getUpdates", "count": 3},
)
MAKING = ("sendMessage", "copyMessage", "createForumTopic", "sendPhoto")


async def test_a_bot_that_is_killed_loses_nothing_and_does_nothing_twice(
    launcher: Launcher, sandbox: SandboxProcess, database_url: str, tmp_path: Path, at_length: bool
) -> None:
    kills, size = (200, 250) if at_length else (6, 8)
    async with open_storm(launcher, sandbox.root, database_url, tmp_path) as stage:
        await _storm(*stage, Size(kills, size, at_length))


async def test_a_killed_bot_to_which_updates_are_brought_loses_nothing_and_does_nothing_twice(
    launcher: Launcher,
    sandbox: SandboxProcess,
    database_url: str,
    tmp_path: Path,
    at_length: bool,
    unused_tcp_port: int,
) -> None:
    if not at_length and not database_url.startswith("sqlite"):
        return
    kills, size = (60, 75) if at_length else (3, 4)
    async with open_storm(launcher, sandbox.root, database_url, tmp_path, unused_tcp_port) as stage:
        await _storm(*stage, Size(kills, size, at_length))


@dataclass(frozen=True)
class Size:
    kills: int
    people: int
    is_long: bool


async def _storm(desk: Desk, bot: Bot, size: Size) -> None:
    random, kills = Random(SEED), size.kills
    crowd = Crowd(desk, size.people, random)
    await crowd.move_in()
    for trouble in TROUBLE:
        await desk.sim("faults", trouble)
    killer = asyncio.create_task(_kill(bot, crowd, kills, random))
    clock = asyncio.create_task(_let_time_pass(desk))
    async with asyncio.timeout(3600 if size.is_long else 400):
        await asyncio.gather(crowd.live(), killer)
    clock.cancel()
    await _until_quiet(desk, 1800 if size.is_long else 120)
    counts = await desk.db.read(_counts)
    calls = await desk.look("calls?limit=20000")
    seen = {chat: [said(one) for one in await desk.reads(chat)] for chat in {*crowd.words.values()}}
    missing = [word for word, chat in crowd.words.items() if not any(word in one for one in seen[chat])]
    repeated = sum(count - 1 for count in _made(calls).values())
    killed = sum(code == -signal.SIGKILL for code in bot.deaths)
    print(
        f"\n{desk.db.dialect}: {crowd.updates} updates, {killed} kills: {counts}, words not read {len(missing)}, "
        f"said twice {repeated} (allowed {killed + LOST_ANSWERS + crowd.lost_cards}), "
        f"cards doubled {len(crowd.doubled)}; seed {SEED}"
    )
    assert crowd.updates == size.people * (A_TICKET + WORDS)
    assert killed == kills
    assert counts["unfinished or dead updates"] == 0
    assert counts["tickets"] == counts["requesters"] == size.people
    assert counts["unsaid"] == 0
    assert counts["words passed on"] == size.people * WORDS
    assert missing == []
    assert crowd.doubled or size.people < 8, "no card was doubled, so no answer to a first copy was tried"
    assert repeated <= killed + LOST_ANSWERS + crowd.lost_cards


async def _kill(bot: Bot, crowd: Crowd, kills: int, random: Random) -> None:
    """At instants spread over the whole storm; some of them shortly after the bot's start."""
    for moment in sorted(random.sample(range(5, crowd.all_updates - 5), kills)):
        await crowd.reached(moment)
        await asyncio.sleep(random.random() * 0.05)
        await bot.end(signal.SIGKILL)
        await bot.start()


async def _let_time_pass(desk: Desk) -> None:
    """A group gets at most eighteen messages a minute, and an unread press is kept for 150 seconds only: so time is
    moved whenever no update waits to be read."""
    while True:
        await asyncio.sleep(0.2)
        if not (await desk.look("idle?timeout=0"))["updates"]:
            await desk.sim("clock/advance", {"seconds": 60, "timeout": 0.02})


async def _until_quiet(desk: Desk, seconds: int) -> None:
    """Wait until everything that was sent is processed and every message is delivered."""
    async with asyncio.timeout(seconds):
        while await desk.db.read(_waiting):
            with suppress(AssertionError):
                await desk.sim("clock/advance", {"seconds": 60, "timeout": 2})
    await desk.settle()


def _waiting(tx: Connection) -> int:
    said_later = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("pending", "sending")))
    worked_later = select(func.count()).select_from(inbox).where(inbox.c.state == "pending")
    return (tx.scalar(said_later) or 0) + (tx.scalar(worked_later) or 0)


def _counts(tx: Connection) -> dict[str, int]:
    def count(table: Any, *where: Any) -> int:
        return tx.scalar(select(func.count()).select_from(table).where(*where)) or 0

    return {
        "unfinished or dead updates": count(inbox, inbox.c.state != "done"),
        "tickets": count(tickets),
        "requesters": tx.scalar(select(func.count(tickets.c.requester.distinct()))) or 0,
        "words passed on": count(relays, relays.c.to_message.is_not(None)),
        "unsaid": count(outbox, outbox.c.state.not_in(("sent", "dropped"))),
    }


def _made(calls: list[dict[str, Any]]) -> Counter[str]:
    """How often each message or topic was created; two that look alike to their reader count as the same."""
    made: Counter[str] = Counter()
    for call in calls:
        if call["method"] in MAKING and call["status"] == 200:
            args = {key: value for key, value in call["args"].items() if key != "message_thread_id"}
            made[f"{call['method']} {sorted(args.items(), key=str)}"] += 1
    return made
