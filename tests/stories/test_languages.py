"""Languages: the person's own, that of their Telegram, and one that is only a new folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.app.check import catalogue_gaps
from bot.storage.schema import people
from bot.texts import speak
from bot.texts.beginning import language_files
from tests.desk import ANNA, BORIS, STRANGER, Desk, SandboxProcess, buttons, open_desk, said


@pytest.fixture
def esperanto(tmp_path: Path) -> Iterator[Path]:
    """A company's folder with a third language: one sentence and one card are translated."""
    folder = tmp_path / "texts" / "eo"
    (folder / "cards").mkdir(parents=True)
    for name, text in language_files("eo").items():
        (folder / name).write_text(text, "utf-8")
    hello = 'msgid "start.hello"\nmsgstr ""'
    doors = folder / "doors.po"
    text = doors.read_text("utf-8")
    assert text.count(hello) == 1
    doors.write_text(text.replace(hello, hello[:-1] + 'Saluton, {name}!"'), "utf-8")
    speak.look_in(tmp_path / "texts")
    yield folder
    speak.look_in(tmp_path / "none")


async def speaks(desk: Desk, person: int, code: str) -> None:
    """The person's language is unknown; their Telegram has this one."""
    await desk.sim("people", {"id": person, "language_code": code})
    unknown = update(people).where(people.c.telegram_id == person).values(language="")
    await desk.db.run(lambda tx: tx.execute(unknown) and None)


async def test_the_language_of_telegram_is_the_first_one(desk: Desk) -> None:
    await speaks(desk, ANNA, "en-GB")
    await speaks(desk, BORIS, "fr")
    await desk.write(ANNA, "/start")
    assert "Hello, Анна!" in said(await desk.last(ANNA))
    await desk.write(BORIS, "/start")
    assert "Здравствуйте" in said(await desk.last(BORIS))
    await desk.sim("people", {"id": ANNA, "language_code": "ru"})
    await desk.write(ANNA, "/language")
    await desk.write(ANNA, "/start")
    assert "Здравствуйте" in said(await desk.last(ANNA))


async def test_a_stranger_is_refused_in_the_language_of_their_telegram(desk: Desk) -> None:
    await desk.sim("people", {"id": STRANGER, "language_code": "en"})
    await desk.write(STRANGER, "hello")
    assert "Hello!" in said(await desk.last(STRANGER))


async def test_a_third_language_is_a_folder_of_the_company(
    esperanto: Path, sandbox: SandboxProcess, database_url: str
) -> None:
    async with open_desk(sandbox.root, database_url) as desk:
        speak.look_in(esperanto.parent)  # the desk's own files are elsewhere
        await speaks(desk, ANNA, "eo")
        await desk.write(ANNA, "/start")
        greeting = await desk.last(ANNA)
        assert said(greeting).startswith("Saluton, Анна!")
        assert "📖 Instructions" in buttons(greeting)  # not translated yet: read in English
    gaps = {(complaint.code, complaint.facts["language"]): complaint.facts for complaint in catalogue_gaps()}
    assert set(gaps) == {("W801", "eo")}
    assert gaps["W801", "eo"]["done"] == 1


async def test_whoever_writes_in_another_language_is_offered_it_once_and_gets_it_by_one_press(
    desk: Desk,
) -> None:
    await desk.write(ANNA, "my printer does not print anything")
    await desk.write(ANNA, "it only shows a blinking red light")
    offers = [message for message in await desk.reads(ANNA) if "Shall I answer in English?" in said(message)]
    assert [buttons(message) for message in offers] == [["Yes, in English"]]
    await desk.press(ANNA, "Yes, in English")
    assert "We speak English now." in [said(message) for message in await desk.reads(ANNA)]
    await desk.write(BORIS, "не печатает мой принтер на складе")
    assert all("по-русски" not in said(message) for message in await desk.reads(BORIS))
