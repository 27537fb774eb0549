"""What the bot does with its own process before it begins to work."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import main
from bot.errors import FirstlineError
from bot.settings import Settings
from tests import shipped
from tests.databases import copied_sqlite


async def test_what_was_built_before_the_start_is_never_searched_for_garbage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen: list[int] = []

    async def served(*_: Any) -> None:
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr(main, "serve", served)
    try:
        await main._until_signalled(None, None)  # type: ignore[arg-type]  # not used
    finally:
        gc.unfreeze()
    assert frozen[0] > 0
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("kind", ["damaged", "no database", "a folder"])
async def test_a_database_that_cannot_be_opened_is_one_sentence_with_the_way_out(
    tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "firstline.db"
    if kind == "a folder":
        file.mkdir()
    elif kind == "damaged":
        copied_sqlite(file)
        whole = file.read_bytes()
        file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    else:
        file.write_bytes(b"This is a letter. " * 500)
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr("1:x"),
        database_url=SecretStr(f"sqlite+aiosqlite:///{file}"),
        health_port=0,
        language="en",
    )
    with pytest.raises(FirstlineError, match=r"firstline\.db cannot be opened: .*latest backup"):
        await main.serve(settings, shipped.house(), asyncio.Event())
