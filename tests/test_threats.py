"""The page of threats is true: every row has a test, and the test exists. Threats without a better place are tested here."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from bot.app.introduce import AnotherBot, introduce
from bot.app.registries import hooks
from bot.keys import ADMINS, RawChat
from bot.people.quota import Quota, QuotaVerdict
from bot.storage import kv
from bot.storage.db import open_database
from bot.storage.schema import outbox
from bot.storage.unit import Units
from bot.telegram import outbox as waiting
from bot.telegram.buttons import Button
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from handlers.commands import TABLE
from handlers.reading import incoming
from tests import shipped
from tests.databases import copied_sqlite, in_memory
from tests.doors.test_gates import message
from tests.source import ROOT
from tests.units import work

NOW = 1_795_417_200
ROW = re.compile(r"^\| ((?:T|P)\d+) \|(.+)\|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


@cache
def product() -> dict[str, str]:
    """The text of every module of the product, by its path."""
    files = [file for folder in ("bot", "handlers", "sandbox") for file in (ROOT / folder).rglob("*.py")]
    return {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files}


def rows(page: str) -> list[tuple[str, str]]:
    return ROW.findall((ROOT / "docs" / page).read_text("utf-8"))


def test_every_threat_is_in_the_table_with_its_test() -> None:
    listed = dict(rows("threats.md"))
    assert set(listed) >= {f"T{number}" for number in range(1, 28)}
    assert [name for name, row in listed.items() if not NAMED.search(row.rpartition("|")[2])] == []


@pytest.mark.parametrize("page", ["threats.md", "promises.md"])
def test_the_tests_that_a_page_names_exist(page: str) -> None:
    named = [found for _, row in rows(page) for found in NAMED.findall(row)]
    assert named
    for file, test in named:
        text = (ROOT / file).read_text("utf-8")
        assert not test or re.search(rf"def {test}\(", text), f"{file}::{test}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return in_memory()


@pytest.fixture
def tx(engine: Engine) -> Any:
    with engine.connect() as connection:
        yield connection


def test_a_contact_card_identifies_no_person() -> None:
    card = {"phone_number": "+70000000000", "first_name": "Директор", "user_id": 7}
    update = message(7001, text=None, contact=card)
    assert update.message is not None
    read = incoming(update.message)
    assert (read.kind, read.text) == ("contact", "")
    readers = [path for path, text in product().items() if re.search(r"\.contact\b|phone_number", text)]
    assert [path for path in readers if not path.startswith(("handlers/reading", "sandbox/"))] == []


def test_no_door_takes_a_code_for_a_person() -> None:
    doors = [*TABLE, *(kind.__name__.lower() for kind in Button.__subclasses__())]
    assert [name for name in doors if re.search(r"login|signin|otp|verify", name)] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_name_that_people_type_rings_at_no_one(language: str) -> None:
    voice = speak.voice(language)
    said = voice.html("command.help", who="x") + voice.html(
        "person.unknown", who="зовите @marina_l и a@b.example"
    )
    assert "@marina_l" not in said
    assert f"@{speak.WORD_JOINER}marina_l" in said
    assert "a@b.example" in said


def test_a_mention_that_the_bot_makes_still_rings(tx: Connection) -> None:
    ours = speak.voice("ru").html("person.unknown", who=speak.Markup("@marina_l"))
    assert "@marina_l" in ours


def test_of_a_hundred_files_a_minute_thirty_are_taken_and_one_warning_is_said() -> None:
    most = shipped.opened_as_shipped().quotas.messages_per_minute
    quota = Quota()
    verdicts = [quota.take(1, most, 0.0) for _ in range(100)]
    taken = [verdicts.count(kind) for kind in (QuotaVerdict.TAKEN, QuotaVerdict.WARNED, QuotaVerdict.DROPPED)]
    assert taken == [30, 1, 69]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/shadow", "a\x00b.exe", "<b>.svg", "c:\\windows\\x.bat"]
)
def test_a_file_is_its_id_whatever_its_name_says(name: str) -> None:
    document = {"file_id": "F", "file_unique_id": "U", "file_name": name}
    update = message(7001, text=None, document=document)
    assert update.message is not None
    read = incoming(update.message)
    assert (read.kind, read.file_id, name in read.text) == ("document", "F", False)


def test_no_code_asks_telegram_for_a_file() -> None:
    asks = [
        p for p, text in product().items() if re.search(r"getFile|get_file\(|download_file|/file/bot", text)
    ]
    assert [path for path in asks if not path.startswith("sandbox/")] == ["handlers/filters.py"]  # it refuses


def test_the_database_of_another_bot_is_refused(tmp_path: Path) -> None:
    class Telegram:
        async def call(self, _method: str, _params: object = None) -> dict[str, object]:
            return {"id": 2, "username": "other_bot"}

    async def begun() -> None:
        db = open_database(copied_sqlite(tmp_path / "firstline.db"))
        try:
            await db.run(kv.claim, "bot_id", "1")
            units: Any = Units(db, lambda: NOW, lambda: None)
            await introduce(units, Telegram(), "ru", asyncio.Event())  # type: ignore[arg-type]
        finally:
            await db.close()

    with pytest.raises(AnotherBot):
        asyncio.run(begun())


@pytest.mark.parametrize(("chat", "is_reported"), [("id:9001", False), ("id:-1009001", True)])
def test_a_stranger_who_pressed_a_button_is_no_undelivered_message(
    tx: Connection, chat: str, is_reported: bool
) -> None:
    waiting.line(work(tx, NOW), RawChat.read(chat), "stranger", {})
    row = OutboxRow(*tx.execute(select(outbox).where(outbox.c.chat == chat)).one())
    outcome = Outcome("dead", reason="Forbidden: bot can't initiate conversation with a user")
    hooks()[""](work(tx, NOW, shipped.house()), row, outcome)
    told = tx.execute(select(outbox.c.id).where(outbox.c.chat == ADMINS)).all()
    assert bool(told) is is_reported


def test_no_code_but_an_erasure_changes_what_was_recorded() -> None:
    def changes(table: str) -> list[str]:
        pattern = rf"\b(?:update|delete)\((?:schema\.)?{table}\)|\b{table}\.(?:update|delete)\(\)"
        return [path for path, text in product().items() if re.search(pattern, text)]

    assert changes("history") == ["bot/storage/erasing.py"]
    assert changes("audit") == ["bot/storage/erasing.py"]
