"""2,000 queued messages to 200 people and 5 groups under Telegram's limits, in virtual time, against the least time possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from benchmarks.virtual import Said, desk, played
from bot.config.config import Config
from bot.storage.unit import Unit
from bot.telegram import outbox
from bot.telegram.limits import Limits

ALL, PEOPLE, GROUPS, URGENT = 2000, 200, 5, 20
OVERALL, MINUTE = 30, 20  # of Telegram, as it says: calls a second, and a minute to one group
LIMITS = Limits()
TALK = LIMITS.group.count - 1  # the last place is for alarms


@dataclass(frozen=True, slots=True)
class Drained:
    """Steady seconds from the beginning at which Telegram took each, and how many calls it refused."""

    said: list[Said]
    began: float
    refused: int

    @property
    def makespan(self) -> float:
        return self.said[-1].at - self.began

    @property
    def urgent(self) -> list[float]:
        return [one.at - self.began for one in self.said if one.params["text"].startswith("!")]

    @property
    def disordered(self) -> int:
        """Chats in which a message came before an earlier one of the same urgency, or twice."""
        heard: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for one in self.said:
            text = str(one.params["text"])
            heard[one.chat, text.startswith("!")].append(int(text.lstrip("!")))
        return sum(numbers != sorted(set(numbers)) for numbers in heard.values())


def run() -> Iterator[Figure]:
    """With few messages to each group, where all together are the limit, and with many, where the groups are."""
    for to_group in (18, 60):
        drained = played(partial(_drained, to_group))
        named = f"2,000, of which {to_group} to each group"
        ours = _bound(to_group, LIMITS.overall.count, TALK, LIMITS.group.seconds)
        telegrams = _bound(to_group, OVERALL, MINUTE, 60.0)
        yield Figure(f"{named}: makespan", drained.makespan, "s")
        yield Figure(f"{named}: makespan : bound of our limits", drained.makespan / ours, "", "<= 1.02")
        yield Figure(f"{named}: makespan : bound of Telegram's", drained.makespan / telegrams, "")
        yield Figure(f"{named}: 429", drained.refused, "", "0")
        yield Figure(f"{named}: chats out of order", drained.disordered, "", "0")
        yield Figure(f"{named}: urgent, median", median(drained.urgent), "s", "< 1")
        yield Figure(f"{named}: urgent, last", max(drained.urgent), "s")


def _bound(to_group: int, a_second: int, in_window: int, window: float) -> float:
    """The least seconds: all together, and one group."""
    return max((ALL - 1) / a_second, window * ((to_group - 1) // in_window))


async def _drained(to_group: int) -> Drained:
    groups = {f"team:{number}": -number for number in range(1, GROUPS + 1)}
    config: Any = None  # no verb here reads it
    place, sending = await desk(config, PEOPLE, groups, {}, {})
    began = place.clock.steady()
    await place.units.run(_queued, to_group)
    place.calm.clear()
    await place.calm.wait()
    await place.sender.stop()
    await sending
    return Drained(place.telegram.said, began, sum(place.telegram.refused.values()))


def _queued(unit: Unit[Config], to_group: int) -> None:
    """The urgent ones come last."""
    others = ALL - URGENT - GROUPS * to_group
    rows = [f"person:{1 + number % PEOPLE}" for number in range(others)]
    rows += [f"team:{1 + number % GROUPS}" for number in range(GROUPS * to_group)]
    for number, chat in enumerate(rows):
        outbox.say(unit, chat, str(number))
    for number in range(URGENT):
        outbox.say(unit, f"person:{1 + number}", f"!{number}", priority=outbox.ALARM)
