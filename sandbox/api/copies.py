"""copyMessage(s) and forwardMessage(s)."""

from collections import Counter

from sandbox.api.deliver import caption_content, deliver
from sandbox.api.table import CAPTIONED, SENDING, Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, FLAG, INT, JSON, Args
from sandbox.core.world import Chat, Json, Message, World
from sandbox.rules.contents import content_of, copied, forwarded
from sandbox.rules.entities import check_caption
from sandbox.rules.gates import (
    allowed_kind,
    chat_of,
    known_chat,
    message_ids,
    message_of,
    open_thread,
    thread_of,
    writable_chat,
)
from sandbox.rules.posting import post
from sandbox.rules.replies import place

METHODS = Methods()

MANY = {
    "chat_id": CHAT,
    "message_thread_id": INT,
    "from_chat_id": CHAT,
    "message_ids": JSON,
    "disable_notification": FLAG,
    "protect_content": FLAG,
    "remove_caption": FLAG,
}


def _source(world: World, args: Args) -> Chat:
    source = Args()
    source["chat_id"] = args.get("from_chat_id")
    return known_chat(world, source)


@METHODS.add("copyMessage", _sending=SENDING, _caption=CAPTIONED, from_chat_id=CHAT, message_id=INT)
def copy_message(box: Box, args: Args) -> Json:
    chat_of(box.world, args.get("chat_id"))
    source = _source(box.world, args)
    content = copied(message_of(source, args.get("message_id", 0), "copy_unknown"))
    if "caption" in args and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= caption_content(box.world, args)
    elif _is_remade(box, args):
        check_caption(content.get("caption", ""))
    return {"message_id": deliver(box, args, content).id}


def _is_remade(box: Box, args: Args) -> bool:
    """Whether the copy is a new message of the bot, under the limits of accounts without Premium: it gets a keyboard, or
    answers something else than its topic's first message (T MessageCopyOptions.cpp, I tdlib/telegram-bot-api#334)."""
    thread, reply = place(box.world, writable_chat(box.world, args), args)
    return args.get("reply_markup") is not None or (reply is not None and reply.get("to", 0) != thread)


@METHODS.add("forwardMessage", _sending=SENDING, from_chat_id=CHAT, message_id=INT)
def forward_message(box: Box, args: Args) -> Message:
    chat = writable_chat(box.world, args)
    message = message_of(_source(box.world, args), args.get("message_id", 0), "forward_unknown")
    return _forward(box, chat, args, [forwarded(message)])[0]


def _forward(box: Box, chat: Chat, args: Args, contents: list[Json]) -> list[Message]:
    """All of them or none: the limits are checked for the whole list."""
    thread = thread_of(chat, args.get("message_thread_id"))
    open_thread(box.world, chat, thread)
    for content in contents:
        allowed_kind(box.world, chat, content)
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


def _albums(world: World, found: list[Message]) -> dict[str | None, Json]:
    """An album stays one, with a new id: "album grouping is kept for copied messages" (Bot API)."""
    groups = Counter(message.body.get("media_group_id") for message in found)
    return {
        group: {"media_group_id": world.new_album()} for group, size in groups.items() if group and size > 1
    }


@METHODS.add("copyMessages", _many=MANY)
def copy_messages(box: Box, args: Args) -> list[Json]:
    numbers = message_ids(args.get("message_ids"))
    chat = writable_chat(box.world, args)
    found = _present(_source(box.world, args), numbers)
    albums = _albums(box.world, found)
    contents = [copied(message) | albums.get(message.body.get("media_group_id"), {}) for message in found]
    if not contents:
        raise refuse("copy_unknown")
    if args.get("remove_caption"):
        contents = [
            {name: value for name, value in one.items() if not name.startswith("caption")} for one in contents
        ]
    return [{"message_id": message.id} for message in _forward(box, chat, args, contents)]


@METHODS.add("forwardMessages", _many=MANY)
def forward_messages(box: Box, args: Args) -> list[Json]:
    numbers = message_ids(args.get("message_ids"))
    chat = writable_chat(box.world, args)
    found = _present(_source(box.world, args), numbers)
    albums = _albums(box.world, found)
    contents = [forwarded(message) | albums.get(message.body.get("media_group_id"), {}) for message in found]
    if not contents:
        raise refuse("forward_unknown")
    return [{"message_id": message.id} for message in _forward(box, chat, args, contents)]
