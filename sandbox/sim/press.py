"""/sim/press and /sim/inline: people press buttons and query inline, and wait for the bot's answer."""

import asyncio
from typing import Any

from sandbox.core.box import Box
from sandbox.core.queries import INLINE_WINDOW, Query
from sandbox.core.world import Account, Chat, Json, Message
from sandbox.rules.entities import formatted
from sandbox.rules.keyboards import read_markup
from sandbox.rules.posting import post, public
from sandbox.sim.asked import Wrong, chat_of, flag, must_be_in, number, person_of, real

WAIT = 10.0  # real seconds


async def press(box: Box, body: Json) -> Json:
    """Press a button by its label or with any `data`; `inaccessible` hides the message from the bot."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    must_be_in(chat, person)
    message = _pressed(chat, body)
    data = body.get("data")
    if data is None:
        button = _button(message, body)
        if "callback_data" not in button:
            return _without_callback(button)
        data = button["callback_data"]
    query = box.queries.ask(person.id, chat.id)
    update: Json = {
        "id": query.id,
        "from": public(person.user),
        "message": _shown(chat, message, body),
        "chat_instance": str(abs(chat.id) * 7_919 + 1_000_003),
        "data": str(data),
    }
    wanted = box.updates.add("callback_query", update, f"user{person.id}", chat.id)
    return await _answer(query, body, wait=wanted is not None)


def _pressed(chat: Chat, body: Json) -> Message | None:
    if body.get("ephemeral_message_id") is not None:
        return chat.ephemeral.get(number(body, "ephemeral_message_id"))
    return chat.messages.get(number(body, "message_id"))


def _button(message: Message | None, body: Json) -> Json:
    if message is None or message.deleted:
        raise Wrong(f"no message {body.get('message_id')} to press a button on", 404)
    words = str(body.get("button", ""))
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    for row in rows:
        for button in row:
            if button["text"] == words:
                found: Json = button
                return found
    there = ", ".join(repr(button["text"]) for row in rows for button in row)
    raise Wrong(f"no button {words!r} on message {message.id}; there are: {there or 'none'}", 404)


def _without_callback(button: Json) -> Json:
    """Buttons handled by the client: the bot gets nothing."""
    copied = button.get("copy_text", {}).get("text")
    answer: Json = {"answered": False, "text": None, "show_alert": False, "url": button.get("url")}
    return answer | ({"copied": copied} if copied else {})


def _shown(chat: Chat, message: Message | None, body: Json) -> Json:
    if message is None or message.deleted or flag(body, "inaccessible"):
        return {"chat": chat.picture(), "message_id": int(body.get("message_id") or 0), "date": 0}
    return message.picture()


async def _answer(query: Query, body: Json, wait: bool) -> Json:
    nothing: Json = {"answered": False, "text": None, "show_alert": False, "url": None, "query_id": query.id}
    if not wait:
        return nothing
    timeout = real(body.get("timeout", WAIT), "timeout")
    try:
        async with asyncio.timeout(timeout):
            given = await asyncio.shield(query.answer)
    except TimeoutError:
        return nothing
    return {"answered": True, **given, "query_id": query.id}


async def inline(box: Box, body: Json) -> Json:
    """Query `@bot query`; with `choose` (an index) send that result into `chat` via the bot."""
    person = person_of(box.world, body)
    if not box.world.bot["supports_inline_queries"]:
        raise Wrong("the bot has no inline mode")
    chat = chat_of(box.world, body, default=person.id)
    query = box.queries.ask(person.id, chat.id, INLINE_WINDOW)
    kind = "sender" if chat.id == person.id else chat.type
    update: Json = {
        "id": query.id,
        "from": public(person.user),
        "query": str(body.get("query", "")),
        "offset": str(body.get("offset", "")),
        "chat_type": kind,
    }
    wanted = box.updates.add("inline_query", update, f"user{person.id}", chat.id)
    answer = await _answer(query, body, wait=wanted is not None)
    if answer["answered"] and body.get("choose") is not None:
        answer["message"] = _choose(
            box, chat, person, answer["results"], number(body, "choose"), update["query"]
        )
    return answer


def _choose(box: Box, chat: Chat, person: Account, results: list[Any], index: int, asked: str) -> Json:
    if not 0 <= index < len(results):
        raise Wrong(f"no result {index}; there are {len(results)}", 404)
    result = results[index]
    written = result["input_message_content"]
    text, found = formatted(
        written["message_text"], written.get("parse_mode"), written.get("entities"), box.world.users
    )
    content: Json = {"via_bot": public(box.world.bot), "text": text, **({"entities": found} if found else {})}
    markup = read_markup(result.get("reply_markup"), inline_only=True)
    must_be_in(chat, person)
    message = post(box, chat, person.user, person.id, content, markup=markup)
    chosen: Json = {"result_id": result["id"], "from": public(person.user), "query": asked}
    box.updates.add("chosen_inline_result", chosen, f"user{person.id}", chat.id)
    return message.transcript()
