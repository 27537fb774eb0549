"""Scenarios over HTTP: stale buttons, other words, silence; and the supervisors' figures."""

from __future__ import annotations

import pytest

from tests.desk import ANNA, HELPDESK, MARINA, Desk, buttons, said


async def begin_printer(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")


async def test_words_of_another_scenario_are_offered_in_the_middle(desk: Desk) -> None:
    await begin_printer(desk)
    await desk.write(ANNA, "у меня не работает вайфай")
    offer = await desk.last(ANNA)
    assert "Нет интернета" in said(offer)
    await desk.press(ANNA, "Начать")
    assert "Как вы подключены?" in said(await desk.last(ANNA))


async def test_a_typed_answer_presses_its_button_and_nonsense_gets_a_hint(desk: Desk) -> None:
    await begin_printer(desk)
    await desk.write(ANNA, "ъуъ")
    assert "Не понял" in said(await desk.last(ANNA))
    await desk.write(ANNA, "замяло бумагу")
    assert "Не помогло" in buttons(await desk.last(ANNA))


@pytest.mark.parametrize("words", ["позовите человека", "соедините с оператором", "I want a human"])
async def test_a_wish_for_a_human_in_the_middle_opens_the_ticket_with_what_was_tried(
    desk: Desk, words: str
) -> None:
    await begin_printer(desk)
    await desk.press(ANNA, "Замяло бумагу")
    await desk.press(ANNA, "Не помогло")
    await desk.write(ANNA, words)
    assert "Замяло бумагу" in said(await desk.find(HELPDESK, "Никто не взял"))
    assert "Заявка 1" in said(await desk.find(ANNA, "Заявка 1"))
    assert not any("Не понял" in said(message) for message in await desk.reads(ANNA))


async def test_an_old_button_offers_to_go_back(desk: Desk) -> None:
    await begin_printer(desk)
    card = await desk.last(ANNA)
    await desk.press(ANNA, "Замяло бумагу")
    answer = await desk.forge(ANNA, ANNA, card["message_id"], "r|1|1|toner")
    assert answer is not None
    rewinds = [m for m in await desk.reads(ANNA) if any("Вернуться" in label for label in buttons(m))]
    assert rewinds
    await desk.press(ANNA, next(label for label in buttons(rewinds[-1]) if "Вернуться" in label))
    assert "Что с принтером?" in said(await desk.find(ANNA, "Что с принтером?"))


async def test_a_supervisor_gets_the_picture_of_a_scenario(desk: Desk) -> None:
    await begin_printer(desk)
    await desk.press(ANNA, "Замяло бумагу")
    await desk.write(MARINA, "/figures")
    assert "printer" in said(await desk.last(MARINA))
    await desk.write(MARINA, "/figures printer")
    assert (await desk.last(MARINA)).get("photo")
    await desk.write(ANNA, "/figures")
    assert "printer" not in said(await desk.last(ANNA))
