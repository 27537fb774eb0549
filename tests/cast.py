"""The company of the tests, and the desk as its people use it: they write, press and read through `/sim`.

Nothing here imports the bot: it may run in this process, in another one, or be dead at the moment.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, insert

from bot.storage.db import Database
from bot.storage.schema import people
from bot.teamdesk.board import placing
from bot.telegram import chats
from tests import children
from tests.units import work

ROOT = Path(__file__).parent.parent
TOKEN = "1234567890:test-token-of-a-bot-that-is-not"
MONDAY = "2026-11-23T10:00:00+03:00"  # a working day, an hour after opening

ANNA, BORIS, OLEG, SVETA, NINA, MARINA, IGOR, STRANGER = 1001, 1002, 1011, 1012, 1013, 1021, 1031, 1099
HELPDESK, NETWORK, ADMINS_TEAM, SUPERVISORS, ADMINS = (-1001000000000 - n for n in range(1, 6))

CAST: tuple[
    tuple[int, str, str, str, str, list[str]], ...
] = (  # requesters, engineers, a lead, another team's engineer, a supervisor, an administrator
    (ANNA, "Анна Иванова", "anna", "ru", "бухгалтерия", []),
    (BORIS, "Борис Петров", "boris", "ru", "продажи", []),
    (OLEG, "Олег Смирнов", "oleg", "ru", "ИТ", ["engineer:helpdesk"]),
    (SVETA, "Светлана Рыбакова", "sveta", "ru", "ИТ", ["engineer:helpdesk", "lead:helpdesk"]),
    (NINA, "Нина Котова", "nina", "ru", "ИТ", ["engineer:network"]),
    (MARINA, "Марина Лебедева", "marina", "ru", "ИТ", ["supervisor"]),
    (IGOR, "Игорь Волков", "igor", "ru", "ИТ", ["admin"]),
)
ROOMS = (
    ("team:helpdesk", HELPDESK, True, [OLEG, SVETA, NINA, MARINA]),
    ("team:network", NETWORK, True, [NINA, MARINA]),
    ("team:admins", ADMINS_TEAM, True, [MARINA]),
    ("supervisors", SUPERVISORS, False, [MARINA, SVETA]),
    ("bot-admins", ADMINS, False, [IGOR]),
)


class SandboxProcess:
    """One `python -m sandbox` for a whole test session."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port=0", f"--token={TOKEN}", f"--start={MONDAY}"]
        self._process = children.begin(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        with children.patience(self._process):
            lines = [self._process.stdout.readline() for _ in range(3)]
        self.root = lines[0].strip().partition("=")[2]

    def end(self) -> None:
        children.end(self._process)


@dataclass
class Desk:
    """The actions of a story: people write and press; what each chat shows."""

    root: str
    http: aiohttp.ClientSession
    db: Database
    is_newer: bool = False  # whether Telegram says, on purpose, what the Bot API does not declare

    async def sim(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """One `/sim` call; fails the test when the sandbox refuses it."""
        async with self.http.request(method, f"{self.root}/sim/{path}", json=body) as response:
            answer = await response.json(content_type=None)
            assert response.status < 400, f"/sim/{path}: {answer}"
            return answer

    async def look(self, path: str) -> Any:
        async with self.http.get(f"{self.root}/sim/{path}") as response:
            return await response.json()

    async def settle(self) -> None:
        """Wait until nothing is outstanding."""
        idle = await self.look("idle?timeout=20")
        assert idle["idle"], idle

    async def write(self, person: int, text: str = "", **more: Any) -> Any:
        """A person writes, in the private chat with the bot unless `chat` says otherwise."""
        body = {"from": person, **({"text": text} if text else {}), **more}
        message = await self.sim("send", body)
        await self.settle()
        return message

    async def press(self, person: int, label: str, chat: int | None = None, thread: int | None = None) -> Any:
        """Press the newest button with this label in a chat; returns what the presser reads."""
        place = chat if chat is not None else person
        message = await self.find_button(place, label, thread)
        answer = await self.sim(
            "press", {"from": person, "chat": place, "message_id": message["message_id"], "button": label}
        )
        await self.settle()
        return answer

    async def forge(self, person: int, chat: int, message_id: int, data: str) -> Any:
        """Press a button with forged data."""
        body = {"from": person, "chat": chat, "message_id": message_id, "data": data}
        answer = await self.sim("press", body)
        await self.settle()
        return answer

    async def fast_forward(self, seconds: int) -> None:
        """Move time forward; what falls due is done on the way."""
        await self.sim("clock/advance", {"seconds": seconds})

    async def reads(self, chat: int, thread: int | None = None) -> list[dict[str, Any]]:
        """The messages of a chat as it shows them now."""
        query = f"?thread={thread}" if thread else ""
        found = await self.look(f"chats/{chat}/messages{query}")
        messages: list[dict[str, Any]] = found["messages"] if isinstance(found, dict) else found
        return [message for message in messages if not message.get("deleted")]

    async def whispers(self, chat: int, person: int) -> list[str]:
        """What one member alone reads in a group."""
        found = await self.look(f"chats/{chat}/messages?as={person}")
        return [said(one) for one in found if "ephemeral_message_id" in one]

    async def last(self, chat: int, thread: int | None = None) -> dict[str, Any]:
        return (await self.reads(chat, thread))[-1]

    async def find(self, chat: int, words: str) -> dict[str, Any]:
        """The newest message of a chat that contains these words."""
        messages: list[dict[str, Any]] = await self.reads(chat)
        for message in messages[::-1]:
            if words in said(message):
                return message
        raise AssertionError(f"nobody said «{words}» in {chat}: {[said(message) for message in messages]}")

    async def find_button(self, chat: int, label: str, thread: int | None = None) -> dict[str, Any]:
        messages: list[dict[str, Any]] = await self.reads(chat, thread)
        for message in messages[::-1]:
            if label in buttons(message):
                return message
        raise AssertionError(f"no button «{label}» in {chat}: {[buttons(message) for message in messages]}")

    async def topic(self, chat: int, number: int) -> int:
        """The topic of a ticket."""
        for message in await self.reads(chat):
            created = message.get("forum_topic_created")
            if created and created["name"].startswith(f"{number} "):
                return int(message["message_id"])
        raise AssertionError(f"no topic of ticket {number} in {chat}")


def said(message: dict[str, Any]) -> str:
    """Its words, as who reads them sees them."""
    return re.sub(r"</?tg-time[^>]*>", "", str(message.get("text") or message.get("caption") or ""))


def buttons(message: dict[str, Any]) -> list[str]:
    markup = message.get("reply_markup") or {}
    return [button["text"] for row in markup.get("inline_keyboard", []) for button in row]


async def move_in(http: aiohttp.ClientSession, root: str) -> None:
    """Reset the sandbox and put the company into it."""

    async def post(path: str, body: dict[str, Any]) -> None:
        async with http.post(f"{root}/sim/{path}", json=body) as response:
            assert response.status < 400, await response.text()

    await post("reset", {})
    known = [(number, name, username, language) for number, name, username, language, _, _ in CAST]
    for number, name, username, language in (*known, (STRANGER, "Прохожий", "nobody", "ru")):
        first, _, last = name.partition(" ")
        names = {"first_name": first, "last_name": last, "username": username, "language_code": language}
        await post("people", {"id": number, "started": True, **names})
    for key, number, is_forum, members in ROOMS:
        group = {"id": number, "title": key, "type": "supergroup", "is_forum": is_forum}
        await post("chats", group | {"members": members, "admins": members[:1]})


def enlist(tx: Connection) -> None:
    """The same company in the directory."""
    for number, name, username, language, department, roles in CAST:
        row = {"staff_id": f"S-{number}", "name": name, "username": username, "language": language}
        more = {"department": department, "telegram_id": number, "roles": roles, "profile": {}}
        tx.execute(insert(people).values(**row, **more))
    for key, number, is_forum, _ in ROOMS:
        chats.bind(work(tx, 0), key, number, is_forum=is_forum)
        placing.mark(
            tx, key, number
        )  # stories of one ticket have no board in sight; those of boards ask for it
