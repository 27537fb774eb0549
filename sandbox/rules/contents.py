"""What copies, forwards and replies keep of a message."""

from sandbox.core.refusals import refuse
from sandbox.core.world import ANONYMOUS_ADMIN, Json, Message

CONTENT = (
    "text", "entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media",
    "has_media_spoiler", "photo", "document", "video", "video_note", "voice", "audio", "sticker", "animation",
    "contact", "location", "venue", "dice", "poll",
)  # fmt: skip


def content_of(message: Message) -> Json:
    """What a copy or a forward keeps of a message."""
    return {name: message.body[name] for name in CONTENT if name in message.body}


def origin_of(message: Message) -> Json:
    """MessageOrigin: a forward of a forward keeps the first origin."""
    body = message.body
    if "forward_origin" in body:
        kept: Json = body["forward_origin"]
        return kept
    date = body["date"]
    if "sender_chat" in body:
        kind = "channel" if body["sender_chat"]["type"] == "channel" else "chat"
        if kind == "channel":
            return {"type": kind, "chat": body["sender_chat"], "message_id": message.id, "date": date}
        return {"type": kind, "sender_chat": body["sender_chat"], "date": date}
    return {"type": "user", "sender_user": body.get("from", ANONYMOUS_ADMIN), "date": date}


def copied(message: Message) -> Json:
    """Content for a copy. Raises ApiError for what cannot be copied."""
    content = content_of(message)
    quiz = content.get("poll", {}).get("type") == "quiz" and "correct_option_id" not in content["poll"]
    if message.service or not content or quiz or "has_protected_content" in message.body:
        raise refuse("not_copyable")
    return content


def forwarded(message: Message) -> Json:
    """Content for a forward, with its origin."""
    content = content_of(message)
    if message.service or not content or "has_protected_content" in message.body:
        raise refuse("not_forwardable")
    return {"forward_origin": origin_of(message), **content}
