"""Every known refusal of Telegram has a name."""

from __future__ import annotations

import pytest

from bot.telegram.api import Refused
from bot.telegram.refusals import Meaning, meaning

KNOWN = {
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message": Meaning.UNCHANGED,
    "Bad Request: message to edit not found": Meaning.POST_GONE,
    "Bad Request: message can't be edited": Meaning.POST_GONE,
    "Bad Request: message thread not found": Meaning.TOPIC_GONE,
    "Bad Request: TOPIC_CLOSED": Meaning.TOPIC_CLOSED,
    "Bad Request: TOPIC_NOT_MODIFIED": Meaning.UNCHANGED,
    "Bad Request: the chat is not a forum": Meaning.NO_TOPICS,
    "Bad Request: not enough rights to create a topic": Meaning.NO_TOPICS,
    'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0': Meaning.BAD_MARKUP,
    "Bad Request: message to copy not found": Meaning.SOURCE_GONE,
    "Forbidden: bot was blocked by the user": Meaning.PERSON_GONE,
    "Forbidden: user is deactivated": Meaning.PERSON_GONE,
    "Forbidden: bot can't initiate conversation with a user": Meaning.PERSON_GONE,
    "Forbidden: bot was kicked from the supergroup chat": Meaning.CHAT_GONE,
    "Forbidden: bot is not a member of the supergroup chat": Meaning.CHAT_GONE,
    "Bad Request: chat not found": Meaning.CHAT_GONE,
    "Bad Request: have no rights to send a message": Meaning.CHAT_GONE,
    "Bad Request: not enough rights to send text messages to the chat": Meaning.CHAT_GONE,
    "Bad Request: CHAT_WRITE_FORBIDDEN": Meaning.CHAT_GONE,
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN": Meaning.CHAT_GONE,
    "Bad Request: CHAT_SEND_GIFS_FORBIDDEN": Meaning.KIND_FORBIDDEN,
    "Bad Request: CHAT_SEND_VOICES_FORBIDDEN": Meaning.KIND_FORBIDDEN,
    "Bad Request: VOICE_MESSAGES_FORBIDDEN": Meaning.KIND_FORBIDDEN,
    "Bad Request: user restricted receiving of voice messages": Meaning.KIND_FORBIDDEN,
    "Bad Request: user restricted receiving of video messages": Meaning.KIND_FORBIDDEN,
    "Bad Request: something nobody has ever seen": Meaning.OTHER,
}
KINDS = (  # tdlib can_send_message_content has a text for each
    *(
        "animations",
        "music",
        "contacts",
        "dice",
        "documents",
        "games",
        "invoice messages",
        "live locations",
        "locations",
    ),
    *(
        "paid media",
        "photos",
        "polls",
        "stickers",
        "stories",
        "venues",
        "videos",
        "video notes",
        "voice notes",
    ),
    *("checklists", "giveaways", "a kind that is not there yet"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_of_one_kind_of_message_does_not_close_the_chat(kind: str) -> None:
    words = f"Bad Request: not enough rights to send {kind} to the chat"
    assert meaning(Refused(400, words, {})) is Meaning.KIND_FORBIDDEN


@pytest.mark.parametrize("description", KNOWN)
def test_a_refusal_has_the_name_of_what_it_asks_for(description: str) -> None:
    assert meaning(Refused(400, description, {})) is KNOWN[description]


def test_a_moved_group_is_known_by_its_new_number_whatever_the_words() -> None:
    assert meaning(Refused(400, "Bad Request: whatever", {"migrate_to_chat_id": -100})) is Meaning.MOVED
