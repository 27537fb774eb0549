"""Telegram's refusals by name: what each means for the refused message.

Sources: tdlib/telegram-bot-api's Client.cpp and its issue threads.
"""

from __future__ import annotations

from enum import Enum

from bot.telegram.api import Refused


class Meaning(Enum):
    """What a refusal requires from the sender."""

    UNCHANGED = "unchanged"  # the message shows this already: counts as done
    POST_GONE = "post_gone"  # the message to edit is deleted: send a new one
    TOPIC_GONE = "topic_gone"  # open a new topic
    TOPIC_CLOSED = "topic_closed"  # reopen it
    NO_TOPICS = "no_topics"  # no topics here, or no right to them: send to the general one
    MOVED = "moved"  # the group became a supergroup
    BAD_MARKUP = "bad_markup"  # send as plain text
    BAD_PICTURE = "bad_picture"  # upload it again, or send without it
    LONG_CAPTION = "long_caption"  # of a Premium account: it is copied only as it is, without a reply
    BAD_QUOTE = "bad_quote"  # the answered message has no such part any more: answer it without the quote
    PERSON_GONE = "person_gone"  # blocked the bot, deactivated, or never started it
    CHAT_GONE = "chat_gone"  # the bot is not in the chat any more, or may not write there
    KIND_FORBIDDEN = "kind_forbidden"  # no messages of this kind here; others are accepted
    NEVER_COPIED = "never_copied"  # Telegram copies no messages of this kind
    SOURCE_GONE = "source_gone"  # the message to copy is deleted
    OTHER = "other"


# The first fragment found in the lower-cased description decides.
_TABLE: tuple[tuple[str, Meaning], ...] = (
    ("message is not modified", Meaning.UNCHANGED),
    ("message to edit not found", Meaning.POST_GONE),
    ("message can't be edited", Meaning.POST_GONE),
    ("message_id_invalid", Meaning.POST_GONE),
    ("there is no text in the message to edit", Meaning.POST_GONE),
    ("message to delete not found", Meaning.UNCHANGED),
    ("message to react not found", Meaning.SOURCE_GONE),
    ("message to copy not found", Meaning.SOURCE_GONE),
    ("message can't be copied", Meaning.NEVER_COPIED),
    ("message to forward not found", Meaning.SOURCE_GONE),
    ("message thread not found", Meaning.TOPIC_GONE),
    ("topic_deleted", Meaning.TOPIC_GONE),
    ("topic_id_invalid", Meaning.TOPIC_GONE),
    ("topic_closed", Meaning.TOPIC_CLOSED),
    ("topic_not_modified", Meaning.UNCHANGED),
    ("the chat is not a forum", Meaning.NO_TOPICS),
    ("the chat is not a supergroup forum", Meaning.NO_TOPICS),
    ("not enough rights to create a topic", Meaning.NO_TOPICS),
    ("upgraded to a supergroup", Meaning.MOVED),
    ("can't parse entities", Meaning.BAD_MARKUP),
    ("image_process_failed", Meaning.BAD_PICTURE),
    ("photo_invalid_dimensions", Meaning.BAD_PICTURE),
    ("photo_ext_invalid", Meaning.BAD_PICTURE),
    ("photo_save_file_invalid", Meaning.BAD_PICTURE),
    ("wrong file identifier", Meaning.BAD_PICTURE),
    ("wrong remote file identifier", Meaning.BAD_PICTURE),
    ("file is too big", Meaning.BAD_PICTURE),
    # tdlib/telegram-bot-api#334: a copy with a reply of its own is a new message, under the bot's limits
    ("caption is too long", Meaning.LONG_CAPTION),
    ("quote_text_invalid", Meaning.BAD_QUOTE),
    ("bot was blocked by the user", Meaning.PERSON_GONE),
    ("user is deactivated", Meaning.PERSON_GONE),
    ("can't initiate conversation", Meaning.PERSON_GONE),
    ("can't send messages to the bot", Meaning.PERSON_GONE),
    ("bot was kicked", Meaning.CHAT_GONE),
    ("bot is not a member", Meaning.CHAT_GONE),
    ("chat not found", Meaning.CHAT_GONE),
    ("have no rights to send a message", Meaning.CHAT_GONE),
    ("not enough rights to send text messages", Meaning.CHAT_GONE),
    ("chat_send_plain_forbidden", Meaning.CHAT_GONE),
    ("chat_write_forbidden", Meaning.CHAT_GONE),
    # "... stickers to the chat", "... voice notes to the chat": one text for each kind (tdlib
    # can_send_message_content).
    ("not enough rights to send", Meaning.KIND_FORBIDDEN),
    (
        "chat_send_",
        Meaning.KIND_FORBIDDEN,
    ),  # the server's form of the same: CHAT_SEND_GIFS_FORBIDDEN
    ("restricted receiving of", Meaning.KIND_FORBIDDEN),  # a person does not accept voice or video messages
    ("voice_messages_forbidden", Meaning.KIND_FORBIDDEN),
    ("group chat was deleted", Meaning.CHAT_GONE),
    ("group chat was deactivated", Meaning.CHAT_GONE),
)


def meaning(refusal: Refused) -> Meaning:
    """What `refusal` means; OTHER when it is unknown."""
    return Meaning.MOVED if "migrate_to_chat_id" in refusal.parameters else _named(refusal.description)


def nobody_there(description: str) -> bool:
    """Whether a refusal with this description of a private chat means that the bot cannot reach the person."""
    return _named(description) in (Meaning.PERSON_GONE, Meaning.CHAT_GONE)


def never_began(description: str) -> bool:
    """Whether the person has not pressed Start yet: "chat not found" is what Telegram says of people whom the bot has
    never met."""
    return any(words in description.lower() for words in ("chat not found", "can't initiate conversation"))


def one_kind_only(description: str) -> bool:
    """Whether a refusal with this description applies to messages of this kind, not to the whole chat."""
    return _named(description) is Meaning.KIND_FORBIDDEN


def never_copied(description: str) -> bool:
    """Whether a refusal with this description means that Telegram copies no such message, anywhere."""
    return _named(description) is Meaning.NEVER_COPIED


def _named(description: str) -> Meaning:
    lowered = description.lower()
    return next((found for fragment, found in _TABLE if fragment in lowered), Meaning.OTHER)
