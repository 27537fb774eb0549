"""An outage as people see it: missing parts are asked for, it is shown before any question, with news until its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from bot.storage.schema import people
from tests.desk import ANNA, BORIS, HELPDESK, MARINA, OLEG, SUPERVISORS, Desk, buttons, said

WHOLE = "/outage printing до 11:15 Не печатают принтеры. Обход: печатайте на PRN-2-01"
BANNER = """\
⚠️ Мы уже знаем: Не печатают принтеры.
Началось: сегодня в 10:00.
Пока можно так: печатайте на PRN-2-01
Следующее сообщение - сегодня в 11:15."""


async def answer(desk: Desk, person: int, text: str) -> dict[str, Any]:
    """Answer the newest question."""
    asked = await desk.find(person, "Ответьте на это")
    await desk.write(person, text, reply_to=asked["message_id"])
    return await desk.last(person)


async def open_printer(desk: Desk, person: int) -> dict[str, Any]:
    await desk.write(person, "/start")
    await desk.press(person, "🖨 Принтер")
    return await desk.last(person)


async def test_an_outage_is_seen_before_any_question_and_needs_no_ticket(desk: Desk) -> None:
    await desk.write(MARINA, WHOLE)
    assert "«🖨 Принтер»" in said(await desk.find(MARINA, "Объявлено"))
    assert "Сбой 1 · Печать" in said(await desk.find(SUPERVISORS, "Сбой 1"))
    seen = await open_printer(desk, ANNA)
    assert said(seen) == BANNER
    assert buttons(seen) == ["Меня тоже касается", "У меня другое"]
    await desk.press(ANNA, "Меня тоже касается")
    assert "заявка не нужна" in said(await desk.last(ANNA))
    assert buttons(await desk.last(ANNA)) == ["У меня другое"]
    await desk.write(MARINA, "/outages")
    assert "Отметился 1 человек" in said(await desk.last(MARINA))
    assert not [m for m in await desk.reads(HELPDESK) if "Принтер" in said(m)]


async def test_engineers_of_an_outage_have_one_topic_which_closes_with_it(desk: Desk) -> None:
    await open_printer(desk, ANNA)
    await desk.press(ANNA, "Позвать человека")
    await desk.press(OLEG, "Взять", HELPDESK, await desk.topic(HELPDESK, 1))
    await desk.write(MARINA, WHOLE)
    topic = await desk.topic(HELPDESK, 2)
    together = await desk.find(HELPDESK, "вместе работают над сбоем 1")
    assert together["message_thread_id"] == topic
    assert "уже в работе: 1 (Олег)" in said(together)
    await desk.press(MARINA, "Есть новости")
    await answer(desk, MARINA, "Ждём инженера, до 12:00")
    made = [call["args"]["name"] for call in await desk.look("calls?method=createForumTopic")]
    assert len([name for name in made if name.startswith("2 ")]) == 1
    assert not await desk.look("calls?method=closeForumTopic")
    await desk.press(MARINA, "Закончился")
    await desk.press(MARINA, "Да, сказать всем")
    shut = [call["args"]["message_thread_id"] for call in await desk.look("calls?method=closeForumTopic")]
    assert shut.count(topic) == 1


async def test_something_else_goes_on_and_is_not_shown_twice_until_there_is_news(desk: Desk) -> None:
    await desk.write(MARINA, WHOLE)
    await open_printer(desk, ANNA)
    await desk.press(ANNA, "У меня другое")
    assert "Что с принтером?" in said(await desk.last(ANNA))
    assert not any("Мы уже знаем" in said(m) for m in await desk.reads(ANNA))
    assert "Что с принтером?" in said(await open_printer(desk, ANNA))
    await desk.fast_forward(60)
    await desk.press(MARINA, "Есть новости")
    await answer(desk, MARINA, "Нашли причину, меняем сервер печати, до 12:00")
    assert "Нашли причину" in said(await open_printer(desk, ANNA))


async def test_words_that_lead_to_it_are_answered_by_it_and_then_by_the_offer(desk: Desk) -> None:
    await desk.write(MARINA, WHOLE)
    await desk.write(ANNA, "не печатает принтер")
    assert said(await desk.last(ANNA)) == BANNER
    await desk.press(ANNA, "У меня другое")
    assert "Похоже, это" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Начать")
    assert "Что с принтером?" in said(await desk.last(ANNA))


async def test_everybody_who_is_hit_is_told_what_is_new_and_when_it_is_over(desk: Desk) -> None:
    await desk.write(MARINA, WHOLE)
    for person in (ANNA, BORIS):
        await open_printer(desk, person)
        await desk.press(person, "Меня тоже касается")
    await desk.press(MARINA, "Есть новости")
    await answer(desk, MARINA, "Ждём инженера.")
    await answer(desk, MARINA, "через 40 минут")
    for person in (ANNA, BORIS):
        told = said(await desk.last(person))
        assert told.startswith("⚠️ Новости о сбое: Не печатают принтеры.\nПоследние новости: Ждём инженера.")
        assert "сегодня в 10:4" in told
    await desk.press(MARINA, "Закончился")
    assert "прочтут все, кто отметился: 2" in said(await desk.last(MARINA))
    await desk.press(MARINA, "Да, сказать всем")
    for person in (ANNA, BORIS):
        assert "✅ Починили: Не печатают принтеры.\nЗаработало?" in said(await desk.last(person))
    await desk.press(ANNA, "Да, спасибо")
    assert "Отлично, спасибо!" in said(await desk.find(ANNA, "Починили"))
    await desk.press(BORIS, "Нет, не работает")
    assert "После сбоя не работает: Не печатают принтеры" in said(await desk.find(HELPDESK, "После сбоя"))
    assert "Что с принтером?" in said(await open_printer(desk, ANNA))
    await desk.write(MARINA, "/outages")
    assert "Открытых сбоев нет" in said(await desk.last(MARINA))


async def test_what_is_missing_is_asked_for_one_thing_at_a_time(desk: Desk) -> None:
    await desk.write(MARINA, "/outage")
    assert "Объявить сбой можно одной строкой" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/outage pirnting")
    assert "Категории «pirnting» нет. Есть: printing" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/outage Печать")
    assert "Что сказать людям?" in said(await desk.last(MARINA))
    assert "Как обойтись" in said(await answer(desk, MARINA, "Печать лежит"))
    assert "Когда людям ждать" in said(await answer(desk, MARINA, "нет"))
    assert "Не понял время" in said(await answer(desk, MARINA, "скоро"))
    assert "Что с принтером?" in said(await open_printer(desk, ANNA))  # an incomplete outage is not shown
    await answer(desk, MARINA, "11:30")
    await desk.fast_forward(1)
    seen = said(await open_printer(desk, BORIS))
    assert seen.startswith("⚠️ Мы уже знаем: Печать лежит\nНачалось: сегодня в 10:0")
    assert seen.endswith("\nСледующее сообщение - сегодня в 11:30.")


async def test_whoever_declared_it_is_reminded_and_without_a_word_of_theirs_people_read_that_nothing_is_new(
    desk: Desk,
) -> None:
    await desk.write(MARINA, WHOLE)
    await open_printer(desk, ANNA)
    await desk.press(ANNA, "Меня тоже касается")
    await desk.fast_forward(71 * 60)  # 11:11, the next message is promised for 11:15
    assert "обещаны новости о сбое 1" in said(await desk.find(MARINA, "обещаны"))
    assert "Ничего нового" in buttons(await desk.last(MARINA))
    assert "Новостей пока нет" not in said(await desk.last(ANNA))
    await desk.fast_forward(6 * 60)
    told = said(await desk.last(ANNA))
    assert told.startswith("⏳ Новостей пока нет")
    assert "сегодня в 11:45" in told
    assert "сегодня в 11:45" in said(await open_printer(desk, BORIS))


async def test_an_outage_of_one_floor_is_shown_where_it_is_or_may_be(desk: Desk) -> None:
    await desk.write(MARINA, "/outage printing до 11:15 Не печатают принтеры на 3 этаже. Обход: нет")
    assert "3 этаж" in said(await desk.find(MARINA, "Сбой 1"))
    assert "Мы уже знаем" in said(await open_printer(desk, ANNA))
    await desk.db.run(_lives_on, ANNA, 5)
    assert "Что с принтером?" in said(await open_printer(desk, ANNA))


async def test_open_tickets_become_part_of_the_outage_and_its_end_asks_each_requester_once(
    desk: Desk,
) -> None:
    for person in (ANNA, BORIS):
        await desk.write(person, "Шуршит и поскрипывает полка")
        await desk.press(person, "Передать инженеру")
    await desk.write(MARINA, "/outage other до 11:15 Не открывается портал. Обход: нет")
    assert "Заявка сбоя: 3 · связано заявок: 2" in said(await desk.find(SUPERVISORS, "Сбой 1"))
    told = await desk.last(ANNA)
    assert "Ваша заявка 1 - часть этого сбоя" in said(told)
    assert buttons(told) == ["У меня другое"]
    assert "Часть сбоя 1, работа идёт в заявке 3" in said(await desk.find(HELPDESK, "Часть сбоя"))
    await desk.press(MARINA, "Закончился")
    await desk.press(MARINA, "Да, сказать всем")
    for person, answer_ in ((ANNA, "Да, спасибо"), (BORIS, "Нет, не работает")):
        assert sum("Заработало?" in said(m) for m in await desk.reads(person)) == 1
        await desk.press(person, answer_)
    assert "Вернул заявку 2 в работу" in said(await desk.find(BORIS, "Вернул"))
    assert "Работает: 1 · не работает: 1" in said(await desk.find(SUPERVISORS, "Сбой 1"))
    await desk.press(MARINA, "Написать итог")
    asked = await desk.find(MARINA, "Что произошло")
    await desk.write(MARINA, "Переполнился диск; добавили наблюдение", reply_to=asked["message_id"])
    assert "📝 Переполнился диск" in said(await desk.find(SUPERVISORS, "Сбой 1"))


async def test_only_a_supervisor_declares_and_ends(desk: Desk) -> None:
    for person in (ANNA, OLEG):
        for command in (WHOLE, "/outages"):
            await desk.write(person, command)
            assert "руководител" in said(await desk.last(person)).lower()
    await desk.write(MARINA, WHOLE)
    seen = await open_printer(desk, ANNA)
    for what in ("news", "over", "ended", "keep"):
        read = await desk.forge(ANNA, ANNA, seen["message_id"], f"o|{what}|1")
        assert "руководител" in str(read).lower()
    for what in ("works|1", "broken|1", "mine|99|1|0", "other|1", "mine|1", "nonsense|1", "works|99"):
        assert (await desk.forge(ANNA, ANNA, seen["message_id"], f"o|{what}"))["show_alert"]
    await desk.press(ANNA, "Меня тоже касается")


def _lives_on(tx: Connection, telegram_id: int, floor: int) -> None:
    tx.execute(people.update().where(people.c.telegram_id == telegram_id).values(profile={"floor": floor}))


async def test_a_known_error_is_read_in_the_scenario_before_anything_is_asked(desk: Desk) -> None:
    await desk.write(MARINA, "/problem Зависает очередь печати")
    assert "🧩 Проблема 1: Зависает очередь печати" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/known 1 printer 14 Очередь висит. Обход: печатайте на PRN-2")
    seen = said(await open_printer(desk, ANNA))
    assert "Мы об этом знаем: Очередь висит." in seen
    assert "Пока можно так: печатайте на PRN-2" in seen
    assert "Что с принтером?" in seen
    await desk.write(MARINA, "/proved 1 две недели тихо")
    assert "Проблема 1 закрыта" in said(await desk.last(MARINA))
    assert "Мы об этом знаем" not in said(await open_printer(desk, BORIS))
