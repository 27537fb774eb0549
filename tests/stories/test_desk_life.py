"""A ticket's life: handed over, returned at the end of a shift, merged, back after four days, opened for a colleague."""

from __future__ import annotations

from tests.desk import ANNA, BORIS, HELPDESK, NETWORK, NINA, OLEG, SVETA, Desk, buttons, said

DAY = 24 * 3600


async def a_ticket(desk: Desk, person: int = ANNA, words: str = "Шуршит и поскрипывает полка") -> None:
    await desk.write(person, words)
    await desk.press(person, "Передать инженеру")


async def in_topic(desk: Desk, person: int, number: int, words: str, chat: int = HELPDESK) -> None:
    """A person writes in the topic of a ticket."""
    await desk.write(person, words, chat=chat, thread=await desk.topic(chat, number))


async def test_another_team_does_the_work_and_the_first_one_answers_for_it(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Передать…", HELPDESK)
    await desk.press(OLEG, "Сеть", HELPDESK)
    prompt = await desk.find(HELPDESK, "что уже известно")
    note = {"chat": HELPDESK, "thread": prompt["message_thread_id"], "reply_to": prompt["message_id"]}
    await desk.write(OLEG, "Порт 12 мёртв, проверьте коммутатор", **note)
    theirs = await desk.find(NETWORK, "Отвечает: Первая линия, Олег Смирнов")
    assert "Порт 12 мёртв" in said(theirs)
    assert await desk.find(NETWORK, "Шуршит и поскрипывает полка")
    assert "Сейчас работает «Сеть»" in said(await desk.find(HELPDESK, "1 · Шуршит"))
    assert "специалистам: «Сеть»" in said(await desk.find(ANNA, "Заявка 1"))

    await desk.press(NINA, "Взять", NETWORK)
    words = await desk.find(NETWORK, "Шуршит и поскрипывает полка")
    topic = await desk.topic(NETWORK, 1)
    await desk.write(NINA, "Смотрю порт", chat=NETWORK, thread=topic, reply_to=words["message_id"])
    assert "Нина · заявка 1\nСмотрю порт" in [said(one) for one in await desk.reads(ANNA)]
    await desk.fast_forward(60)  # that was a minute's limit of messages for the helpdesk's group
    await in_topic(desk, NINA, 1, "/back порт живой, дело в кабеле", NETWORK)
    assert "порт живой" in said(await desk.find(HELPDESK, "возвращает заявку"))
    assert "Взять" in buttons(await desk.find(HELPDESK, "1 · Шуршит"))


async def test_a_shift_ends_with_claimed_tickets(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(OLEG, "/off ролик заказан, придёт завтра")
    assert "Возвращено в очередь: 1" in said(await desk.last(OLEG))
    card = await desk.find(HELPDESK, "Никто не взял")
    assert "ролик заказан" in said(card)
    await desk.press(SVETA, "Взять", HELPDESK)
    assert "Занимается Светлана" in said(await desk.find(ANNA, "Заявка 1"))


async def test_two_tickets_and_one_photo_are_not_mixed_up(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")
    await desk.write(ANNA, photo={})
    which = await desk.find(ANNA, "Куда передать")
    second = next(label for label in buttons(which) if label.startswith("К заявке 2"))
    await desk.press(ANNA, second)
    there = await desk.topic(HELPDESK, 2)
    assert [one for one in await desk.reads(HELPDESK, there) if one.get("photo")]
    assert not [one for one in await desk.reads(HELPDESK, await desk.topic(HELPDESK, 1)) if one.get("photo")]


async def test_a_duplicate_is_merged_and_its_person_reads_where_it_goes_on(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await a_ticket(desk, BORIS)
    await in_topic(desk, OLEG, 2, "/merge 1")
    card = await desk.find(BORIS, "Заявка 2")
    assert "Объединена с заявкой 1" in said(card)
    await desk.fast_forward(60)
    await desk.write(BORIS, "У меня то же самое", reply_to=card["message_id"])
    assert "Борис Петров" in said(await desk.find(HELPDESK, "У меня то же самое"))


async def test_the_person_of_a_duplicate_reads_who_works_and_how_it_ended(desk: Desk) -> None:
    await a_ticket(desk)
    await a_ticket(desk, BORIS)
    await desk.press(OLEG, "Взять", HELPDESK)
    await in_topic(desk, OLEG, 2, "/merge 1")
    assert "Решим" in said(await desk.find(BORIS, "Объединена с заявкой 1"))
    await desk.press(OLEG, "Взять", HELPDESK)
    assert "Занимается Олег" in said(await desk.find(BORIS, "Объединена с заявкой 1"))
    await in_topic(desk, OLEG, 1, "/done заменил картридж")
    assert "Решено: заменил картридж" in said(await desk.last(BORIS))
    await desk.fast_forward(120)
    await desk.write(BORIS, "нет, у меня всё так же")
    assert await desk.find(HELPDESK, "у меня всё так же")


async def test_a_duplicate_is_not_merged_into_a_ticket_that_waits_for_a_yes(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await in_topic(desk, OLEG, 1, "/done заменил картридж")
    await a_ticket(desk, BORIS)
    await in_topic(desk, OLEG, 2, "/merge 1")
    (told,) = await desk.whispers(HELPDESK, OLEG)
    assert "Заявка 1 решена" in told
    assert "ждёт подтверждения сотрудника" in told
    assert "Объединена" not in said(await desk.find(BORIS, "Заявка 2"))


async def test_what_does_not_work_after_all_waits_for_the_team_when_its_engineer_is_away(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(SVETA, "Взять", HELPDESK)
    await in_topic(desk, SVETA, 1, "/done заменила картридж")
    await desk.write(SVETA, "/off")
    await desk.press(ANNA, "Нет, не работает")
    assert "Занимается" not in said(await desk.find(ANNA, "Заявка 1"))
    assert await desk.find(HELPDESK, "Светлана Рыбакова не на смене: заявка снова в очереди")
    assert "Взять" in buttons(await desk.find(HELPDESK, "1 · Шуршит"))


async def test_it_comes_back_after_four_days_as_a_ticket_that_knows_the_old_one(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await in_topic(desk, OLEG, 1, "/done заменил картридж")
    await desk.press(ANNA, "Да, спасибо")
    await desk.fast_forward(4 * DAY)
    await desk.press(ANNA, "Проблема вернулась")
    assert await desk.find(ANNA, "Заявка 2")
    card = await desk.find(HELPDESK, "2 · Шуршит")
    assert "1 (продолжение)" in said(card)
    assert "1 «заменил картридж»" in said(card)


async def test_a_forwarded_message_opens_a_ticket_for_whoever_wrote_it(desk: Desk) -> None:
    group = await desk.sim(
        "chats", {"type": "group", "title": "Курилка", "members": [OLEG, BORIS], "admins": [OLEG]}
    )
    word = await desk.write(BORIS, "Монитор моргает второй день", chat=group["id"])
    forward = {"from": OLEG, "source_chat": group["id"], "message_id": word["message_id"]}
    await desk.sim("forward", forward)
    await desk.settle()
    await desk.press(OLEG, "Открыть заявку за: Борис Петров")
    card = await desk.find(BORIS, "Заявка 1")
    assert "Заявка открыта за вас. Автор: Олег Смирнов" in said(card)
    assert "Борис Петров" in said(await desk.find(HELPDESK, "1 · Монитор"))
