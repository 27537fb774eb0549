"""Our names of chats stay, Telegram's numbers for them change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from bot.keys import PersonChat, RawChat
from bot.storage.db import Database
from bot.storage.schema import outbox as table
from bot.storage.schema import people
from bot.telegram import chats, outbox, posts
from bot.telegram.chats import Place
from tests.units import as_unit, work


def said(tx: Connection) -> list[tuple[str, Any]]:
    return [(row.chat, row.params.get("line") or row.params.get("text")) for row in tx.execute(select(table))]


async def bound(db: Database, *, is_forum: bool = True) -> None:
    await db.run(lambda tx: chats.bind(work(tx, 0), "team:a", -7, is_forum=is_forum, language="en"))


async def test_a_group_that_becomes_a_supergroup_keeps_its_name_and_the_admins_hear_of_it_once(
    db: Database,
) -> None:
    await bound(db)
    await db.run(as_unit(posts.keep, 0), "team:a", "team_card", "ticket:1", 33)
    await db.run(as_unit(outbox.say, 0), RawChat(-7), "привет")
    await db.run(as_unit(chats.move, 1), -7, -1007)
    await db.run(as_unit(chats.move, 2), -7, -1007)  # the second of Telegram's two signs
    assert await db.read(chats.find, "team:a") == Place(-1007, is_forum=False)
    assert await db.read(chats.name, -7) is None
    assert await db.read(posts.find, "team:a", "team_card", "ticket:1") is None
    assert await db.read(said) == [("id:-1007", "привет"), ("bot-admins", "group.moved")]


async def test_a_group_nobody_knows_may_move_as_it_likes(db: Database) -> None:
    await db.run(as_unit(chats.move, 0), -9, -1009)
    assert await db.read(said) == []


async def test_a_chat_has_one_name_and_a_name_one_chat(db: Database) -> None:
    await bound(db)
    await db.run(lambda tx: chats.bind(work(tx, 1), "team:b", -7, is_forum=False))
    assert await db.read(chats.find, "team:a") is None
    assert await db.read(chats.name, -7) == "team:b"


async def test_binding_again_keeps_the_language_and_forgets_the_loss(db: Database) -> None:
    await bound(db)
    await db.run(as_unit(chats.lose, 1), "team:a", "Forbidden: bot was kicked")
    await db.run(lambda tx: chats.bind(work(tx, 2), "team:a", -7, is_forum=True))
    assert await db.read(chats.language, "team:a") == "en"


async def test_topics_that_were_taken_away_are_told_once(db: Database) -> None:
    await bound(db)
    for _ in range(3):
        await db.run(as_unit(chats.without_topics, 1), "team:a", "not enough rights")
    assert await db.read(chats.find, "team:a") == Place(-7, is_forum=False)
    assert await db.read(said) == [("bot-admins", "group.no_topics")]


async def test_nobody_is_found_under_a_name_that_nobody_has_bound(db: Database) -> None:
    assert await db.read(chats.find, "supervisors") is None
    assert await db.read(chats.find, "person:4711") is None
    assert await db.read(chats.find, "id:-5") == Place(-5)


async def test_a_chat_that_has_not_said_reads_the_language_of_the_setting(db: Database) -> None:
    assert await db.read(chats.language, "team:nowhere") == "ru"
    await db.run(chats.read_by_default, "en")
    for key in ("team:nowhere", RawChat(7), RawChat(-7), PersonChat(404)):
        assert await db.read(chats.language, key) == "en", key


async def test_a_chat_named_by_number_reads_the_language_of_whose_it_is(db: Database) -> None:
    await bound(db)
    await db.run(
        lambda tx: tx.execute(
            insert(people).values(staff_id="a", name="A", language="en", telegram_id=7, roles=[], profile={})
        )
    )
    assert await db.read(chats.language, RawChat(7)) == "en"
    assert await db.read(chats.language, RawChat(-7)) == "en"
    assert await db.read(chats.language, RawChat(8)) == "ru"
