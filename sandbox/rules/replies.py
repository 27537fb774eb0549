"""reply_parameters: the replied message, quotes, and the resulting topic."""

from typing import Any

from sandbox.core.refusals import ApiError, refuse
from sandbox.core.wire import Args
from sandbox.core.world import Chat, Json, Message, World
from sandbox.rules.contents import content_of, origin_of
from sandbox.rules.entities import QUOTE_LIMIT, formatted
from sandbox.rules.gates import chat_of, thread_of
from sandbox.rules.html_dialect import utf16

# D ReplyParameters.quote, T td_api.tl inputTextQuote: these must be as they are in the message
KEPT_IN_QUOTES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji"})


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
    """TextQuote; the quoted text must be in the message exactly, with the same formatting (D ReplyParameters.quote)."""
    words = str(given["quote"])
    try:
        text, entities = formatted(words, given.get("quote_parse_mode"), given.get("quote_entities"), users)
    except ApiError as refused:
        raise refused from None
    if len(text) > QUOTE_LIMIT:
        raise refuse("quote_long")
    at = _whole(target).find(text)
    while at >= 0 and text:
        found = _formatting_of(target, at, text)
        if _formatting(entities) == found:
            return _shown(_whole(target), at, text, found)
        at = _whole(target).find(text, at + 1)
    raise refuse("quote_invalid")


def chosen(target: Message, words: str) -> Json:
    """TextQuote of words that a person has marked: their application sends the formatting along."""
    at = _whole(target).find(words)
    if at < 0:
        raise refuse("quote_invalid")
    return _shown(_whole(target), at, words, _formatting_of(target, at, words))


def _whole(target: Message) -> str:
    return str(target.body.get("text") or target.body.get("caption") or "")


def _shown(whole: str, at: int, text: str, entities: list[Json]) -> Json:
    shown: Json = {"text": text, "position": utf16(whole[:at]), "is_manual": True}
    return shown | ({"entities": entities} if entities else {})


def _formatting_of(target: Message, at: int, text: str) -> list[Json]:
    """The formatting of a part of a message, counted from the beginning of the part."""
    start = utf16(_whole(target)[:at])
    parts = []
    for entity in target.body.get("entities") or target.body.get("caption_entities") or ():
        first = max(entity["offset"] - start, 0)
        last = min(entity["offset"] + entity["length"] - start, utf16(text))
        if first < last:
            parts.append({**entity, "offset": first, "length": last - first})
    return _formatting(parts)


def _formatting(entities: list[Json]) -> list[Json]:
    kept = [entity for entity in entities if entity["type"] in KEPT_IN_QUOTES]
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"], entity["type"]))
