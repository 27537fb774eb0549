"""The bot learns from messages it did not understand: with their author's consent and an administrator's decision."""

from __future__ import annotations

from sqlalchemy import select

from bot.storage.schema import learnt_phrases, lessons, teaching
from tests.desk import ADMINS, ANNA, BORIS, IGOR, Desk, buttons, said

STRANGE = "бухтелка заглючила, тел. +7 916 123-45-67, спросить Бориса Петрова"
HOUR = 3600
WEEK = 7 * 86400  # from one Monday morning to the next


async def misunderstood(desk: Desk, person: int = ANNA, text: str = STRANGE) -> None:
    """An unknown message, for which its author chooses the printer."""
    await desk.write(person, text)
    offered = await desk.last(person)
    if any("Ничего из этого" in label or "Не то" in label for label in buttons(offered)):
        await desk.press(person, next(b for b in buttons(offered) if b in ("Ничего из этого", "Не то")))
    await desk.press(person, "🖨 Принтер")
    assert all("сохранять такие сообщения" not in said(message) for message in await desk.reads(person))
    await desk.fast_forward(HOUR)


async def test_what_was_not_understood_becomes_a_phrase_that_is_understood_at_once(desk: Desk) -> None:
    await misunderstood(desk)
    await desk.press(ANNA, "Да, можно")
    assert "помогут мне учиться" in said(await desk.find(ANNA, "/learning"))
    await desk.fast_forward(WEEK)

    told = said(await desk.find(ADMINS, "бухтелка"))
    assert "916" not in told
    assert "Петров" not in told
    assert "Принтер" in told
    await desk.press(IGOR, "Добавить во фразы: 🖨 Принтер", ADMINS)
    card = await desk.find(ADMINS, "бухтелка")
    assert "Игорь Волков" in said(card)
    again = await desk.forge(IGOR, ADMINS, card["message_id"], "l|add|1")
    assert "уже решено" in again["text"]
    phrases = await desk.db.read(lambda tx: tx.execute(select(learnt_phrases)).all())
    assert [(row.scenario, row.added_by) for row in phrases] == [("printer", phrases[0].added_by)]
    assert "916" not in phrases[0].phrase

    await desk.write(BORIS, "бухтелка заглючила, спросить")
    assert "Принтер" in said(await desk.last(BORIS)) or "🖨 Принтер" in buttons(await desk.last(BORIS))


async def test_nobody_but_an_administrator_teaches_the_bot(desk: Desk) -> None:
    await misunderstood(desk)
    await desk.press(ANNA, "Да, можно")
    await desk.fast_forward(WEEK)
    mine = await desk.last(ANNA)
    refused = await desk.forge(ANNA, ANNA, mine["message_id"], "l|add|1")
    assert "администратор" in refused["text"].lower()
    assert await desk.db.read(lambda tx: tx.execute(select(learnt_phrases)).all()) == []


async def test_without_consent_nothing_is_kept_and_the_question_comes_once(desk: Desk) -> None:
    await misunderstood(desk)
    await desk.press(ANNA, "Нет, не нужно")
    await desk.press(ANNA, "Отмена")
    await misunderstood(desk)
    asked = [m for m in await desk.reads(ANNA) if "сохранять такие сообщения" in said(m)]
    assert asked == []
    answers = await desk.db.read(lambda tx: tx.execute(select(teaching)).all())
    assert [(row.answer, row.at > 0) for row in answers] == [("no", True)]
    assert await desk.db.read(lambda tx: tx.execute(select(lessons)).all()) == []


async def test_who_thinks_better_of_it_takes_their_words_back(desk: Desk) -> None:
    await misunderstood(desk)
    await desk.press(ANNA, "Да, можно")
    assert len(await desk.db.read(lambda tx: tx.execute(select(lessons)).all())) == 1
    await desk.write(ANNA, "/learning")
    await desk.press(ANNA, "Больше не учиться")
    assert await desk.db.read(lambda tx: tx.execute(select(lessons)).all()) == []


async def test_a_person_who_speaks_english_is_asked_in_english(desk: Desk) -> None:
    await desk.write(ANNA, "/language")
    await desk.write(ANNA, "zorble is flumming")
    await desk.press(ANNA, "🖨 Printer")
    await desk.fast_forward(HOUR)
    await desk.press(ANNA, "Yes, you may")
    assert "help me learn" in said(await desk.find(ANNA, "/learning"))
