"""People who write to each other through the desk while everything fails, and the result of each message."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select

from bot.storage.schema import outbox
from tests.cast import ANNA, BORIS, HELPDESK, IGOR, OLEG, SVETA, Desk, said
from tests.storm.reckoning import FILES, WITHOUT_WORDS, Reckoning, Word, name_of

EMPLOYEES = {ANNA: 1, BORIS: 2}  # each with one ticket
REPLACED_BY = {
    "photo": "video",
    "video": "photo",
    "document": "document",
    "audio": "audio",
    "animation": "photo",
}
KINDS = (
    *("text",) * 4,
    *("marked",) * 3,
    *FILES,
    "contact",
    "location",
    "venue",
    "dice",
    "poll",
    *("album",) * 2,
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "retry_after", "seconds": 5},
    {"kind": "error", "error_code": 502},
    {"kind": "drop_before"},
    {"kind": "drop_after", "method": "copyMessage"},
    {"kind": "drop_after", "method": "copyMessages"},
    {"kind": "drop_after", "method": "editMessageText"},
    {
        "kind": "error",
        "method": "copyMessage",
        "error_code": 400,
        "description": "Bad Request: message can't be copied",
    },
    {"kind": "error", "method": "copyMessages", "error_code": 400, "description": "Bad Request: wrong file"},
    {"kind": "error", "method": "editMessageText", "error_code": 400, "description": "Bad Request: no edit"},
    {"kind": "error", "method": "copyMessage", "refusal": "blocked"},
    {"kind": "duplicate_update", "update": "message"},
    {"kind": "duplicate_update", "update": "edited_message"},
)
MARKED = "«{}» <b>жирно</b> 🙂 <i>и <u>косо</u></i> <code>a &lt; b</code>"
QUOTED = "слова"
STATES = ("⚪", "🟡", "🟠", "🔴", "🟢")  # a card begins with one


@dataclass
class Storm:
    """`sent` is every conversation, "to team 1001" or "to 1001", in the order in which it was written."""

    desk: Desk
    random: Random

    def __post_init__(self) -> None:
        self.sent: dict[str, list[Word]] = defaultdict(list)
        self.homes = [HELPDESK]  # the team's chats, one after the other
        self.count = 0
        self._gone: set[int] = set()  # topics that were deleted or closed since the last calm
        self._deleted: set[int] = set()
        self._heard: dict[int, list[dict[str, Any]]] = {}  # messages that can be replied to, by chat

    @property
    def home(self) -> int:
        return self.homes[-1]

    async def begin(self) -> None:
        off = {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0}
        await self.desk.sim("flood", off)
        for person in EMPLOYEES:
            await self.desk.write(person, "Шуршит и поскрипывает полка")
            await self.desk.press(person, "Передать инженеру")
            await self.desk.press(OLEG, "Взять", HELPDESK)

    async def round(self, size: int) -> None:
        """Messages of everyone with faults in between, and then a calm in which all of it is processed."""
        for chat in (self.home, *EMPLOYEES):
            messages = await self.desk.look(f"chats/{chat}/messages?limit=80")
            self._heard[chat] = [one for one in messages if one["from"]["is_bot"] and not one.get("deleted")]
        blocked = self.random.choice([None, None, None, *EMPLOYEES])
        if blocked is not None:
            await self.desk.sim("block", {"from": blocked})
        goal = self.count + size
        while self.count < goal:
            await self._somebody_writes(blocked)
            if self.random.random() < 0.1:
                await self._correct(blocked)
            if self.random.random() < 0.08:
                await self._trouble()
        await self.calm()
        if blocked is not None:
            await self.desk.sim("unblock", {"from": blocked})

    async def calm(self) -> None:
        """Time passes until the bot has sent everything."""
        for _ in range(200):
            await self.desk.fast_forward(61)
            waiting = await self.desk.db.read(_unsaid)
            if waiting == 0:
                self._gone.clear()
                return
        raise AssertionError(f"{waiting} rows are still unsaid")

    async def move_to_a_plain_group(self) -> None:
        """From now on the team's chat is a group without topics."""
        people = [OLEG, SVETA, IGOR]
        group = {"type": "group", "title": "Простая группа", "members": people, "admins": [OLEG]}
        self.homes.append((await self.desk.sim("chats", group))["id"])
        await self.desk.write(IGOR, "/bind helpdesk", chat=self.home)

    async def become_a_supergroup(self) -> None:
        """While messages wait for a slow group, it becomes another one."""
        await self.desk.sim("faults", {"kind": "retry_after", "seconds": 20, "chat": self.home})
        for person in EMPLOYEES:
            for _ in range(6):
                await self._send(f"to team {person}", {"from": person})
        self.homes.append((await self.desk.sim("migrate", {"chat": self.home}))["id"])
        await self.calm()

    async def _somebody_writes(self, blocked: int | None) -> None:
        person = self.random.choice(list(EMPLOYEES))
        if self.random.random() < 0.5:
            if person != blocked:
                target = self._something_to_answer(person) if self.random.random() < 0.3 else None
                await self._send(f"to team {person}", {"from": person}, target)
            return
        target = self._what_oleg_answers(person)
        if target is not None:
            thread = {"thread": target["message_thread_id"]} if target.get("is_topic_message") else {}
            await self._send(f"to {person}", {"from": OLEG, "chat": self.home, **thread}, target)

    def _something_to_answer(self, person: int) -> dict[str, Any] | None:
        names = {name_of(word.message) for word in self.sent[f"to {person}"][-40:]}
        found = [one for one in self._heard[person] if name_of(one) in names]
        return self.random.choice(found) if found else None

    def _what_oleg_answers(self, person: int) -> dict[str, Any] | None:
        """This person's newest message, or the card, in an existing topic."""
        names = {name_of(word.message) for word in self.sent[f"to team {person}"][-60:]}
        for message in reversed(self._heard[self.home]):
            is_card = said(message).startswith(STATES) and (f" {EMPLOYEES[person]} ·" in said(message)[:8])
            there = message.get("message_thread_id") not in self._gone
            if there and (is_card or name_of(message) in names):
                return message
        return None

    async def _send(
        self, conversation: str, body: dict[str, Any], target: dict[str, Any] | None = None
    ) -> None:
        kind = self.random.choice(KINDS)
        # A card that has the last words may be drawn again before it is quoted.
        can_quote = (
            target is not None and QUOTED in target.get("text", "") and not said(target).startswith(STATES)
        )
        quotes = can_quote and self.random.random() < 0.5
        if target is not None:
            body = body | {"reply_to": target["message_id"]} | ({"quote": QUOTED} if quotes else {})
        answer = await self.desk.sim("send", body | self._content(kind))
        messages = answer if isinstance(answer, list) else [answer]
        answers = name_of(target) if target is not None and kind != "album" else None
        self.sent[conversation] += [Word(message, answers, quotes) for message in messages]
        self.count += len(messages)

    def _content(self, kind: str) -> dict[str, Any]:
        mark, number = f"м{self.count:05}", self.count
        match kind:
            case "text":
                return {"text": f"«{mark}» просто {QUOTED}"}
            case "marked":
                return {"text": MARKED.format(mark), "parse_mode": "HTML"}
            case "album":
                size = self.random.randint(2, 4)
                return {"album": [{"photo": {}, "caption": f"«{mark}.{one}»"} for one in range(size)]}
            case "contact":
                return {"contact": {"phone_number": f"+7000{number:07}", "first_name": "Пётр"}}
            case "location":
                return {"location": {"latitude": 55 + number / 100_000, "longitude": 37.62}}
            case "venue":
                place = {"latitude": 55.75, "longitude": 37.62}
                return {"venue": {"location": place, "title": f"Склад {number}", "address": "Двор"}}
            case "dice":
                return {"dice": {"emoji": "🎲", "value": number}}
            case "poll":
                return {"poll": a_poll(number)}
            case _ if kind in WITHOUT_WORDS:
                return {kind: {"size": 1000 + number}}
            case _:
                return {kind: {"size": 1000 + number}, "caption": MARKED.format(mark), "parse_mode": "HTML"}

    async def _correct(self, blocked: int | None) -> None:
        """A person edits one of their last messages, or its file."""
        conversation = self.random.choice(list(self.sent))
        words = [word for word in self.sent[conversation][-8:] if "«" in said(word.message)]
        author = (
            OLEG
            if conversation in (f"to {person}" for person in EMPLOYEES)
            else int(conversation.split()[-1])
        )
        lost, left = self._gone | self._deleted, set(self.homes[:-1])
        words = [
            word
            for word in words
            if word.message.get("message_thread_id") not in lost and word.message["chat"]["id"] not in left
        ]
        if not words or author == blocked:
            return
        word = self.random.choice(words)
        mark = said(word.message).partition("»")[0] + "»"
        body: dict[str, Any] = {"from": author, "chat": word.message["chat"]["id"], "message_id": word.id}
        text = f"{mark} <b>исправлено</b> {self.random.randint(1, 99)}"
        if "text" in word.message:
            body |= {"text": text, "parse_mode": "HTML"}
        else:
            body |= {"caption": text, "parse_mode": "HTML"}
            old = next(kind for kind in FILES if kind in word.message)
            if old in REPLACED_BY and "media_group_id" not in word.message and self.random.random() < 0.5:
                body[REPLACED_BY[old]] = {"size": 50_000 + self.count}
        word.message = await self.desk.sim("edit", body)
        word.corrected = True

    async def _trouble(self) -> None:
        """A fault; sometimes a topic is deleted or closed."""
        luck = self.random.random()
        if luck < 0.15 and self.home == HELPDESK:
            alive = await self._topics() - self._gone
            if alive:
                gone = self.random.choice(sorted(alive))
                what = "delete" if luck < 0.1 else "close"
                await self.desk.sim("topic", {"chat": HELPDESK, what: gone})
                self._gone.add(gone)
                if what == "delete":
                    self._deleted.add(gone)
            return
        # Never getUpdates: an album whose messages come minutes apart is no longer one (the intake has its own storm).
        where = {"chat": self.random.choice([self.home, *EMPLOYEES])}
        await self.desk.sim("faults", self.random.choice(FAULTS) | where)

    async def _topics(self) -> set[int]:
        state = await self.desk.look("state")
        forum = next(chat for chat in state["chats"] if chat["id"] == HELPDESK)
        return {
            one["message_thread_id"]
            for one in forum["topics"]
            if one["message_thread_id"] != 1 and not one.get("deleted") and not one.get("closed")
        }

    async def reckon(self) -> Counter[str]:
        """Every message is where it should be, as written, in order - or its author was notified."""
        found = Counter[str]()
        for conversation, words in self.sent.items():
            person = int(conversation.split()[-1])
            to_team = "team" in conversation
            team = [message for home in self.homes for message in await self._said_in(home)]
            private = await self._said_in(person)
            there, here = (team, private) if to_team else (private, team)
            Reckoning(conversation, words, there, here, found).draw()
        return found

    async def _said_in(self, chat: int) -> list[dict[str, Any]]:
        """All messages of the bot in a chat, including deleted topics."""
        messages = await self.desk.look(f"chats/{chat}/messages?former=1")
        return [one for one in messages if one.get("from", {}).get("is_bot")]


def a_poll(number: int) -> dict[str, Any]:
    options = [{"text": one, "voter_count": 0, "persistent_id": one} for one in ("да", "нет")]
    flags = dict.fromkeys(_POLL_FLAGS, False)
    question = {"id": str(number), "question": f"Опрос {number}?", "type": "regular", "total_voter_count": 0}
    return question | {"options": options} | flags


_POLL_FLAGS = ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only")


def _unsaid(tx: Connection) -> int:
    waiting = outbox.c.state.in_(("pending", "sending"))
    return tx.scalar(select(func.count()).select_from(outbox).where(waiting)) or 0


def rounds(random: Random, wanted: int) -> Iterator[int]:
    """Sizes of rounds, which together are about `wanted`."""
    left = wanted
    while left > 0:
        size = min(left, random.randint(30, 60))
        yield size
        left -= size
