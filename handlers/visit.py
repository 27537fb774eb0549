"""What every door is given: who came, in which chat, what time it is, and the one unit of work of this update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from bot.config.config import Config, Work
from bot.doctor.finding import Finding
from bot.people.directory import Person
from bot.selfservice.effects import PendingCheck, Reply
from bot.storage.unit import Units
from bot.telegram import inbox
from bot.telegram.group_rights import GroupRights
from bot.texts.speak import Line, Voice

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileActions:
    """What administrators ask for in a chat that is beyond the database: scenarios.yaml read again, a former one put back, new
    phrases taken; and the whole installation examined."""

    reload: Callable[[Person], Awaitable[Line]]
    roll_back: Callable[[Person, str], Awaitable[Line]]
    relearn: Callable[[], Awaitable[None]]
    examine: Callable[[Voice], Awaitable[Sequence[Finding]]]


@dataclass(slots=True)
class Visit:
    """One update on its way through the doors. `now` is UTC seconds.

    `person` and `chat` are filled in before a door opens. `chat` is our key of the chat it came from, None in a group that is
    bound to no name.
    """

    update_id: int
    units: Units[Config]
    config: Config
    voice: Voice
    now: int
    start_checks: Callable[[Sequence[PendingCheck]], None]
    files: FileActions
    ask_rights: Callable[
        [int], Awaitable[GroupRights | None]
    ]  # what the bot may do in a group; raises Refused
    person: Person = field(init=False)
    chat: str | None = field(init=False)
    finished: bool = False
    answer: Line | None = None  # what the presser of a button reads
    found: Mapping[str, object] | None = None  # what an inline query finds, as answerInlineQuery takes it

    async def do(self, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the verb and "this update is handled" as one unit. A door does this once per update."""
        result = await self.units.run(_unit, self.update_id, verb, *args, **kwargs)
        self.finished = True
        return result

    async def do_and_follow(
        self, verb: Callable[Concatenate[Work, P], Reply], *args: P.args, **kwargs: P.kwargs
    ) -> Line | None:
        """Like `do`, for a verb that may ask for a check: it runs afterwards, outside any transaction."""
        reply = await self.do(verb, *args, **kwargs)
        self.start_checks(reply.checks)
        return reply.line


def _unit(
    work: Work,
    update_id: int,
    verb: Callable[Concatenate[Work, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    inbox.finish(work.tx, update_id)
    return verb(work, *args, **kwargs)
