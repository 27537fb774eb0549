"""/sim/note: what an author's tool says about a message, or above all chats. No chat member and no bot reads it."""

from sandbox.core.box import Box
from sandbox.core.world import Json
from sandbox.sim.asked import chat_of, message_of


def note(box: Box, body: Json) -> Json:
    """Put a note on a message; without `chat` above all columns. An empty text takes it away."""
    text = str(body.get("text") or "")
    if body.get("chat") is None:
        box.notice = text
        box.events.tell("notice", text)
        return {"noted": bool(text)}
    chat = chat_of(box.world, body)
    message = message_of(chat, body)
    message.note = text or None
    box.events.tell("message", {"chat": chat.id, "message": message.transcript()})
    return {"noted": bool(text)}
