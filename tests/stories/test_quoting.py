"""An answer that quotes: the quote arrives as it was marked, and an answer never depends on its quote."""

from __future__ import annotations

from tests.desk import ANNA, HELPDESK, OLEG, Desk, said


async def a_ticket(desk: Desk) -> int:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    return await desk.topic(HELPDESK, 1)


async def quote(desk: Desk, topic: int, words: str, text: str) -> None:
    copy = await desk.find(HELPDESK, words)
    answer = {"chat": HELPDESK, "thread": topic, "reply_to": copy["message_id"], "quote": words}
    await desk.write(OLEG, text, **answer)


async def test_an_answer_that_quotes_bold_words_arrives_with_its_quote(desk: Desk) -> None:
    topic = await a_ticket(desk)
    words = "🖨 <b>Fatal <i>error</i></b> 0x80 in <code>spool.exe</code>"
    written = await desk.write(ANNA, words, parse_mode="HTML")
    await quote(desk, topic, "error 0x80 in spool", "Это из-за очереди")
    read = await desk.find(ANNA, "Это из-за очереди")
    assert read["reply_to_message"]["message_id"] == written["message_id"]
    assert read["quote"] == {
        "text": "error 0x80 in spool",
        "position": 9,
        "is_manual": True,
        "entities": [
            {"type": "bold", "offset": 0, "length": 5},
            {"type": "italic", "offset": 0, "length": 5},
        ],
    }


async def test_an_answer_whose_quote_telegram_refuses_arrives_without_it(desk: Desk) -> None:
    topic = await a_ticket(desk)
    written = await desk.write(ANNA, "Пишет ошибку 0x80")
    refusal = {"kind": "error", "method": "editMessageText", "chat": HELPDESK, "error_code": 400}
    await desk.sim("faults", refusal | {"description": "Bad Request: message can't be edited"})
    await desk.sim("edit", {"from": ANNA, "message_id": written["message_id"], "text": "Пишет 0x81"})
    await desk.settle()
    await quote(desk, topic, "ошибку 0x80", "Это из-за очереди")
    read = await desk.find(ANNA, "Это из-за очереди")
    assert read["reply_to_message"]["message_id"] == written["message_id"]
    assert "quote" not in read
    assert not [one for one in await desk.reads(HELPDESK) if "Не доставлено" in said(one)]
