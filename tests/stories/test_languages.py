"""Languages: the person's own, that of their Telegram, and one that is only a new folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.app.check import catalogue_gaps
from bot.storage.schema import people
from bot.texts import speak
from tests.desk import ANNA, BORIS, STRANGER, Desk, SandboxProcess, buttons, open_desk, said

OURS = speak.HERE


@pytest.fixture
def esperanto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A third language: a copy of the English folder with one sentence translated and one missing."""
    for language in speak.languages():
        shutil.copytree(OURS / language, tmp_path / language)
    folder = tmp_path / "eo"
    shutil.copytree(OURS / "en", folder)
    doors = folder / "doors.po"
    text = doors.read_text("utf-8").replace("Language: en", "Language: eo")
    text = text.replace('msgstr "Hello, {name}!', 'msgstr "Saluton, {name}!')
    doors.write_text(text.replace('msgid "button.articles"', 'msgid "button.nobody"'), "utf-8")
    articles = folder / "articles.po"
    articles.write_text(articles.read_text("utf-8").replace("📖 Instructions", ""), "utf-8")
    monkeypatch.setattr(speak, "HERE", tmp_path)
    _forget()
    yield folder
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    speak.voice.cache_clear()
    speak.languages.cache_clear()


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


async def test_a_third_language_is_a_folder(
    esperanto: Path, sandbox: SandboxProcess, database_url: str
) -> None:
    async with open_desk(sandbox.root, database_url) as desk:
        await speaks(desk, ANNA, "eo")
        await desk.write(ANNA, "/start")
        greeting = await desk.last(ANNA)
        assert said(greeting).startswith("Saluton, Анна!")
        assert "📖 Instructions" in buttons(greeting)  # not translated yet: read in English
    gaps = {(complaint.code, complaint.facts["language"]): complaint for complaint in catalogue_gaps()}
    assert set(gaps) == {("W801", "eo")}
    assert "button.articles" in gaps["W801", "eo"].facts["keys"]


def test_a_translated_sentence_with_another_fact_is_an_error(esperanto: Path) -> None:
    doors = esperanto / "doors.po"
    doors.write_text(doors.read_text("utf-8").replace("Saluton, {name}!", "Saluton, {nomo}!"), "utf-8")
    assert ["start.hello"] in [c.facts["keys"] for c in catalogue_gaps() if c.code == "E802"]


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
