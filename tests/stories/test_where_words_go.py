"""Every word finds its place: beside open tickets, in a burst, as a wish for a human, as a typed yes."""

from __future__ import annotations

from typing import Any

from tests.desk import ANNA, HELPDESK, NETWORK, NINA, OLEG, Desk, buttons, said

MINUTE = 60
RECEIPT = "Это другое"


async def a_ticket(desk: Desk, words: str = "Шуршит и поскрипывает полка") -> None:
    await desk.write(ANNA, words)
    await desk.press(ANNA, "Передать инженеру")
    await desk.fast_forward(2 * MINUTE)


async def to_an_engineer(desk: Desk) -> None:
    """Whatever is offered, pass the words on."""
    offered = buttons((await ours(desk))[-1])
    if "Ничего из этого" in offered:
        await desk.press(ANNA, "Ничего из этого")
    await desk.press(ANNA, "Передать инженеру")


async def in_topic(desk: Desk, number: int) -> list[str]:
    return [said(one) for one in await desk.reads(HELPDESK, await desk.topic(HELPDESK, number))]


async def ours(desk: Desk) -> list[Any]:
    """What the bot said to Anna, oldest first."""
    return [one for one in await desk.reads(ANNA) if one["from"]["is_bot"]]


async def test_a_new_problem_beside_an_open_ticket_is_asked_about_and_not_swallowed(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "принтер не печатает")
    question = await desk.find(ANNA, "Куда передать")
    assert [label.partition(" · ")[0] for label in buttons(question)] == [
        "К заявке 1",
        "Новая: 🖨 Принтер",
        RECEIPT,
    ]
    assert "принтер не печатает" not in await in_topic(desk, 1)
    await desk.press(ANNA, "Новая: 🖨 Принтер")
    assert await desk.find(ANNA, "Что с принтером?")
    settled = await desk.find(ANNA, "→ новая: 🖨 Принтер")
    assert not buttons(settled)


async def test_the_words_of_a_question_reach_the_chosen_ticket_once(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "принтер не печатает")
    question = await desk.find(ANNA, "Куда передать")
    to_ticket = next(label for label in buttons(question) if label.startswith("К заявке 1"))
    await desk.press(ANNA, to_ticket)
    assert (await in_topic(desk, 1)).count("принтер не печатает") == 1
    settled = await desk.find(ANNA, "→ заявка 1")
    assert not buttons(settled)


async def test_eight_quick_lines_are_one_turn_and_one_press_carries_them_all(desk: Desk) -> None:
    await a_ticket(desk)
    before = len(await ours(desk))
    lines = ["принтер не печатает", *(f"строка {number} про него" for number in range(7))]
    for line in lines:
        await desk.write(ANNA, line)
    assert len(await ours(desk)) <= before + 2
    question = await desk.find(ANNA, "Куда передать")
    await desk.press(ANNA, next(label for label in buttons(question) if label.startswith("К заявке 1")))
    topic = await in_topic(desk, 1)
    assert [line for line in topic if line in lines] == lines


async def test_unclear_words_say_where_they_went_and_can_be_moved(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "гудит соседний шкаф")
    receipt = await desk.find(ANNA, "→ заявка 1")
    assert buttons(receipt) == [RECEIPT]
    assert "гудит соседний шкаф" in await in_topic(desk, 1)
    await desk.press(ANNA, RECEIPT)
    topic = await in_topic(desk, 1)
    assert "гудит соседний шкаф" not in topic
    assert any("попало сюда по ошибке" in line for line in topic)
    await desk.find(ANNA, "Куда передать")
    await desk.press(ANNA, RECEIPT)
    await to_an_engineer(desk)
    assert "гудит соседний шкаф" in await in_topic(desk, 2)


async def test_a_thumb_can_be_undone_by_the_words_this_is_something_else(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "ну что там?")
    await desk.write(ANNA, "это другое")
    topic = await in_topic(desk, 1)
    assert "ну что там?" not in topic
    assert "это другое" not in topic
    assert any("попало сюда по ошибке" in line for line in topic)
    assert await desk.find(ANNA, "Куда передать")
    await desk.fast_forward(20 * MINUTE)
    await desk.write(ANNA, "это другое")
    assert await desk.find(ANNA, "Напишите «это другое» сразу после")


async def test_scope_in_words_is_shown_for_a_yes_and_proposed_to_the_team(desk: Desk) -> None:
    await a_ticket(desk, "на всём этаже шуршит и пахнет, работа встала")
    await desk.press(ANNA, "Да, так и есть")
    assert not buttons(await desk.find(ANNA, "Команда это видит"))
    card = next(line for line in await in_topic(desk, 1) if "Сотрудник подтвердил" in line)
    assert "касается всего этажа или кабинета, работа стоит" in card
    await desk.press(OLEG, "P1: касается всего этажа или кабинета, работа стоит", HELPDESK)
    assert any("P3 → P1" in line for line in await in_topic(desk, 1))


async def test_thanks_reach_the_ticket_with_a_thumb_and_impatience_is_answered_once(desk: Desk) -> None:
    await a_ticket(desk)
    before = len(await ours(desk))
    await desk.write(ANNA, "ну что там?")
    await desk.write(ANNA, "спасибо, жду")
    assert {"ну что там?", "спасибо, жду"} <= set(await in_topic(desk, 1))
    assert len(await ours(desk)) == before + 1
    assert await desk.find(ANNA, "Заявка 1 в очереди: Первая линия. Обещали ответить")


async def test_a_human_asked_for_beside_a_ticket_is_called_there(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(ANNA, "позовите человека")
    assert any("🙋 Анна Иванова просит человека" in line for line in await in_topic(desk, 1))
    called = said(await desk.find(ANNA, "Зову: Олег"))
    assert "заявка 1" in called
    await desk.write(ANNA, "позовите человека")
    assert await desk.find(ANNA, "Уже зову: Олег")


async def test_a_human_asked_for_first_is_called_with_one_press_or_one_sentence(desk: Desk) -> None:
    await desk.write(ANNA, "позовите человека")
    called = await desk.find(ANNA, "Зову человека")
    assert buttons(called) == ["Позвать сразу"]
    await desk.write(ANNA, "касса не пробивает чеки")
    card = said(await desk.find(HELPDESK, "1 ·"))
    assert "1 · касса не пробивает чеки" in card
    assert await desk.find(ANNA, "Заявка 1")


async def test_cancel_typed_beside_a_ticket_asks_once(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.write(ANNA, "отмена")
    assert await desk.find(ANNA, "Отменить заявку 1")
    await desk.press(ANNA, "Да, отменить заявку 1")
    assert await desk.find(ANNA, "Отменена")


async def test_a_typed_no_is_the_button_when_the_bot_asks_whether_it_works(desk: Desk) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.fast_forward(MINUTE)
    await desk.write(ANNA, "нет, не работает")
    assert "Решено" in buttons(await desk.find(HELPDESK, "1 ·"))
    assert "нет, не работает" in await in_topic(desk, 1)


async def test_two_problems_in_one_message_are_both_kept(desk: Desk) -> None:
    await desk.write(ANNA, "принтер не печатает, и ещё почта с утра не открывается")
    question = await desk.find(ANNA, "Вижу две")
    assert buttons(question)[-1] == "Всё сразу инженеру"
    first, second = buttons(question)[:2]
    await desk.press(ANNA, first)
    waiting = await desk.find(ANNA, "Остальное ждёт здесь")
    assert buttons(waiting) == [second]


async def test_a_photo_and_the_words_after_it_are_one_thing(desk: Desk) -> None:
    await desk.write(ANNA, photo={})
    assert await desk.find(ANNA, "Вижу фото. Что случилось?")
    await desk.write(ANNA, "сканер на складе пищит и не читает")
    await to_an_engineer(desk)
    topic = await desk.reads(HELPDESK, await desk.topic(HELPDESK, 1))
    assert [one for one in topic if one.get("photo")]
    assert "сканер на складе пищит и не читает" in [said(one) for one in topic]


async def test_a_wish_for_a_human_beside_other_words_at_a_step_ends_the_scenario_in_a_ticket(
    desk: Desk,
) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.write(ANNA, "уже пробовала всё подряд, позовите человека")
    assert await desk.find(ANNA, "Заявка 1")
    assert "уже пробовала всё подряд, позовите человека" in await in_topic(desk, 1)


async def test_a_human_wished_for_twice_is_called_without_another_question(desk: Desk) -> None:
    await desk.write(ANNA, "позовите человека")
    await desk.write(ANNA, "позовите человека")
    assert await desk.find(ANNA, "Заявка 1")
    assert "Заявка 2" not in " ".join(said(one) for one in await ours(desk))


async def test_the_ticket_that_is_asked_about_is_the_one_that_comes_back(desk: Desk) -> None:
    for scenario, words in (("🖨 Принтер", "Не печатает"), ("🏠 VPN", None)):
        await desk.write(ANNA, "/start")
        await desk.press(ANNA, next(one for one in await labels(desk) if one.startswith(scenario)))
        if words is not None:
            await desk.press(ANNA, words)
        await desk.write(ANNA, "позовите человека")
        number = len([one for one in await ours(desk) if said(one).startswith("Заявка ")])
        await desk.find(ANNA, f"Заявка {number}")
        team = HELPDESK if number == 1 else NETWORK
        presser = OLEG if number == 1 else NINA
        await desk.press(presser, "Взять", team)
        await desk.press(presser, "Решено", team)
        await desk.press(ANNA, "Да, спасибо")
        await desk.fast_forward(2 * MINUTE)
    await desk.write(ANNA, "принтер опять не печатает")
    question = await desk.find(ANNA, "закрытую заявку или новое")
    assert "1" in buttons(question)[0]


async def labels(desk: Desk) -> list[str]:
    return [label for one in await desk.reads(ANNA) for label in buttons(one)]


async def test_a_bare_cry_for_help_brings_a_human_among_the_first_buttons(desk: Desk) -> None:
    await desk.write(ANNA, "помогите срочно!!!")
    answer = await desk.last(ANNA)
    assert "Что случилось?" in said(answer)
    assert buttons(answer)[0] == "Передать инженеру"
    await desk.write(ANNA, "принтер зажевал лист")
    (offered,) = [one for one in await desk.reads(ANNA) if buttons(one)]
    assert offered == await desk.last(ANNA), "the answer is below what she wrote last"
    assert "🖨 Принтер" in said(offered)


async def test_an_answer_to_an_engineer_at_a_step_that_does_not_take_it_reaches_the_ticket(
    desk: Desk,
) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    step = await desk.find(ANNA, "Что с принтером?")
    await desk.fast_forward(MINUTE)
    card = await desk.find(HELPDESK, "1 · Шуршит")
    await desk.write(
        OLEG, "Индикатор горит?", chat=HELPDESK, thread=card["message_thread_id"], reply_to=card["message_id"]
    )
    await desk.write(ANNA, "Нет, он не горит")
    await desk.fast_forward(2 * MINUTE)
    assert "Нет, он не горит" in await in_topic(desk, 1)
    assert not [one for one in await ours(desk) if "Не понял" in said(one)]
    assert buttons(step), "the step waits as before"
