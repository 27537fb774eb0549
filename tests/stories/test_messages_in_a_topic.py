"""What the bot writes into the teams' chats for one ticket from claim to end, everything counted."""

from __future__ import annotations

from typing import Any

from tests.desk import ANNA, HELPDESK, NETWORK, NINA, OLEG, Desk

MINUTE = 60


async def the_bots(desk: Desk, chat: int) -> list[dict[str, Any]]:
    """All that the bot has made in a chat, deleted messages and service messages too."""
    found = await desk.look(f"chats/{chat}/messages")
    return [one for one in found if one.get("from", {}).get("is_bot")]


def kind(message: dict[str, Any]) -> str:
    """A message in one line."""
    words = str(message.get("text") or message.get("caption") or "").replace("\n", " ")[:60]
    service = next((name for name in message if name.startswith(("forum_topic", "pinned"))), "")
    return f"{'gone ' if message.get('deleted') else ''}{service or words}"


async def a_ticket_from_claim_to_end(desk: Desk) -> None:
    """Claim after reminders, ask, answer, hand over, solve: by buttons wherever there are some."""
    await desk.write(ANNA, "Шуршит и пахнет горелым картридж")
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


async def test_count(desk: Desk) -> None:
    await a_ticket_from_claim_to_end(desk)
    for chat in (HELPDESK, NETWORK):
        made = await the_bots(desk, chat)
        print(chat, len(made), len([1 for one in made if not one.get("deleted")]))
        for one in made:
            print("   ", one["message_id"], one.get("message_thread_id"), kind(one))
