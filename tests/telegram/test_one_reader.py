"""What concerns one member of a group is read by them alone where Telegram can do that, and by all where it cannot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.storage.db import Database
from bot.telegram import outbox
from tests.telegram.line import ANNA, BORIS, FORUM, Line, open_line
from tests.units import work

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    async with open_line(db) as opened:
        yield opened


async def hint(line: Line, chat: str, account: int) -> list[dict[str, Any]]:
    """Say a hint for one account; returns the calls that it took."""
    await line.run(
        lambda tx: outbox.line(
            work(tx, line.clock.now()), chat, "unknown.command", {"name": "dne"}, only_for=account
        )
    )
    return await line.calls("sendMessage")


async def heard_by(line: Line, account: int) -> list[str]:
    async with line.http.get(f"{line.root}/sim/chats/{FORUM}/messages?as={account}") as answer:
        return [one["text"] for one in await answer.json() if "ephemeral_message_id" in one]


async def test_a_hint_in_a_group_is_read_by_its_person_alone(line: Line) -> None:
    (call,) = await hint(line, "team:a", BORIS)
    assert call["args"]["ephemeral_message_parameters"] == {"receiver_user_id": BORIS}
    assert len(await heard_by(line, BORIS)) == 1
    assert await heard_by(line, ANNA) == []
    assert await line.reads(FORUM) == []
    assert [row.state for row in await line.rows()] == ["sent"]


async def test_a_hint_is_read_by_all_where_telegram_refuses_to_whisper(line: Line) -> None:
    await line.fault("error", method="sendMessage", refusal="ephemeral_user", count=1)
    refused, sent = await hint(line, "team:a", BORIS)
    assert "ephemeral_message_parameters" not in sent["args"]
    assert (refused["status"], sent["status"]) == (400, 200)
    assert len(await line.reads(FORUM)) == 1
    assert await heard_by(line, BORIS) == []
    assert [row.state for row in await line.rows()] == ["sent"], (
        "said once, and nobody is told of the refusal"
    )


async def test_nothing_is_whispered_in_a_private_chat(line: Line) -> None:
    (call,) = await hint(line, f"person:{BORIS}", BORIS)
    assert "ephemeral_message_parameters" not in call["args"]
    assert len(await line.reads(BORIS)) == 1
