"""getUpdates as the official server answers it."""

import asyncio

from tests.sandbox.conftest import ANNA, FORUM, OLEG, Client


async def test_updates_come_until_they_are_confirmed(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="раз")
    await desk.sim("send", sender=ANNA, text="два")
    first = await desk.ok("getUpdates")
    again = await desk.ok("getUpdates", offset=first[1]["update_id"])
    assert [one["message"]["text"] for one in first] == ["раз", "два"]
    assert [one["message"]["text"] for one in again] == ["два"]
    assert await desk.ok("getUpdates", offset=first[1]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_only_the_last(desk: Client) -> None:
    for text in "абв":
        await desk.sim("send", sender=ANNA, text=text)
    assert [one["message"]["text"] for one in await desk.ok("getUpdates", offset=-2)] == ["б", "в"]
    assert len(desk.box.updates.pending) == 2


async def test_the_limit_is_kept_between_1_and_100(desk: Client) -> None:
    for number in range(101):
        await desk.sim("send", sender=ANNA, text=str(number))
    assert len(await desk.ok("getUpdates", limit=1)) == 1
    assert len(await desk.ok("getUpdates", offset=1, limit=1000)) == 100


async def test_a_client_that_repeats_itself_gets_one_update_at_a_time(desk: Client) -> None:
    for text in "абв":
        await desk.sim("send", sender=ANNA, text=text)
    assert len(await desk.ok("getUpdates", offset=1)) == 3
    assert len(await desk.ok("getUpdates", offset=1)) == 1


async def test_a_waiting_poll_is_woken_by_an_update(desk: Client) -> None:
    poll = asyncio.create_task(desk.ok("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    await desk.sim("send", sender=ANNA, text="x")
    assert (await poll)[0]["message"]["text"] == "x"


async def test_a_waiting_poll_ends_when_the_clock_jumps_past_it(desk: Client) -> None:
    poll = asyncio.create_task(desk.ok("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    await desk.sim("clock/advance", seconds=31)
    assert await poll == []


async def test_a_second_poll_ends_the_first_with_a_conflict(desk: Client) -> None:
    first = asyncio.create_task(desk.call("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(desk.call("getUpdates", timeout=30, offset=1))
    answer = await first
    assert answer["error_code"] == 409
    assert answer["description"].startswith(
        "Conflict: terminated by other getUpdates request; make sure that only one"
    )
    await desk.sim("send", sender=ANNA, text="x")
    assert (await second)["ok"]


async def test_setting_a_webhook_ends_a_poll_with_a_conflict(desk: Client) -> None:
    poll = asyncio.create_task(desk.call("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    await desk.ok("setWebhook", url="http://127.0.0.1:9/")
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    await desk.ok("deleteWebhook")


async def test_kinds_that_were_not_asked_for_are_never_made(desk: Client) -> None:
    await desk.ok("getUpdates", allowed_updates=["message"])
    message = await desk.sim("send", sender=ANNA, text="x")
    await desk.sim("edit", sender=ANNA, message_id=message["message_id"], text="y")
    assert [
        set(one) - {"update_id"} for one in await desk.updates(allowed_updates=["message", "edited_message"])
    ] == [{"message"}]
    await desk.sim("edit", sender=ANNA, message_id=message["message_id"], text="z")
    assert "edited_message" in (await desk.updates())[0]


async def test_reactions_and_members_come_only_on_request(desk: Client) -> None:
    message = await desk.sim("send", sender=ANNA, text="x")
    await desk.sim("react", sender=ANNA, message_id=message["message_id"], emoji="👍")
    await desk.sim("leave", sender=ANNA, chat=FORUM)
    assert not [one for one in await desk.updates() if "message_reaction" in one or "chat_member" in one]
    await desk.ok("getUpdates", offset=1, allowed_updates=["message_reaction", "chat_member"])
    await desk.sim("react", sender=ANNA, message_id=message["message_id"], emoji=None)
    await desk.sim("join", sender=ANNA, chat=FORUM)
    reaction, member = await desk.updates()
    assert reaction["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert member["chat_member"]["new_chat_member"]["status"] == "member"


async def test_a_press_is_kept_for_150_seconds_and_a_message_for_a_day(desk: Client) -> None:
    await desk.ok(
        "sendMessage",
        chat_id=ANNA,
        text="?",
        reply_markup={"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]},
    )
    await desk.sim("press", sender=ANNA, message_id=1, button="Да", timeout=0)
    await desk.sim("send", sender=ANNA, text="x")
    await desk.sim("clock/advance", seconds=151, timeout=0)
    assert ["message" in one for one in await desk.ok("getUpdates")] == [True]
    await desk.sim("clock/advance", seconds=86_400, timeout=0)
    assert await desk.ok("getUpdates", offset=1) == []


async def test_the_bot_hears_its_own_service_messages_and_nothing_else_of_its_own(desk: Client) -> None:
    await desk.ok("sendMessage", chat_id=ANNA, text="x")
    topic = await desk.ok("createForumTopic", chat_id=FORUM, name="Принтер")
    await desk.ok("closeForumTopic", chat_id=FORUM, message_thread_id=topic["message_thread_id"])
    heard = [one["message"] for one in await desk.updates()]
    assert [sorted(set(one) & {"text", "forum_topic_created", "forum_topic_closed"}) for one in heard] == [
        ["forum_topic_created"],
        ["forum_topic_closed"],
    ]
    assert "reply_to_message" not in heard[0]
    assert heard[0]["message_id"] == heard[0]["message_thread_id"] == topic["message_thread_id"]


async def test_privacy_hides_ordinary_words_from_a_bot_that_is_no_administrator(desk: Client) -> None:
    await desk.sim("rights", chat=FORUM, status="member")
    await desk.updates()
    own = await desk.ok("sendMessage", chat_id=FORUM, text="?")
    for text, reply in (
        ("просто так", None),
        ("/help", None),
        ("/help@other_bot", None),
        ("@firstline_sandbox_bot тут?", None),
        ("да", own["message_id"]),
    ):
        await desk.sim("send", sender=OLEG, chat=FORUM, text=text, reply_to=reply)
    assert [one["message"]["text"] for one in await desk.updates()] == [
        "/help",
        "@firstline_sandbox_bot тут?",
        "да",
    ]
