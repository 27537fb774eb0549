"""Checks before a call has an effect: the chat, the bot's rights there, the topic and the message."""

from itertools import pairwise
from typing import Any

from sandbox.core.refusals import refuse, upgraded
from sandbox.core.wire import Args
from sandbox.core.world import GENERAL, Chat, Json, Member, Message, World


def chat_of(world: World, given: Any) -> Chat:
    """The chat a call names; rights are not checked yet."""
    if given is None or given == "":
        raise refuse("chat_empty")
    if isinstance(given, str):
        chat = world.by_username.get(given[1:].lower()) if given.startswith("@") else None
        chat = None if chat is not None and chat.private else chat
    else:
        chat = world.chats.get(given)
    if chat is None:
        raise refuse("to_bot" if given == world.bot_id else "chat_unknown")
    if chat.migrated_to is not None:
        raise upgraded(chat.migrated_to)
    return chat


def known_chat(world: World, args: Args) -> Chat:
    """A chat the bot can read: it is a member, muted or not (S Client::check_chat_access), or it has met the person."""
    chat = chat_of(world, args.get("chat_id"))
    if chat.person is None:
        _inside(world, chat)
    elif not chat.person.started and not _has_met(world, chat.id):
        raise refuse("chat_unknown")
    return chat


def writable_chat(world: World, args: Args) -> Chat:
    """A chat the bot can write to now."""
    chat = chat_of(world, args.get("chat_id"))
    if chat.person is None:
        _present(world, chat)
        return chat
    if chat.person.deactivated:
        raise refuse("deactivated")
    if chat.person.blocked:
        raise refuse("blocked")
    if not chat.person.started:
        raise refuse("never_wrote" if _has_met(world, chat.id) else "chat_unknown")
    return chat


def _has_met(world: World, person: int) -> bool:
    """Whether the bot shares a group with a person: only then can it address them at all (S Client::check_chat)."""
    rooms = [chat for chat in world.chats.values() if not chat.private and person in chat.members]
    return any((member := world.bot_member(chat)) is not None and member.present for chat in rooms)


def _present(world: World, chat: Chat) -> None:
    member = _inside(world, chat)
    if member.status == "restricted" and not member.rights.get("can_send_messages", True):
        raise refuse("no_right_send")


def _inside(world: World, chat: Chat) -> Member:
    member = world.bot_member(chat)
    kind = "group" if chat.type == "group" else "supergroup"
    if member is None or member.status == "left":
        raise refuse(f"not_member_{kind}")
    if member.status == "kicked":
        raise refuse(f"kicked_{kind}")
    return member


# A message's content -> the right it needs, and its name in the refusal (T can_send_message_content). An animation
# comes with a document, a venue with a location: the first match decides.
_KINDS = (
    ("animation", "can_send_other_messages", "animations"),
    ("sticker", "can_send_other_messages", "stickers"),
    ("dice", "can_send_other_messages", "dice"),
    ("photo", "can_send_photos", "photos"),
    ("video", "can_send_videos", "videos"),
    ("video_note", "can_send_video_notes", "video notes"),
    ("voice", "can_send_voice_notes", "voice notes"),
    ("audio", "can_send_audios", "music"),
    ("document", "can_send_documents", "documents"),
    ("poll", "can_send_polls", "polls"),
)


def allowed_kind(world: World, chat: Chat, content: Json) -> None:
    """Refuse a kind of message that the bot, without an administrator's rights, may not send here."""
    member = world.bot_member(chat)
    if chat.private or member is None or member.status != "restricted":
        return
    for kind, right, what in _KINDS:
        if kind in content:
            if not member.rights.get(right, True):
                raise refuse("no_right_send_kind", what=what)
            return


def thread_of(chat: Chat, given: int | None) -> int | None:
    """The topic a message goes to; None is General or a group without topics, where it is ignored (S Client.cpp:8255)."""
    if not given or (not chat.private and not chat.is_forum):
        return None
    topic = chat.topics.get(given) if chat.is_forum and given != GENERAL else None
    if topic is None or topic.deleted:
        raise refuse("thread_unknown")
    return topic.id


def open_thread(world: World, chat: Chat, thread: int | None) -> None:
    """Refuse to write into a closed topic, except to its creator and those who may manage topics (td_api.tl forumTopicInfo)."""
    if not chat.is_forum:
        return
    topic = chat.topics.get(thread or GENERAL)
    if topic is None or not topic.closed or topic.creator == world.bot_id:
        return
    if not world.bot_may(chat, "can_manage_topics"):
        raise refuse("topic_closed")


def message_of(chat: Chat, number: int | None, unknown: str) -> Message:
    """An existing message, or the refusal named `unknown`."""
    if not number:
        raise refuse("id_missing" if number is None else unknown)
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise refuse(unknown)
    return message


def message_ids(given: Any) -> list[int]:
    """1-100 strictly increasing ids."""
    if not isinstance(given, list) or not given:
        raise refuse("ids_none")
    if len(given) > 100:
        raise refuse("ids_many")
    try:
        numbers = [int(number) for number in given]
    except (TypeError, ValueError):
        raise refuse("ids_invalid") from None
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise refuse("ids_order")
    return numbers
