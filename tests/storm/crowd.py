"""Employees and engineers who continue while the bot is killed again and again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.storage.schema import people, tickets
from bot.telegram import posts
from tests.cast import HELPDESK, OLEG, Desk, buttons

FIRST = 2001
A_TICKET = 5  # updates: /start, three presses, the claim
CARD = {"Взять", "Решено"}  # buttons of a card in any state of the storm
WORDS = 15  # messages about each ticket, from both sides in turn


@dataclass
class Crowd:
    """`size` employees, each with a broken printer. Counts what was sent to the bot."""

    desk: Desk
    size: int
    random: Random
    updates: int = 0
    lost_cards: int = 0
    doubled: set[int] = field(default_factory=set)  # topics that have the card more than once
    words: dict[str, int] = field(default_factory=dict)  # text -> the chat that must get it

    @property
    def all_updates(self) -> int:
        return self.size * (A_TICKET + WORDS)

    async def move_in(self) -> None:
        for number in range(self.size):
            names = {"first_name": f"Сотрудник {number}", "started": True, "language_code": "ru"}
            await self.desk.sim("people", {"id": FIRST + number, **names})
        await self.desk.db.run(_enlist, self.size)

    async def reached(self, updates: int) -> None:
        """Wait until so many updates were sent."""
        while True:
            if self.updates >= updates:
                return
            await asyncio.sleep(0.005)

    async def live(self) -> None:
        """Everyone opens a ticket, it is claimed, and a conversation follows."""
        await asyncio.gather(*(self._employee(FIRST + number) for number in range(self.size)))

    async def _employee(self, person: int) -> None:
        await asyncio.sleep(self.random.random() * self.size / 10)
        await self._write(person, person, "/start")
        await self._press(person, person, "🖨 Принтер")
        await self._press(person, person, "Не печатает")
        if person % 2:
            await self._lose_the_answer_to_a_card()
        await self._press(person, person, "Позвать человека")
        number, thread, card = await self._topic_of(person)
        await self._press(OLEG, HELPDESK, "Взять", card)
        for turn in range(WORDS):
            await asyncio.sleep(self.random.random() * self.size / 20)
            word = f"слово {turn} о заявке {number}"
            if turn % 2:
                self.words[word] = person
                target = await self._copy_of(card, thread, turn)
                await self._write(OLEG, HELPDESK, word, thread=thread, reply_to=target)
            else:
                self.words[word] = HELPDESK
                await self._write(person, person, word)

    async def _lose_the_answer_to_a_card(self) -> None:
        """The next message in the team's chat arrives, but the bot does not get the answer: it sends it again."""
        fault = {"kind": "drop_after", "method": "sendMessage", "chat": HELPDESK}
        await self.desk.sim("faults", fault)
        self.lost_cards += 1

    async def _copy_of(self, card: int, thread: int, turn: int) -> int:
        """The card, or each of its copies in turn where a lost answer has made two."""
        messages = await self.desk.reads(HELPDESK, thread)
        cards = [one["message_id"] for one in messages if CARD & {*buttons(one)} and one["from"]["is_bot"]]
        self.doubled |= {thread} if len(cards) > 1 else set()
        return int(cards[turn // 2 % len(cards)]) if cards else card

    async def _write(self, person: int, chat: int, text: str, **more: Any) -> None:
        await self.desk.sim("send", {"from": person, "chat": chat, "text": text, **more})
        self.updates += 1

    async def _press(self, person: int, chat: int, label: str, message: int | None = None) -> None:
        """Press once, as soon as the button exists, without waiting for an answer: the bot may be dead."""
        if message is None:
            message = await self._with_button(chat, label)
        body = {"from": person, "chat": chat, "message_id": message, "button": label, "timeout": 0}
        await self.desk.sim("press", body)
        self.updates += 1

    async def _with_button(self, chat: int, label: str) -> int:
        while True:
            for message in reversed(await self.desk.reads(chat)):
                if label in buttons(message):
                    return int(message["message_id"])
            await asyncio.sleep(0.1)

    async def _topic_of(self, person: int) -> tuple[int, int, int]:
        """The number of this person's ticket, its topic, and the team's card in it."""
        while True:
            if found := await self.desk.db.read(_stands, person):
                return found
            await asyncio.sleep(0.1)


def _stands(tx: Connection, person: int) -> tuple[int, int, int] | None:
    """The number, topic and card of this account's ticket in the team's chat, once it is there."""
    mine = select(tickets.c.id).join(people, people.c.id == tickets.c.requester)
    number = tx.scalar(mine.where(people.c.telegram_id == person))
    about, team = f"ticket:{number}", "team:helpdesk"
    topic, card = posts.find(tx, team, posts.TOPIC, about), posts.find(tx, team, "team_card", about)
    return (number, topic.message_id, card.message_id) if number and topic and card else None


def _enlist(tx: Connection, size: int) -> None:
    rows = [
        {
            "staff_id": f"C-{number}",
            "name": f"Сотрудник {number}",
            "telegram_id": FIRST + number,
            "roles": [],
            "profile": {},
        }
        for number in range(size)
    ]
    tx.execute(insert(people), rows)
