"""The demo's story plays through the real product, in each language, and no one in it reads a word of the other one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.demo.guide import Guide
from bot.demo.script import script
from bot.storage.schema import tickets
from bot.texts import speak
from tests.cast import move_in
from tests.desk import (
    ANNA,
    BORIS,
    HELPDESK,
    IGOR,
    MARINA,
    OLEG,
    SUPERVISORS,
    Desk,
    SandboxProcess,
    buttons,
    said,
)
from tests.page.company import demo_desk

FOREIGN = {"en": re.compile(r"[«»]|[А-Яа-яЁё][А-Яа-яЁё-]*"), "ru": re.compile(r"[A-Za-z][A-Za-z-]+")}
# Names, codes, commands and addresses that are written alike in both languages.
ALIKE = re.compile(
    r"English / Русский|Русский / English|/[a-z]+( [a-z]+)?|@\u2060?[a-z_]+|\S+@\S+|PRN-[\d-]+|\bE-\d+|\bP\d\b"
    r"|Emma Brown|Firstline|General|RUB|VPN|Wi-Fi|Windows|Mac|Outlook|Excel|PDF|USB"
)
NEUTRAL, HOUR = "Шуршит и поскрипывает полка", 3600
WALK = (
    (OLEG, None, "/my"),
    (OLEG, HELPDESK, "/queue"),
    (OLEG, HELPDESK, "/board"),
    (OLEG, None, "/help"),
    (OLEG, None, "/off"),
    (MARINA, SUPERVISORS, "/board"),
    (MARINA, SUPERVISORS, "/queue"),
    (MARINA, SUPERVISORS, "/why 1"),
    (MARINA, SUPERVISORS, "/outages"),
    (MARINA, SUPERVISORS, "/outage printing"),
    (MARINA, SUPERVISORS, "/find PRN-3-02"),
    (MARINA, None, "/help"),
    (IGOR, None, "/help"),
    (IGOR, None, "/words"),
    (BORIS, None, "/start"),
    (ANNA, None, "/start"),
    (ANNA, None, "/my"),
    (ANNA, None, "/profile"),
    (ANNA, None, "/learning"),
)


async def test_the_story_is_played_to_its_end_in_english(sandbox: SandboxProcess, tmp_path: Path) -> None:
    async with demo_desk(sandbox.root, tmp_path, "en") as desk:
        guide = Guide(desk.root, script(), speak.voice("en"), pace=0)
        await asyncio.to_thread(guide.offer)
        await desk.sim("tour/wish", {"wish": "play"})
        await asyncio.to_thread(guide.look)
        await it_has_ended_well(desk)
        await everybody_reads(desk, "en")


async def test_the_story_keeps_to_its_own_ticket_beside_one_that_is_late_and_one_that_is_new(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    async with demo_desk(sandbox.root, tmp_path, "ru") as desk:
        await desk.write(BORIS, NEUTRAL)
        await desk.press(BORIS, "Передать инженеру")
        await desk.fast_forward(3 * HOUR)
        late = await desk.topic(HELPDESK, 1)
        await desk.find(SUPERVISORS, "не взята")
        await desk.write(IGOR, NEUTRAL)
        await desk.press(IGOR, "Передать инженеру")
        new = await desk.topic(HELPDESK, 2)
        guide = Guide(desk.root, script(), speak.voice("ru"), pace=0)
        await asyncio.to_thread(guide.offer)
        await desk.sim("tour/wish", {"wish": "play"})
        await asyncio.to_thread(guide.look)
        tour = await desk.look("tour")
        assert (tour["state"], tour["scene"]["missing"]) == ("ended", None)
        for topic in (late, new):
            theirs = await desk.reads(HELPDESK, topic)
            assert any("Взять" in buttons(one) for one in theirs), "nobody claimed it"
            assert not [one for one in theirs if one["from"]["id"] == OLEG]
        watched = await desk.db.read(
            lambda tx: set(tx.scalars(select(tickets.c.id).where(tickets.c.watcher > 0)))
        )
        assert watched == {3}, "Marina took control of the story's ticket"
        assert any("★★★★" in said(one) for one in await desk.reads(ANNA))
        assert not any("★" in said(one) for one in await desk.reads(BORIS))


async def it_has_ended_well(desk: Desk) -> None:
    tour = await desk.look("tour")
    assert (tour["state"], tour["scene"]["missing"], tour["scene"]["number"]) == (
        "ended",
        None,
        len(script().scenes),
    )
    assert any("★★★★" in said(one) for one in await desk.reads(ANNA))
    assert any("1/1" in said(one) for one in await desk.reads(SUPERVISORS)), "the week's report"


async def everybody_reads(desk: Desk, language: str) -> None:
    """Everybody looks around, and no one reads a word of the other language."""
    for person, chat, words in WALK:
        await desk.write(person, words, **({"chat": chat} if chat else {}))
    foreign = [words async for words in read_by_all(desk, language)]
    assert not foreign, "\n".join(foreign)


async def read_by_all(desk: Desk, language: str) -> Any:
    """What people read from the bot that has a word of the other language."""
    state = await desk.look("state")
    lists = [one["commands"] for one in state["commands"] if one["language_code"] in ("", language)]
    told = [command["description"] for commands in lists for command in commands]
    for chat in (*state["private"], *(one["id"] for one in state["chats"])):
        for message in await desk.look(f"chats/{chat}/messages"):
            if message["from"]["is_bot"]:
                told += texts_of(message)
    assert len(told) > 100
    for words in dict.fromkeys(told):
        if found := FOREIGN[language].findall(ALIKE.sub("", words)):
            yield f"{found}: {words}"


def texts_of(message: dict[str, Any]) -> Iterator[str]:
    yield said(message)
    for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
        yield from (button["text"] for button in row)
    for kind in ("forum_topic_created", "forum_topic_edited"):
        yield message.get(kind, {}).get("name") or ""


async def test_the_guide_waits_as_long_as_its_reader(sandbox: SandboxProcess) -> None:
    async with aiohttp.ClientSession() as http:
        await move_in(http, sandbox.root)
        async with asyncio.timeout(120):
            await _pause_and_leave(Desk(sandbox.root, http, None))  # type: ignore[arg-type]


async def _pause_and_leave(desk: Desk) -> None:
    guide = Guide(desk.root, script(), speak.voice("ru"), pace=50)
    await asyncio.to_thread(guide.offer)
    await desk.sim("tour/wish", {"wish": "play"})
    playing = asyncio.create_task(asyncio.to_thread(guide.look))
    for wish, state in ((None, "playing"), ("pause", "paused"), ("play", "playing"), ("stop", "offered")):
        if wish is not None:
            await desk.sim("tour/wish", {"wish": wish})
        while (await desk.look("tour"))["state"] != state:
            assert state == "offered" or not playing.done()
    await playing
    assert await desk.reads(ANNA) == [], "nobody wrote while the reader had not read"


def test_every_scene_has_its_person_one_deed_and_both_languages() -> None:
    story = script()
    for scene in story.scenes:
        assert scene.who in story.roles
        assert sum(deed is not None for deed in (scene.write, scene.reply, scene.press, scene.until)) <= 1
        assert not FOREIGN["en"].search(scene.text.en)
        assert not FOREIGN["ru"].search(scene.text.ru)
