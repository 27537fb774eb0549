"""A company's folder of texts: looked up first, checked, and never a reason to fall silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.check import catalogue_gaps
from bot.texts import speak
from bot.texts.beginning import language_files
from bot.texts.catalogues import translated

HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n'
MIDNIGHT = HEAD + 'msgid "until.midnight"\nmsgstr "Mitternacht"\n\n'


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    speak.look_in(tmp_path / "none")


def put(texts: Path, name: str, text: str) -> None:
    (texts / name).parent.mkdir(parents=True, exist_ok=True)
    (texts / name).write_text(text, "utf-8")
    speak.look_in(texts)


def codes() -> list[tuple[str, str]]:
    return [(one.code, one.file) for one in catalogue_gaps()]


def test_a_translated_sentence_is_said_and_the_others_in_english(texts: Path) -> None:
    put(texts, "de/own.po", MIDNIGHT)
    german = speak.voice("de")
    assert german.say("until.midnight") == "Mitternacht"
    assert german.say("when.today", time="9:00") == "today at 9:00"
    assert codes() == [("W801", "texts/de")]
    assert translated("de").done == 1


def test_a_company_may_say_a_sentence_of_ours_in_other_words(texts: Path) -> None:
    ours = speak.voice("ru").say("until.midnight")
    put(texts, "ru/own.po", HEAD.replace("de", "ru") + 'msgid "until.midnight"\nmsgstr "до ночи"\n')
    assert speak.voice("ru").say("until.midnight") == "до ночи" != ours
    assert codes() == []


@pytest.mark.parametrize("wrong", ["um {zeit}", "um {time", "um {time.__class__}"])
def test_a_sentence_with_another_fact_is_an_error_and_ours_is_said(texts: Path, wrong: str) -> None:
    put(texts, "de/own.po", f'{MIDNIGHT}msgid "when.today"\nmsgstr "{wrong}"\n')
    (fault,) = [one for one in catalogue_gaps() if one.code == "E802"]
    text = (texts / "de" / "own.po").read_text("utf-8")
    assert (fault.file, text.splitlines()[fault.mark.line - 1]) == ("texts/de/own.po", 'msgid "when.today"')
    assert speak.voice("de").say("when.today", time="9:00") == "today at 9:00"


def test_a_card_of_the_company_is_drawn_and_one_that_cannot_be_is_ours(texts: Path) -> None:
    put(texts, "eo/own.po", HEAD.replace("de", "eo") + 'msgid "until.midnight"\nmsgstr "noktomezo"\n')
    put(texts, "eo/cards/burst.html.j2", "Ni: {{ v.language }}")
    assert speak.voice("eo").card("burst") == "Ni: eo"
    put(texts, "eo/cards/burst.html.j2", "{{ missing.__class__ }} {{ ''.__class__.__mro__ }}")
    with pytest.raises(speak.UnknownWords.__mro__[-3]):
        speak.voice("eo").card("burst")  # ours, which lacks its facts here: the company's was given up


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("de/cards/rush.html.j2", "{% if x %}", "E804"),
        ("de/cards/rusch.html.j2", "text", "W802"),
        ("de/own.po", HEAD + 'msgid "until.midnigth"\nmsgstr "x"\n', "W802"),
        ("de/own.po", MIDNIGHT + "Guten Tag\n", "E804"),
        ("deutsch/own.po", "", "E803"),
    ],
)
def test_what_cannot_be_used_is_named(texts: Path, file: str, text: str, code: str) -> None:
    put(texts, file, text)
    assert code in [found for found, _ in codes()]


def test_a_sentence_that_we_do_not_have_is_named_at_its_line(texts: Path) -> None:
    put(texts, "de/own.po", MIDNIGHT + 'msgid "until.midnigth"\nmsgstr "x"\n')
    (fault,) = [one for one in catalogue_gaps() if one.code == "W802"]
    text = (texts / "de" / "own.po").read_text("utf-8")
    assert text.splitlines()[fault.mark.line - 1] == 'msgid "until.midnigth"'


def test_the_files_of_a_new_language_say_what_ours_say_and_translate_nothing(texts: Path) -> None:
    for name, text in language_files("de").items():
        put(texts, f"de/{name}", text)
    assert "#. today at {time}\n#. сегодня в {time}" in (texts / "de" / "time.po").read_text("utf-8")
    found = translated("de")
    assert (found.done, found.all) == (0, len(found.missing))
    assert "de" not in speak.languages(), "nobody is offered a language of which nothing is there"
    assert codes() == [("W801", "texts/de")]
