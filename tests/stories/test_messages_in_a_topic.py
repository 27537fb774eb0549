"""What the bot writes into the teams' chats for one ticket from claim to end, everything counted."""

from __future__ import annotations

from typing import Any

from tests.desk import ANNA, HELPDESK, NETWORK, NINA, OLEG, SVETA, Desk, said

MINUTE = 60


async def the_bots(desk: Desk, chat: int) -> list[dict[str, Any]]:
    """All that the bot has made in a chat, deleted messages and service messages too."""
    found = await desk.look(f"chats/{chat}/messages")
    return [one for one in found if one.get("from", {}).get("is_bot")]


async def a_ticket_from_claim_to_end(desk: Desk) -> None:
    """Claim after reminders, ask, answer, hand over, solve: by buttons wherever there are some."""
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.fast_forward(57 * MINUTE)
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.fast_forward(52 * MINUTE)
    await desk.press(OLEG, "Спросить", HELPDESK)
    prompt = await desk.find(HELPDESK, "напишите вопрос")
    await desk.write(
        OLEG,
        "Какой номер на наклейке?",
        chat=HELPDESK,
        thread=prompt["message_thread_id"],
        reply_to=prompt["message_id"],
    )
    await desk.write(ANNA, "PRN-3-02")
    await desk.fast_forward(6 * MINUTE)
    await desk.press(OLEG, "Передать…", HELPDESK)
    await desk.press(OLEG, "Сеть", HELPDESK)
    prompt = await desk.find(HELPDESK, "что уже известно")
    note = {"chat": HELPDESK, "thread": prompt["message_thread_id"], "reply_to": prompt["message_id"]}
    await desk.write(OLEG, "Порт 12 мёртв", **note)
    await desk.press(NINA, "Взять", NETWORK)
    await desk.press(NINA, "Решено", NETWORK)
    await desk.press(ANNA, "Да, спасибо")
    await desk.fast_forward(10 * MINUTE)


BEFORE = 21  # messages of the bot for this ticket in both topics, when each question, menu and alarm was one of its own
STAY = 8
"""Two topics, two cards, the first words, the answer to the question; and two that go by themselves: the reminder that nobody
has claimed it, and the service message of the topic's new name."""
LOUD = 3  # loud reminders besides the first one


async def made_and_left(desk: Desk) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    made = [one for chat in (HELPDESK, NETWORK) for one in await the_bots(desk, chat)]
    left = [one for one in made if not one.get("deleted")]
    print(f"\n{len(made)} made, {len(left)} left to read")
    return made, left


async def test_a_ticket_from_claim_to_end_is_eight_messages_where_it_was_twenty_one(desk: Desk) -> None:
    for engineer in (OLEG, SVETA, NINA):
        await desk.write(engineer, "/my")
    await a_ticket_from_claim_to_end(desk)
    made, left = await made_and_left(desk)
    assert len(left) <= BEFORE // 3
    assert len(made) == STAY
    assert not [one for one in left if "pinned_message" in one or "forum_topic_edited" in one]
    assert not await desk.look("calls?method=pinChatMessage"), "the card is in sight"
    calls = [one for person in (OLEG, SVETA) for one in await the_bots(desk, person) if "⏰" in said(one)]
    assert len(calls) == LOUD + 1, "the last one calls the holder and the lead"
    assert all(one["deleted"] for one in calls), "what is done calls nobody"


async def test_engineers_who_never_opened_a_private_chat_are_named_in_the_topic(desk: Desk) -> None:
    await a_ticket_from_claim_to_end(desk)
    made, left = await made_and_left(desk)
    assert len(left) <= BEFORE // 3
    assert len(made) == STAY + LOUD


async def test_a_card_is_pinned_once_when_the_talk_has_moved_it_out_of_sight(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    for word in ("картридж новый", "всё равно пахнет", "и бумага мятая", "что делать?"):
        await desk.write(ANNA, word)
        await desk.fast_forward(MINUTE)
    card = await desk.find(HELPDESK, "1 · Шуршит")
    calls = [one["args"]["message_id"] for one in await desk.look("calls?method=pinChatMessage")]
    assert calls == [card["message_id"]]
