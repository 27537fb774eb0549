"""What the bot may do in a group: asked at /bind and at the start, noticed when it changes."""

from __future__ import annotations

import re

from tests.desk import ADMINS, ANNA, BORIS, HELPDESK, IGOR, OLEG, SUPERVISORS, SVETA, Desk, said


async def a_group(desk: Desk, **more: object) -> int:
    group = {"type": "supergroup", "title": "Новая", "members": [OLEG, SVETA, IGOR], "admins": [OLEG]}
    return int((await desk.sim("chats", group | more))["id"])


async def report(desk: Desk, person: int) -> None:
    await desk.write(person, "Шуршит и поскрипывает полка")
    await desk.press(person, "Передать инженеру")


async def test_bind_says_that_a_plain_member_does_not_hear_everything(desk: Desk) -> None:
    group = await a_group(desk, is_forum=True, bot="member")
    await desk.write(IGOR, "/bind helpdesk", chat=group)
    assert await desk.find(group, "не администратор")
    await report(desk, ANNA)
    refused = [
        one for one in await desk.look("calls?after=0&method=createForumTopic") if one["status"] != 200
    ]
    assert not refused


async def test_bind_says_that_it_may_not_open_topics(desk: Desk) -> None:
    group = await a_group(desk, is_forum=True)
    await desk.sim("rights", {"chat": group, "rights": {"can_manage_topics": False}})
    await desk.write(IGOR, "/bind helpdesk", chat=group)
    assert await desk.find(group, "нельзя открывать темы")


async def test_bind_says_nothing_of_rights_that_are_there(desk: Desk) -> None:
    group = await a_group(desk, is_forum=True)
    await desk.write(IGOR, "/bind helpdesk", chat=group)
    assert await desk.find(group, "Готово")
    assert not [one for one in await desk.reads(group) if "⚠️" in said(one)]


async def test_the_right_to_topics_is_used_again_as_soon_as_it_is_given_back(desk: Desk) -> None:
    await desk.sim("rights", {"chat": HELPDESK, "rights": {"can_manage_topics": False}})
    await desk.settle()
    assert await desk.find(ADMINS, "не открываю темы")
    await report(desk, ANNA)
    assert not [one for one in await desk.reads(HELPDESK) if "forum_topic_created" in one]
    await desk.sim("rights", {"chat": HELPDESK, "rights": {"can_manage_topics": True}})
    await desk.settle()
    assert await desk.find(ADMINS, "снова открываю темы")
    await report(desk, BORIS)
    assert await desk.topic(HELPDESK, 2)


async def test_administrators_read_the_titles_of_groups_and_never_the_keys_of_files(desk: Desk) -> None:
    await desk.write(IGOR, "/bind network", chat=await a_group(desk, is_forum=True))
    for right in (False, True):
        await desk.sim("rights", {"chat": HELPDESK, "rights": {"can_manage_topics": right}})
        await desk.settle()
    for chat in (HELPDESK, SUPERVISORS):
        await desk.sim("kick", {"chat": chat})
        await desk.settle()
    read = [said(one) for one in await desk.reads(ADMINS)]
    lost = [one for one in read if "больше не пускает" in one]
    assert [one.count("Первая линия") + one.count("руководители") for one in lost] == [1, 1]
    assert any("теперь «Сеть»" in one for one in read), "the audit trail too"
    assert not [one for one in read if re.search(r"team:|helpdesk|network|supervisors", one)]


async def test_an_administrator_reads_what_is_missing_and_how_to_cure_it(desk: Desk) -> None:
    await desk.sim("rights", {"chat": HELPDESK, "rights": {"can_manage_topics": False}})
    await desk.settle()
    await desk.write(IGOR, "/doctor")
    answer = await desk.find(IGOR, "Исправить нужно")
    assert "управление темами" in said(answer)
    assert "в порядке: токен верный" in said(answer)


async def test_an_administrator_binds_a_group_by_choosing_it_in_private(desk: Desk) -> None:
    group = await a_group(desk, is_forum=True, bot="member", admins=[IGOR])
    await desk.write(IGOR, "/bind")
    assert await desk.find(IGOR, "Чья это будет группа?")
    await desk.sim("share", {"from": IGOR, "button": "Сеть", "chat": group})
    await desk.settle()
    assert "группа выбрана: «Сеть»" in said(await desk.last(IGOR))
    assert await desk.find(group, "эта группа теперь «Сеть»")
    assert not [one for one in await desk.reads(group) if "нельзя открывать темы" in said(one)]


async def test_a_choice_of_someone_who_administers_nothing_binds_nothing(desk: Desk) -> None:
    await desk.write(OLEG, "/bind")
    assert not [one for one in await desk.reads(OLEG) if "Чья это будет группа?" in said(one)]
