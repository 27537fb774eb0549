"""Every action x every role x {allowed, forged, replayed, forwarded, anonymous, left}, at the doors themselves (P16,
T5, T10).

The rows come from the access table: an action without a deed fails. A refused action leaves only its refusal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import nullcontext
from typing import Any

import pytest
from aiogram.types import Chat, Message

from bot.people.access import TABLE
from bot.people.directory import Person
from handlers.filters import DoorSpoke, Introduced
from tests.cast import TOKEN
from tests.doors.deeds import (
    ADMINS_TEAM,
    ANNA,
    DEEDS,
    NETWORK,
    NOW,
    UNBOUND,
    Button,
    Deed,
    Query,
    Typed,
    become,
    on,
    taken,
)
from tests.doors.doorway import AUTHORITY, Doorway, chat_of, update_of
from tests.people.test_access import EVERYBODY, MAY, PEOPLE

WITHOUT_A_ROLE = {"requester", "colleague", "approver", "author of the word"}
GROUP_ANONYMOUS_BOT, CHANNEL_BOT, TELEGRAM = 1087968824, 136817688, 777000
REFUSALS = ("line:access.", "line:unknown.", "line:anonymous", "line:note.not_taken", "line:link.itself")
STRANGER = "call:sendMessage"  # "I do not know you", in as many languages as we speak
Carried = Callable[[dict[str, Any]], dict[str, Any]]
AS_IT_IS: list[tuple[str, Carried]] = [(name, lambda update: update) for name in PEOPLE]
FIRST = tuple({deed.action: deed for deed in reversed(DEEDS)}.values())
each_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda one: f"{one.action}-{one.mark}")
each_action = pytest.mark.parametrize("deed", FIRST, ids=lambda one: one.action)


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
            update = update_of(deed, PEOPLE[name], _ready(doorway, deed, PEOPLE[name]))
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
        ("/my", ["where.private"]),
        ("/outage printing", ["access.supervisors"]),
        ("/dome@another_bot", []),
        ("/done@another_bot порт", []),
    ],
)
async def test_a_command_that_did_nothing_is_said_to_have_done_nothing(
    doorway: Doorway, text: str, said: list[str]
) -> None:
    deed = Typed("", "", on(taken, text), NETWORK)
    with doorway.undone():
        update = update_of(deed, PEOPLE["assignee"], _ready(doorway, deed, PEOPLE["assignee"]))
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
                await doorway.comes(carried(update_of(deed, person, text)))
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


def _elsewhere(deed: Deed) -> list[Carried]:
    """The same button below a message in another chat, or below none; the same words, forwarded or in another chat."""
    if isinstance(deed, Query):
        return []
    others = [UNBOUND if deed.chat != UNBOUND else ADMINS_TEAM, *([NETWORK] if deed.chat is None else [])]
    if isinstance(deed, Button):
        return [*(_below(place) for place in others), _below_nothing]
    return [_forwarded] if isinstance(deed, Typed) else [_in_chat(place) for place in others]


def _below(place: int) -> Carried:
    message = {"message_id": 80, "date": 0, "chat": chat_of(place)}
    return lambda update: {"callback_query": update["callback_query"] | {"message": message}}


def _below_nothing(update: dict[str, Any]) -> dict[str, Any]:
    return {
        "callback_query": {
            name: value for name, value in update["callback_query"].items() if name != "message"
        }
    }


def _in_chat(place: int) -> Carried:
    return lambda update: {"message": update["message"] | {"chat": chat_of(place)}}


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
    return {"message": update["message"] | {"sender_chat": chat_of(UNBOUND)}}


def _posted(update: dict[str, Any]) -> dict[str, Any]:
    post = {name: value for name, value in update["message"].items() if name != "from"}
    channel = chat_of(UNBOUND) | {"type": "channel"}
    return {"channel_post": post | {"chat": channel, "sender_chat": channel}}


def _authority(traces: Counter[str]) -> Counter[str]:
    """Permissions and states of tickets: everything except messages."""
    names = tuple(f"{table.name}:" for table in AUTHORITY)
    return Counter({trace: count for trace, count in traces.items() if trace.startswith(names)})
