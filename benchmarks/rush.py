"""300 tickets in a minute into one group: when engineers can read the number of each, in virtual time under Telegram's limits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.virtual import desk, played
from bot.app.files import open_files
from bot.app.registries import hooks, renderers, ringers
from bot.config.config import Config, Work
from bot.people import directory
from bot.settings import Settings
from bot.storage.unit import Units
from bot.tickets import actions
from bot.tickets.actions import Draft
from bot.timers import timers

TICKETS, SECONDS = 300, 60.0
GROUP = -1
RING = 0.25  # seconds between two looks at the timers
NUMBER = re.compile(r"\d+")


def run() -> Iterator[Figure]:
    """From the unit that opens a ticket until a message of the group has its number."""
    delays, refused, calls = played(_rush)
    yield Figure("tickets that engineers can read", len(delays), "", str(TICKETS))
    yield Figure("visible after, median", median(delays), "s", "<= 6")
    yield Figure("visible after, at most", max(delays), "s", "<= 15")
    yield Figure("calls to the group", calls, "")
    yield Figure("429", refused, "", "0")


async def _rush() -> tuple[list[float], int, int]:
    place, sending = await desk(shipped(), TICKETS, {"team:helpdesk": GROUP}, renderers(), hooks())
    ringing = asyncio.create_task(_ring(place.units))
    opened: dict[int, float] = {}
    for number in range(1, TICKETS + 1):
        opened[await place.units.run(_open, number)] = place.clock.steady()
        await asyncio.sleep(SECONDS / TICKETS)
    await asyncio.sleep(30)
    ringing.cancel()
    await place.sender.stop()
    await sending
    seen: dict[int, float] = {}
    in_group = [one for one in place.telegram.said if one.chat == GROUP]
    for one in in_group:
        for found in NUMBER.findall(str(one.params.get("text", one.params.get("name", "")))):
            seen.setdefault(int(found), one.at)
    delays = [seen[number] - at for number, at in opened.items() if number in seen]
    return delays, sum(place.telegram.refused.values()), len(in_group)


async def _ring(units: Units[Config]) -> None:
    while True:
        await units.run(timers.ring, ringers())
        await asyncio.sleep(RING)


def _open(work: Work, number: int) -> int:
    person = directory.known(work.tx, number)
    assert person is not None
    return actions.open_ticket(work, person, Draft("printing", "helpdesk", "It does not print")).id


def shipped() -> Config:
    """The shipped files."""
    settings = Settings(_env_file=None)
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    assert opened.desk is not None
    assert opened.program is not None
    assert opened.library is not None
    return Config(opened.desk, opened.program, opened.library, opened.router(), settings.knowledge_dir)
