"""From "the printer is silent" to the stars, and to the supervisor's alert, over HTTP on both databases."""

from __future__ import annotations

from tests.desk import (
    ANNA,
    BORIS,
    HELPDESK,
    MARINA,
    NINA,
    OLEG,
    STRANGER,
    SUPERVISORS,
    SVETA,
    Desk,
    buttons,
    said,
)


async def open_a_ticket(desk: Desk) -> None:
    """Anna's printer does not print, self-help fails, a ticket is opened."""
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")


async def test_a_stranger_is_refused_once_and_learns_nothing(desk: Desk) -> None:
    await desk.write(STRANGER, "/start")
    await desk.write(STRANGER, "принтер")
    answers = [message for message in await desk.reads(STRANGER) if message["from"]["is_bot"]]
    assert len(answers) == 1
    assert "пока вас не знаю" in said(answers[0])
    assert not buttons(answers[0])


async def test_the_printer_is_silent_and_an_engineer_mends_it(desk: Desk) -> None:
    await open_a_ticket(desk)
    card = await desk.find(ANNA, "Заявка 1")
    assert "Первая линия" in said(card)
    assert "Решим" in said(card)
    topic = await desk.topic(HELPDESK, 1)
    team_card = await desk.find(HELPDESK, "Никто не взял")
    assert team_card["message_thread_id"] == topic
    assert "Анна Иванова" in said(team_card)

    answer = await desk.press(OLEG, "Взять", HELPDESK)
    assert "ваша" in answer["text"]
    assert "Занимается Олег" in said(await desk.find(ANNA, "Заявка 1"))

    late = await desk.forge(SVETA, HELPDESK, team_card["message_id"], "t|claim|1")
    assert "Олег" in late["text"]

    reply = {"chat": HELPDESK, "thread": topic, "reply_to": team_card["message_id"]}
    await desk.write(OLEG, "Иду к вам", **reply)
    assert said(await desk.last(ANNA)) == "Олег · заявка 1\nИду к вам"

    await desk.write(ANNA, "Жду")
    words = await desk.find(HELPDESK, "Жду")
    assert words["message_thread_id"] == topic
    await desk.write(OLEG, "заметка для своих", chat=HELPDESK, thread=topic)
    assert "заметка" not in said(await desk.last(ANNA))

    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(ANNA, "Да, спасибо")
    await desk.press(ANNA, "★★★★★")
    assert "★★★★★" in said(await desk.find(ANNA, "Заявка 1"))


async def test_a_question_stops_the_clock_until_the_employee_answers(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Спросить", HELPDESK)
    prompt = await desk.find(HELPDESK, "напишите вопрос")
    await desk.write(
        OLEG,
        "Какой номер на наклейке?",
        chat=HELPDESK,
        thread=prompt["message_thread_id"],
        reply_to=prompt["message_id"],
    )
    card = said(await desk.find(ANNA, "Заявка 1"))
    assert "Ждём ваш ответ" in card
    assert "Какой номер на наклейке?" in card
    assert "Решим" not in card
    await desk.write(ANNA, "PRN-3-02")
    assert "Решим" in said(await desk.find(ANNA, "Заявка 1"))


async def test_what_does_not_work_after_all_goes_back_to_the_same_engineer(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(ANNA, "Нет, не работает")
    assert "Занимается Олег" in said(await desk.find(ANNA, "Заявка 1"))
    assert "не работает" in said(await desk.find(HELPDESK, "↩️"))


async def test_nobody_claims_and_the_supervisor_hears_of_it(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.fast_forward(4 * 3600)
    alert = await desk.last(SUPERVISORS)
    assert "1" in said(alert)
    assert {"Взять на контроль", "Назначить…", "Позвать"} <= set(buttons(alert)) or buttons(alert)
    await desk.press(MARINA, "Взять на контроль", SUPERVISORS)
    assert "На контроле: Марина Лебедева" in said(await desk.find(HELPDESK, "На контроле"))


async def test_a_forged_a_stale_and_a_strange_button_change_nothing(desk: Desk) -> None:
    await open_a_ticket(desk)
    card = await desk.find(HELPDESK, "Никто не взял")
    mine = await desk.find(ANNA, "Заявка 1")
    await desk.sim("join", {"chat": HELPDESK, "from": STRANGER})
    for person, chat, message, data in (
        (NINA, HELPDESK, card, "t|claim|1"),  # another team
        (OLEG, HELPDESK, card, "t|claim|999"),  # no such ticket
        (OLEG, HELPDESK, card, "t|resolve|1"),  # not claimed yet
        (OLEG, HELPDESK, card, "t|confirm|1"),  # the employee's button
        (BORIS, BORIS, mine, "t|cancel|1"),  # another person's ticket
        (STRANGER, HELPDESK, card, "t|claim|1"),
        (OLEG, HELPDESK, card, "t|claim|1'; DROP TABLE tickets"),
        (OLEG, HELPDESK, card, ""),
    ):
        answer = await desk.forge(person, chat, message["message_id"], data)
        assert answer["answered"], data
        assert answer["text"], data
    assert "Никто не взял" in said(await desk.find(HELPDESK, "1 ·"))
