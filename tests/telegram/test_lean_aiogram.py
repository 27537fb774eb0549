"""aiogram is imported without the validators that the bot does not use, and reads the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

LEAN, PLAIN = "from bot.telegram import lean_aiogram", "import aiogram.types"
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1795417200,
        "chat": {"id": 1, "type": "private", "first_name": "Анна"},
        "from": {"id": 1, "is_bot": False, "first_name": "Анна"},
        "forward_origin": {"type": "hidden_user", "sender_user_name": "Кто-то", "date": 1795417100},
        "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 2}],
        "caption": "экран",
        "caption_entities": [{"type": "bold", "offset": 0, "length": 5}],
    },
}
READ = f"""
import json
from aiogram.types import Update
print(Update.model_validate(json.loads({json.dumps(json.dumps(UPDATE))})).model_dump_json(exclude_none=True))
"""
BUILT = """
from aiogram.types import Chat, MessageEntity, Update
print(Update.__pydantic_complete__, MessageEntity.__pydantic_complete__)
MessageEntity(type="bold", offset=0, length=1)
print(Chat(id=1, type="private").model_dump_json(exclude_none=True))
"""
CALL = """
from aiogram.methods import SendMessage
print(SendMessage(chat_id=1, text="x").text)
"""


def printed(*lines: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_an_update_is_read_as_plain_aiogram_reads_it() -> None:
    assert printed(LEAN, READ) == printed(PLAIN, READ)


def test_only_what_is_parsed_is_built_and_the_rest_when_it_is_used() -> None:
    built, chat = printed(LEAN, BUILT)
    assert built == "True False"
    assert json.loads(chat) == {"id": 1, "type": "private"}


def test_a_method_of_aiogram_can_still_be_made() -> None:
    assert printed(LEAN, CALL) == ["x"]
