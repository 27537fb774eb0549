"""Messages of every kind both ways through refusals, lost answers, blocks, deleted topics: each arrives or its author is told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.desk import ANNA, BORIS, HELPDESK, OLEG, Desk, open_desk, said
from tests.whole import SandboxProcess, sandbox

__all__ = ["sandbox"]

EMPLOYEES = {ANNA: 1, BORIS: 2}  # each with one ticket
KINDS = (
    "text",
    "text",
    "text",
    "marked",
    "photo",
    "document",
    "video",
    "voice",
    "audio",
    "animation",
    "album",
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "retry_after", "seconds": 3},
    {"kind": "error", "error_code": 502},
    {"kind": "drop_before"},
    {"kind": "drop_after", "method": "copyMessage"},
    {"kind": "drop_after", "method": "copyMessages"},
    {
        "kind": "error",
        "method": "copyMessage",
        "error_code": 400,
        "description": "Bad Request: message can't be copied",
    },
    {"kind": "error", "method": "copyMessage", "refusal": "blocked"},
    {"kind": "duplicate_update", "update": "message"},
)
MARKS = "«{}» <b>жирно</b> 🙂 <i>и <u>косо</u></i> <code>a < b</code>".replace("a < b", "a &lt; b")


class Storm:
    """Who sent what, and where it was seen."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, Random(seed)
        self.sent: dict[
            str, list[tuple[str, dict[str, Any]]]
        ] = {}  # conversation -> [(mark, message as sent)]
        self.count = 0

    async def begin(self) -> None:
        await self.desk.sim(
            "flood", {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0}
        )
        for person in EMPLOYEES:
            await self.desk.write(person, "Шуршит и пахнет горелым картридж")
            await self.desk.press(person, "Передать инженеру")
            await self.desk.press(OLEG, "Взять", HELPDESK)

    async def message(self) -> None:
        """One more message of anybody, an album counting as all of its own."""
        person = self.random.choice(list(EMPLOYEES))
        if self.random.random() < 0.5:
            await self._send(f"to team {person}", {"from": person})
        else:
            place = await self._where_oleg_answers(person)
            if place is not None:
                await self._send(f"to {person}", {"from": OLEG, "chat": HELPDESK} | place)

    async def trouble(self) -> None:
        """Something goes wrong; at times a topic is gone, or a person has blocked the bot for a while."""
        luck = self.random.random()
        if luck < 0.08:
            await self._delete_a_topic()
        elif luck < 0.14:
            blocked = self.random.choice(list(EMPLOYEES))
            await self.desk.sim("block", {"from": blocked})
            place = await self._where_oleg_answers(blocked)
            if place is not None:
                await self._send(f"to {blocked}", {"from": OLEG, "chat": HELPDESK} | place)
            await self.calm()
            await self.desk.sim("unblock", {"from": blocked})
        else:
            # Never getUpdates: an album whose messages come minutes apart is no longer one (the intake has its own storm).
            where = {"chat": self.random.choice([HELPDESK, *EMPLOYEES])}
            await self.desk.sim("faults", self.random.choice(FAULTS) | where)

    async def calm(self) -> None:
        """Time passes until the bot has said all that it had to say."""
        for _ in range(200):
            await self.desk.fast_forward(61)
            waiting = await self.desk.db.read(_unsaid)
            if waiting == 0:
                return
        raise AssertionError(f"{waiting} rows are still unsaid")

    async def _send(self, conversation: str, body: dict[str, Any]) -> None:
        kind = self.random.choice(KINDS)
        mark = f"м{self.count:05}"
        marks = {"caption": MARKS.format(mark), "parse_mode": "HTML"}
        if kind in ("text", "marked"):
            words = {"text": MARKS.format(mark) if kind == "marked" else f"«{mark}» просто слова"}
            content = words | ({"parse_mode": "HTML"} if kind == "marked" else {})
        elif kind == "album":
            size = self.random.randint(2, 4)
            album = [{"photo": {}, "caption": f"«{mark}.{one}»"} for one in range(size)]
            content = {"album": album}
        else:
            content = {kind: {}} | marks
        answer = await self.desk.sim("send", body | content)
        messages = answer if isinstance(answer, list) else [answer]
        for place, message in enumerate(messages):
            name = f"«{mark}.{place}»" if kind == "album" else f"«{mark}»"
            self.sent.setdefault(conversation, []).append((name, message))
        self.count += len(messages)

    async def _where_oleg_answers(self, person: int) -> dict[str, int] | None:
        """The newest word of this person, or the card, in a topic that still is there."""
        number = EMPLOYEES[person]
        alive = await self._topics()
        for message in reversed(await self.desk.look(f"chats/{HELPDESK}/messages?limit=150")):
            is_card = f" {number} ·" in said(message)[:8] and message["from"]["is_bot"]
            if is_card and not message.get("deleted") and message.get("message_thread_id") in alive:
                return {"thread": message["message_thread_id"], "reply_to": message["message_id"]}
        return None  # the topic is gone and nobody has had anything to say since

    async def _delete_a_topic(self) -> None:
        alive = await self._topics()
        if alive:
            await self.desk.sim("topic", {"chat": HELPDESK, "delete": self.random.choice(sorted(alive))})

    async def _topics(self) -> set[int]:
        state = await self.desk.look("state")
        forum = next(chat for chat in state["chats"] if chat["id"] == HELPDESK)
        return {
            one["message_thread_id"]
            for one in forum["topics"]
            if one["message_thread_id"] != 1 and not one.get("deleted") and not one.get("closed")
        }

    async def reckon(self) -> Counter[str]:
        """Every message is where it should be, as it was written, in its order - or its author was told."""
        found = Counter[str]()
        for conversation, sent in self.sent.items():
            *_, person = conversation.split()
            to, home = (HELPDESK, int(person)) if "team" in conversation else (int(person), HELPDESK)
            there = await self._everything(to)
            notices = [one for one in await self._everything(home) if "⚠️" in said(one)]
            told = {one["reply_to_message"]["message_id"] for one in notices if one.get("reply_to_message")}
            # A notice about words in a topic that is gone by now answers nothing: it tells of one message or album.
            loose, excused = sum(1 for one in notices if not one.get("reply_to_message")), set[str]()
            order = [found_at(name, there) for name, _ in sent]
            arrived = [place for place in order if place is not None]
            assert arrived == sorted(arrived), f"{conversation}: out of order"
            for (name, message), place in zip(sent, order, strict=True):
                found["sent"] += 1
                if place is not None:
                    found["arrived"] += 1
                    assert alike(message, there[place]), (message, there[place])
                    continue
                is_told = message["message_id"] in told or any(
                    mate["message_id"] in told for _, mate in sent if same_album(mate, message)
                )
                if not is_told:
                    excused.add(message.get("media_group_id") or name)
                assert len(excused) <= loose, f"{conversation}: {name} was lost silently"
                found["told"] += 1
            whole(sent, there)
        return found

    async def _everything(self, chat: int) -> list[dict[str, Any]]:
        """What was ever said by the bot in a chat, deleted topics included."""
        answer = await self.desk.look(f"chats/{chat}/messages")
        messages = answer["messages"] if isinstance(answer, dict) else answer
        return [one for one in messages if one.get("from", {}).get("is_bot")]


def found_at(name: str, there: list[dict[str, Any]]) -> int | None:
    return next((place for place, one in enumerate(there) if name in said(one)), None)


def alike(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """The same words with the same marks, and the same file."""
    names = ("text", "entities", "caption", "caption_entities")
    files = ("photo", "document", "video", "voice", "audio", "animation")

    def shown(message: dict[str, Any]) -> str:
        kept = {name: message.get(name) for name in names}
        for kind in files:
            found = message.get(kind)
            kept[kind] = (
                found[-1]["file_unique_id"]
                if isinstance(found, list)
                else (found or {}).get("file_unique_id")
            )
        return json.dumps(kept, sort_keys=True)

    return shown(first) == shown(second)


def same_album(first: dict[str, Any], second: dict[str, Any]) -> bool:
    group = first.get("media_group_id")
    return group is not None and group == second.get("media_group_id")


def whole(sent: list[tuple[str, dict[str, Any]]], there: list[dict[str, Any]]) -> None:
    """An album that arrived is one album over there too."""
    groups: dict[str, set[str]] = {}
    for name, message in sent:
        place = found_at(name, there)
        if message.get("media_group_id") and place is not None:
            groups.setdefault(message["media_group_id"], set()).add(str(there[place].get("media_group_id")))
    assert all(len(copies) == 1 and "None" not in copies for copies in groups.values()), groups


def _unsaid(tx: Any) -> int:
    return int(
        tx.exec_driver_sql("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").scalar()
    )


async def test_no_message_is_lost_silently(sandbox: SandboxProcess, tmp_path: Path, at_length: bool) -> None:
    if not at_length:
        pytest.skip("a long walk: make storm. Its short pieces are tests/stories/test_desk_conversation.py")
    wanted = 10_000
    async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'storm.db'}") as desk:
        storm = Storm(desk, seed=7)
        await storm.begin()
        while storm.count < wanted:
            for _ in range(storm.random.randint(8, 24)):
                await storm.message()
            await storm.trouble()
            await storm.calm()
        await desk.sim("faults", method="DELETE")
        await storm.calm()
        found = await storm.reckon()
    print(
        f"\nmessages: {found['sent']}, arrived: {found['arrived']}, their author was told: {found['told']}, lost: 0"
    )
    assert found["sent"] >= wanted
    assert found["arrived"] > 0.8 * found["sent"]
