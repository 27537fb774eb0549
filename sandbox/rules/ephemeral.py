"""Ephemeral messages (Bot API 10.2-10.3): shown to one member of a group, separate from its history.

Built from the documentation alone. The sandbox always delivers them; the real server does not guarantee it.
"""

from sandbox.core.box import Box
from sandbox.core.events import Events
from sandbox.core.refusals import refuse
from sandbox.core.wire import Args
from sandbox.core.world import Chat, Json, Message
from sandbox.rules.gates import writable_chat
from sandbox.rules.posting import public
from sandbox.rules.replies import place


def receiver(args: Args) -> int | None:
    """The user an ephemeral message is for; None for an ordinary message."""
    given = args.get("ephemeral_message_parameters")
    if isinstance(given, dict):
        if not given.get("receiver_user_id"):
            raise refuse("field_missing", field="receiver_user_id")
        return int(given["receiver_user_id"])
    return args.get("receiver_user_id") or None


def deliver(box: Box, args: Args, content: Json, markup: Json | None, user: int) -> Message:
    """Show a message to one member. `message_id` is 0 by contract."""
    chat = writable_chat(box.world, args)
    if chat.type not in ("group", "supergroup"):
        raise refuse("ephemeral_chat")
    member = chat.members.get(user)
    if member is None or not member.present:
        raise refuse("ephemeral_user")
    thread, _ = place(box.world, chat, args)
    _check_query(box, args, user)
    box.flood.spend(chat)
    number = max(chat.ephemeral, default=0) + 1
    body: Json = {
        "message_id": 0,
        "from": public(box.world.bot),
        "chat": chat.picture(),
        "date": box.clock.date(),
        **content,
        "receiver_user": public(member.user),
        "ephemeral_message_id": number,
    }
    if thread is not None:
        body |= {"message_thread_id": thread, "is_topic_message": True}
    if markup is not None:
        body["reply_markup"] = markup
    message = Message(chat, 0, box.world.bot_id, body, thread=thread, seen_by=user)
    chat.ephemeral[number] = message
    tell(box.events, message)
    return message


def _check_query(box: Box, args: Args, user: int) -> None:
    given = args.get("ephemeral_message_parameters") or {}
    query_id = given.get("callback_query_id") or args.get("callback_query_id")
    if query_id and box.queries.find(str(query_id)).person != user:
        raise refuse("query_old")
    if given.get("replace_callback_query_message"):
        raise refuse("not_implemented", what="replace_callback_query_message")


def find(chat: Chat, args: Args) -> Message:
    message = chat.ephemeral.get(args.get("ephemeral_message_id") or 0)
    if message is None or message.deleted or message.seen_by != args.get("receiver_user_id"):
        raise refuse("ephemeral_unknown")
    return message


def tell(events: Events, message: Message) -> None:
    if events.heard:
        fact = {"chat": message.chat.id, "seen_by": message.seen_by, "message": message.transcript()}
        events.tell("ephemeral", fact)
