"""Settings: read from two places, every fault at once, no secret shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from dotenv import dotenv_values

from bot.app import start
from bot.settings import Settings
from bot.yamlfiles import show
from bot.yamlfiles.environment import ENVIRONMENT, read_settings

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


@pytest.fixture
def env(tmp_path: Path):
    def writing(text: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / ".env"
        file.write_text(text, encoding=encoding)
        return file

    return writing


def faults(file: Path) -> list[tuple[str, str, int, int]]:
    return [(c.code, c.file, c.mark.line, c.mark.column) for c in read_settings(file).complaints]


def test_without_a_file_everything_has_its_default(tmp_path) -> None:
    settings = read_settings(tmp_path / ".env").settings
    assert settings is not None
    assert settings.bot_token is None
    assert settings.telegram_api_root == "https://api.telegram.org"


def test_the_environment_wins_over_the_file(env, monkeypatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    settings = read_settings(env("LANGUAGE=ru\nHEALTH_PORT=9000\n")).settings
    assert settings is not None
    assert (settings.language, settings.health_port) == ("en", 9000)


@pytest.mark.parametrize("locales", ["en_US:en", "de_DE", "en_GB.UTF-8", "de:en"])
def test_a_list_of_locales_in_the_systems_language_is_no_setting(locales, env, monkeypatch) -> None:
    monkeypatch.setenv("LANGUAGE", locales)
    assert read_settings(env("LANGUAGE=en\n")).settings.language == "en"
    assert read_settings(env("")).settings.engineers_language is None


def test_a_setting_left_empty_is_not_given(env) -> None:
    settings = read_settings(env("BOT_TOKEN=\nCLOCK_URL=\n")).settings
    assert settings is not None
    assert settings.bot_token is None
    assert settings.clock_url is None


def test_a_mark_of_a_windows_editor_is_no_fault(env) -> None:
    settings = read_settings(env("LANGUAGE=en\r\n", "utf-8-sig")).settings
    assert settings is not None
    assert settings.language == "en"


def test_the_slash_at_the_end_of_an_address_does_not_matter(env) -> None:
    settings = read_settings(env("TELEGRAM_API_ROOT=http://localhost:8081/\n")).settings
    assert settings is not None
    assert settings.telegram_api_root == "http://localhost:8081"


def test_every_fault_is_named_at_once_at_its_place(env) -> None:
    file = env(
        "# the bot\n"
        "BOT_TOKEN=my token\n"
        "export TELEGRAM_API_ROOT = 'localhost:8081'\n"
        "DATABASE_URL=mysql://x\n"
        "\n"
        "DATABASE_UR=sqlite+aiosqlite:///x.db\n"
        "LANGUAGE=fr\n"
        "HEALTH_PORT=eighty\n"
        "BOT_TOKEN=my token\n"
        "just words\n"
    )
    assert sorted(faults(file), key=lambda fault: fault[2]) == [
        ("E501", ".env", 2, 11),
        ("E502", ".env", 3, 29),
        ("E503", ".env", 4, 14),
        ("E504", ".env", 6, 1),
        ("E505", ".env", 7, 10),
        ("E506", ".env", 8, 13),
        ("E508", ".env", 9, 1),
        ("E507", ".env", 10, 1),
    ]
    assert read_settings(file).settings is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("BOT_TOKEN=12345", "E501"),
        ("BOT_TOKEN=bot:AAHdqTcvCH1vGWJx", "E501"),
        ("BOT_TOKEN=1:", "E501"),
        ("TELEGRAM_API_ROOT=https://", "E502"),
        ("TELEGRAM_API_ROOT=ftp://api", "E502"),
        ("CLOCK_URL=http://a?b", "E502"),
        ("DATABASE_URL=sqlite:///data/firstline.db", "E503"),
        ("LOG_LEVEL=loud", "E505"),
        ("LOG_FORMAT=xml", "E505"),
        ("HEALTH_PORT=65536", "E506"),
        ("HEALTH_PORT=-1", "E506"),
        ("BOT_TOKEN", "E507"),
        ('LANGUAGE="ru', "E507"),
    ],
)
def test_a_wrong_value_has_its_code(line, code, env) -> None:
    assert [fault[0] for fault in faults(env(line + "\n"))] == [code]


def test_a_misspelled_name_is_told_the_right_one(env) -> None:
    (complaint,) = read_settings(env("BOT_TOKN=x\n")).complaints
    assert (complaint.code, complaint.hint) == ("E504", "BOT_TOKEN")


def test_a_fault_of_the_environment_is_called_so(env, monkeypatch) -> None:
    monkeypatch.setenv("HEALTH_PORT", "eighty")
    assert faults(env("HEALTH_PORT=8080\n")) == [("E506", ENVIRONMENT, 1, 13)]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_complaint_shows_a_secret(language, env, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://firstline:hunter2@db/firstline")
    told = read_settings(env(f"BOT_TOKN={TOKEN}\nBOT_TOKEN='{TOKEN} '\n\"{TOKEN}\nLANGUAGE={TOKEN[:9]}\n"))
    shown = show(told.complaints, told.texts, language)
    assert shown.count("[E5") == 5
    assert TOKEN[10:] not in shown
    assert "hunter2" not in shown


def test_settings_never_print_their_secrets(env) -> None:
    settings = read_settings(env(f"BOT_TOKEN={TOKEN}\n")).settings
    assert settings is not None
    assert TOKEN not in repr(settings)
    assert TOKEN in settings.secrets


def test_without_a_token_two_lines_say_what_to_do(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(typer.Exit) as left:
        start.prepare()
    assert left.value.exit_code == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "@BotFather" in first
    assert "firstline demo" in second


@pytest.mark.processes
def test_a_broken_file_ends_the_start_with_every_fault_and_no_traceback(env) -> None:
    folder = env("BOT_TOKEN=abc\nHEALTH_PORT=x\nTELEGRAM_API=http://localhost\n").parent
    command, environment = [sys.executable, "-m", "bot", "run"], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    places = re.findall(r"^\.env:(\d+):(\d+): ошибка\[E(\d+)\]", done.stderr, re.MULTILINE)
    assert places == [("1", "11", "501"), ("2", "13", "506"), ("3", "1", "504")]
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_text_is_said_to_be_so(tmp_path) -> None:
    (tmp_path / ".env").write_bytes(b"LANGUAGE=\xff\xfe\n")
    assert faults(tmp_path / ".env") == [("E102", ".env", 1, 1)]


def test_the_example_explains_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    explained = {
        line.lstrip("#").partition("=")[0] for line in text.splitlines() if "=" in line and " =" not in line
    }
    assert {name.lower() for name in explained if name.isupper()} == set(Settings.model_fields)


def test_the_example_shows_the_defaults(env) -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    filled = env(
        "\n".join(line[1:] if line[:1] == "#" and line[1:2].isupper() else line for line in text.splitlines())
    )
    assert read_settings(filled).complaints == []
    assert read_settings(filled).settings == Settings(_env_file=None)
    assert set(dotenv_values(filled)) == {name.upper() for name in Settings.model_fields}
