"""reply_parameters: the replied message, quotes, and the resulting topic."""

from typing import Any

from sandbox.core.refusals import ApiError, refuse
from sandbox.core.wire import Args
from sandbox.core.world import Chat, Json, Message, World
from sandbox.rules.contents import content_of, origin_of
from sandbox.rules.entities import QUOTE_LIMIT, formatted
from sandbox.rules.gates import chat_of, thread_of
from sandbox.rules.html_dialect import utf16


def place(world: World, chat: Chat, args: Args) -> tuple[int | None, Json | None]:
    """Topic and reply of a message to be sent. Raises ApiError."""
    thread = thread_of(chat, args.get("message_thread_id"))
    given = args.get("reply_parameters")
    if given is None and args.get("reply_to_message_id"):
        given = {
            "message_id": args["reply_to_message_id"],
            "allow_sending_without_reply": args.get("allow_sending_without_reply", False),
        }
    if given is None:
        return thread, None
    if not isinstance(given, dict):
        raise refuse("json_field", field="reply parameters")
    if given.get("message_id") is None:
        raise refuse("field_missing", field="message_id")
    return _answer(world, chat, thread, given)


def _answer(world: World, chat: Chat, thread: int | None, given: Json) -> tuple[int | None, Json | None]:
    source = chat
    if given.get("chat_id") not in (None, "", chat.id, str(chat.id)):
        source = chat_of(world, _number(given["chat_id"]))
    target = source.messages.get(_number(given["message_id"]) or 0)
    if target is None or target.deleted:
        if given.get("allow_sending_without_reply") in (True, "true") and source is chat:
            return thread, None
        raise refuse("reply_unknown")
    if source is chat and (thread is None or target.thread == thread or target.id == thread):
        reply: Json = {"to": target.id}
        thread = target.thread if thread is None and chat.is_forum else thread
    else:
        reply = {"external_reply": external(target)}
    if given.get("quote"):
        reply["quote"] = quote(target, given, users={})
    return thread, reply


def _number(value: Any) -> Any:
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


def external(target: Message) -> Json:
    """ExternalReplyInfo of a message from another chat or topic."""
    shown: Json = {"origin": origin_of(target), "chat": target.body["chat"], "message_id": target.id}
    media = {
        name: value
        for name, value in content_of(target).items()
        if name not in ("text", "entities", "caption", "caption_entities")
    }
    return shown | media


def quote(target: Message, given: Json, users: dict[int, Json]) -> Json:
    """TextQuote; the quoted text must be in the message exactly."""
    words = str(given["quote"])
    try:
        text, entities = formatted(words, given.get("quote_parse_mode"), given.get("quote_entities"), users)
    except ApiError as refused:
        raise refused from None
    if len(text) > QUOTE_LIMIT:
        raise refuse("quote_long")
    whole = str(target.body.get("text") or target.body.get("caption") or "")
    at = whole.find(text)
    if at < 0 or not text:
        raise refuse("quote_invalid")
    shown: Json = {"text": text, "position": utf16(whole[:at]), "is_manual": True}
    if entities:
        shown["entities"] = entities
    return shown
