"""A company teaches the bot what it calls things: what helped counts, an administrator sees it and takes it back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Connection, insert, select

from bot.app import main
from bot.app.reload import Reloader
from bot.knowledge.company import sayings as rows
from bot.people import directory
from bot.selfservice.taught_words import LATER
from bot.storage.schema import sayings, teaching
from tests.desk import ANNA, BORIS, IGOR, OLEG, Desk, buttons, said

ONEC = "🟡 1С"


def agreed(account: int) -> Callable[[Connection], None]:
    """The person has allowed the bot to learn from their words."""

    def write(tx: Connection) -> None:
        person = directory.known(tx, account)
        assert person is not None
        tx.execute(insert(teaching).values(person=person.id, answer="yes", at=0))

    return write


async def solve(desk: Desk, account: int, text: str) -> None:
    """The words lead nowhere; their author chooses 1C, and the first advice helps."""
    await desk.db.run(agreed(account))
    await desk.write(account, text)
    for other in ("Ничего из этого", "Не то", "📄 Другое…"):
        offered = buttons(await desk.last(account))
        if ONEC not in offered and other in offered:
            await desk.press(account, other)
    await desk.press(account, ONEC)
    await desk.press(account, "Не запускается, вылетает")
    await desk.press(account, "Да, помогло")


Looked = Callable[[], Awaitable[None]]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Waits until the bot has looked at what people say. It does so every second."""
    looks, look = asyncio.Queue[None](), Reloader.look_at_words

    async def look_and_say(reloader: Reloader) -> None:
        await look(reloader)
        looks.put_nowait(None)

    async def waits() -> None:
        while not looks.empty():
            looks.get_nowait()
        for _ in range(2):  # the first look may have begun before
            await looks.get()

    monkeypatch.setattr(Reloader, "look_at_words", look_and_say)
    monkeypatch.setattr(main, "LEARN", 1)
    return waits


async def test_what_three_people_call_a_thing_is_understood_and_can_be_taken_back(
    looked: Looked, desk: Desk
) -> None:
    await looked()
    await solve(desk, ANNA, "зевс у меня завис")
    await solve(desk, BORIS, "зевс не пускает")
    await desk.fast_forward(LATER)
    await looked()
    await desk.write(IGOR, "/words")
    assert "Слов компании пока нет" in said(await desk.last(IGOR))
    await solve(desk, OLEG, "зевс завис опять")
    await desk.fast_forward(LATER)
    await looked()
    await desk.write(IGOR, "/words")
    assert "зевс → 🟡 1С" in said(await desk.last(IGOR))
    await desk.write(ANNA, "что-то с зевсом")
    assert buttons(await desk.last(ANNA))[0] == ONEC

    await desk.write(IGOR, "/unlearn зевс")
    await looked()
    await desk.write(IGOR, "/words")
    assert "Слов компании пока нет" in said(await desk.last(IGOR))
    assert await desk.db.read(lambda tx: tx.execute(select(sayings)).all()) == []
    assert await desk.db.read(rows.removed) == {"зевс"}


async def test_who_stops_teaching_takes_their_sayings_along(desk: Desk) -> None:
    await solve(desk, ANNA, "зевс у меня завис")
    assert len(await desk.db.read(lambda tx: tx.execute(select(sayings)).all())) == 1
    await desk.write(ANNA, "/learning")
    await desk.press(ANNA, "Больше не учиться")
    assert await desk.db.read(lambda tx: tx.execute(select(sayings)).all()) == []
