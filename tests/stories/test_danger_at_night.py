"""Saturday, five past midnight: a stolen password, a laptop, a virus. Help is called before any advice, within minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import (
    ADMINS_TEAM,
    ANNA,
    BORIS,
    HELPDESK,
    ROOT,
    SUPERVISORS,
    Desk,
    SandboxProcess,
    buttons,
    open_desk,
    said,
)

MINUTE = 60
UNTIL_SATURDAY = (4 * 24 + 14) * 60 * MINUTE + 5 * MINUTE  # from Monday 10:00 to Saturday 00:05


async def begin_security(desk: Desk, person: int, words: str) -> None:
    await desk.fast_forward(UNTIL_SATURDAY)
    await desk.write(person, words)
    await desk.press(person, "Начать")


async def words_in(desk: Desk, chat: int, thread: int | None = None) -> list[str]:
    return [said(message) for message in await desk.reads(chat, thread)]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("перешёл по ссылке из письма и ввёл пароль", "Ввели пароль, открыли файл"),
        ("украли служебный ноутбук", "Потеряно или украдено"),
    ],
)
async def test_a_stolen_password_or_laptop_at_night_is_promised_in_minutes_and_wakes_people(
    desk: Desk, words: str, option: str
) -> None:
    await begin_security(desk, BORIS, words)
    await desk.press(BORIS, option)
    card = said(await desk.find(BORIS, "Заявка 1"))
    assert "Ответим сегодня до 00:2" in card
    assert "понедельник" not in card
    await desk.fast_forward(16 * MINUTE)
    assert any("Заявка 1" in word or "1 ·" in word for word in await words_in(desk, SUPERVISORS))


async def test_the_ticket_about_a_virus_is_open_before_the_advice_that_cuts_the_network(desk: Desk) -> None:
    await begin_security(desk, ANNA, "файлы зашифрованы, требуют деньги")
    await desk.press(ANNA, "Вирус, выкуп, чужой вход")
    topic = await desk.topic(ADMINS_TEAM, 1)
    last = await desk.last(ANNA)
    assert "Заявка уже у инженеров" in said(last)
    assert said(last).index("Продолжайте с телефона") < said(last).index("Отключите сеть")
    assert "Пропустить" in " ".join(buttons(last))

    await desk.write(ANNA, "записка на экране, открыла вложение")
    assert "записка на экране, открыла вложение" in await words_in(desk, ADMINS_TEAM, topic)
    assert "по номеру из справочника" in said(await desk.find(ANNA, "Спасибо. Всё это уже у инженеров"))
    await desk.write(ANNA, "/my")
    assert "Заявка 2" not in " ".join(await words_in(desk, ANNA))


async def test_whoever_goes_silent_after_the_press_has_a_ticket_all_the_same(desk: Desk) -> None:
    await begin_security(desk, ANNA, "файлы зашифрованы, требуют деньги")
    await desk.press(ANNA, "Вирус, выкуп, чужой вход")
    await desk.fast_forward(14 * 60 * MINUTE)
    assert any("1 ·" in word or "Заявка 1" in word for word in await words_in(desk, SUPERVISORS))


async def test_calling_a_human_or_cancelling_after_the_press_opens_no_second_ticket(desk: Desk) -> None:
    await begin_security(desk, ANNA, "файлы зашифрованы, требуют деньги")
    await desk.press(ANNA, "Вирус, выкуп, чужой вход")
    await desk.press(ANNA, "Позвать человека")
    assert "Заявка уже у инженеров вместе со всем" in said(await desk.find(ANNA, "Заявка уже у инженеров"))
    topics = [message for message in await desk.reads(ADMINS_TEAM) if message.get("forum_topic_created")]
    assert len(topics) == 1


async def test_the_ticket_asks_for_no_number_to_call_and_names_none(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🔑 Пароль и вход")
    await desk.press(ANNA, "Не помню пароль")
    await desk.press(ANNA, "Компьютер, почта, VPN")
    await desk.press(ANNA, "Не помогло")
    assert "по номеру из справочника" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Работа стоит")
    assert any("Перезвонить по справочнику" in word for word in await words_in(desk, HELPDESK))


async def test_access_of_a_leaver_to_be_closed_at_once_does_not_wait_for_monday(desk: Desk) -> None:
    await desk.fast_forward(UNTIL_SATURDAY)
    await desk.write(BORIS, "сотрудник увольняется, заблокируйте учётку")
    await desk.press(BORIS, "Начать")
    await desk.press(BORIS, "Мой сотрудник")
    await desk.write(BORIS, "Сидоров Иван")
    await desk.write(BORIS, "сегодня")
    await desk.press(BORIS, "Немедленно")
    await desk.press(BORIS, "Пропустить")
    assert "Ответим сегодня до 00:2" in said(await desk.find(BORIS, "Заявка 1"))


SCENARIOS = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  leak:
    title: {ru: "Утечка", en: "Leak"}
    category: security
    phrases: [утечка]
    steps:
      - choose: {ru: "Что ушло?", en: "What is out?"}
        options: [{label: {ru: "Файл", en: "File"}}, {label: {ru: "Пароль", en: "Password"}}]
      - ticket: {category: security, team: admins, summary: {ru: "Утечка", en: "Leak"}}
        next: whom
      - id: whom
        choose: {ru: "Кому?", en: "To whom?"}
        options: [{label: {ru: "Клиенту", en: "A client"}}, {label: {ru: "Не знаю", en: "No idea"}}]
      - ask: {ru: "Когда?", en: "When?"}
      - end: {ru: "Спасибо.", en: "Thank you."}
"""


async def test_buttons_and_pictures_after_the_ticket_reach_the_team(
    sandbox: SandboxProcess, database_url: str, tmp_path: Path
) -> None:
    for name in ("desk.yaml", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "scenarios.yaml").write_text(SCENARIOS, "utf-8")
    async with open_desk(sandbox.root, database_url, tmp_path) as desk:
        await desk.write(ANNA, "/start")
        await desk.press(ANNA, "Утечка")
        await desk.press(ANNA, "Файл")
        topic = await desk.topic(ADMINS_TEAM, 1)
        await desk.press(ANNA, "Клиенту")
        assert "💬 Кому? - Клиенту" in await words_in(desk, ADMINS_TEAM, topic)
        await desk.write(ANNA, "вчера в семь")
        assert (await words_in(desk, ADMINS_TEAM, topic))[-1] == "вчера в семь"
