"""The link of an invitation as it comes through the doors: the account is in at once, or reads why not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.app.registries import hooks
from bot.keys import InviteRef
from bot.people import directory
from bot.storage import kv, typed
from bot.storage.schema import outbox
from bot.telegram.outbox import OutboxRow, Outcome
from tests.doors.deeds import NETWORK, NOW, become
from tests.doors.doorway import Doorway, chat_of
from tests.people.test_access import PEOPLE
from tests.units import work

OLEG, ADMIN = PEOPLE["assignee"], PEOPLE["admin"]
NEW = 7001


async def writes(doorway: Doorway, account: int, text: str, *, chat: int | None = None, **more: Any) -> None:
    user = {
        "id": account,
        "is_bot": False,
        "first_name": "N",
        "language_code": "ru",
        "username": f"u{account}",
    }
    message = {"message_id": 80, "date": NOW, "chat": chat_of(chat or account), "from": user, "text": text}
    await doorway.comes({"message": message | more})


def rows(doorway: Doorway, chat: str) -> list[OutboxRow]:
    found = doorway.tx.execute(select(outbox).where(outbox.c.chat == chat).order_by(outbox.c.id))
    return list(typed.every(OutboxRow, found))


async def invited(doorway: Doorway) -> str:
    """The token that an administrator's /invite makes for the assignee."""
    kv.put(doorway.tx, "bot_username", "firstline_bot")
    become(doorway.tx, OLEG, roles=["engineer:network"], telegram_id=None, username=None, proof="name")
    await writes(doorway, ADMIN.telegram_id or 0, f"/invite {OLEG.staff_id}")
    link = next(row for row in rows(doorway, ADMIN.key) if row.about.startswith("invite:"))
    address = str(link.params["facts"]["link"])
    assert address.startswith("https://t.me/firstline_bot?start=")
    hooks()[InviteRef.KIND](work(doorway.tx, NOW, doorway.house), link, Outcome("sent", 90))
    return address.partition("start=")[2]


async def test_an_invited_engineer_opens_the_link_and_has_the_menu_and_the_roles(doorway: Doorway) -> None:
    with doorway.undone():
        await writes(doorway, NEW, f"/start {await invited(doorway)}")
        person = directory.known(doorway.tx, NEW)
        assert person is not None
        assert person.teams == {"network"}
        assert "menu" in {row.card for row in rows(doorway, person.key)}


async def test_a_delivered_link_is_not_in_the_outbox_any_more(doorway: Doorway) -> None:
    with doorway.undone():
        token = await invited(doorway)
        assert [row.id for row in rows(doorway, ADMIN.key) if token in str(row.params)] == []


async def test_a_link_in_a_group_is_refused_there_and_useless_afterwards(doorway: Doorway) -> None:
    with doorway.undone():
        token = await invited(doorway)
        await writes(doorway, NEW, f"/start@firstline_bot {token}", chat=NETWORK)
        assert "Приглашение показали в группе" in str(rows(doorway, f"id:{NETWORK}")[-1].params)
        await writes(doorway, NEW, f"/start {token}")
        assert "уже сработала" in str(rows(doorway, f"id:{NEW}")[-1].params)
        assert directory.known(doorway.tx, NEW) is None


async def test_a_link_forwarded_by_another_opens_nothing_for_them(doorway: Doorway) -> None:
    with doorway.undone():
        token = await invited(doorway)
        origin = {"type": "hidden_user", "date": NOW, "sender_user_name": "N"}
        await writes(doorway, NEW, f"/start {token}", forward_origin=origin)
        assert directory.known(doorway.tx, NEW) is None


@pytest.mark.parametrize("text", ["/start", "/start " + "x" * 30])
async def test_a_stranger_without_a_link_of_the_desk_reads_one_refusal_an_hour(
    doorway: Doorway, text: str
) -> None:
    with doorway.undone():
        for _ in range(20):
            await writes(doorway, NEW, text)
        assert len(rows(doorway, f"id:{NEW}")) == 1
