"""A person stops answering in a scenario: one reminder with its buttons, and the end after a long time."""

from __future__ import annotations

from bot.scenarios.library import graph
from tests.desk import ANNA, MARINA, Desk, buttons, said

DAY = 24 * 3600
OFFER = ["Продолжить", "Заново", "Закрыть"]


async def stop_at_the_second_step(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Замяло бумагу")


async def offers(desk: Desk) -> list[str]:
    return [said(message) for message in await desk.reads(ANNA) if buttons(message) == OFFER]


async def test_silence_is_reminded_of_once_and_goes_on_where_it_stopped(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.fast_forward(5 * DAY)
    assert await offers(desk) == ["⏸ Вы остановились на «🖨 Принтер», шаг 2."]
    await desk.press(ANNA, "Продолжить")
    assert await offers(desk) == []  # too old to be deleted, but without buttons
    last = await desk.last(ANNA)
    assert "Бумагу удалось достать" in said(last)
    await desk.press(ANNA, "Да, печатает")
    assert "заработало" in said(await desk.last(ANNA))


async def test_the_offer_begins_anew_at_the_end_of_the_chat(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.fast_forward(DAY)
    await desk.press(ANNA, "Заново")
    assert "Что с принтером?" in said(await desk.last(ANNA))
    assert await offers(desk) == []


async def test_the_offer_closes_and_says_so(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.fast_forward(DAY)
    await desk.press(ANNA, "Закрыть")
    assert "Закончили" in said(await desk.last(ANNA))
    assert await offers(desk) == []


async def test_an_answer_to_the_old_step_takes_the_reminder_away(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.fast_forward(DAY)
    await desk.press(ANNA, "Не помогло")
    assert await offers(desk) == []


async def test_the_menu_offers_what_was_begun(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.write(ANNA, "/start")
    assert await offers(desk) == ["⏸ Вы остановились на «🖨 Принтер», шаг 2."]
    assert buttons(await desk.last(ANNA)) == OFFER


async def test_after_a_long_silence_it_is_closed_and_said(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.fast_forward(15 * DAY)
    assert "Мы закрыли незаконченный разговор" in said(await desk.last(ANNA))
    assert await offers(desk) == []
    assert not any("Не помогло" in buttons(message) for message in await desk.reads(ANNA))


async def test_a_scenario_left_for_another_can_be_come_back_to(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🌐 Нет интернета")
    left = await desk.find(ANNA, "Отложено")
    assert buttons(left) == ["Продолжить"]
    assert await offers(desk) == []
    await desk.press(ANNA, "Продолжить")
    assert "Бумагу удалось достать" in said(await desk.last(ANNA))
    assert "Как вы подключены?" in said(await desk.find(ANNA, "Отложено"))


async def test_nobody_takes_up_the_run_of_another(desk: Desk) -> None:
    await stop_at_the_second_step(desk)
    await desk.write(MARINA, "/start")
    menu = await desk.last(MARINA)
    for what in ("goon", "anew", "drop"):
        answer = await desk.forge(MARINA, MARINA, menu["message_id"], f"m|{what}|1")
        assert "от прошлого разговора" in str(answer)
    await desk.press(ANNA, "Не помогло")


async def test_figures_of_a_scenario_that_is_not_there_are_kindly_refused(desk: Desk) -> None:
    await desk.write(MARINA, "/figures pirnter")
    assert "Сценария «pirnter» нет. Есть:" in said(await desk.last(MARINA))


async def test_the_picture_of_a_scenario_needs_no_program_of_the_system(desk: Desk, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    await desk.write(MARINA, "/figures vpn")
    assert "photo" in await desk.last(MARINA)


async def test_a_picture_that_cannot_be_drawn_is_told_in_a_table(desk: Desk, monkeypatch) -> None:
    await stop_at_the_second_step(desk)
    monkeypatch.setattr(graph, "PAINTER", "nothing.that.draws")
    await desk.write(MARINA, "/figures printer")
    told = said(await desk.last(MARINA))
    assert "Картинка не получилась" in told
    assert "printer/what" in told
