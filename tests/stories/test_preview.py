"""`firstline preview`: under each message is the place of its step, and a save that is wrong is named on the page."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.demo import preview, stage
from bot.demo.preview import PreviewedFiles, cast
from bot.demo.screens import note, places_in, screens
from bot.settings import Settings
from bot.sla.check import load_desk
from bot.texts import speak
from tests import children
from tests.desk import ANNA, Desk

ROOT = Path(__file__).parents[2]
TEA = """version: 1
defaults: {language: ru, human: {team: helpdesk}}
scenarios:
  tea:
    title: {ru: "Чай", en: "Tea"}
    phrases: [нет чая]
    category: other
    steps:
      - resolved: {ru: "Есть чай?", en: "Is there tea?"}
        "no": human
"""


async def test_a_step_is_found_in_its_file_from_the_message_that_shows_it(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "🖨 Принтер")
    await desk.press(ANNA, "Замяло бумагу")
    (screen,) = await desk.db.read(screens)
    where = places_in(ROOT / "scenarios.yaml")
    written = note(screen, where, Path("knowledge_base"))
    assert written.splitlines()[0].endswith(".md:1"), "the article"
    place, step = written.splitlines()[-2].split()
    file, line = place.split(":")
    assert step == "printer/what"
    assert "id: what" in (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1]
    await desk.sim("note", {"chat": screen.account, "message_id": screen.message, "text": written})
    assert (await desk.last(ANNA))["note"] == written


def test_the_cast_is_that_of_the_companys_own_desk() -> None:
    text = (ROOT / "desk.yaml").read_text("utf-8").replace("  helpdesk: {title", "  first: {title")
    desk, _ = load_desk("desk.yaml", text.replace("helpdesk", "first"))
    assert desk is not None
    company = cast(desk, speak.voice("ru"))
    assert "lead:first" in [person.roles for person in company.people]
    assert [person.language for person in company.people[:3]] == ["ru", "ru", "en"]
    assert len({chat.id for chat in company.chats}) == len(company.chats) == len(desk.with_chats()) + 2


def test_a_fault_is_returned_and_a_good_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("desk.yaml", "facts.yaml", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    file = tmp_path / "scenarios.yaml"
    monkeypatch.chdir(tmp_path)
    draft = PreviewedFiles(Settings(_env_file=None), speak.voice("ru"))
    file.write_text(TEA.replace("resolved", "resolvd"), "utf-8")
    assert "scenarios.yaml:9" in draft.faults()
    file.write_text(TEA, "utf-8")
    assert draft.faults() == ""
    assert draft.menu == ["tea"]


def test_a_scenario_that_is_not_there_is_named_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    app = typer.Typer()
    app.command()(preview.preview)
    done = CliRunner().invoke(app, ["prnter", "--port", "8199", "--no-browser"])
    assert done.exit_code == 2
    assert "printer" in done.stderr


@pytest.mark.processes
def test_the_command_shows_both_readers_the_scenario_until_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios.yaml").write_text(TEA, "utf-8")
    monkeypatch.setenv("SCENARIOS_FILE", str(tmp_path / "scenarios.yaml"))
    monkeypatch.setenv("DESK_FILE", str(ROOT / "presets" / "small.yaml"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "bot", "preview", "tea", "--port", str(port), "--no-browser"]
    process = children.begin(command, stdout=subprocess.PIPE, text=True)
    try:
        with children.patience(process, 2 * stage.PATIENCE):
            assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
            for reader, question in ((preview.RUSSIAN, "Есть чай?"), (preview.ENGLISH, "Is there tea?")):
                while not any(question in text for text in texts_of(port, reader)):
                    assert process.poll() is None
                    time.sleep(0.1)  # another process answers: its clock is not ours
            process.terminate()
            assert process.wait(60) == 0
        assert not stage.taken(port), "the parts have ended with it"
    finally:
        children.end(process)


def texts_of(port: int, reader: int) -> list[str]:
    shown = stage.get(f"http://127.0.0.1:{port}/sim/chats/{reader}/messages?limit=5")
    return [message.get("text") or message.get("caption") or "" for message in shown]
