"""One table of commands: what is routed, what /help and Telegram's menus list, and what the page says are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiogram import filters
from sqlalchemy import select

from bot.app.introduce import ANYONE
from bot.keys import RawChat
from bot.people.access import TABLE as RIGHTS
from bot.people.access import could
from bot.storage.schema import outbox
from bot.teamdesk.command_list import ChatKind, Where, in_menu
from bot.texts import speak
from handlers import build_router
from handlers.commands import ROWS, TABLE
from tests.doors.deeds import NOW, UNBOUND, become
from tests.doors.doorway import Doorway, chat_of
from tests.doors.test_typed_commands import drawn, stage, typed
from tests.people.test_access import MAY, PEOPLE

PAGE = (Path(__file__).parents[2] / "docs/chat_commands.md").read_text("utf-8")
WHERE = {
    Where.PRIVATE: "in private",
    Where.CHIEFS: "in private, supervisors' chat",
    Where.DESK: "anywhere",
    Where.ANYWHERE: "in a group, in private",
    Where.TOPIC: "in a topic",
}
ROLES = {
    "engineers": "engineer:network",
    "leads": "lead:network",
    "supervisors": "supervisor",
    "administrators": "admin",
}
each_person = pytest.mark.parametrize("name", PEOPLE)


def routed() -> Iterator[str]:
    """What any door asks for by its name after a slash."""
    for router in build_router().chain_tail:
        for door in router.message.handlers:
            for one in door.filters or ():
                if isinstance(one.callback, filters.Command):
                    yield from map(str, one.callback.commands)


def test_every_command_that_is_routed_is_a_row_and_every_row_is_routed_once() -> None:
    assert len(TABLE) == len(ROWS)
    assert sorted(routed()) == sorted(TABLE)


def test_every_row_names_a_right_of_the_access_table() -> None:
    assert [row.name for row in ROWS if row.right not in RIGHTS] == []


@pytest.mark.parametrize("action", MAY)
def test_whoever_may_do_something_to_a_ticket_could_do_it(action: str) -> None:
    could_do = {name for name, person in PEOPLE.items() if could(person, action)}
    assert could_do >= MAY[action]
    assert not could(replace(PEOPLE["lead"], active=False), action)


@each_person
async def test_help_lists_in_private_what_the_person_may_type_and_nothing_else(
    doorway: Doorway, name: str
) -> None:
    person = PEOPLE[name]
    with doorway.undone():
        stage(doorway, "in private", "ru")
        become(doorway.tx, person, roles=sorted(person.roles))
        [answer] = await typed(doorway, person, "in private", "/help")
        assert listed(drawn(doorway, answer)) == {row.name for row in ROWS if could(person, row.right)}


async def test_help_in_a_team_s_chat_lists_what_works_there(doorway: Doorway) -> None:
    with doorway.undone():
        stage(doorway, "in the team's chat", "en")
        [answer] = await typed(doorway, PEOPLE["assignee"], "in the team's chat", "/help")
        text = drawn(doorway, answer)
        assert {"queue", "done", "merge", "kb", "off"} <= listed(text)
        assert not {"my", "profile", "outage", "reload", "assign", "bind"} & listed(text)
        assert "/merge - A duplicate, merge it into another one: /merge 15" in text.splitlines()


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.TEAM, ChatKind.CHIEFS])
@each_person
def test_the_menu_offers_what_help_lists_but_for_what_a_slip_would_do(name: str, kind: ChatKind) -> None:
    person = PEOPLE[name]
    offered = in_menu(person, kind, ROWS)
    assert set(offered) <= {row.name for row in ROWS if could(person, row.right) and row.where.takes(kind)}
    assert not {"done", "migrate"} & set(offered)
    assert ("merge" in offered) == (kind is ChatKind.TEAM and could(person, "merge"))


def test_telegram_takes_every_name_and_description() -> None:
    for row in ROWS:
        assert re.fullmatch("[a-z0-9_]{1,32}", row.name)
        for language in speak.languages():
            assert 0 < len(speak.voice(language).say(f"command.{row.name}")) <= 256


async def test_in_a_group_that_is_bound_to_no_name_only_bind_is_answered(doorway: Doorway) -> None:
    """A refusal too: an engineer who sets a group up would wait for an answer."""
    with doorway.undone():
        assert await said_in_unbound(doorway, "/queue") == []
        assert await said_in_unbound(doorway, "/bind network") == ["access.admins"]


async def said_in_unbound(doorway: Doorway, text: str) -> list[str]:
    before = max(doorway.tx.scalars(select(outbox.c.id)), default=0)
    oleg = {"id": PEOPLE["assignee"].telegram_id, "is_bot": False, "first_name": "N"}
    message = {"message_id": 80, "date": NOW, "chat": chat_of(UNBOUND), "from": oleg, "text": text}
    await doorway.comes({"message": message})
    rows = doorway.tx.execute(select(outbox.c.chat, outbox.c.params).where(outbox.c.id > before))
    return [row.params["line"] for row in rows if row.chat == RawChat(UNBOUND)]


def test_the_page_tells_every_command_where_it_works_and_for_whom() -> None:
    told = re.findall(r"^\| `/(\w+)[^`]*` \| ([^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert told == [(row.name, WHERE[row.where], whom(row.right)) for row in ROWS]


def whom(right: str) -> str:
    """Who could use it, as the page says it: a lead is an engineer too."""
    if could(ANYONE, right):
        return "everybody"
    found = [who for who, role in ROLES.items() if could(replace(ANYONE, roles=frozenset({role})), right)]
    return ", ".join(who for who in found if who != "leads" or "engineers" not in found)


def listed(text: str) -> set[str]:
    return set(re.findall(r"^/(\w+) - ", text, re.MULTILINE))
