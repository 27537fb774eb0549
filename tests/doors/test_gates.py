"""Each gate by itself: what it lets pass, what it fills in, what it says to whom it does not."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Update
from sqlalchemy import select

from bot.clock import MachineClock
from bot.people import directory
from bot.storage.schema import outbox
from handlers.middlewares import (
    ChatNews,
    Gate,
    HiddenSender,
    KnownPerson,
    MessageQuota,
    ReadingLanguage,
    gates,
)
from handlers.visit import Visit
from tests.doors.deeds import ANNA, ASSIGNEE, NETWORK, NOW, SUPERVISORS, become
from tests.doors.doorway import Doorway, chat_of
from tests.people.test_access import PEOPLE

OLEG = PEOPLE["assignee"]
STRANGER = 77


class Stopped(MachineClock):
    """No time goes by."""

    def steady(self) -> float:
        return 0.0


def user(number: int | None, **more: Any) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "N", "language_code": "en"} | more


def message(number: int | None, chat: int | None = None, **more: Any) -> Update:
    """Written by the account of this number, in their private chat unless said otherwise."""
    written = {"message_id": 80, "date": NOW, "chat": chat_of(chat or number or 0), "from": user(number)}
    return Update.model_validate({"update_id": 1, "message": written | {"text": "слова"} | more})


def press(number: int, chat: int) -> Update:
    below = {"message_id": 80, "date": NOW, "chat": chat_of(chat)}
    query = {"id": "1", "from": user(number), "chat_instance": "1", "data": "x", "message": below}
    return Update.model_validate({"update_id": 1, "callback_query": query})


async def through(
    doorway: Doorway, gate: Gate, update: Update, visit: Visit | None = None
) -> tuple[bool, Visit]:
    """Whether the gate let it pass, as aiogram asks it."""
    visit = visit or doorway.visit()
    passed = []

    async def door(*_: object) -> None:
        passed.append(update)

    await gate(door, update, {"visit": visit})
    return bool(passed), visit


async def known(doorway: Doorway, update: Update) -> Visit:
    passed, visit = await through(doorway, KnownPerson(), update)
    assert passed
    return visit


def said(doorway: Doorway) -> list[str]:
    rows = doorway.tx.execute(select(outbox.c.chat, outbox.c.params).order_by(outbox.c.id))
    return [f"{row.chat} {row.params.get('line') or row.params['text']}" for row in rows]


def test_the_gates_have_an_order() -> None:
    kinds = [type(gate) for gate in gates(Stopped())]
    assert kinds == [ChatNews, HiddenSender, KnownPerson, ReadingLanguage, MessageQuota]


async def test_news_of_a_chat_end_at_the_first_gate(doorway: Doorway) -> None:
    with doorway.undone():
        moved = message(OLEG.telegram_id, NETWORK, text=None, migrate_to_chat_id=-2002)
        passed, visit = await through(doorway, ChatNews(), moved)
        assert (passed, visit.finished) == (False, True)
        assert "bot-admins group.moved" in said(doorway)
        assert (await through(doorway, ChatNews(), message(OLEG.telegram_id)))[0]


@pytest.mark.parametrize(("more", "warned"), [({"text": "/done"}, True), ({}, False)])
async def test_a_hidden_sender_is_warned_only_for_what_was_meant_for_us(
    doorway: Doorway, more: dict[str, Any], warned: bool
) -> None:
    with doorway.undone():
        hidden = message(OLEG.telegram_id, NETWORK, sender_chat=chat_of(NETWORK), **more)
        passed, visit = await through(doorway, HiddenSender(), hidden)
        assert (passed, visit.finished) == (False, True)
        assert said(doorway) == ([f"id:{NETWORK} anonymous"] if warned else [])


async def test_a_press_of_what_is_no_person_is_answered_in_the_language_of_the_chat(doorway: Doorway) -> None:
    with doorway.undone():
        update = press(1087968824, NETWORK)
        passed, visit = await through(doorway, HiddenSender(), update)
        assert not passed
        assert visit.answer is not None
        assert (visit.answer.key, visit.voice.language) == ("anonymous", "ru")


async def test_a_person_of_the_directory_comes_in_with_the_name_of_the_chat(doorway: Doorway) -> None:
    with doorway.undone():
        in_group = await known(doorway, message(OLEG.telegram_id, NETWORK))
        assert (in_group.person.id, in_group.chat) == (ASSIGNEE, "team:network")
        assert (await known(doorway, message(OLEG.telegram_id))).chat == OLEG.key
        assert (await known(doorway, message(OLEG.telegram_id, -5555))).chat is None
        assert (await known(doorway, press(OLEG.telegram_id or 0, SUPERVISORS))).chat == "supervisors"


async def test_a_stranger_is_turned_away_in_the_language_of_their_telegram(doorway: Doorway) -> None:
    with doorway.undone():
        passed, visit = await through(doorway, KnownPerson(), message(STRANGER))
        assert (passed, visit.finished, visit.voice.language) == (False, True, "en")
        assert [line.split()[0] for line in said(doorway)] == [f"id:{STRANGER}"]
        passed, _ = await through(doorway, KnownPerson(), message(STRANGER, NETWORK))
        assert not passed
        assert len(said(doorway)) == 1


async def test_an_account_is_bound_to_its_name_at_the_first_contact(doorway: Doorway) -> None:
    with doorway.undone():
        become(doorway.tx, OLEG, telegram_id=None)
        first = message(STRANGER, **{"from": user(STRANGER, username=f"p{ASSIGNEE}")})
        assert (await known(doorway, first)).person.id == ASSIGNEE
        assert directory.get(doorway.tx, ASSIGNEE).telegram_id == STRANGER


async def test_who_writes_in_private_is_not_lost_any_more(doorway: Doorway) -> None:
    with doorway.undone():
        become(doorway.tx, OLEG, lost="blocked")
        await known(doorway, message(OLEG.telegram_id, NETWORK))
        assert directory.get(doorway.tx, ASSIGNEE).lost == "blocked"
        await known(doorway, message(OLEG.telegram_id))
        assert directory.get(doorway.tx, ASSIGNEE).lost is None


async def test_the_language_is_that_of_the_telegram_until_one_is_chosen(doorway: Doorway) -> None:
    with doorway.undone():
        become(doorway.tx, OLEG, language="")
        update = message(OLEG.telegram_id)
        _, visit = await through(doorway, ReadingLanguage(), update, await known(doorway, update))
        assert visit.voice.language == visit.person.language == "en"
        become(doorway.tx, OLEG, language="ru")
        _, visit = await through(doorway, ReadingLanguage(), update, await known(doorway, update))
        assert visit.voice.language == "ru"


async def test_a_flood_in_private_is_warned_once_and_not_taken(doorway: Doorway) -> None:
    with doorway.undone():
        gate, most = MessageQuota(Stopped()), doorway.house.desk.file.quotas.messages_per_minute
        update = message(ANNA + 500)
        visit = await known(doorway, update)
        passed = [(await through(doorway, gate, update, visit))[0] for _ in range(most + 2)]
        assert passed == [True] * most + [False, False]
        assert said(doorway) == [f"person:{ANNA} quota.messages"]
        in_group = message(ANNA + 500, NETWORK)
        assert (await through(doorway, gate, in_group, visit))[0]
