"""What messages look like: replies, quotes, topics, edits, copies, forwards, deletions, reactions, pins."""

from tests.sandbox.conftest import ANNA, BORIS, FORUM, GROUP, OLEG, Client

YES = {"inline_keyboard": [[{"text": "Да", "callback_data": "y", "style": "success"}]]}


async def test_length_counts_characters_after_parsing_and_not_utf16(desk: Client) -> None:
    text = "<b>" + "👩" * 4096 + "</b>"
    message = await desk.ok("sendMessage", chat_id=ANNA, text=text, parse_mode="html")
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 8192}]


async def test_a_reply_carries_what_it_answers_but_not_deeper(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="первое")
    second = await desk.ok("sendMessage", chat_id=ANNA, text="второе", reply_parameters={"message_id": 1})
    third = await desk.ok("sendMessage", chat_id=ANNA, text="третье", reply_to_message_id=2)
    assert second["reply_to_message"]["text"] == "первое"
    assert third["reply_to_message"]["text"] == "второе"
    assert "reply_to_message" not in third["reply_to_message"]


async def test_a_missing_reply_can_be_allowed(desk: Client) -> None:
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await desk.ok(
        "sendMessage", chat_id=ANNA, text="x", reply_parameters=reply
    )


async def test_a_quote_says_where_it_stands(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="🖨 не <b>печатает</b> со вчера", parse_mode="HTML")
    reply = {"message_id": 1, "quote": "не <b>печатает</b>", "quote_parse_mode": "HTML"}
    message = await desk.ok("sendMessage", chat_id=ANNA, text="x", reply_parameters=reply)
    assert message["quote"] == {
        "text": "не печатает",
        "position": 3,
        "is_manual": True,
        "entities": [{"type": "bold", "offset": 3, "length": 8}],
    }


async def test_a_reply_to_another_chat_is_external(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="моё")
    message = await desk.ok(
        "sendMessage", chat_id=FORUM, text="x", reply_parameters={"message_id": 1, "chat_id": ANNA}
    )
    assert "reply_to_message" not in message
    assert message["external_reply"]["origin"]["sender_user"]["id"] == ANNA


async def test_a_topics_messages_answer_its_first_message_and_general_has_no_thread(desk: Client) -> None:
    topic = (await desk.ok("createForumTopic", chat_id=FORUM, name="1042"))["message_thread_id"]
    assert topic == 2
    inside = await desk.sim("send", sender=OLEG, chat=FORUM, thread=topic, text="x")
    assert (inside["message_thread_id"], inside["is_topic_message"]) == (topic, True)
    assert inside["reply_to_message"]["forum_topic_created"]["name"] == "1042"
    general = await desk.sim("send", sender=OLEG, chat=FORUM, text="x")
    assert "message_thread_id" not in general
    answer = await desk.ok(
        "sendMessage", chat_id=FORUM, text="y", reply_parameters={"message_id": inside["message_id"]}
    )
    assert answer["message_thread_id"] == topic
    assert [
        one["text"] for one in await desk.look(f"chats/{FORUM}/messages", thread=topic) if "text" in one
    ] == ["x", "y"]
    assert [one["text"] for one in await desk.look(f"chats/{FORUM}/messages", thread="general")] == ["x"]


async def test_a_deleted_topic_takes_its_messages_along(desk: Client) -> None:
    topic = (await desk.ok("createForumTopic", chat_id=FORUM, name="1042"))["message_thread_id"]
    await desk.ok("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
    assert await desk.ok("deleteForumTopic", chat_id=FORUM, message_thread_id=topic)
    assert all(one["deleted"] for one in await desk.look(f"chats/{FORUM}/messages"))
    assert (
        await desk.refused("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        == "Bad Request: message thread not found"
    )


async def test_general_can_be_closed_hidden_and_brought_back(desk: Client) -> None:
    assert await desk.ok("hideGeneralForumTopic", chat_id=FORUM)
    assert (await desk.sim_raw("send", sender=ANNA, chat=FORUM, text="x"))[0] == 403
    assert await desk.ok("sendMessage", chat_id=FORUM, text="x")
    assert await desk.ok("reopenGeneralForumTopic", chat_id=FORUM)
    assert await desk.ok("editGeneralForumTopic", chat_id=FORUM, name="Общее")
    assert await desk.ok("closeGeneralForumTopic", chat_id=FORUM)
    assert (await desk.sim_raw("send", sender=ANNA, chat=FORUM, text="x"))[0] == 403


async def test_an_edit_changes_words_and_drops_a_keyboard_that_is_not_repeated(desk: Client) -> None:
    await desk.ok("sendMessage", chat_id=ANNA, text="x", reply_markup=YES)
    changed = await desk.ok("editMessageText", chat_id=ANNA, message_id=1, text="<i>y</i>", parse_mode="HTML")
    assert "reply_markup" not in changed
    assert changed["edit_date"] == changed["date"]
    back = await desk.ok("editMessageReplyMarkup", chat_id=ANNA, message_id=1, reply_markup=YES)
    assert (back["text"], back["reply_markup"]) == ("y", YES)


async def test_a_copy_has_no_origin_and_a_forward_has(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="было")
    copy = await desk.ok("copyMessage", chat_id=FORUM, from_chat_id=ANNA, message_id=1)
    forward = await desk.ok("forwardMessage", chat_id=FORUM, from_chat_id=ANNA, message_id=1)
    transcript = {one["message_id"]: one for one in await desk.look(f"chats/{FORUM}/messages")}
    assert "forward_origin" not in transcript[copy["message_id"]]
    assert forward["forward_origin"]["sender_user"]["id"] == ANNA


async def test_missing_messages_are_skipped_when_many_are_copied(desk: Client) -> None:
    for text in "аб":
        await desk.sim("send", sender=ANNA, text=text)
    assert len(await desk.ok("copyMessages", chat_id=FORUM, from_chat_id=ANNA, message_ids=[1, 2, 7])) == 2
    assert len(await desk.ok("forwardMessages", chat_id=FORUM, from_chat_id=ANNA, message_ids=[1, 7])) == 1
    assert await desk.ok("deleteMessages", chat_id=ANNA, message_ids=[1, 7])


async def test_an_album_stays_an_album_when_it_is_copied(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, album=[{"photo": {}}, {"photo": {}}])
    await desk.sim("send", sender=ANNA, photo={})
    for method in ("copyMessages", "forwardMessages"):
        sent = await desk.ok(method, chat_id=FORUM, from_chat_id=ANNA, message_ids=[1, 2, 3])
        shown = {one["message_id"]: one for one in await desk.look(f"chats/{FORUM}/messages")}
        first, second, alone = [shown[one["message_id"]].get("media_group_id") for one in sent]
        assert first == second is not None
        assert alone is None


async def test_many_copies_are_all_made_or_none(desk: Client) -> None:
    for text in "абв":
        await desk.sim("send", sender=ANNA, text=text)
    await desk.sim("flood", group_per_minute=2)
    await desk.ok("sendMessage", chat_id=FORUM, text="x")
    copy = {"chat_id": FORUM, "from_chat_id": ANNA, "message_ids": [1, 2]}
    assert (await desk.call("copyMessages", **copy))["error_code"] == 429
    assert len(await desk.look(f"chats/{FORUM}/messages")) == 1


async def test_a_deleted_message_stays_in_the_transcript_as_deleted(desk: Client) -> None:
    await desk.ok("sendMessage", chat_id=ANNA, text="x")
    assert await desk.ok("deleteMessage", chat_id=ANNA, message_id=1)
    assert [one["deleted"] for one in await desk.look(f"chats/{ANNA}/messages")] == [True]


async def test_a_reaction_is_a_receipt(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="x")
    await desk.ok(
        "setMessageReaction", chat_id=ANNA, message_id=1, reaction=[{"type": "emoji", "emoji": "👌"}]
    )
    assert (await desk.look(f"chats/{ANNA}/messages"))[0]["reactions"] == [{"by": 4242, "emoji": ["👌"]}]
    await desk.ok("setMessageReaction", chat_id=ANNA, message_id=1, reaction=[])
    assert "reactions" not in (await desk.look(f"chats/{ANNA}/messages"))[0]


async def test_a_pin_leaves_a_service_message_the_bot_hears(desk: Client) -> None:
    sent = await desk.ok("sendMessage", chat_id=FORUM, text="важно")
    await desk.ok("pinChatMessage", chat_id=FORUM, message_id=sent["message_id"])
    assert (await desk.updates())[-1]["message"]["pinned_message"]["text"] == "важно"
    assert (await desk.ok("getChat", chat_id=FORUM))["pinned_message"]["text"] == "важно"
    assert await desk.ok("unpinChatMessage", chat_id=FORUM)
    assert "pinned_message" not in await desk.ok("getChat", chat_id=FORUM)


async def test_members_have_their_statuses(desk: Client) -> None:
    status = {
        who: (await desk.ok("getChatMember", chat_id=FORUM, user_id=who))["status"]
        for who in (ANNA, OLEG, BORIS, 4242)
    }
    assert status == {ANNA: "member", OLEG: "creator", BORIS: "left", 4242: "administrator"}
    administrators = await desk.ok("getChatAdministrators", chat_id=FORUM)
    assert {one["user"]["id"] for one in administrators} == {OLEG, 4242}
    assert await desk.ok("getChatMemberCount", chat_id=GROUP) == 3


async def test_commands_are_kept_by_scope_and_language(desk: Client) -> None:
    ru = [{"command": "menu", "description": "Меню"}]
    await desk.ok("setMyCommands", commands=ru, language_code="ru", scope={"type": "all_private_chats"})
    assert await desk.ok("getMyCommands", language_code="ru", scope={"type": "all_private_chats"}) == ru
    assert await desk.ok("getMyCommands") == []
    await desk.ok("deleteMyCommands", language_code="ru", scope={"type": "all_private_chats"})
    assert await desk.ok("getMyCommands", language_code="ru", scope={"type": "all_private_chats"}) == []


async def test_an_ephemeral_message_is_seen_by_one_member_only(desk: Client) -> None:
    shown = await desk.ok(
        "sendMessage",
        chat_id=FORUM,
        text="Олег взял раньше",
        ephemeral_message_parameters={"receiver_user_id": ANNA},
    )
    assert (shown["message_id"], shown["receiver_user"]["id"], shown["ephemeral_message_id"]) == (0, ANNA, 1)
    assert [one["text"] for one in await desk.look(f"chats/{FORUM}/messages", **{"as": ANNA})] == [
        "Олег взял раньше"
    ]
    assert await desk.look(f"chats/{FORUM}/messages", **{"as": OLEG}) == []
    named = {"chat_id": FORUM, "receiver_user_id": ANNA, "ephemeral_message_id": 1}
    assert await desk.ok("editEphemeralMessageText", **named, text="Взяли", reply_markup=YES) is True
    assert await desk.ok("editEphemeralMessageReplyMarkup", **named) is True
    assert await desk.ok("deleteEphemeralMessage", **named) is True
    assert await desk.look(f"chats/{FORUM}/messages", **{"as": ANNA}) == []


async def test_a_tag_marks_the_one_on_duty(desk: Client) -> None:
    assert await desk.ok("setChatMemberTag", chat_id=FORUM, user_id=OLEG, tag="дежурный")
    assert (await desk.ok("getChatMember", chat_id=FORUM, user_id=OLEG))["tag"] == "дежурный"


async def test_a_quote_is_refused_without_the_formatting_of_the_message(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="<b>Не печатает</b> и <code>молчит</code>", parse_mode="HTML")
    for words, mode in (("Не печатает", None), ("<i>Не печатает</i>", "HTML"), ("печатает и", None)):
        reply = {"message_id": 1, "quote": words, "quote_parse_mode": mode}
        refusal = await desk.refused("sendMessage", chat_id=ANNA, text="x", reply_parameters=reply)
        assert refusal == "Bad Request: QUOTE_TEXT_INVALID"
    for words in ("<b>печатает</b> и", "молчит"):
        reply = {"message_id": 1, "quote": words, "quote_parse_mode": "HTML"}
        await desk.ok("sendMessage", chat_id=ANNA, text="x", reply_parameters=reply)


async def test_a_closed_topic_admits_its_creator_and_those_who_manage_topics(desk: Client) -> None:
    ours = (await desk.ok("createForumTopic", chat_id=FORUM, name="1042"))["message_thread_id"]
    theirs = (await desk.sim("topic", chat=FORUM, action="create", name="x"))["message_thread_id"]
    for topic in (ours, theirs):
        await desk.ok("closeForumTopic", chat_id=FORUM, message_thread_id=topic)
        await desk.ok("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        assert (await desk.sim_raw("send", sender=ANNA, chat=FORUM, text="x", thread=topic))[0] == 403
    await desk.sim("rights", chat=FORUM, rights={"can_manage_topics": False})
    await desk.ok("sendMessage", chat_id=FORUM, text="x", message_thread_id=ours)
    refusal = await desk.refused("sendMessage", chat_id=FORUM, text="x", message_thread_id=theirs)
    assert refusal == "Bad Request: TOPIC_CLOSED"
