"""The commands Telegram offers after a slash: those the person may use, each answered."""

from __future__ import annotations

import re

import pytest

from bot.people import access
from bot.texts import speak
from tests.desk import ANNA, HELPDESK, IGOR, MARINA, OLEG, SUPERVISORS, Desk, said

REFUSALS = {
    re.sub(r"<[^>]+>", "", speak.voice(language).say(reason))
    for _, reason in access.TABLE.values()
    for language in speak.languages()
}


async def offered(desk: Desk, chat: int, kind: str, language: str) -> list[str]:
    """As in Telegram: the list of this chat, else the one of its kind."""
    lists = (await desk.look("state"))["commands"]
    fits = [one for one in lists if one["language_code"] == language]
    for scope in ({"type": "chat", "chat_id": chat}, {"type": kind}):
        for one in fits:
            if one["scope"] == scope:
                assert all(command["description"] for command in one["commands"])
                return [command["command"] for command in one["commands"]]
    raise AssertionError(f"nothing is offered in {chat}")


@pytest.mark.parametrize(
    ("person", "chat", "kind"),
    [
        (ANNA, ANNA, "all_private_chats"),
        (MARINA, MARINA, "all_private_chats"),
        (IGOR, IGOR, "all_private_chats"),
        (OLEG, HELPDESK, "all_group_chats"),
        (MARINA, SUPERVISORS, "all_group_chats"),
    ],
    ids=["employee", "supervisor", "administrator", "team", "supervisors' chat"],
)
async def test_every_command_that_is_offered_is_answered_and_refused_to_nobody(
    desk: Desk, person: int, chat: int, kind: str
) -> None:
    for command in await offered(desk, chat, kind, "ru"):
        before = {one["message_id"] for one in await desk.reads(chat)}
        whispered = await desk.whispers(chat, person) if chat < 0 else []
        asked = await desk.write(person, f"/{command}", chat=chat)
        await desk.fast_forward(
            4
        )  # Telegram takes twenty messages a minute in a group, one a second in private
        new = [one for one in await desk.reads(chat) if one["message_id"] not in before]
        answers = [said(one) for one in new if one["message_id"] != asked["message_id"]]
        answers += (
            [one for one in await desk.whispers(chat, person) if one not in whispered] if chat < 0 else []
        )
        assert answers, command
        assert not REFUSALS & set(answers), command


async def test_supervisors_and_administrators_are_offered_more_than_others(desk: Desk) -> None:
    for language in ("ru", "en", ""):
        everybody = set(await offered(desk, ANNA, "all_private_chats", language))
        assert set(await offered(desk, MARINA, "", language)) - everybody > {"outage", "quality"}
        more = {
            "bind",
            "figures",
            "versions",
            "rollback",
            "reload",
            "invite",
            "audit",
            "words",
            "unlearn",
            "doctor",
        }
        assert set(await offered(desk, IGOR, "", language)) - everybody == more
