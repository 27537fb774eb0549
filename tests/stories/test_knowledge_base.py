"""The knowledge base over HTTP: found by two words, read with its picture, rated by its readers, closed to others."""

from __future__ import annotations

from bot.knowledge import readings
from tests.desk import ANNA, BORIS, HELPDESK, MARINA, OLEG, Desk, buttons, said

UNFORESEEN = "помощник по планированию"  # no scenario is certain, but an article matches


async def test_whoever_presses_instructions_types_a_word_and_reads(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "📖 Инструкции")
    assert "🖨 Принтер" in buttons(await desk.last(ANNA))
    await desk.write(ANNA, "очередь печати")
    found = await desk.last(ANNA)
    assert "очередь печати" in said(found)
    title = next(label for label in buttons(found) if "очеред" in label.casefold())
    await desk.press(ANNA, title)
    assert {"Помогло", "Не помогло, позвать человека"} <= set(buttons(await desk.last(ANNA)))
    assert "Помогло?" in said(await desk.last(ANNA))
    pictures = [message for message in await desk.reads(ANNA) if message.get("photo")]
    assert len(pictures) == 1
    await desk.press(ANNA, "Помогло")
    assert "Рады, что помогло" in said(await desk.last(ANNA))
    left = [message["message_id"] for message in await desk.reads(ANNA) if message.get("photo")]
    assert left == [message["message_id"] for message in pictures]
    (figures,) = await desk.db.read(readings.figures, 0)
    assert (figures.article, figures.read, figures.helped, figures.failed) == ("printer-queue", 1, 1, 0)


async def test_the_word_instruction_is_enough_and_what_follows_is_looked_up(desk: Desk) -> None:
    await desk.write(ANNA, "инструкция vpn")
    assert any("VPN" in label for label in buttons(await desk.last(ANNA)))
    await desk.write(ANNA, "/kb замяло бумагу")
    assert any("Замяло" in label for label in buttons(await desk.last(ANNA)))


async def test_an_article_that_did_not_help_opens_a_ticket_that_knows_it(desk: Desk) -> None:
    await desk.write(ANNA, "/kb замяло бумагу")
    await desk.press(ANNA, next(label for label in buttons(await desk.last(ANNA)) if "Замяло" in label))
    await desk.press(ANNA, "Не помогло, позвать человека")
    ticket = await desk.find(ANNA, "Заявка 1")
    assert "замяло бумагу" in said(ticket)
    assert "Уже проверено: Замяло бумагу" in said(ticket)
    assert "заявка 1" in said(await desk.find(ANNA, "Не помогло: инженер уже позван"))
    assert "Замяло бумагу" in said(await desk.find(HELPDESK, "Никто не взял"))
    (figures,) = await desk.db.read(readings.figures, 0)
    assert (figures.helped, figures.failed) == (0, 1)


async def test_nothing_found_is_said_and_the_words_go_their_usual_way(desk: Desk) -> None:
    await desk.write(ANNA, "/kb рецепт борща")
    assert "инструкций нет" in said(await desk.last(ANNA))
    assert await desk.db.read(readings.fruitless, 0) == [("рецепт борща", 1)]
    await desk.press(ANNA, "Позвать человека")
    assert "Передать инженеру" in buttons(await desk.last(ANNA))


async def test_words_of_danger_are_never_looked_up(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "📖 Инструкции")
    await desk.write(ANNA, "я ввёл пароль на фишинговом сайте")
    assert "Начать" in buttons(await desk.last(ANNA))


async def test_topics_are_leafed_through_in_one_message(desk: Desk) -> None:
    await desk.write(ANNA, "/kb")
    before = len(await desk.reads(ANNA))
    await desk.press(ANNA, "🖨 Принтер")
    assert any("Замяло" in label for label in buttons(await desk.last(ANNA)))
    await desk.press(ANNA, "← Все темы")
    assert "🖨 Принтер" in buttons(await desk.last(ANNA))
    assert len(await desk.reads(ANNA)) == before


async def test_an_employee_never_sees_an_engineers_article(desk: Desk) -> None:
    await desk.write(ANNA, "/kb bitlocker")
    assert not [label for label in buttons(await desk.last(ANNA)) if label.startswith("🛠")]
    await desk.write(OLEG, "/kb bitlocker")
    found = await desk.last(OLEG)
    instruction = next(label for label in buttons(found) if label.startswith("🛠"))
    await desk.press(OLEG, instruction)
    assert "BitLocker" in said(await desk.last(OLEG))
    stolen = next(
        button["callback_data"]
        for row in found["reply_markup"]["inline_keyboard"]
        for button in row
        if button["text"] == instruction
    )
    hers = await desk.find(ANNA, "bitlocker")
    number = (await desk.db.read(readings.find_search, 1)).id
    forged = "|".join([*stolen.split("|")[:2], str(number), stolen.split("|")[3]])
    answer = await desk.forge(ANNA, ANNA, hers["message_id"], forged)
    assert "инженеров" in answer["text"]
    assert (await desk.forge(BORIS, BORIS, 1, stolen))["text"] == "Эта кнопка здесь не действует."
    assert "BitLocker" not in "".join(said(message) for message in await desk.reads(ANNA))


async def open_a_printer_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")
    return await desk.topic(HELPDESK, 1)


async def test_an_engineer_sends_the_instruction_that_fits_and_hears_whether_it_helped(desk: Desk) -> None:
    topic = await open_a_printer_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.press(OLEG, "Инструкция", HELPDESK)
    listed = buttons(await desk.last(HELPDESK, topic))
    assert listed[0].startswith("🛠")
    await desk.press(OLEG, listed[0], HELPDESK)
    assert "Отправить сотруднику" not in buttons(await desk.last(HELPDESK, topic))
    await desk.press(OLEG, next(label for label in listed if "очеред" in label.casefold()), HELPDESK)
    await desk.press(OLEG, "Отправить сотруднику", HELPDESK)
    sent = await desk.find(ANNA, "Олег советует")
    assert buttons(sent)[:2] == ["Помогло", "Не помогло"]
    again = await desk.press(OLEG, "Отправить сотруднику", HELPDESK)
    assert "уже отправили" in again["text"]
    await desk.press(ANNA, "Не помогло")
    assert "не помогла" in said(await desk.last(HELPDESK, topic))
    assert "Ответим" not in said(await desk.find(ANNA, "Заявка 1"))


async def test_words_after_kb_in_a_topic_are_looked_up_beside_its_ticket(desk: Desk) -> None:
    topic = await open_a_printer_ticket(desk)
    await desk.write(OLEG, "/kb замяло бумагу", chat=HELPDESK, thread=topic)
    found = await desk.last(HELPDESK, topic)
    await desk.press(OLEG, next(label for label in buttons(found) if "Замяло" in label), HELPDESK)
    assert buttons(await desk.last(HELPDESK, topic))[0] == "Отправить сотруднику"


async def test_whoever_turns_to_a_scenario_answers_the_scenario(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "📖 Инструкции")
    await desk.press(ANNA, "💻 Программа не запускается")  # a topic of the knowledge base
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "💻 Программа не запускается")
    await desk.press(ANNA, "Другая")
    await desk.write(ANNA, "автокад")
    assert "Диспетчер задач" in said(await desk.last(ANNA))


async def test_thanks_are_nothing_to_look_up(desk: Desk) -> None:
    await desk.write(ANNA, "/kb")
    await desk.write(ANNA, "спасибо")
    assert "Пожалуйста" in said(await desk.last(ANNA))


async def test_a_supervisor_reads_what_was_read_and_what_helped(desk: Desk) -> None:
    await desk.write(ANNA, "/kb замяло бумагу")
    await desk.press(ANNA, next(label for label in buttons(await desk.last(ANNA)) if "Замяло" in label))
    await desk.press(ANNA, "Помогло")
    await desk.write(MARINA, "/figures")
    assert "printer-jam" in said(await desk.last(MARINA))
    assert "100 %" in said(await desk.last(MARINA))


async def test_words_that_fit_no_scenario_are_looked_up_with_one_press(desk: Desk) -> None:
    await desk.write(ANNA, UNFORESEEN)
    await desk.press(ANNA, "📖 Поискать в инструкциях")
    assert [label for label in buttons(await desk.last(ANNA)) if label.startswith("📖")]
