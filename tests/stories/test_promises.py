"""The ETA as the employee reads it: at the opening, every change with its reason, late before they ask."""

from __future__ import annotations

import re

from tests.desk import ANNA, HELPDESK, NETWORK, NINA, OLEG, Desk, said
from tests.stories.test_the_whole_path import open_a_ticket

HOUR = 3600


async def card(desk: Desk, words: str = "Заявка 1") -> str:
    """Anna's card, which must be the last message in her chat when she should notice it."""
    return said(await desk.find(ANNA, words))


async def answer_a_prompt(desk: Desk, words: str) -> None:
    """Oleg answers what the bot has just asked him."""
    prompt = await desk.last(HELPDESK)
    place = {"thread": prompt["message_thread_id"], "reply_to": prompt["message_id"]}
    await desk.write(OLEG, words, chat=HELPDESK, **place)


async def test_late_is_told_before_she_asks_with_a_new_promise_each_time(desk: Desk) -> None:
    await open_a_ticket(desk)
    opening = await card(desk)
    assert "Ответим сегодня до 12:00" in opening
    assert "Решим завтра до 17:00" in opening
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(31 * HOUR + 60)
    late = said(await desk.last(ANNA))
    assert "Занимается Олег" in late
    assert "Обещали решить сегодня до 17:00 и не успели. Руководитель в курсе." in late
    assert "Новый срок: завтра до 12:00." in late
    first = (await desk.last(ANNA))["message_id"]
    await desk.fast_forward(19 * HOUR)
    again = await desk.last(ANNA)
    assert "Новый срок: завтра до 11:00." in said(again)
    assert again["message_id"] > first


async def test_in_english_she_reads_the_same(desk: Desk) -> None:
    await desk.write(ANNA, "/language en")
    await open_a_ticket_in_english(desk)
    opening = await card(desk, "Ticket 1")
    assert "We will answer by 12:00 today" in opening
    assert "We will solve it by 17:00 tomorrow" in opening
    await desk.fast_forward(31 * HOUR + 60)
    late = said(await desk.last(ANNA))
    assert "We promised to solve it by 17:00 today and did not. The supervisor knows." in late
    assert "New promise: by 12:00 tomorrow." in late


async def open_a_ticket_in_english(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Printer")
    await desk.press(ANNA, "Does not print")
    await desk.press(ANNA, "Talk to a person")


async def test_another_priority_comes_down_with_its_reason(desk: Desk) -> None:
    await desk.fast_forward(
        90
    )  # the eight hours of P2 end past six, whatever a start at ten sharp would give
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    team_card = await desk.find(HELPDESK, "Олег,")
    place = {"thread": team_card["message_thread_id"], "reply_to": team_card["message_id"]}
    await desk.write(OLEG, "/prio P2 стоит весь отдел", chat=HELPDESK, **place)
    told = said(await desk.last(ANNA))
    assert re.search(r"Новый срок: завтра до 09:0\d\. Почему: изменился приоритет: стоит весь отдел\.", told)


async def test_a_question_moves_the_promise_by_as_long_as_we_waited(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Спросить", HELPDESK)
    await answer_a_prompt(desk, "Какой номер на наклейке?")
    assert "Срок стоит. После вашего ответа на решение останется" in await card(desk)
    await desk.fast_forward(2 * HOUR)
    await desk.write(ANNA, "PRN-3-02")
    told = said(await desk.last(ANNA))
    assert "Новый срок: " in told
    assert "Почему: ждали вашего ответа." in told


async def test_an_agreed_day_moves_the_promise_and_says_why(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    team_card = await desk.find(HELPDESK, "Олег,")
    place = {"thread": team_card["message_thread_id"], "reply_to": team_card["message_id"]}
    await desk.write(OLEG, "/snooze 26.11 14:00", chat=HELPDESK, **place)
    assert "предлагает вернуться к ней в четверг в 14:00. Удобно?" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Да, удобно")
    assert "Срок стоит до этого дня. После него на решение останется" in await card(desk)
    await desk.fast_forward(76 * HOUR + 60)
    told = said(await desk.last(ANNA))
    assert re.search(r"Новый срок: .* Почему: договорились о дате\.", told)
    assert "Занимается Олег" in told


async def test_what_comes_back_is_promised_anew_with_the_reason(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(HOUR)
    await desk.press(OLEG, "Решено", HELPDESK)
    await answer_a_prompt(desk, "заменил ролик")
    await desk.fast_forward(3 * HOUR)
    await desk.press(ANNA, "Нет, не работает")
    told = said(await desk.last(ANNA))
    assert re.search(r"Новый срок: .* Почему: проблема вернулась, работа продолжается\.", told)


async def test_specialists_who_need_longer_are_told_of_at_the_hand_over(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(30 * HOUR)  # tomorrow at 16:00, an hour before the due
    team_card = await desk.find(HELPDESK, "Олег,")
    place = {"thread": team_card["message_thread_id"], "reply_to": team_card["message_id"]}
    await desk.write(OLEG, "/to network розетка без линка", chat=HELPDESK, **place)
    told = said(await desk.last(ANNA))
    assert "Передали специалистам: «Сеть»" in told
    assert "Можем не успеть: специалисты обещают завтра до 15:00" in told
    await desk.press(NINA, "Взять", NETWORK)
    await desk.fast_forward(HOUR + 60)
    late = said(await desk.last(ANNA))
    assert "Занимается Нина («Сеть»)" in late
    assert "Новый срок: завтра до 15:00." in late
