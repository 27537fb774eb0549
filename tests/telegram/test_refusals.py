"""Every refusal that Telegram is known to give has a name."""

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
    "Bad Request: something nobody has ever seen": Meaning.OTHER,
}


@pytest.mark.parametrize("description", KNOWN)
def test_a_refusal_has_the_name_of_what_it_asks_for(description: str) -> None:
    assert meaning(Refused(400, description, {})) is KNOWN[description]


def test_a_moved_group_is_known_by_its_new_number_whatever_the_words() -> None:
    assert meaning(Refused(400, "Bad Request: whatever", {"migrate_to_chat_id": -100})) is Meaning.MOVED
