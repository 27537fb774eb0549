"""Every action x every role x {allowed, forged, replayed, forwarded, anonymous, left}, at the doors themselves (P16,
T5, T10).

The rows come from the access table: an action without a deed fails. A refused action leaves only its refusal.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from aiogram.types import Chat, Message
from sqlalchemy import Connection, select

from bot.app.check_runs import Checks
from bot.clock import MachineClock
from bot.config.config import Config, Current
from bot.people.access import TABLE
from bot.people.directory import Person
from bot.scenarios.library.check_functions import Surroundings
from bot.storage.db import savepoint
from bot.storage.schema import (
    approvals,
    chats,
    history,
    lessons,
    outages,
    outbox,
    relays,
    tickets,
)
from bot.storage.unit import Units
from bot.telegram.inbox import StoredUpdate
from bot.telegram.inbox import store as keep
from handlers.context import Doors
from handlers.filters import DoorSpoke, Introduced
from tests.cast import TOKEN
from tests.databases import in_memory
from tests.doors.deeds import (
    ADMINS_TEAM,
    ANNA,
    DEEDS,
    NETWORK,
    NOW,
    TOPIC,
    UNBOUND,
    Button,
    Deed,
    Query,
    Typed,
    become,
    move_in,
    on,
    taken,
)
from tests.people.test_access import EVERYBODY, MAY, PEOPLE
from tests.shipped import house as shipped_house
from tests.undone import undoing
from tests.units import work

WITHOUT_A_ROLE = {"requester", "colleague", "approver", "author of the word"}
GROUP_ANONYMOUS_BOT, CHANNEL_BOT, TELEGRAM = 1087968824, 136817688, 777000
REFUSALS = ("line:access.", "line:unknown.", "line:anonymous", "line:note.not_taken", "line:link.itself")
STRANGER = "call:sendMessage"  # "I do not know you", in every supported language
AUTHORITY = (tickets, chats, relays, approvals, lessons, outages)
Carried = Callable[[dict[str, Any]], dict[str, Any]]
AS_IT_IS: list[tuple[str, Carried]] = [(name, lambda update: update) for name in PEOPLE]
FIRST = tuple({deed.action: deed for deed in reversed(DEEDS)}.values())
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda one: f"{one.action}-{one.mark}")
each_action = pytest.mark.parametrize("deed", FIRST, ids=lambda one: one.action)


class Monday(MachineClock):
    """A clock that always shows the same Monday morning."""

    def now(self) -> int:
        return NOW


class Doorway:
    """The doors on one connection in memory: everything is rolled back after a cell."""

    def __init__(self, tx: Connection, house: Config) -> None:
        self.tx, self.house = tx, house
        self.answers: list[Mapping[str, Any]] = []
        current = Current(house)
        units = Units(self, Monday().now, lambda: current.config)  # type: ignore[arg-type]
        checks = Checks(units, Monday(), Surroundings(""), lambda: None)
        self.doors = Doors(
            units,
            self,
            Monday(),
            Introduced(TOKEN, "firstline_bot"),
            checks.start,
            None,  # type: ignore[arg-type]
        )
        self._updates = 0

    async def run(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with savepoint(self.tx):
            return verb(self.tx, *args, **kwargs)

    read = run

    async def call(self, method: str, params: Mapping[str, Any]) -> bool:
        self.answers.append(dict(params))
        return True

    async def comes(self, update: Mapping[str, Any]) -> dict[str, Any]:
        """Telegram delivers a new update."""
        self._updates += 1
        raw = {"update_id": self._updates, **update}
        await self.is_delivered(raw)
        return raw

    async def is_delivered(self, raw: dict[str, Any]) -> None:
        """Telegram delivers an update, for the first time or again."""
        if keep(work(self.tx, NOW), [raw]):
            await self.doors.handle(StoredUpdate(raw["update_id"], 0, json.dumps(raw)))
            await asyncio.gather(*self.doors._answers)

    def traces(self) -> Counter[str]:
        """What was done and said, and everything that gives authority."""
        found = Counter(f"history:{action}" for action in self.tx.scalars(select(history.c.action)))
        for row in self.tx.execute(select(outbox.c.card, outbox.c.method, outbox.c.params)):
            line = (row.params or {}).get("line")
            found[f"card:{row.card}" if row.card else f"line:{line}" if line else f"call:{row.method}"] += 1
        for table in AUTHORITY:
            columns = [column for column in table.c if column.name != "version"]
            found.update(f"{table.name}:{tuple(row)}" for row in self.tx.execute(select(*columns)))
        found["inline"] = sum(bool(answer.get("results")) for answer in self.answers)
        return found

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Roll back at the end of the block."""
        given = [*self.answers]
        with undoing(self.tx):
            yield
        self.answers = given


@pytest.fixture(scope="module")
def doorway() -> Iterator[Doorway]:
    with in_memory().connect() as tx:
        move_in(tx)
        tx.commit()
        yield Doorway(tx, shipped_house())


def test_every_action_of_the_table_and_every_command_has_a_deed() -> None:
    assert {deed.action for deed in DEEDS} == set(TABLE)


async def test_a_door_that_talks_past_the_outbox_fails() -> None:
    chat = Chat(id=ANNA, type="private")
    message = Message(message_id=1, date=NOW, chat=chat).as_(Introduced(TOKEN, "firstline_bot"))
    with pytest.raises(DoorSpoke, match="SendMessage"):
        await message.answer("Здравствуйте")


@each_deed
async def test_a_deed_is_done_by_exactly_those_who_may_and_forged_by_nobody(
    doorway: Doorway, deed: Deed
) -> None:
    assert await _doers(doorway, deed, AS_IT_IS, MAY[deed.action]) == MAY[deed.action]


@each_action
async def test_a_deed_that_comes_again_is_done_once(doorway: Doorway, deed: Deed) -> None:
    for name in sorted(MAY[deed.action]):
        with doorway.undone():
            update = _update(deed, PEOPLE[name], _ready(doorway, deed, PEOPLE[name]))
            raw = await doorway.comes(update)
            once = doorway.traces()
            await doorway.is_delivered(raw)
            assert doorway.traces() == once
            if isinstance(deed, Button):
                await doorway.comes(update)
                assert _authority(doorway.traces()) == _authority(once)


@each_action
async def test_a_deed_carried_elsewhere_is_done_by_nobody(doorway: Doorway, deed: Deed) -> None:
    places, may = _elsewhere(deed), MAY[deed.action]
    cells = [(name, place) for name in sorted(may) for place in places]
    cells += _each_with_some(sorted(EVERYBODY - may), places)
    assert await _doers(doorway, deed, cells) == set()


@each_action
async def test_a_deed_of_somebody_who_hides_is_done_by_nobody(doorway: Doorway, deed: Deed) -> None:
    """Hidden senders have the same id, so all roles are one: those who may stand for the others."""
    cells = _each_with_some(sorted(MAY[deed.action]), _disguises(deed))
    assert await _doers(doorway, deed, cells, set()) == set()


@each_action
async def test_whoever_has_left_the_company_since_does_nothing(doorway: Doorway, deed: Deed) -> None:
    assert await _doers(doorway, deed, AS_IT_IS, set(), since={"active": 0}) == set()


@each_action
async def test_whoever_has_lost_the_role_since_does_what_anybody_does(doorway: Doorway, deed: Deed) -> None:
    may = EVERYBODY if MAY[deed.action] == EVERYBODY else MAY[deed.action] & WITHOUT_A_ROLE
    assert await _doers(doorway, deed, AS_IT_IS, may, since={"roles": []}) == may


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/dome порт", ["unknown.command.near"]),
        ("/var/log полон", ["unknown.command"]),
        ("/outage printing", ["command.in_private"]),
        ("/dome@another_bot", []),
        ("/done@another_bot порт", []),
    ],
)
async def test_a_command_that_did_nothing_is_said_to_have_done_nothing(
    doorway: Doorway, text: str, said: list[str]
) -> None:
    deed = Typed("", "", on(taken, text), NETWORK)
    with doorway.undone():
        update = _update(deed, PEOPLE["assignee"], _ready(doorway, deed, PEOPLE["assignee"]))
        before = doorway.traces()
        await doorway.comes(update)
        assert [*(doorway.traces() - before)] == [f"line:{key}" for key in said]


async def _doers(
    doorway: Doorway,
    deed: Deed,
    cells: Iterable[tuple[str, Carried]],
    may: Set[str] | None = None,
    *,
    since: Mapping[str, Any] | None = None,
) -> set[str]:
    """Who gets it done, each of them alone. `since` is what happened to them after it was drawn.

    People outside `may` leave only a refusal; None when their message may have been handled differently.
    """
    done = set()
    with doorway.undone():
        everybodys = None if deed.own else _ready(doorway, deed, PEOPLE["requester"])
        before = doorway.traces()
        for name, carried in cells:
            with doorway.undone() if deed.own or may is None or name in may else nullcontext():
                person = PEOPLE[name]
                text = everybodys or _ready(doorway, deed, person)
                if since or person is PEOPLE["assignee who changed teams"]:
                    become(doorway.tx, person, **{"roles": sorted(person.roles), **(since or {})})
                ready = doorway.traces() if deed.own else before
                await doorway.comes(carried(_update(deed, person, text)))
                after = doorway.traces()
                new = after - ready
                if new[deed.mark]:
                    done.add(name)
                elif may is not None:
                    assert not [trace for trace in new if not trace.startswith((*REFUSALS, STRANGER))], name
                    before = after
    return done


def _each_with_some(names: Sequence[str], ways: Sequence[Carried]) -> list[tuple[str, Carried]]:
    """Every person by one way at least, and every way by at least one person."""
    count = max(len(names), len(ways)) if names and ways else 0
    return [(names[number % len(names)], ways[number % len(ways)]) for number in range(count)]


def _ready(doorway: Doorway, deed: Deed, person: Person) -> str:
    return deed.ready(doorway.tx, doorway.house, person)


def _update(deed: Deed, person: Person, text: str) -> dict[str, Any]:
    user = {"id": person.telegram_id, "is_bot": False, "first_name": "N", "language_code": "ru"}
    if isinstance(deed, Query):
        return {"inline_query": {"id": "1", "from": user, "query": text, "offset": "", "chat_type": "group"}}
    message = {"message_id": 80, "date": NOW, "chat": _chat(deed.chat or person.telegram_id or 0)}
    if isinstance(deed, Button):
        query = {"id": "1", "from": user, "chat_instance": "1", "data": text, "message": message}
        return {"callback_query": query}
    if deed.chat is not None:
        message |= {"message_thread_id": TOPIC, "is_topic_message": True}
    if deed.answers is not None:
        answered = {"message_id": deed.answers, "date": NOW, "chat": _chat(deed.chat or 0)}
        message |= {"reply_to_message": answered}
    return {"message": message | {"from": user, "text": text}}


def _chat(number: int) -> dict[str, Any]:
    if number > 0:
        return {"id": number, "type": "private", "first_name": "N"}
    return {"id": number, "type": "supergroup", "title": "T", "is_forum": True}


def _elsewhere(deed: Deed) -> list[Carried]:
    """The same button below a message in another chat, or below none; the same words, forwarded or in another chat."""
    if isinstance(deed, Query):
        return []
    others = [UNBOUND if deed.chat != UNBOUND else ADMINS_TEAM, *([NETWORK] if deed.chat is None else [])]
    if isinstance(deed, Button):
        return [*(_below(place) for place in others), _below_nothing]
    return [_forwarded] if isinstance(deed, Typed) else [_in_chat(place) for place in others]


def _below(place: int) -> Carried:
    message = {"message_id": 80, "date": 0, "chat": _chat(place)}
    return lambda update: {"callback_query": update["callback_query"] | {"message": message}}


def _below_nothing(update: dict[str, Any]) -> dict[str, Any]:
    return {
        "callback_query": {
            name: value for name, value in update["callback_query"].items() if name != "message"
        }
    }


def _in_chat(place: int) -> Carried:
    return lambda update: {"message": update["message"] | {"chat": _chat(place)}}


def _forwarded(update: dict[str, Any]) -> dict[str, Any]:
    origin = {"type": "hidden_user", "date": NOW, "sender_user_name": "Кто-то"}
    return {"message": update["message"] | {"forward_origin": origin}}


def _disguises(deed: Deed) -> list[Carried]:
    """An anonymous administrator, a channel that writes in its group, or posts; a press by an account that is no person."""
    found = [_as(number) for number in (GROUP_ANONYMOUS_BOT, CHANNEL_BOT, TELEGRAM)]
    return found if isinstance(deed, Button | Query) else [*found, _for_a_chat, _posted]


def _as(number: int) -> Carried:
    nobody = {"id": number, "is_bot": number != TELEGRAM, "first_name": "Group"}
    return lambda update: {kind: event | {"from": nobody} for kind, event in update.items()}


def _for_a_chat(update: dict[str, Any]) -> dict[str, Any]:
    return {"message": update["message"] | {"sender_chat": _chat(UNBOUND)}}


def _posted(update: dict[str, Any]) -> dict[str, Any]:
    post = {name: value for name, value in update["message"].items() if name != "from"}
    channel = _chat(UNBOUND) | {"type": "channel"}
    return {"channel_post": post | {"chat": channel, "sender_chat": channel}}


def _authority(traces: Counter[str]) -> Counter[str]:
    """Permissions and states of tickets: everything except messages."""
    names = tuple(f"{table.name}:" for table in AUTHORITY)
    return Counter({trace: count for trace, count in traces.items() if trace.startswith(names)})
