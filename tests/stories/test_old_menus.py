"""A menu stays in the chat while desk.yaml changes: its buttons do what they say, or say that the list has changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.desk import ANNA, HELPDESK, OLEG, ROOT, Desk, SandboxProcess, buttons, open_desk, said
from tests.reloading import looks_at_once
from tests.stories.test_desk_conversation import a_claimed_ticket

SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")
LOOK = next(line for line in SHIPPED.splitlines(keepends=True) if line.startswith("  look:"))
RESTART = next(line for line in SHIPPED.splitlines(keepends=True) if line.startswith("  restart:"))
LABEL = "Уже смотрю. Напишу, как только что-то…"
CHANGED = "Этот список с тех пор изменился"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "desk.yaml").write_text(SHIPPED, "utf-8")
    return tmp_path


async def test_a_reply_that_changed_places_in_the_file_is_sent_by_its_old_button(
    sandbox: SandboxProcess, database_url: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = looks_at_once(monkeypatch)
    async with open_desk(sandbox.root, database_url, files) as desk:
        await open_replies(desk)
        await save(files, SHIPPED.replace(LOOK + RESTART, RESTART + LOOK))
        await looked()
        await desk.press(OLEG, LABEL, HELPDESK)
        await desk.press(OLEG, "Отправить", HELPDESK)
        assert "уже смотрю" in said(await desk.last(ANNA))


async def test_a_reply_that_has_gone_from_the_file_is_not_sent_and_the_new_list_is_shown(
    sandbox: SandboxProcess, database_url: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = looks_at_once(monkeypatch)
    async with open_desk(sandbox.root, database_url, files) as desk:
        await open_replies(desk)
        await save(files, SHIPPED.replace(LOOK, ""))
        await looked()
        before = await desk.reads(ANNA)
        answer = await desk.press(OLEG, LABEL, HELPDESK)
        assert CHANGED in answer["text"]
        assert answer["show_alert"]
        assert await desk.reads(ANNA) == before
        assert LABEL not in buttons(await desk.find_button(HELPDESK, "Не нужно"))


@pytest.mark.parametrize("data", ["t|canned|1|0", "t|to|1|1", "t|prio|1|0"])
async def test_a_button_of_the_former_version_shows_the_present_list(desk: Desk, data: str) -> None:
    await a_claimed_ticket(desk)
    before = await desk.reads(ANNA)
    card = await desk.find(HELPDESK, "1 ·")
    answer = await desk.forge(OLEG, HELPDESK, card["message_id"], data)
    assert CHANGED in answer["text"]
    assert await desk.find_button(HELPDESK, "Не нужно")
    assert await desk.reads(ANNA) == before


async def open_replies(desk: Desk) -> None:
    """Oleg has a ticket of Anna's, and the list of replies open on its card."""
    await a_claimed_ticket(desk)
    await desk.press(OLEG, "Шаблон…", HELPDESK)


async def save(files: Path, text: str) -> None:
    await asyncio.to_thread((files / "desk.yaml").write_text, text, "utf-8")
