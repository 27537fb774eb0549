"""What version 0.1 left behind on a Monday at 15:50: its database, and the chats with their buttons.

`v0_1.sqlite.sql.gz` and `v0_1.postgres.sql.gz` were filled by version 0.1 itself (commit ade026c) over the sandbox;
`v0_1.buttons.json` is what its chats showed at that moment, with what stood at each position that a button carries.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.cast import (
    HELPDESK,
    IGOR,
    MARINA,
    NETWORK,
    NINA,
    OLEG,
    STRANGER,
    SUPERVISORS,
    TOKEN,
    Desk,
    move_in,
)
from tests.databases import filled_postgres

HERE = Path(__file__).parent
PAVEL = 1014  # an engineer who is not among the people of tests.cast
DOWN = 600  # seconds between the last message of version 0.1 and the first of the present one
# Who presses below the messages of a group.
OF_GROUP = {HELPDESK: OLEG, NETWORK: NINA, SUPERVISORS: MARINA}


@dataclass(frozen=True, slots=True)
class Old:
    """A button that a message of version 0.1 shows."""

    presser: int
    chat: int
    message: int
    label: str
    data: str


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "v0_1.buttons.json").read_text("utf-8"))
    return found


def old_buttons(url: str) -> list[Old]:
    """All of them, in the order of their messages."""
    others = manifest()["on_postgresql"] if url.startswith("postgresql") else {}
    return [
        Old(_presser(message["chat_id"]), message["chat_id"], message["id"], label, others.get(data, data))
        for message in manifest()["messages"]
        for row in message.get("keyboard", ())
        for label, data in row
    ]


def filled_sqlite(file: Path) -> str:
    """The address of a SQLite database as version 0.1 left it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_script("sqlite"))
    return f"sqlite+aiosqlite:///{file}"


async def filled(name: str) -> str:
    """The address of a PostgreSQL database as version 0.1 left it."""
    return await filled_postgres(name, _script("postgres"))


async def chats_as_they_were(desk: Desk) -> None:
    """Every message of the manifest with its id, in a sandbox that begins ten minutes later."""
    await move_in(desk.http, desk.root)
    await desk.sim("clock", {"now": manifest()["now"] + DOWN})
    await desk.sim("flood", {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0})
    for person in manifest()["people"]:
        await desk.sim("people", person | {"started": True})
    for message in manifest()["messages"]:
        await _say(desk, message)
    for chat, topic in manifest()["closed_topics"]:
        await _call(desk, "closeForumTopic", {"chat_id": chat, "message_thread_id": topic})
    await _number_updates_beyond(desk, manifest()["last_update"])


def _script(engine: str) -> str:
    return gzip.decompress((HERE / f"v0_1.{engine}.sql.gz").read_bytes()).decode()


def _presser(chat: int) -> int:
    return chat if chat > 0 else OF_GROUP.get(chat, IGOR)


async def _say(desk: Desk, message: dict[str, Any]) -> None:
    chat, words = message["chat_id"], {"text": message.get("text", "·")}
    if "topic" in message:
        sent = await _call(desk, "createForumTopic", {"chat_id": chat, "name": message["topic"]})
        assert sent["message_thread_id"] == message["id"]
        return
    if message["by"] == PAVEL and message["chat_id"] == HELPDESK and "text" not in message:
        await desk.sim("join", {"from": PAVEL, "chat": HELPDESK})
        return
    if message["by"]:
        body: dict[str, Any] = {"from": message["by"], "chat": chat, **_place(message, "thread")}
        caption = {"caption": message["text"]} if "text" in message else {}
        sent = await desk.sim("send", body | ({"photo": {}, **caption} if "file" in message else words))
        assert "file_id" not in message or sent["photo"][-1]["file_id"] == message["file_id"]
    else:
        body = {"chat_id": chat, **_place(message, "message_thread_id")}
        if "keyboard" in message:
            body["reply_markup"] = {"inline_keyboard": _drawn(message["keyboard"])}
        if "file" in message:
            photo = next(one["file_id"] for one in manifest()["messages"] if "file_id" in one)
            sent = await _call(desk, "sendPhoto", body | {"photo": photo, "caption": words["text"]})
        else:
            sent = await _call(desk, "sendMessage", body | words)
    assert sent["message_id"] == message["id"], (sent["message_id"], message)
    if message.get("deleted"):
        await _call(desk, "deleteMessage", {"chat_id": chat, "message_id": message["id"]})


def _place(message: dict[str, Any], name: str) -> dict[str, int]:
    return {name: message["thread"]} if "thread" in message else {}


def _drawn(keyboard: list[list[list[str]]]) -> list[list[dict[str, str]]]:
    return [[{"text": label, "callback_data": data} for label, data in row] for row in keyboard]


async def _number_updates_beyond(desk: Desk, last: int) -> None:
    """Fetch the updates of these messages, and make more until the update ids continue where version 0.1 stopped."""
    came = 0
    while came <= last:
        await desk.sim("send", {"from": STRANGER, "text": "·"})
        for update in await _call(desk, "getUpdates", {"offset": came + 1, "limit": 100, "timeout": 0}):
            came = update["update_id"]
    await _call(desk, "getUpdates", {"offset": came + 1, "limit": 1, "timeout": 0})


async def _call(desk: Desk, method: str, body: dict[str, Any]) -> Any:
    async with desk.http.post(f"{desk.root}/bot{TOKEN}/{method}", json=body) as response:
        answer = await response.json()
    assert answer["ok"], (method, body, answer)
    return answer["result"]
