"""Commands that only read: they work beside the bot, create nothing, and explain in a sentence why they cannot."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.app import cli
from bot.storage.migrate import migrate
from bot.storage.readonly import DatabaseUnreachable, NotReady, read_beside


def one(tx: Connection, number: int) -> int:
    return int(tx.scalar(text(f"SELECT {number}")))


async def test_an_empty_database_is_not_ready_and_one_that_was_made_answers(bare_database_url) -> None:
    with pytest.raises(NotReady):
        await asyncio.to_thread(read_beside, bare_database_url, one, 7)
    await migrate(bare_database_url)
    assert await asyncio.to_thread(read_beside, bare_database_url, one, 7) == 7


@pytest.mark.parametrize("name", ["no_file.db", "no_database.db", "nobody_there"])
def test_what_cannot_be_read_is_said_without_a_traceback(tmp_path: Path, name: str) -> None:
    (tmp_path / "no_database.db").write_text("garbage" * 1000)
    at = f"sqlite+aiosqlite:///{tmp_path / name}"
    with pytest.raises(NotReady if name == "no_file.db" else DatabaseUnreachable):
        read_beside("postgresql+asyncpg://me@127.0.0.1:1/x" if name == "nobody_there" else at, one, 7)
    assert [path.name for path in tmp_path.iterdir()] == ["no_database.db"]


@pytest.mark.parametrize("command", ["phrases", "stats", "rollback", "sla report", "why 1", "draft 1"])
def test_a_command_before_the_first_start_says_so_in_one_sentence(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}")
    monkeypatch.setattr(sys, "argv", ["firstline", *command.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (1, "")
    name = command.removesuffix(" 1")
    assert said.err == f"firstline {name}: {NotReady.__doc__}\n"
