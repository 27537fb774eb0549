"""copyMessage(s) and forwardMessage(s)."""

from typing import TYPE_CHECKING

from bot.sandbox.api.deliver import caption_content, deliver
from bot.sandbox.gates import (
    allowed_kind,
    chat_of,
    known_chat,
    message_ids,
    message_of,
    open_thread,
    thread_of,
    writable_chat,
)
from bot.sandbox.posting import content_of, origin_of, post
from bot.sandbox.refusals import refuse
from bot.sandbox.table import CAPTIONED, SENDING, method
from bot.sandbox.wire import CHAT, FLAG, INT, JSON, Args
from bot.sandbox.world import Chat, Json, Message

if TYPE_CHECKING:
    from bot.sandbox.box import Box

MANY = {
    "chat_id": CHAT,
    "message_thread_id": INT,
    "from_chat_id": CHAT,
    "message_ids": JSON,
    "disable_notification": FLAG,
    "protect_content": FLAG,
    "remove_caption": FLAG,
}


def _source(box: "Box", args: Args) -> Chat:
    source = Args()
    source["chat_id"] = args.get("from_chat_id")
    return known_chat(box, source)


def copied(message: Message) -> Json:
    """Content for a copy. Raises Refused for what cannot be copied."""
    content = content_of(message)
    quiz = content.get("poll", {}).get("type") == "quiz" and "correct_option_id" not in content["poll"]
    if message.service or not content or quiz or "has_protected_content" in message.body:
        raise refuse("not_copyable")
    return content


@method("copyMessage", _sending=SENDING, _caption=CAPTIONED, from_chat_id=CHAT, message_id=INT)
def copy_message(box: "Box", args: Args) -> Json:
    chat_of(box, args.get("chat_id"))
    source = _source(box, args)
    content = copied(message_of(source, args.get("message_id", 0), "copy_unknown"))
    if "caption" in args and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= caption_content(box, args)
    return {"message_id": deliver(box, args, content).id}


@method("forwardMessage", _sending=SENDING, from_chat_id=CHAT, message_id=INT)
def forward_message(box: "Box", args: Args) -> Message:
    chat = writable_chat(box, args)
    message = message_of(_source(box, args), args.get("message_id", 0), "forward_unknown")
    return _forward(box, chat, args, [forwarded(message)])[0]


def forwarded(message: Message) -> Json:
    """Content for a forward, with where it came from."""
    content = content_of(message)
    if message.service or not content or "has_protected_content" in message.body:
        raise refuse("not_forwardable")
    return {"forward_origin": origin_of(message), **content}


def _forward(box: "Box", chat: Chat, args: Args, contents: list[Json]) -> list[Message]:
    """All of them or none: a place under the limits is taken for the whole list."""
    thread = thread_of(chat, args.get("message_thread_id"))
    open_thread(chat, thread)
    for content in contents:
        allowed_kind(box, chat, content)
    box.flood.spend(chat, len(contents))
    kept = {"has_protected_content": True} if args.get("protect_content") else {}
    bot = box.world.bot
    return [
        post(box, chat, bot, box.world.bot_id, {**content, **kept}, thread=thread) for content in contents
    ]


def _present(source: Chat, numbers: list[int]) -> list[Message]:
    found = [source.messages[number] for number in numbers if number in source.messages]
    return [
        message for message in found if not message.deleted and not message.service and content_of(message)
    ]


def _together(box: "Box", message: Message, found: list[Message]) -> Json:
    """An album stays one, under a new number: "album grouping is kept for copied messages" (Bot API)."""
    group = message.body.get("media_group_id")
    mates = [one for one in found if group and one.body.get("media_group_id") == group]
    if len(mates) < 2:
        return {}
    if message is mates[0]:
        box.albums += 1
    return {"media_group_id": str(13_000_000_000 + box.albums)}


@method("copyMessages", _many=MANY)
def copy_messages(box: "Box", args: Args) -> list[Json]:
    numbers = message_ids(args.get("message_ids"))
    chat = writable_chat(box, args)
    found = _present(_source(box, args), numbers)
    contents = [copied(message) | _together(box, message, found) for message in found]
    if not contents:
        raise refuse("copy_unknown")
    if args.get("remove_caption"):
        contents = [
            {name: value for name, value in one.items() if not name.startswith("caption")} for one in contents
        ]
    return [{"message_id": message.id} for message in _forward(box, chat, args, contents)]


@method("forwardMessages", _many=MANY)
def forward_messages(box: "Box", args: Args) -> list[Json]:
    numbers = message_ids(args.get("message_ids"))
    chat = writable_chat(box, args)
    found = _present(_source(box, args), numbers)
    contents = [forwarded(message) | _together(box, message, found) for message in found]
    if not contents:
        raise refuse("forward_unknown")
    return [{"message_id": message.id} for message in _forward(box, chat, args, contents)]
