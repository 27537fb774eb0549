"""`firstline chats bind`: a group is bound, a person or half an id is not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.app import tickets_cli
from bot.settings import Settings
from tests.databases import copied_sqlite

ROOT = Path(__file__).resolve().parent.parent
app = typer.Typer()
app.command("bind")(tickets_cli.bind)
app.command("draft")(tickets_cli.write_draft)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.setenv("BOT_TOKEN", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    monkeypatch.setenv("DATABASE_URL", copied_sqlite(tmp_path / "firstline.db"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "desk.yaml", tmp_path / "desk.yaml")


@pytest.mark.parametrize("number", ["31000067", "1103", "0"])
def test_what_cannot_be_a_group_is_not_bound(number: str) -> None:
    done = CliRunner().invoke(app, ["bind", "team:helpdesk", number])
    assert done.exit_code == 2
    assert "не группа" in done.stderr
    assert f"-100{number}" in done.stderr


def test_a_group_is_bound() -> None:
    done = CliRunner().invoke(app, ["bind", "team:helpdesk", "--", "-10031000067"])
    assert (done.exit_code, done.stderr) == (0, "")
