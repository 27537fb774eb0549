"""Telegram's refusals by name: what each means for the message that met it.

Sources: telegram.md section 1 (tdlib/telegram-bot-api Client.cpp and issue threads named there).
"""

from __future__ import annotations

from enum import Enum

from bot.telegram.api import Refused


class Meaning(Enum):
    """What a refusal asks of the sender."""

    UNCHANGED = "unchanged"  # the message shows this already: as good as done
    POST_GONE = "post_gone"  # the message to edit is no more: send a new one
    TOPIC_GONE = "topic_gone"  # open a new topic
    TOPIC_CLOSED = "topic_closed"  # reopen it
    NO_TOPICS = "no_topics"  # no topics here, or none for us: speak in the general one
    MOVED = "moved"  # the group became a supergroup
    BAD_MARKUP = "bad_markup"  # say it in plain text
    BAD_PICTURE = "bad_picture"  # upload it again, else do without
    PERSON_GONE = "person_gone"  # blocked us, deactivated, or never began
    CHAT_GONE = "chat_gone"  # we are not in the chat any more, or may say nothing there
    KIND_FORBIDDEN = "kind_forbidden"  # no messages of this kind here; others are welcome
    SOURCE_GONE = "source_gone"  # what was to be copied is no more
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
    ("message to forward not found", Meaning.SOURCE_GONE),
    ("message thread not found", Meaning.TOPIC_GONE),
    ("topic_deleted", Meaning.TOPIC_GONE),
    ("topic_id_invalid", Meaning.TOPIC_GONE),
    ("topic_closed", Meaning.TOPIC_CLOSED),
    ("topic_not_modified", Meaning.UNCHANGED),
    ("the chat is not a forum", Meaning.NO_TOPICS),
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
    # "... stickers to the chat", "... voice notes to the chat": one text for each kind (tdlib can_send_message_content).
    ("not enough rights to send", Meaning.KIND_FORBIDDEN),
    (
        "chat_send_",
        Meaning.KIND_FORBIDDEN,
    ),  # the same as the server of Telegram words it: CHAT_SEND_GIFS_FORBIDDEN
    ("restricted receiving of", Meaning.KIND_FORBIDDEN),  # a person takes no voice or video messages
    ("voice_messages_forbidden", Meaning.KIND_FORBIDDEN),
    ("group chat was deleted", Meaning.CHAT_GONE),
    ("group chat was deactivated", Meaning.CHAT_GONE),
)


def meaning(refusal: Refused) -> Meaning:
    """What `refusal` means; OTHER when nobody has named it yet."""
    return Meaning.MOVED if "migrate_to_chat_id" in refusal.parameters else _named(refusal.description)


def nobody_there(description: str) -> bool:
    """Whether a refusal in these words says that a person cannot be reached by us any more."""
    return _named(description) is Meaning.PERSON_GONE


def one_kind_only(description: str) -> bool:
    """Whether a refusal in these words is meant for messages of this kind, and not for the whole chat."""
    return _named(description) is Meaning.KIND_FORBIDDEN


def _named(description: str) -> Meaning:
    lowered = description.lower()
    return next((found for fragment, found in _TABLE if fragment in lowered), Meaning.OTHER)
