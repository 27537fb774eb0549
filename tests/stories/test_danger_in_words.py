"""Danger named in passing: the words go where they go, and a card above the answer opens a ticket with one press."""

from __future__ import annotations

from tests.desk import ADMINS_TEAM, ANNA, BORIS, Desk, buttons, said

REPORT, NO_DANGER = "Сообщить безопасности", "Это не угроза"


async def alarms(desk: Desk, person: int = ANNA) -> int:
    return sum("Похоже на угрозу" in said(message) for message in await desk.reads(person))


async def test_danger_beside_another_trouble_is_not_left_to_the_trouble(desk: Desk) -> None:
    await desk.write(ANNA, "не печатает принтер, и ещё кто-то читает мои письма и отвечает от моего имени")
    assert await alarms(desk) == 1
    await desk.press(ANNA, REPORT)
    topic = await desk.topic(ADMINS_TEAM, 1)
    assert any("читает мои письма" in said(one) for one in await desk.reads(ADMINS_TEAM, topic))
    assert "заявка 1" in said(await desk.find(ANNA, "безопасность. Дальнейшее"))


async def test_danger_beside_an_open_ticket_is_shown_and_the_words_reach_the_ticket(desk: Desk) -> None:
    await desk.write(ANNA, "позовите человека, не печатает принтер на третьем этаже")
    await desk.write(ANNA, "ой, файлы переименовались и на экране требуют деньги")
    assert await alarms(desk) == 1
    await desk.write(ANNA, "и на экране теперь череп")
    assert await alarms(desk) == 1  # once a turn
    await desk.press(ANNA, REPORT)
    assert await desk.topic(ADMINS_TEAM, 2)


async def test_a_false_alarm_is_gone_after_one_press(desk: Desk) -> None:
    await desk.write(BORIS, "кто-то читает мои письма, и принтер не печатает")
    shown = await desk.find(BORIS, "Похоже на угрозу")
    assert buttons(shown) == [REPORT, NO_DANGER]
    await desk.press(BORIS, NO_DANGER)
    assert await alarms(desk, BORIS) == 0
    assert not any("1 " in said(one) for one in await desk.reads(ADMINS_TEAM))


async def test_what_is_surely_about_security_has_no_second_card(desk: Desk) -> None:
    await desk.write(ANNA, "перешёл по ссылке из письма и ввёл пароль")
    assert await alarms(desk) == 0
