"""What is promised fits the trouble: a meeting in minutes, a sign-in within the hour, one press is not a night alarm."""

from __future__ import annotations

from tests.desk import ANNA, BORIS, Desk, said
from tests.stories.test_consent import boris_is_annas_manager
from tests.stories.test_danger_at_night import UNTIL_SATURDAY


async def test_a_meeting_that_has_begun_calls_people_in_minutes_and_advises_meanwhile(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "📄 Другое…")
    await desk.press(ANNA, "📽 Переговорная")
    await desk.press(ANNA, "Нет картинки на экране")
    await desk.press(ANNA, "Уже идёт")
    await desk.write(ANNA, "Байкал")
    assert "Мы уже идём к вам" in said(await desk.last(ANNA))
    card = said(await desk.find(ANNA, "Заявка 1"))
    assert "Ответим сегодня до 10:1" in card
    assert "решим сегодня до 11:0" in card.lower()


async def test_who_cannot_sign_in_is_answered_within_half_an_hour(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🔑 Пароль и вход")
    await desk.press(ANNA, "Учётка заблокирована")
    await desk.press(ANNA, "Не помогло")
    await desk.press(ANNA, "Работа стоит")
    card = said(await desk.find(ANNA, "Заявка 1"))
    assert "Ответим сегодня до 10:3" in card
    assert "решим сегодня до 12:0" in card.lower()


async def test_one_press_of_one_person_at_night_opens_no_emergency(desk: Desk) -> None:
    await desk.fast_forward(UNTIL_SATURDAY)
    await desk.write(BORIS, "нет интернета")
    await desk.press(BORIS, "Начать")
    await desk.press(BORIS, "По Wi-Fi")
    await desk.press(BORIS, "Нет ни у кого рядом")
    await desk.press(BORIS, "В офисе")
    await desk.write(BORIS, "3")
    await desk.write(BORIS, "312")
    assert "Заявка 1" in said(await desk.find(BORIS, "понедельник"))


async def test_a_mouse_needs_no_consent_and_a_monitor_does(desk: Desk) -> None:
    await desk.db.run(boris_is_annas_manager)
    for number, thing in ((1, "Мышь или клавиатура"), (2, "Монитор")):
        await desk.write(ANNA, "/start")
        await desk.press(ANNA, "📄 Другое…")
        await desk.press(ANNA, "🛒 Новая техника")
        await desk.press(ANNA, thing)
        await desk.press(ANNA, "Старое сломалось")
        await desk.write(ANNA, "обычную")
        await desk.press(ANNA, "Дома")
        await desk.press(ANNA, "Пропустить")
        card = said(await desk.find(ANNA, f"Заявка {number}"))
        assert ("согласовани" in card.lower()) == (number == 2)
