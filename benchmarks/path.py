"""What a relayed message costs in this process, without HTTP and aiogram: units, statements, calls, processor time."""

from __future__ import annotations

import cProfile
import time
from collections.abc import Callable, Iterator
from pstats import Stats
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.figures import Figure
from benchmarks.rush import shipped
from benchmarks.virtual import Desk, desk, played
from bot.app.registries import hooks, renderers
from bot.config.config import Work
from bot.people import directory
from bot.selfservice import turns
from bot.teamdesk import presses
from bot.telegram import inbox, posts
from bot.telegram.incoming import Incoming, Ours
from bot.telegram.limits import Limit, Limits
from bot.tickets import actions
from bot.tickets.actions import Draft

PEOPLE, ROUNDS = 4, 3
GROUP, TEAM = -1, "team:helpdesk"
UP, DOWN = "employee -> topic", "engineer -> employee"
NONE = Limit(1_000_000, 1.0)
FIRST = 100_000  # the first number of a message that people write
Verb = Callable[..., Any]


def run() -> Iterator[Figure]:
    """Counts do not depend on the machine's load. The processor time is that of the whole process."""
    for way, (counts, spent) in played(_measured).items():
        yield Figure(f"{way}: units of work", counts["units"], "")
        yield Figure(f"{way}: statements", counts["statements"], "")
        yield Figure(f"{way}: calls of the Bot API", counts["telegram"], "")
        yield Figure(f"{way}: calls of functions", counts["functions"], "")
        yield Figure(f"{way}: processor time", spent, "ms")


async def _measured() -> dict[str, tuple[dict[str, float], float]]:
    lifted = Limits(overall=NONE, private=NONE, burst=1_000_000, group=NONE)
    place, sending = await desk(shipped(), PEOPLE + 1, {TEAM: GROUP}, renderers(), hooks(), lifted)
    await _calmly(place, _opened)
    talk = _Talk(place)
    found: dict[str, tuple[dict[str, float], float]] = {}
    for way, write in ((UP, talk.up), (DOWN, talk.down)):
        await _round(write)
        began = time.process_time()
        for _ in range(ROUNDS):
            await _round(write)
        spent = (time.process_time() - began) * 1e3 / (ROUNDS * PEOPLE)
        found[way] = await _counted(place, write), spent
    await place.sender.stop()
    await sending
    return found


async def _counted(place: Desk, write: Callable[[int], Any]) -> dict[str, float]:
    profile = cProfile.Profile()
    profile.enable()
    await _round(write)
    profile.disable()
    functions: int = Stats(profile).total_calls  # type: ignore[attr-defined]
    statements, units, called = [0], [0], len(place.telegram.said)

    def executed(*_: Any) -> None:
        statements[0] += 1

    def begun(*_: Any) -> None:
        units[0] += 1

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "begin", begun)
    await _round(write)
    event.remove(Engine, "before_cursor_execute", executed)
    event.remove(Engine, "begin", begun)
    sums = {"statements": statements[0], "units": units[0], "functions": functions}
    sums["telegram"] = len(place.telegram.said) - called
    return {name: number / PEOPLE for name, number in sums.items()}


async def _round(write: Callable[[int], Any]) -> None:
    for person in range(1, PEOPLE + 1):
        await write(person)


async def _calmly(place: Desk, verb: Verb, *args: Any) -> None:
    """Run a verb, and wait until all that it caused is sent."""
    place.calm.clear()
    await place.units.run(verb, *args)
    await place.calm.wait()


class _Talk:
    """Employees and an engineer, whose updates come from the inbox as from Telegram."""

    def __init__(self, place: Desk) -> None:
        self._place, self._number = place, FIRST

    async def up(self, person: int) -> None:
        words = self._written(place=person)
        await self._update(_wrote, person, words)

    async def down(self, person: int) -> None:
        topic, card = await self._place.units.run(_stands, person)
        ours = Ours("card", "text", None, ())
        words = self._written(place=GROUP, thread=topic, reply_to=card, answers_us=True, ours=ours)
        await self._update(_answered, words)

    def _written(self, **where: Any) -> Incoming:
        self._number += 1
        text = f"I tried it once more and it went the same way, number {self._number}"
        plain = {"kind": "text", "file_id": None, "reply_to": None, "thread": None}
        return Incoming(self._number, text, at=self._place.clock.now(), **plain | where)

    async def _update(self, verb: Verb, *args: Any) -> None:
        raw = {"update_id": self._number, "message": {"chat": {"id": args[0] if len(args) > 1 else GROUP}}}
        await self._place.units.run(inbox.store, [raw])
        await _calmly(self._place, _handled, self._number, verb, *args)


def _handled(work: Work, update: int, verb: Verb, *args: Any) -> None:
    inbox.finish(work.tx, update)
    verb(work, *args)


def _wrote(work: Work, person: int, words: Incoming) -> None:
    author = directory.known(work.tx, person)
    assert author is not None
    turns.take(work, author, words)


def _answered(work: Work, words: Incoming) -> None:
    engineer = directory.known(work.tx, PEOPLE + 1)
    assert engineer is not None
    presses.wrote(work, engineer, TEAM, words)


def _opened(work: Work) -> None:
    """Everyone but the engineer, who is the last one, has a ticket."""
    everybody = [directory.known(work.tx, number) for number in range(1, PEOPLE + 2)]
    for person in [one for one in everybody if one is not None][:-1]:
        draft = Draft("printing", "helpdesk", "It does not print", author=None)
        actions.open_ticket(work, person, draft)


def _stands(work: Work, person: int) -> tuple[int, int]:
    """The topic of a person's ticket, and the card in it."""
    about = f"ticket:{person}"
    topic, card = (posts.find(work.tx, TEAM, name, about) for name in (posts.TOPIC, "team_card"))
    assert topic is not None
    assert card is not None
    return topic.message_id, card.message_id
