"""A key is its text, and keeps it wherever it goes."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.keys import AlbumRef, BannerRef, FiguresRef, PersonChat, SecretRef, TeamChat, TicketRef
from bot.storage.db import open_database
from bot.storage.schema import facts

KEYS: tuple[tuple[Any, str], ...] = (
    (TicketRef(17), "ticket:17"),
    (PersonChat(7), "person:7"),
    (TeamChat("network"), "team:network"),
    (BannerRef.of(3, "printer", 71), "outage:3:printer:71"),
    (SecretRef.of(7, 71), "secret:7:71"),
    (AlbumRef.of(7, "123", 17), "album:7:123:17"),
)


@pytest.mark.parametrize(("key", "text"), KEYS, ids=[text for _, text in KEYS])
def test_a_key_is_its_text_also_as_a_copy_and_in_json(key: Any, text: str) -> None:
    assert key == text
    assert str(key) == text
    assert json.dumps(key) == f'"{text}"'
    assert {key: 1}[text] == 1
    for again in (type(key).read(text), copy.deepcopy(key), pickle.loads(pickle.dumps(key))):
        assert again == text
        assert type(again) is type(key)


async def test_a_key_is_stored_as_its_text_and_found_by_it(database_url: str) -> None:
    db = open_database(database_url)
    await db.run(lambda tx: tx.execute(insert(facts).values(key=TicketRef(17), value=PersonChat(7))))
    found = await db.read(lambda tx: tx.execute(select(facts).where(facts.c.key == TicketRef(17))).one())
    assert tuple(found)[:2] == ("ticket:17", "person:7")
    await db.close()


def test_a_key_is_read_only_as_what_it_is() -> None:
    assert TicketRef.read("ticket:17").number == 17
    assert TicketRef.among("team:17") is None
    assert not PersonChat.names(None)
    with pytest.raises(ValueError, match="'team:17' is no TicketRef"):
        TicketRef.read("team:17")


def test_the_parts_of_a_key_are_named() -> None:
    banner, figures = BannerRef.read("outage:3::71"), FiguresRef.read("figures:printer:9f3a")
    assert (banner.outage, banner.scenario, banner.words) == (3, "", 71)
    assert (figures.scenario, figures.picture) == ("printer", "9f3a")
    assert TeamChat.read("team:a:b").name == "a:b"
