"""What people do to the bot and to chats, and the resulting updates."""

import asyncio

from tests.sandbox.conftest import ANNA, BORIS, FORUM, GROUP, OLEG, Client

ASK = {
    "inline_keyboard": [
        [{"text": "Да", "callback_data": "yes"}, {"text": "Сайт", "url": "https://ya.ru"}],
        [{"text": "Код", "copy_text": {"text": "0x80"}}],
    ]
}


async def asked(desk: Client) -> int:
    return int((await desk.ok("sendMessage", chat_id=ANNA, text="?", reply_markup=ASK))["message_id"])


async def test_a_press_waits_for_the_bots_answer(desk: Client) -> None:
    press = asyncio.create_task(desk.sim("press", sender=ANNA, message_id=await asked(desk), button="Да"))
    (update,) = await desk.ok("getUpdates", timeout=5)
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("yes", ANNA, "?")
    await desk.ok("answerCallbackQuery", callback_query_id=query["id"], text="Приняли", show_alert=True)
    answer = await press
    assert (answer["answered"], answer["text"], answer["show_alert"], answer["url"]) == (
        True,
        "Приняли",
        True,
        None,
    )


async def test_a_query_is_answered_once_and_in_time(desk: Client) -> None:
    number = await asked(desk)
    first = await desk.sim("press", sender=ANNA, message_id=number, button="Да", timeout=0)
    assert first["answered"] is False
    assert await desk.ok("answerCallbackQuery", callback_query_id=first["query_id"])
    again = await desk.refused("answerCallbackQuery", callback_query_id=first["query_id"])
    second = await desk.sim("press", sender=ANNA, message_id=number, button="Да", timeout=0)
    await desk.sim("clock/advance", seconds=16, timeout=0)
    late = await desk.refused("answerCallbackQuery", callback_query_id=second["query_id"])
    assert (
        again == late == "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


async def test_a_button_that_is_not_there_is_said_clearly(desk: Client) -> None:
    status, answer = await desk.sim_raw("press", sender=ANNA, message_id=await asked(desk), button="Нет")
    assert status == 404
    assert answer["error"] == "no button 'Нет' on message 1; there are: 'Да', 'Сайт', 'Код'"


async def test_buttons_of_the_client_never_reach_the_bot(desk: Client) -> None:
    number = await asked(desk)
    assert (await desk.sim("press", sender=ANNA, message_id=number, button="Сайт"))["url"] == "https://ya.ru"
    assert (await desk.sim("press", sender=ANNA, message_id=number, button="Код"))["copied"] == "0x80"
    assert await desk.updates() == []


async def test_data_can_be_forged_and_a_message_can_be_out_of_reach(desk: Client) -> None:
    number = await asked(desk)
    await desk.sim("press", sender=ANNA, message_id=number, data="claim:1", timeout=0)
    await desk.sim("press", sender=ANNA, message_id=number, data="claim:2", inaccessible=True, timeout=0)
    await desk.sim("press", sender=ANNA, message_id=999, data="claim:3", timeout=0)
    forged, hidden, unknown = [one["callback_query"] for one in await desk.updates()]
    assert forged["message"]["text"] == "?"
    assert hidden["message"] == {"chat": forged["message"]["chat"], "message_id": number, "date": 0}
    assert unknown["message"]["date"] == 0


async def test_a_stranger_cannot_press_in_a_chat_he_is_not_in(desk: Client) -> None:
    status, _ = await desk.sim_raw("press", sender=BORIS, chat=FORUM, message_id=2, data="x")
    assert status == 403


async def test_a_person_who_never_wrote_can_be_written_to_after_the_first_word(desk: Client) -> None:
    assert (await desk.call("sendMessage", chat_id=OLEG, text="x"))["error_code"] == 403
    await desk.sim("send", sender=OLEG, text="/start")
    assert await desk.ok("sendMessage", chat_id=OLEG, text="x")


async def test_blocking_and_unblocking_are_told(desk: Client) -> None:
    await desk.sim("block", sender=ANNA)
    assert (await desk.sim_raw("send", sender=ANNA, text="x"))[0] == 403
    await desk.sim("unblock", sender=ANNA)
    statuses = [one["my_chat_member"]["new_chat_member"]["status"] for one in await desk.updates()]
    assert statuses == ["kicked", "member"]


async def test_the_bot_is_told_when_it_is_thrown_out_and_let_in(desk: Client) -> None:
    await desk.sim("kick", chat=FORUM, by=OLEG)
    await desk.sim("join", chat=FORUM)
    out, back = [one["my_chat_member"] for one in await desk.updates() if "my_chat_member" in one]
    assert (out["from"]["id"], out["new_chat_member"]["status"]) == (OLEG, "kicked")
    assert back["new_chat_member"]["can_manage_topics"] is True


async def test_a_migration_leaves_two_service_messages(desk: Client) -> None:
    new = await desk.sim("migrate", chat=GROUP)
    old_side, new_side = [one["message"] for one in await desk.updates()]
    assert old_side["migrate_to_chat_id"] == new["id"]
    assert new_side["migrate_from_chat_id"] == GROUP
    assert (await desk.sim("send", sender=ANNA, chat=GROUP, text="x"))["chat"]["id"] == new["id"]


async def test_an_edit_of_the_same_words_is_no_update(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="x")
    await desk.updates()
    await desk.sim("edit", sender=ANNA, message_id=1, text="x")
    assert await desk.updates() == []
    await desk.sim("edit", sender=ANNA, message_id=1, text="y")
    assert (await desk.updates())[0]["edited_message"]["text"] == "y"


async def test_an_anonymous_administrator_is_the_group_itself(desk: Client) -> None:
    message = await desk.sim("send", sender=OLEG, chat=FORUM, text="x", anonymous=True)
    assert (message["from"]["username"], message["sender_chat"]["id"]) == ("GroupAnonymousBot", FORUM)
    assert (await desk.sim_raw("send", sender=ANNA, chat=FORUM, text="x", anonymous=True))[0] == 403


async def test_a_channel_posts_without_an_author(desk: Client) -> None:
    channel = await desk.sim("chats", type="channel", title="Новости", admins=[OLEG])
    await desk.updates()
    await desk.sim("send", sender=OLEG, chat=channel["id"], text="x")
    await desk.sim("send", sender=OLEG, chat=FORUM, text="y", sender_chat=channel["id"])
    post, message = await desk.updates()
    assert "from" not in post["channel_post"]
    assert message["message"]["from"]["username"] == "Channel_Bot"


async def test_a_person_forwards_and_the_bot_sees_where_from(desk: Client) -> None:
    await desk.sim("send", sender=OLEG, chat=FORUM, text="x")
    forward = await desk.sim("forward", sender=ANNA, source_chat=FORUM, message_id=2)
    assert forward["forward_origin"]["sender_user"]["id"] == OLEG
    assert (await desk.sim_raw("forward", sender=BORIS, source_chat=FORUM, message_id=2))[0] == 403


async def test_an_album_of_a_person_comes_as_several_messages(desk: Client) -> None:
    sent = await desk.sim("send", sender=ANNA, album=[{"photo": {}}, {"photo": {}}], caption="вот")
    assert len({one["media_group_id"] for one in sent}) == 1
    assert [one["message"].get("caption") for one in await desk.updates()] == ["вот", None]


async def test_an_inline_question_gets_the_bots_results(desk: Client) -> None:
    ask = asyncio.create_task(desk.sim("inline", sender=ANNA, query="принтер", choose=0))
    (update,) = await desk.ok("getUpdates", timeout=5)
    article = {
        "type": "article",
        "id": "1",
        "title": "Принтер",
        "input_message_content": {"message_text": "Как чинить"},
    }
    await desk.ok("answerInlineQuery", inline_query_id=update["inline_query"]["id"], results=[article])
    answer = await ask
    assert answer["results"] == [article]
    assert answer["message"]["via_bot"]["id"] == 4242


async def test_an_inline_answer_with_one_bad_result_is_no_answer(desk: Client) -> None:
    ask = asyncio.create_task(desk.sim("inline", sender=ANNA, query="принтер"))
    (update,) = await desk.ok("getUpdates", timeout=5)
    query = update["inline_query"]["id"]
    good = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x"}}
    broken = {**good, "id": "2", "input_message_content": {"message_text": "1 < 2", "parse_mode": "HTML"}}
    untitled = {key: value for key, value in good.items() if key != "title"}
    for bad, words in ((broken, "can't parse entities"), (untitled, 'field "title"')):
        answer = await desk.call("answerInlineQuery", inline_query_id=query, results=[good, bad])
        assert (answer["error_code"], words in answer["description"]) == (400, True)
    photo = {**good, "type": "photo"}
    assert (await desk.call("answerInlineQuery", inline_query_id=query, results=[photo]))["error_code"] == 501
    await desk.ok("answerInlineQuery", inline_query_id=query, results=[good])
    assert (await ask)["results"] == [good]
    late = await desk.call("answerInlineQuery", inline_query_id=query, results=[good])
    assert "query is too old" in late["description"]


async def test_an_inline_question_waits_thirty_seconds_and_no_longer(desk: Client) -> None:
    ask = asyncio.create_task(desk.sim("inline", sender=ANNA, query="x", timeout=0))
    (update,) = await desk.ok("getUpdates", timeout=5)
    await ask
    await desk.sim("clock/advance", seconds=29, timeout=0)
    query = update["inline_query"]["id"]
    await desk.sim("clock/advance", seconds=2, timeout=0)
    late = await desk.call("answerInlineQuery", inline_query_id=query, results=[])
    assert "query is too old" in late["description"]


async def test_people_touch_only_their_own_messages(desk: Client) -> None:
    await desk.sim("send", sender=OLEG, chat=FORUM, text="x")
    assert (await desk.sim_raw("edit", sender=ANNA, chat=FORUM, message_id=2, text="y"))[0] == 403


async def test_state_shows_everybody_with_what_was_said_of_them(desk: Client) -> None:
    await desk.sim("people", first_name="Нина", about="engineer", team="network")
    await desk.sim("chats", title="Сеть", about="team chat", topics=["Дежурство"])
    state = await desk.look("state")
    nina = state["people"][-1]
    assert (nina["id"], nina["about"], nina["team"]) == (1004, "engineer", "network")
    assert [chat["about"] for chat in state["chats"]] == ["", "", "team chat"]
    assert state["chats"][0]["topics"][0]["name"] == "General"


async def test_wrong_requests_are_answered_with_a_sentence(desk: Client) -> None:
    for path, body, words in (
        ("send", {"sender": 77, "text": "x"}, "no person 77"),
        ("send", {"sender": ANNA}, "nothing to send"),
        ("send", {"sender": ANNA, "text": "x", "reply_to": 99}, "no message 99"),
        ("chats", {"type": "planet"}, "type: group"),
        ("people", {}, "first_name"),
        ("topic", {"chat": FORUM, "action": "paint"}, "action:"),
        ("faults", {"kind": "fire"}, "unknown kind"),
        ("flood", {"per_year": 1}, "unknown limit"),
        ("clock", {"now": 5}, "before the first message"),
    ):
        if path == "clock":
            await desk.sim("send", sender=ANNA, text="x")
        status, answer = await desk.sim_raw(path, **body)
        assert status >= 400
        assert words in answer["error"]


async def test_topics_are_moved_by_people_too(desk: Client) -> None:
    made = await desk.sim("topic", chat=FORUM, action="create", name="Вопросы", sender=OLEG)
    await desk.sim("topic", chat=FORUM, close=made["message_thread_id"])
    await desk.sim("topic", chat=FORUM, action="reopen", thread=made["message_thread_id"])
    await desk.sim("topic", chat=FORUM, action="rename", thread=made["message_thread_id"], name="Ответы")
    await desk.sim("topic", chat=FORUM, action="delete", thread=made["message_thread_id"])
    heard = [
        next(key for key in one["message"] if key.startswith("forum_topic")) for one in await desk.updates()
    ]
    assert heard == [
        "forum_topic_created",
        "forum_topic_closed",
        "forum_topic_reopened",
        "forum_topic_edited",
    ]
