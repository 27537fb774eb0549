"""A group that becomes another one, or removes the bot: what waits for it arrives, once and in order (T11, T13)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app.introduce import look_at
from bot.keys import RawChat
from bot.storage.db import Database
from bot.telegram import chats
from bot.telegram.api import Api
from bot.telegram.chats import Place
from tests.telegram.line import ADMINS, ANNA, GROUP, TOKEN, Line, open_line
from tests.units import as_unit, units

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other files try both
WORDS = [f"слово {number}" for number in range(50)]


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    async with open_line(db) as opened:
        yield opened


@pytest.mark.parametrize("first", ["the message", "the refusal"])
async def test_fifty_words_that_wait_go_to_the_new_group_whichever_sign_comes_first(
    line: Line, first: str
) -> None:
    await line.fault("retry_after", method="sendMessage", chat=GROUP, seconds=30)
    await line.say("chiefs", *WORDS)
    moved = (await line.sim("migrate", chat=GROUP))["id"]
    if first == "the message":
        await line.run(as_unit(chats.move, line.clock.now()), GROUP, moved)
    await line.later(300)
    if first == "the refusal":
        await line.run(as_unit(chats.move, line.clock.now()), GROUP, moved)
    assert await line.reads(moved) == WORDS
    assert await line.db.read(chats.find, "chiefs") == Place(moved)
    told = await line.reads(ADMINS)
    assert len([one for one in told if "супергруппой" in one]) == 1


async def test_a_group_that_moved_while_the_bot_was_down_is_followed_at_its_start(line: Line) -> None:
    moved = (await line.sim("migrate", chat=GROUP))["id"]
    await look_at(units(line.db, line.clock.now), Api(line.http, line.root, TOKEN), "chiefs", GROUP)
    assert await line.db.read(chats.find, "chiefs") == Place(moved)
    await line.say("chiefs", "слово")
    assert await line.reads(moved) == ["слово"]


async def test_a_group_that_throws_us_out_is_told_about_once_and_its_words_wait(line: Line) -> None:
    await line.sim("kick", chat=GROUP)
    await line.say("chiefs", *WORDS[:5])
    await line.later(700)
    assert len([one for one in await line.reads(ADMINS) if "не пускает" in one]) == 1
    await line.say(f"person:{ANNA}", "другим это не мешает")
    assert await line.reads(ANNA) == ["другим это не мешает"]
    await line.sim("join", chat=GROUP)
    await line.later(301)
    assert await line.reads(GROUP) == WORDS[:5]
    assert len([one for one in await line.reads(ADMINS) if "снова можно писать" in one]) == 1


async def test_what_waited_goes_at_once_when_telegram_says_that_we_are_back(line: Line) -> None:
    await line.sim("kick", chat=GROUP)
    await line.say("chiefs", "слово")
    await line.sim("join", chat=GROUP)
    await line.run(as_unit(chats.regain, line.clock.now()), "chiefs")
    assert await line.reads(GROUP) == ["слово"]


async def test_words_for_a_group_that_stays_lost_die_after_a_day_and_somebody_is_told(line: Line) -> None:
    await line.sim("kick", chat=GROUP)
    await line.say("chiefs", "слово", about="word:1")
    await line.later(25 * 3600)
    assert [about for about, outcome in line.heard if outcome.state == "dead"] == ["word:1"]


async def test_what_was_said_is_no_failure_whatever_it_is_about(line: Line) -> None:
    heard: list[str] = []
    line.sender._book.hooks[""] = lambda unit, row, outcome: heard.append(outcome.state)  # type: ignore[index]
    await line.say("chiefs", "слово")
    await line.say("chiefs", "слово", about="ticket:1")
    assert heard == []
    await line.say("team:nowhere", "слово")
    assert heard == ["dead"]


async def test_a_group_that_nobody_named_is_no_loss(line: Line) -> None:
    assert not await line.db.run(as_unit(chats.lose, 0), RawChat(-5), "Forbidden: bot was kicked")
    assert not await line.rows()
