"""Ten thousand hostile or absurd messages through the doors of the whole desk: each is answered, none breaks anything."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.app.check_runs import Checks
from bot.clock import MachineClock
from bot.config.config import Current
from bot.scenarios.library import run
from bot.scenarios.library.check_functions import Surroundings
from bot.selfservice.effects import who
from bot.storage.schema import inbox, outbox
from bot.storage.unit import Units
from bot.telegram.inbox import StoredUpdate
from bot.telegram.inbox import store as keep
from handlers.context import Doors
from handlers.filters import Introduced
from tests.cast import ANNA, BORIS, NINA, TOKEN, enlist
from tests.databases import in_memory
from tests.desk import house
from tests.knowledge.test_route import HOSTILE, mangled
from tests.stories.test_absurd_messages import sendable
from tests.storm.test_forged_buttons import Answers, OneConnection
from tests.storm.test_two_engineers import NOW, person_of
from tests.units import work

FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 1}
SEEN = FILE | {"width": 1, "height": 1}
WORDLESS: tuple[dict[str, Any], ...] = (
    {"voice": FILE | {"duration": 1}},
    {"audio": FILE | {"duration": 0}},
    {"video_note": FILE | {"length": 1, "duration": 1}},
    {"video": SEEN | {"duration": 1}},
    {"sticker": SEEN | {"type": "regular", "is_animated": False, "is_video": False}},
    {"photo": [SEEN]},
    {"document": FILE},
    {"location": {"latitude": 0.0, "longitude": 0.0}},
    {"contact": {"phone_number": "1", "first_name": "\u202e"}},
    {"dice": {"emoji": "🎲", "value": 6}},
)
APART = 45  # seconds between two messages: below every quota


class Running(MachineClock):
    """A clock set by the messages."""

    at = NOW

    def now(self) -> int:
        return self.at

    def steady(self) -> float:
        return self.at


async def test_every_absurd_message_is_answered_and_none_breaks_anything(at_length: bool) -> None:
    count = 10_000 if at_length else 300
    random, clock, desk = Random(7), Running(), house()
    texts = [text for text in HOSTILE + mangled(count, seed=7) if sendable(text)]
    random.shuffle(texts)
    silent: list[str] = []
    heard: Counter[str] = Counter()
    with in_memory().connect() as tx:
        enlist(tx)
        anna = person_of(tx, ANNA)
        run.begin(
            work(tx, NOW), desk.program, anna.id, who(anna), "printer", None
        )  # she is in the middle of a scenario
        db, answers = OneConnection(tx), Answers()
        current = Current(desk)
        units = Units(db, clock.now, lambda: current.config)  # type: ignore[arg-type]
        checks = Checks(units, clock, Surroundings(""), lambda: None)
        doors = Doors(units, answers, clock, Introduced(TOKEN, "firstline_bot"), checks.start, None)  # type: ignore[arg-type]
        for number in range(1, count + 1):
            clock.at += APART
            wordless = number % 8 == 0
            content = random.choice(WORDLESS) if wordless else {"text": texts[number % len(texts)][:4096]}
            raw = _message(number, random.choice((ANNA, BORIS, NINA)), content, clock.at)
            keep(work(tx, clock.at), [raw])
            await doors.handle(StoredUpdate(number, 0, json.dumps(raw)))
            heard[next(iter(content))] += 1
            if not _told(tx):
                silent.append(repr(content)[:200])
        await checks.stop()
        assert not tx.scalar(select(func.count()).select_from(inbox).where(inbox.c.state != "done"))
    assert silent == []
    print(f"\n{count} absurd messages, {heard['text']} of them words: all answered, no exception")


def _told(tx: Connection) -> int:
    """The number of messages sent since the last one; all of them count as delivered now."""
    return tx.execute(update(outbox).where(outbox.c.state == "pending").values(state="sent")).rowcount


def _message(number: int, writer: int, content: dict[str, Any], at: int) -> dict[str, Any]:
    person = {"id": writer, "is_bot": False, "first_name": "N"}
    chat = {"id": writer, "type": "private", "first_name": "N"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": at, "chat": chat, "from": person, **content},
    }
