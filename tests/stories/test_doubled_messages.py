"""Telegram accepted a message but its answer was lost, so it was sent again: a reply to either copy counts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.storage.schema import history, outages, tickets
from bot.telegram import posts
from tests.desk import ANNA, BORIS, HELPDESK, IGOR, MARINA, OLEG, SVETA, Desk, buttons, said

CARTRIDGE = "Шуршит и поскрипывает полка"


async def lose_the_answer(desk: Desk, method: str, chat: int) -> None:
    await desk.sim("faults", {"kind": "drop_after", "method": method, "chat": chat})


async def copies(desk: Desk, chat: int, words: str) -> list[dict[str, Any]]:
    """What the bot said with these words, the board aside, which names tickets too."""
    found = [one for one in await desk.reads(chat) if words in said(one) and one["from"]["is_bot"]]
    return [one for one in found if "Доска:" not in said(one)]


async def both(desk: Desk, chat: int, words: str) -> list[dict[str, Any]]:
    """The two copies, once the second one is sent."""
    await desk.fast_forward(70)
    found = await copies(desk, chat, words)
    assert len(found) == 2, [said(one) for one in await desk.reads(chat)]
    return found


async def a_plain_group(desk: Desk) -> int:
    """From now on the team's chat is a group without topics."""
    people = {"members": [OLEG, SVETA, IGOR], "admins": [OLEG]}
    group = int((await desk.sim("chats", {"type": "group", "title": "Простая группа", **people}))["id"])
    await desk.write(IGOR, "/bind helpdesk", chat=group)
    return group


@pytest.fixture(params=["forum", "plain"])
async def group(request: pytest.FixtureRequest, desk: Desk) -> int:
    return HELPDESK if request.param == "forum" else await a_plain_group(desk)


async def a_ticket(desk: Desk) -> None:
    await desk.write(ANNA, CARTRIDGE)
    await desk.press(ANNA, "Передать инженеру")


async def a_second_ticket(desk: Desk) -> None:
    """A second ticket, so that the choice between them matters."""
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Не печатает")
    await desk.press(ANNA, "Позвать человека")


async def a_doubled_card(desk: Desk, group: int) -> dict[str, Any]:
    """Oleg's ticket, whose card has a second copy that the bot does not know of."""
    await lose_the_answer(desk, "sendMessage", group)
    await a_ticket(desk)
    first, second = await both(desk, group, "1 ·")
    place = {"from": OLEG, "chat": group}
    await desk.sim("press", place | {"message_id": second["message_id"], "button": "Взять"})
    await desk.settle()
    return first


async def answer(desk: Desk, person: int, target: dict[str, Any], words: str = "", **more: Any) -> Any:
    thread = {"thread": target["message_thread_id"]} if target.get("is_topic_message") else {}
    where = {"chat": target["chat"]["id"], "reply_to": target["message_id"]}
    return await desk.write(person, words, **where, **thread, **more)


async def actions(desk: Desk) -> list[str]:
    return list(
        await desk.db.read(lambda tx: tx.scalars(select(history.c.action).order_by(history.c.id)).all())
    )


async def test_an_answer_to_either_copy_of_a_doubled_card_reaches_the_employee(
    desk: Desk, group: int
) -> None:
    await lose_the_answer(desk, "sendMessage", group)
    await a_ticket(desk)
    first, second = await both(desk, group, "1 ·")
    await answer(desk, OLEG, first, "Уже иду")
    await answer(desk, OLEG, second, "Почти дошёл")
    assert [said(one) for one in await desk.reads(ANNA)][-2:] == ["Олег · заявка 1\nУже иду", "Почти дошёл"]
    assert "note" not in await actions(desk)
    left = [one["message_id"] for one in await copies(desk, group, "1 ·")]
    assert left == [second["message_id"]], "the copy that was found is gone"


async def test_a_press_on_either_copy_of_a_doubled_card_is_a_press_on_the_card(
    desk: Desk, group: int
) -> None:
    await lose_the_answer(desk, "sendMessage", group)
    await a_ticket(desk)
    first, second = await both(desk, group, "1 ·")
    place = {"from": OLEG, "chat": group}
    await desk.sim("press", place | {"message_id": first["message_id"], "button": "Взять"})
    await desk.settle()
    (state,) = await desk.db.read(lambda tx: tx.scalars(select(tickets.c.state)).all())
    assert state == "claimed"
    (shown,) = [one for one in await desk.reads(group) if one["message_id"] == second["message_id"]]
    assert "Решено" in buttons(shown)
    assert first["message_id"] not in [one["message_id"] for one in await desk.reads(group)]


async def test_a_card_whose_first_copy_is_all_there_is_so_far_is_answered_too(desk: Desk, group: int) -> None:
    """Telegram shows the first copy at once; the second may wait for minutes under the limits of a group."""
    await a_ticket(desk)
    card = await desk.find(group, "1 ·")
    await desk.db.run(posts.forget, "team:helpdesk", "team_card", "ticket:1")
    await answer(desk, OLEG, card, "Уже иду")
    await answer(desk, OLEG, card, "Почти дошёл")
    assert [said(one) for one in await desk.reads(ANNA)][-2:] == ["Олег · заявка 1\nУже иду", "Почти дошёл"]
    assert len(await copies(desk, group, "1 ·")) == 1


@pytest.mark.parametrize(
    "word", [{"text": "Стало ещё хуже"}, {"photo": {}, "caption": "Вот так"}, {"sticker": {}}]
)
async def test_an_answer_to_either_copy_of_doubled_words_reaches_the_employee(
    desk: Desk, group: int, word: dict[str, Any]
) -> None:
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", group)
    await lose_the_answer(desk, "copyMessage", group)
    await desk.write(ANNA, **word)
    await desk.fast_forward(70)
    kind = next(iter(word))
    first, second = [one for one in await desk.reads(group) if kind in one and said(one) == said(word)]
    await answer(desk, OLEG, first, "Вижу")
    await answer(desk, OLEG, second, "Сейчас поправлю")
    received = (await desk.reads(ANNA))[-2:]
    assert [said(one) for one in received] == ["Олег · заявка 1\nВижу", "Сейчас поправлю"]
    assert all(kind in one["reply_to_message"] for one in received), "both answer what Anna wrote"


async def test_an_answer_to_either_copy_of_an_engineers_words_belongs_to_their_ticket(
    desk: Desk, group: int
) -> None:
    await a_ticket(desk)
    await a_second_ticket(desk)
    card = await desk.find(group, "1 ·")
    await lose_the_answer(desk, "sendMessage", ANNA)  # it is signed, because she has two tickets
    await answer(desk, OLEG, card, "Какой кабинет?")
    first, _ = await both(desk, ANNA, "Какой кабинет?")
    await answer(desk, ANNA, first, "Двести второй")
    found = await desk.find(group, "Двести второй")
    assert found["reply_to_message"]["text"] == "Какой кабинет?"


async def test_the_question_is_asked_by_an_answer_to_the_lost_copy_of_the_card_that_asks(
    desk: Desk, group: int
) -> None:
    first = await a_doubled_card(desk, group)
    await desk.press(OLEG, "Спросить", group)
    await answer(desk, OLEG, first, "Какая модель?")
    assert await desk.find(ANNA, "Какая модель?")
    assert "ask" in await actions(desk)


async def test_the_reason_is_taken_from_an_answer_to_the_lost_copy_of_the_card_that_asks(
    desk: Desk, group: int
) -> None:
    first = await a_doubled_card(desk, group)
    await desk.press(OLEG, "Передать…", group)
    await desk.press(OLEG, "Сеть", group)
    await answer(desk, OLEG, first, "Нужна новая розетка")
    assert "transfer" in await actions(desk)


async def test_what_helped_is_taken_from_an_answer_to_either_copy_of_the_card_that_asks(
    desk: Desk, group: int
) -> None:
    first = await a_doubled_card(desk, group)
    await desk.press(OLEG, "Решено", group)
    await answer(desk, OLEG, first, "Заменил картридж")
    assert "helped" in await actions(desk)


async def test_an_answer_to_a_list_of_ours_stays_inside(desk: Desk, group: int) -> None:
    """They are not the card: replies to them must not reach the employee, with one copy or two."""
    await a_ticket(desk)
    await desk.press(OLEG, "Взять", group)
    before = [said(one) for one in await desk.reads(ANNA)]
    await lose_the_answer(desk, "sendMessage", group)
    await desk.write(OLEG, "/queue", chat=group)
    await desk.fast_forward(70)
    menus = [one for one in await copies(desk, group, "Первая линия") if "1 ·" in said(one)]
    assert len(menus) == 2
    for menu in menus:
        await answer(desk, OLEG, menu, "Это между нами")
    await desk.write(SVETA, "Картридж на складе", chat=group)
    assert [said(one) for one in await desk.reads(ANNA)] == before


async def test_an_answer_to_what_an_engineer_forwarded_stays_inside(desk: Desk, group: int) -> None:
    """A card that an engineer forwarded into the topic is the engineer's message."""
    await a_ticket(desk)
    card = await desk.find(group, "1 ·")
    before = [said(one) for one in await desk.reads(ANNA)]
    thread = {"thread": card["message_thread_id"]} if card.get("is_topic_message") else {}
    origin = {"type": "user", "sender_user": card["from"], "date": card["date"]}
    forwarded = await desk.write(SVETA, said(card), chat=group, forward_origin=origin, **thread)
    await answer(desk, OLEG, forwarded, "Это между нами")
    assert [said(one) for one in await desk.reads(ANNA)] == before


async def test_the_same_words_in_two_tickets_of_a_plain_group_are_not_guessed_about(desk: Desk) -> None:
    group = await a_plain_group(desk)
    for person in (ANNA, BORIS):
        await desk.write(person, CARTRIDGE)
        await desk.press(person, "Передать инженеру")
    await lose_the_answer(desk, "copyMessage", group)
    await desk.write(ANNA, "Спасибо, жду")
    await desk.fast_forward(70)
    await desk.write(BORIS, "Спасибо, жду")
    await desk.fast_forward(70)
    found = [one for one in await copies(desk, group, "Спасибо, жду") if said(one) == "Спасибо, жду"]
    assert len(found) == 3
    await answer(desk, OLEG, found[0], "Иду")
    assert "Иду" not in [said(one) for person in (ANNA, BORIS) for one in await desk.reads(person)]
    assert "никому не передан" in said(await desk.last(group))


async def test_a_supervisor_answers_either_copy_of_a_question_about_an_outage(desk: Desk) -> None:
    await lose_the_answer(desk, "sendMessage", MARINA)
    await desk.write(MARINA, "/outage printing")
    found = await both(desk, MARINA, "?")
    await answer(desk, MARINA, found[0], "Принтеры на втором этаже не печатают")
    told = await desk.db.read(lambda tx: tx.scalars(select(outages.c.words)).all())
    assert told == ["Принтеры на втором этаже не печатают"]


async def two_topics(desk: Desk) -> list[int]:
    """The ticket's topics, the one that the bot does not know first."""
    await lose_the_answer(desk, "createForumTopic", HELPDESK)
    await a_ticket(desk)
    await desk.fast_forward(70)
    found = [one["message_id"] for one in await desk.reads(HELPDESK) if "forum_topic_created" in one]
    assert len(found) == 2
    return found


async def test_words_written_in_the_second_topic_of_a_ticket_are_not_lost(desk: Desk) -> None:
    twin, own = await two_topics(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(OLEG, "Ролики кончились", chat=HELPDESK, thread=twin)
    assert "заявку 1, разговор идёт в её теме" in said((await desk.reads(HELPDESK, twin))[-2])
    assert "forum_topic_closed" in await desk.last(HELPDESK, twin)
    assert "note" in await actions(desk), "the words are the ticket's"
    await desk.write(OLEG, "/why", chat=HELPDESK, thread=twin)
    assert not any("forum_topic_closed" in one for one in await desk.reads(HELPDESK, own))


async def test_a_topic_of_a_stranger_is_nobodys_ticket(desk: Desk) -> None:
    await a_ticket(desk)
    own = await desk.sim("topic", {"chat": HELPDESK, "from": IGOR, "action": "create", "name": "1 · наш чай"})
    await desk.write(OLEG, "Кто купит чай?", chat=HELPDESK, thread=own["message_thread_id"])
    assert "note" not in await actions(desk)
