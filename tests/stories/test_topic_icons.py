"""The icon of a ticket's topic says how it is, with Telegram's free icons; without them the name still does."""

from __future__ import annotations

from typing import Any

from tests.desk import ANNA, HELPDESK, OLEG, Desk

MINUTE = 60


async def the_topic(desk: Desk) -> dict[str, Any]:
    """The topic of ticket 1, as the list of topics shows it."""
    chats = (await desk.look("state"))["chats"]
    topics = next(chat["topics"] for chat in chats if chat["id"] == HELPDESK)
    found: dict[str, Any] = next(topic for topic in topics if topic["name"].startswith("1 "))
    return found


async def a_ticket(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")


async def test_the_icon_changes_with_the_ticket_and_leaves_no_message_behind(desk: Desk) -> None:
    await a_ticket(desk)
    assert (await the_topic(desk))["icon_emoji"].startswith("❗")
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(2 * MINUTE)
    assert (await the_topic(desk))["icon_emoji"] == "👀"
    await desk.fast_forward(125 * MINUTE)
    late = await the_topic(desk)
    assert (late["icon_emoji"], "🔥" in late["name"]) == ("🔥", True)
    assert not [one for one in await desk.reads(HELPDESK) if "forum_topic_edited" in one]
    assert len(await desk.look("calls?method=getForumTopicIconStickers")) == 1


async def test_a_topic_whose_icon_is_refused_is_opened_and_named_all_the_same(desk: Desk) -> None:
    fault = {"kind": "error", "method": "createForumTopic", "count": 1}
    await desk.sim("faults", fault | {"refusal": "topic_icon"})
    await a_ticket(desk)
    topic = await the_topic(desk)
    assert "icon_emoji" not in topic
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(2 * MINUTE)
    assert "🟢" in (await the_topic(desk))["name"]


async def test_a_server_that_knows_no_icons_opens_topics_without(desk: Desk) -> None:
    unknown = {"kind": "error", "method": "getForumTopicIconStickers", "count": 99}
    await desk.sim("faults", unknown | {"error_code": 404, "description": "Not Found: method not found"})
    await a_ticket(desk)
    assert "icon_emoji" not in await the_topic(desk)
