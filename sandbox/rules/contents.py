"""What copies, forwards and replies keep of a message."""

from sandbox.core.refusals import refuse
from sandbox.core.world import ANONYMOUS_ADMIN, Json, Message

# What a message has beside its content; everything else is content, also of kinds that the sandbox does not know.
_ENVELOPE = frozenset({
    "message_id", "message_thread_id", "is_topic_message", "from", "sender_chat", "chat", "date", "edit_date",
    "forward_origin", "via_bot", "media_group_id", "has_protected_content", "author_signature", "reply_markup",
    "reply_to_message", "external_reply", "quote", "users_shared", "chat_shared", "web_app_data",
})  # fmt: skip
# D copyMessage: these cannot be copied
_NEVER_COPIED = frozenset({"paid_media", "giveaway", "giveaway_winners", "invoice", "checklist", "story"})


def content_of(message: Message) -> Json:
    """What a copy or a forward keeps of a message."""
    return {name: value for name, value in message.body.items() if name not in _ENVELOPE}


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
    never = quiz or not _NEVER_COPIED.isdisjoint(content)
    if message.service or not content or never or "has_protected_content" in message.body:
        raise refuse("not_copyable")
    return content


def forwarded(message: Message) -> Json:
    """Content for a forward, with its origin."""
    content = content_of(message)
    if message.service or not content or "has_protected_content" in message.body:
        raise refuse("not_forwardable")
    return {"forward_origin": origin_of(message), **content}
