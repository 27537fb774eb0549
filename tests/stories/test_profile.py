"""The profile over HTTP: asked once, shown on tickets, confirmed when old, changed by its owner."""

from __future__ import annotations

from tests.desk import ANNA, HELPDESK, OLEG, Desk, buttons, said

MONTH = 30 * 86400


async def open_a_ticket(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")


async def tell(desk: Desk, label: str, words: str) -> None:
    await desk.press(ANNA, f"✏️ {label}")
    await desk.write(ANNA, words)


async def test_the_ticket_asks_where_to_find_its_person_and_the_team_reads_the_answer(desk: Desk) -> None:
    await open_a_ticket(desk)
    assert "Где вас найти?" in said(await desk.find(ANNA, "Заявка 1"))
    await desk.press(ANNA, "Указать, где я")
    await tell(desk, "Этаж", "на третьем")
    assert "нужно число" in said(await desk.last(ANNA))
    await desk.write(ANNA, "3 этаж")
    await tell(desk, "Кабинет", "312")
    assert "этаж 3, кабинет 312" in said(await desk.find(ANNA, "Заявка 1"))
    assert "этаж 3, кабинет 312" in said(await desk.find(HELPDESK, "Никто не взял"))
    await desk.write(ANNA, "/profile")
    card = await desk.last(ANNA)
    assert "Этаж: 3" in said(card)
    assert "Да, верно" not in buttons(card)


async def test_months_later_the_person_is_asked_whether_it_is_still_true(desk: Desk) -> None:
    await desk.write(ANNA, "/profile")
    await tell(desk, "Кабинет", "312")
    await desk.fast_forward(7 * MONTH)
    await open_a_ticket(desk)
    assert "Вы по-прежнему здесь: кабинет 312?" in said(await desk.find(ANNA, "Заявка 1"))
    assert "давно не подтверждалось" in said(await desk.find(HELPDESK, "Никто не взял"))
    answer = await desk.press(ANNA, "Да, верно")
    assert answer["text"] == "Запомнил"
    assert "по-прежнему" not in said(await desk.find(ANNA, "Заявка 1"))
    assert "давно" not in said(await desk.find(HELPDESK, "Никто не взял"))


async def test_a_scenario_that_asks_where_you_are_confirms_the_profile(desk: Desk) -> None:
    await desk.write(ANNA, "/profile")
    await tell(desk, "Этаж", "3")
    await tell(desk, "Кабинет", "312")
    await desk.fast_forward(7 * MONTH)
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Подключить принтер")
    await desk.press(ANNA, "Не помогло")
    await desk.press(ANNA, "Пропустить")
    await desk.press(ANNA, "Да, здесь")
    assert "📍 этаж 3, кабинет 312" in said(await desk.find(ANNA, "Заявка 1"))


async def test_the_team_reads_whether_something_broke_or_something_is_wanted(desk: Desk) -> None:
    await open_a_ticket(desk)
    assert "инцидент" in said(await desk.find(HELPDESK, "Никто не взял"))
    await desk.press(OLEG, "Взять", HELPDESK)


async def test_a_question_of_the_profile_can_be_left(desk: Desk) -> None:
    await desk.write(ANNA, "/profile")
    await desk.press(ANNA, "✏️ Этаж")
    await desk.press(ANNA, "Не нужно")
    await desk.write(ANNA, "принтер не печатает")
    assert "Начать" in buttons(await desk.last(ANNA))


async def test_whoever_names_printer_and_place_in_the_first_words_is_not_asked_for_them_again(
    desk: Desk,
) -> None:
    await desk.write(ANNA, "Не печатает PRN-3-02 на 3 этаже, каб. 312")
    await desk.press(ANNA, "Начать")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "«Готов», ошибок нет")
    await desk.press(ANNA, "Не помогло")
    await desk.press(ANNA, "Не знаю, спросить некого")
    assert "кабинете 312, 3 этаж" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Да, здесь")
    card = said(await desk.find(HELPDESK, "Никто не взял"))
    assert "Принтер PRN-3-02, 3 этаж" in card
    assert "этаж 3, кабинет 312" in card
    assert "Не печатает PRN-3-02 на 3 этаже, каб. 312" in card
    await desk.write(ANNA, "/profile")
    assert "Кабинет: 312" in said(await desk.last(ANNA))


async def test_a_place_typed_in_one_line_under_the_open_profile_is_no_problem(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(ANNA, "Указать, где я")
    assert "одной строкой" in said(await desk.last(ANNA))
    await desk.write(ANNA, "3rd floor, room 305")
    assert "этаж 3, кабинет 305" in said(await desk.find(ANNA, "Заявка 1"))
    await desk.write(ANNA, "/profile")
    await desk.write(ANNA, "я на 4 этаже, каб. 412")
    assert "этаж 4, кабинет 412" in said(await desk.find(HELPDESK, "1 · "))
    assert not [
        one
        for one in await desk.reads(HELPDESK)
        if said(one) in ("3rd floor, room 305", "я на 4 этаже, каб. 412")
    ]
    await desk.write(ANNA, "/profile")
    await desk.write(ANNA, "на 5 этаже не печатает принтер")
    assert "этаж 4, кабинет 412" in said(await desk.find(HELPDESK, "1 · "))
