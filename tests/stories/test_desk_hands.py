"""Actions of engineers and supervisors: cause and resolution, drafts, teams without a chat, muting with a reason, load."""

from __future__ import annotations

from typing import Any

from tests.desk import ANNA, BORIS, HELPDESK, MARINA, OLEG, SUPERVISORS, Desk, buttons, said


async def a_claimed_ticket(desk: Desk, person: int = ANNA, number: int = 1) -> dict[str, Any]:
    """A ticket taken by Oleg; returns where its topic is."""
    await desk.write(person, "Шуршит и поскрипывает полка")
    await desk.press(person, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return {"chat": HELPDESK, "thread": await desk.topic(HELPDESK, number)}


async def answer(desk: Desk, person: int, chat: int, question: str, words: str) -> None:
    """A person answers a question of the bot."""
    asked = await desk.find(chat, question)
    more = {"thread": asked["message_thread_id"]} if asked.get("message_thread_id") else {}
    await desk.write(person, words, chat=chat, reply_to=asked["message_id"], **more)


async def test_what_helped_is_asked_once_and_shown_beside_the_next_such_ticket(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(OLEG, "Поломка", HELPDESK)
    await answer(desk, OLEG, HELPDESK, "Что помогло?", "заменил картридж")
    assert "Что помогло?" not in "".join([said(one) for one in await desk.reads(HELPDESK)])
    assert "Олег: заменил картридж" in said(await desk.find(ANNA, "Заявка 1"))
    assert "Поломка: заменил картридж" in said(await desk.find(HELPDESK, "1 · Шуршит"))
    await desk.write(BORIS, "Шуршит и поскрипывает полка")
    await desk.press(BORIS, "Передать инженеру")
    assert "1 «заменил картридж»" in said(await desk.find(HELPDESK, "2 · Шуршит"))

    await desk.fast_forward(60)
    await desk.write(OLEG, "/draft", **topic)
    file = await desk.find(HELPDESK, "Черновик сценария из заявки 1")
    assert file["document"]["file_name"] == "ticket-1.yaml"
    await desk.write(OLEG, "/draft 2")
    assert "не записано, что помогло" in said(await desk.last(OLEG))


async def test_a_vendor_without_a_chat_works_through_the_desk(desk: Desk) -> None:
    topic = await a_claimed_ticket(desk)
    await desk.write(OLEG, "/to vendor гарантийный случай", **topic)
    assert "некому сообщить" in said(await desk.find(SUPERVISORS, "Заявка 1"))
    card = await desk.find(HELPDESK, "1 · Шуршит")
    assert "своего чата у неё нет" in said(card)
    assert "специалистам: «Поставщик»" in said(await desk.find(ANNA, "Заявка 1"))
    await desk.press(OLEG, "Вернуть себе…", HELPDESK)
    await answer(desk, OLEG, HELPDESK, "почему возвращаете", "поставщик заменил узел")
    assert "Взять" in buttons(await desk.find(HELPDESK, "1 · Шуршит"))


async def test_a_supervisor_acts_from_the_alert_itself(desk: Desk) -> None:
    await a_claimed_ticket(desk)
    await desk.fast_forward(3 * 24 * 3600)
    assert await desk.find_button(SUPERVISORS, "Взять на контроль")
    await desk.press(MARINA, "Без повторов…", SUPERVISORS)
    await desk.press(MARINA, "1 ч", SUPERVISORS)
    await answer(desk, MARINA, SUPERVISORS, "почему отключаем напоминания", "ждём деталь до обеда")
    assert "ждём деталь до обеда" in said(await desk.find(HELPDESK, "🔕"))
    assert "ждём деталь до обеда" in said(await desk.find(SUPERVISORS, "напоминания отключены"))
    await desk.press(MARINA, "Приоритет…", SUPERVISORS)
    await desk.press(MARINA, "P2", SUPERVISORS)
    await answer(desk, MARINA, SUPERVISORS, "почему P2", "стоит весь отдел")
    assert "P3 → P2. стоит весь отдел" in said(await desk.find(HELPDESK, "⚖️"))

    await desk.write(MARINA, "/queue", chat=SUPERVISORS)
    load = said(await desk.last(SUPERVISORS))
    assert "Первая линия · 1 заявка" in load
    assert "Олег Смирнов: 1" in load
    await desk.write(OLEG, "/my")
    assert "У вас в работе" in said(await desk.last(OLEG))
    assert "Тема" in buttons(await desk.last(OLEG))


async def test_a_walk_up_becomes_a_colleagues_ticket_by_one_command(desk: Desk) -> None:
    await desk.write(OLEG, "/ticket @boris Не включается монитор", chat=HELPDESK)
    card = await desk.find(BORIS, "Заявка 1")
    assert "Заявка открыта за вас. Автор: Олег Смирнов" in said(card)
    assert "Отменить заявку" in buttons(card)
    assert "Борис Петров" in said(await desk.find(HELPDESK, "1 · Не включается монитор"))


async def test_a_colleague_is_named_as_people_name_them(desk: Desk) -> None:
    await desk.write(OLEG, "/ticket петров Не включается монитор", chat=HELPDESK)
    assert await desk.find(BORIS, "Заявка 1")
    await desk.write(OLEG, "/ticket Сидоров Не включается монитор", chat=HELPDESK)
    assert "Не знаю, кто это: Сидоров" in said(await desk.last(HELPDESK))
    await desk.write(OLEG, "/ticket", chat=HELPDESK)
    assert "Кому и что случилось?" in (await desk.whispers(HELPDESK, OLEG))[-1]


async def test_the_queue_and_what_is_found_lead_to_the_topics(desk: Desk) -> None:
    await desk.write(OLEG, "/ticket @boris Не включается монитор", chat=HELPDESK)
    await desk.write(OLEG, "/queue", chat=HELPDESK)
    queue = await desk.last(HELPDESK)
    address = f"https://t.me/c/{str(HELPDESK).removeprefix('-100')}/{await desk.topic(HELPDESK, 1)}"
    assert [one.get("url") for one in queue["entities"] if one["type"] == "text_link"] == [address]
    for words in ("/find петров", "/find @boris", "/find монитор"):
        await desk.write(OLEG, words, chat=HELPDESK)
        found = await desk.last(HELPDESK)
        assert "1 · Не включается монитор" in said(found)
        assert address in [one.get("url") for one in found["entities"]]
    await desk.write(OLEG, "/find петров", chat=HELPDESK)
    assert "Заявки, Борис Петров" in said(await desk.last(HELPDESK))
