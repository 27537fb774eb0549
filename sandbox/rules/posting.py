"""How a message gets into a chat, and which updates it makes."""

from sandbox.core.box import Box
from sandbox.core.events import Events
from sandbox.core.world import Chat, Json, Message, World


def post(
    box: Box,
    chat: Chat,
    sender: Json | None,
    by: int,
    content: Json,
    *,
    thread: int | None = None,
    reply: Json | None = None,
    markup: Json | None = None,
    sender_chat: Json | None = None,
    service: bool = False,
) -> Message:
    """Put a message into a chat. `reply` may have `to` (an id) and body fields such as `quote`.

    The bot gets updates of all messages except its own; of its own service messages it does (S
    need_skip_update_message).
    """
    number = box.world.new_message_id(chat)
    body: Json = {"message_id": number}
    if sender is not None:
        body["from"] = public(sender)
    if sender_chat is not None:
        body["sender_chat"] = sender_chat
    body["chat"] = chat.picture()
    body["date"] = box.clock.date()
    if thread is not None:
        body["message_thread_id"] = thread
        body["is_topic_message"] = True
    body.update(content)
    reply_to = thread if thread is not None else None
    if reply:
        reply_to = reply.get("to", reply_to)
        body.update({name: value for name, value in reply.items() if name != "to"})
    message = Message(chat, number, by, body, reply_to=reply_to, thread=thread, service=service)
    if markup is not None:
        _attach(chat, message, markup)
    chat.messages[number] = message
    if by != box.world.bot_id or service:
        announce(box, message)
    show(box.events, message)
    return message


def public(user: Json) -> Json:
    """A User as inside messages: without the fields of getMe."""
    return {name: user[name] for name in USER_FIELDS if name in user}


USER_FIELDS = ("id", "is_bot", "first_name", "last_name", "username", "language_code", "is_premium")


def _attach(chat: Chat, message: Message, markup: Json) -> None:
    if "inline_keyboard" in markup:
        message.body["reply_markup"] = markup
        return
    message.markup = markup
    chat.reply_keyboard = None if "remove_keyboard" in markup else markup


def announce(box: Box, message: Message) -> None:
    """Make the update for a new message, if the bot may see it."""
    _tell(box, message, "channel_post" if message.chat.type == "channel" else "message")


def announce_edit(box: Box, message: Message) -> None:
    """Make the update for an edit of another person's message, if the bot may see it."""
    _tell(box, message, "edited_channel_post" if message.chat.type == "channel" else "edited_message")


def _tell(box: Box, message: Message, kind: str) -> None:
    if hears(box.world, message):
        box.updates.add(kind, message.picture(), f"chat{message.chat.id}", message.chat.id)


def hears(world: World, message: Message) -> bool:
    """Whether the bot is in the chat and its privacy mode lets it see this message."""
    chat = message.chat
    if chat.private:
        return True
    member = world.bot_member(chat)
    if member is None or not member.present:
        return False
    if member.status in ("administrator", "creator") or message.service:
        return True
    return bool(world.bot["can_read_all_group_messages"]) or addressed(world, message)


def addressed(world: World, message: Message) -> bool:
    """What privacy mode lets through: commands, mentions of the bot, replies to it."""
    body = message.body
    text = str(body.get("text") or body.get("caption") or "")
    name = f"@{world.bot['username']}".lower()
    if text.startswith("/"):
        first = text.split(maxsplit=1)[0].lower()
        return "@" not in first or first.endswith(name)
    target = message.chat.messages.get(message.reply_to or 0)
    return name in text.lower() or (target is not None and target.by == world.bot_id and not target.service)


def show(events: Events, message: Message) -> None:
    """Send a message's current state to the page."""
    if events.heard:
        events.tell("message", {"chat": message.chat.id, "message": message.transcript()})


def service(
    box: Box, chat: Chat, actor: Json, what: Json, thread: int | None = None, reply: Json | None = None
) -> Message:
    """A service message: a topic was created, a person joined, a message was pinned."""
    return post(box, chat, actor, int(actor["id"]), what, thread=thread, reply=reply, service=True)


def removed(events: Events, message: Message) -> None:
    """Delete a message; as on the real server, without an update."""
    message.deleted = True
    if message.id in message.chat.pinned:
        message.chat.pinned.remove(message.id)
    show(events, message)
