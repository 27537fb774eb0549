"""A complete conversation: albums, edits, replies, recalls, lost topics, plain groups, people who blocked the bot."""

from __future__ import annotations

from typing import Any

from tests.desk import ADMINS, ANNA, HELPDESK, MARINA, NINA, OLEG, SUPERVISORS, SVETA, Desk, buttons, said


async def a_claimed_ticket(desk: Desk) -> int:
    """Anna's ticket 1, taken by Oleg; returns its topic."""
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


async def reply_publicly(desk: Desk, words: str, topic: int, **more: Any) -> Any:
    """Oleg replies to the card, so that Anna reads it."""
    card = await desk.find(HELPDESK, "1 ·")
    body = {"chat": HELPDESK, "thread": topic, "reply_to": card["message_id"], **more}
    return await desk.write(OLEG, words, **body)


async def test_an_album_stays_an_album_in_both_directions(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    album = await desk.write(ANNA, album=[{"photo": {}}, {"photo": {}}, {"video": {}}], caption="Вот так")
    copies = [one for one in await desk.reads(HELPDESK, topic) if one.get("media_group_id")]
    assert len(copies) == len(album) == 3
    assert len({one["media_group_id"] for one in copies}) == 1
    assert said(copies[0]) == "Вот так"
    assert len([one for one in await desk.reads(HELPDESK, topic) if "поскрипывает" in said(one)]) <= 2

    await desk.write(OLEG, album=[{"document": {}}, {"document": {}}], chat=HELPDESK, thread=topic)
    assert not [one for one in await desk.reads(ANNA) if one.get("document")], "an album inside stays inside"
    answer = {"chat": HELPDESK, "thread": topic, "reply_to": copies[0]["message_id"]}
    await desk.write(OLEG, album=[{"document": {}}, {"document": {}}], **answer)
    received = [one for one in await desk.reads(ANNA) if one.get("document")]
    assert len(received) == 2
    assert len({one["media_group_id"] for one in received}) == 1


async def test_of_an_album_that_lost_a_picture_on_its_way_the_author_is_told(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("faults", {"kind": "retry_after", "seconds": 20, "method": "copyMessages"})
    album = await desk.sim("send", {"from": ANNA, "album": [{"photo": {}}, {"photo": {}}, {"photo": {}}]})
    await desk.settle()
    await desk.sim("delete", {"from": ANNA, "message_id": album[1]["message_id"]})
    await desk.fast_forward(30)
    assert len([one for one in await desk.reads(HELPDESK, topic) if one.get("photo")]) == 2
    told = await desk.find(ANNA, "дошло 2 из 3")
    assert told["reply_to_message"]["message_id"] == album[0]["message_id"]


async def test_a_correction_of_words_that_did_not_arrive_is_refused_aloud(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("block", {"from": ANNA})
    word = await reply_publicly(desk, "Готово", topic)
    assert await desk.find(HELPDESK, "Не доставлено сотруднику")
    place = {"from": OLEG, "chat": HELPDESK, "message_id": word["message_id"]}
    await desk.sim("edit", place | {"text": "Готово, проверьте"})
    await desk.settle()
    assert await desk.find(HELPDESK, "Правка не дошла до сотрудника")


async def test_a_file_that_is_replaced_is_replaced_on_the_other_side_too(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    photo = await desk.write(ANNA, photo={}, caption="Экран")
    edited = {"from": ANNA, "message_id": photo["message_id"], "caption": "Экран", "video": {"size": 77}}
    changed = await desk.sim("edit", edited)
    await desk.settle()
    copy = await desk.find(HELPDESK, "Экран")
    assert copy["message_thread_id"] == topic
    assert copy["video"]["file_unique_id"] == changed["video"]["file_unique_id"]


async def test_an_answer_to_something_that_is_no_ticket_does_not_vanish(desk: Desk) -> None:
    await a_claimed_ticket(desk)
    await desk.write(OLEG, "/queue", chat=HELPDESK)
    ours = await desk.last(HELPDESK)
    word = await desk.write(OLEG, "Передайте ей, что я иду", chat=HELPDESK, reply_to=ours["message_id"])
    told = await desk.find(HELPDESK, "никому не передан")
    assert told["reply_to_message"]["message_id"] == word["message_id"]


async def test_an_album_opens_one_ticket_and_comes_whole(desk: Desk) -> None:
    await desk.write(ANNA, album=[{"photo": {}}, {"photo": {}}], caption="Синий экран с надписью ЖЖЖ")
    offers = [one for one in await desk.reads(ANNA) if "Передать инженеру" in buttons(one)]
    assert len(offers) <= 1
    if not offers:
        await desk.press(ANNA, "Ничего из этого")
    await desk.press(ANNA, "Передать инженеру")
    topic = await desk.topic(HELPDESK, 1)
    copies = [one for one in await desk.reads(HELPDESK, topic) if one.get("photo")]
    assert len(copies) == 2
    assert len({one["media_group_id"] for one in copies}) == 1


async def test_edits_travel_both_ways_captions_and_marks_included(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    word = await desk.write(ANNA, "Номер 312")
    await desk.sim("edit", {"from": ANNA, "message_id": word["message_id"], "text": "Номер 313, не 312"})
    await desk.settle()
    assert "Номер 313, не 312" in {said(one) for one in await desk.reads(HELPDESK, topic)}

    photo = await desk.write(ANNA, photo={}, caption="Экрна")
    await desk.sim("edit", {"from": ANNA, "message_id": photo["message_id"], "caption": "Экран"})
    await desk.settle()
    copy = await desk.find(HELPDESK, "Экран")
    assert copy["photo"]

    answer = await reply_publicly(desk, "Зайду <b>завтра</b>", topic, parse_mode="HTML")
    received = await desk.find(ANNA, "Зайду завтра")
    assert received["entities"] == [
        {"type": "bold", "offset": 0, "length": 15},  # his first words are signed
        {"type": "bold", "offset": 22, "length": 6},
    ]
    place = {"from": OLEG, "chat": HELPDESK, "message_id": answer["message_id"]}
    await desk.sim("edit", place | {"text": "Зайду сегодня"})
    await desk.settle()
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nЗайду сегодня"


async def test_the_first_words_can_be_corrected_too(desk: Desk) -> None:
    word = await desk.write(ANNA, "Ключ от жкафа застрял")
    await desk.press(ANNA, "Передать инженеру")
    await desk.sim("edit", {"from": ANNA, "message_id": word["message_id"], "text": "Ключ от шкафа застрял"})
    await desk.settle()
    assert await desk.find(HELPDESK, "Ключ от шкафа застрял")


async def test_an_answer_answers_the_same_words_on_both_sides(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    word = await desk.write(ANNA, "Стучит слева")
    copy = await desk.find(HELPDESK, "Стучит слева")
    answer = {"chat": HELPDESK, "thread": topic, "reply_to": copy["message_id"]}
    await desk.write(OLEG, "Слева где петля?", **answer)
    received = await desk.find(ANNA, "Слева где петля?")
    assert received["reply_to_message"]["message_id"] == word["message_id"]

    await desk.write(ANNA, "Да", reply_to=received["message_id"])
    back = await desk.last(HELPDESK, topic)
    assert said(back) == "Да"
    assert said(back["reply_to_message"]) == "Слева где петля?"


async def test_every_kind_of_message_arrives_as_what_it_was(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    contact = {"phone_number": "+70000000000", "first_name": "Пётр"}
    location = {"latitude": 55.75, "longitude": 37.62}
    kinds = ("photo", "document", "video", "voice", "video_note", "audio", "sticker", "animation")
    for kind in kinds:
        await desk.write(ANNA, **{kind: {}})
    await desk.write(ANNA, contact=contact)
    await desk.fast_forward(60)
    await desk.write(ANNA, location=location)
    await desk.write(ANNA, venue={"location": location, "title": "Склад", "address": "Двор"})
    await desk.write(ANNA, dice={"emoji": "🎲", "value": 4})
    await desk.settle()
    arrived = await desk.reads(HELPDESK, topic)
    for kind in (*kinds, "contact", "location", "venue", "dice"):
        assert [one for one in arrived if one.get(kind)], kind


async def test_a_slip_is_taken_back_by_its_button_or_by_a_word(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await reply_publicly(desk, "Опять эта бухгалтерия", topic)
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nОпять эта бухгалтерия"
    foreign = await desk.find_button(HELPDESK, "Отозвать сообщение")
    refused = await desk.sim(
        "press",
        {
            "from": MARINA,
            "chat": HELPDESK,
            "message_id": foreign["message_id"],
            "button": "Отозвать сообщение",
        },
    )
    assert "автор" in refused["text"]
    await desk.press(OLEG, "Отозвать сообщение", HELPDESK)
    assert not [one for one in await desk.reads(ANNA) if "бухгалтерия" in said(one)]
    [word] = [one for one in await desk.reads(HELPDESK, topic) if said(one) == "Опять эта бухгалтерия"]
    assert "🙈" in str(word["reactions"])

    slip = await reply_publicly(desk, "Ой", topic)
    await desk.write(OLEG, "/recall", chat=HELPDESK, thread=topic, reply_to=slip["message_id"])
    assert not [one for one in await desk.reads(ANNA) if said(one) == "Ой"]


async def test_the_button_of_a_slip_goes_after_some_minutes(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await reply_publicly(desk, "Смотрю", topic)
    assert await desk.find_button(HELPDESK, "Отозвать сообщение")
    await desk.fast_forward(6 * 60)
    assert not [one for one in await desk.reads(HELPDESK, topic) if "Отозвать сообщение" in buttons(one)]


async def test_a_topic_deleted_by_an_admin_is_opened_again_with_its_card(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("topic", {"chat": HELPDESK, "delete": topic})
    await desk.write(ANNA, "Вы ещё тут?")
    words = await desk.find(HELPDESK, "Вы ещё тут?")
    assert words["message_thread_id"] != topic
    texts = [said(one) for one in await desk.reads(HELPDESK, words["message_thread_id"])]
    assert any(text.startswith(("🟡", "⚪", "🟠")) for text in texts), texts
    await desk.write(
        OLEG, "Тут", chat=HELPDESK, thread=words["message_thread_id"], reply_to=words["message_id"]
    )
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nТут"


async def test_a_closed_topic_is_opened_when_there_is_something_to_say(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("topic", {"chat": HELPDESK, "close": topic, "from": SVETA})
    await desk.write(ANNA, "Есть новости?")
    copy = await desk.find(HELPDESK, "Есть новости?")
    assert copy["message_thread_id"] == topic
    await desk.write(NINA, "Вижу", chat=HELPDESK, thread=topic)  # a plain member: a closed topic refuses her


async def test_the_topic_of_a_ticket_that_came_back_is_open_again(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.write(OLEG, "/done заменил картридж", chat=HELPDESK, thread=topic)
    await desk.press(ANNA, "Да, спасибо")
    assert [one for one in await desk.reads(HELPDESK) if "forum_topic_closed" in one]
    await desk.press(ANNA, "Проблема вернулась")
    await desk.write(NINA, "Вижу", chat=HELPDESK, thread=topic)


async def test_whoever_blocked_the_bot_is_no_silence_for_the_engineer(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("block", {"from": ANNA})
    slip = await reply_publicly(desk, "Готово, проверьте", topic)
    told = await desk.find(HELPDESK, "Не доставлено сотруднику")
    assert told["message_thread_id"] == topic
    assert told["reply_to_message"]["message_id"] == slip["message_id"]


async def test_whoever_blocked_the_bot_is_told_about_once_a_day_and_not_once_a_card(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.sim("block", {"from": ANNA})
    await desk.settle()
    told = await desk.find(HELPDESK, "не получает сообщений бота")
    assert told["message_thread_id"] == topic
    for label in ("Спросить", "Не нужно", "Решено"):
        await desk.press(OLEG, label, HELPDESK)
    await desk.fast_forward(120)
    notices = [one for one in await desk.reads(HELPDESK) if "не получает сообщений бота" in said(one)]
    assert len(notices) == 1
    told_admins = [said(one) for one in await desk.reads(ADMINS) if "Не доставлено" in said(one)]
    assert len(told_admins) <= 1, told_admins


async def test_somebody_who_never_pressed_start_is_no_silence_for_the_team(desk: Desk) -> None:
    """For people whom the bot has never met Telegram says "chat not found"."""
    topic = await a_claimed_ticket(desk)
    await desk.sim("people", {"id": ANNA, "started": False})
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.fast_forward(60)
    told = await desk.find(HELPDESK, "ещё не нажат")
    assert told["message_thread_id"] == topic
    assert len([one for one in await desk.reads(ADMINS) if "chat not found" in said(one)]) <= 1


async def test_a_team_that_throws_the_bot_out_keeps_its_tickets_waiting(desk: Desk) -> None:
    await a_claimed_ticket(desk)
    await desk.sim("kick", {"chat": HELPDESK})
    await desk.settle()
    for chat in (SUPERVISORS, ADMINS):
        assert "не пускает" in said(await desk.find(chat, "Первая линия"))
    await desk.write(ANNA, "Есть новости?")
    await desk.sim("join", {"chat": HELPDESK})
    await desk.settle()
    assert await desk.find(HELPDESK, "Есть новости?")


async def test_a_group_without_topics_keeps_each_ticket_in_a_thread_of_answers(desk: Desk) -> None:
    group = await desk.sim(
        "chats",
        {"type": "group", "title": "Простая группа", "members": [OLEG, SVETA, 1031], "admins": [OLEG]},
    )
    await desk.write(1031, "/bind helpdesk", chat=group["id"])
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", group["id"])
    card = await desk.find(group["id"], "1 ·")
    await desk.write(ANNA, "Сильно пахнет")
    words = await desk.find(group["id"], "Сильно пахнет")
    assert words["reply_to_message"]["message_id"] == card["message_id"]
    await desk.write(OLEG, "Обсудим в обед", chat=group["id"])
    await desk.write(OLEG, "Выключите его", chat=group["id"], reply_to=words["message_id"])
    heard = [said(one) for one in await desk.reads(ANNA)]
    assert "Олег · заявка 1\nВыключите его" in heard
    assert "Обсудим в обед" not in heard


async def test_a_group_that_becomes_a_supergroup_in_the_middle_goes_on(desk: Desk) -> None:
    group = await desk.sim(
        "chats",
        {"type": "group", "title": "Простая группа", "members": [OLEG, SVETA, 1031], "admins": [OLEG]},
    )
    await desk.write(1031, "/bind helpdesk", chat=group["id"])
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", group["id"])
    await desk.write(ANNA, "До переезда")
    moved = await desk.sim("migrate", {"chat": group["id"]})
    await desk.write(ANNA, "После переезда")
    words = await desk.find(moved["id"], "После переезда")
    await desk.write(OLEG, "Слышу вас", chat=moved["id"], reply_to=words["message_id"])
    assert "Олег · заявка 1\nСлышу вас" in [said(one) for one in await desk.reads(ANNA)]


async def test_an_engineers_words_are_signed_where_their_reader_could_wonder(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await reply_publicly(desk, "Вижу вашу заявку", topic)
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nВижу вашу заявку"
    await reply_publicly(desk, "Подойду через десять минут", topic)
    assert said(await desk.last(ANNA)) == "Подойду через десять минут"
    await desk.fast_forward(120)
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")
    written = await reply_publicly(desk, "Картридж привезут завтра", topic)
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nКартридж привезут завтра"
    correction = {"message_id": written["message_id"], "text": "Картридж привезут в среду"}
    await desk.sim("edit", {"from": OLEG, "chat": HELPDESK, **correction})
    await desk.settle()
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nКартридж привезут в среду"
