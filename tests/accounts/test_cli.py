"""`firstline people import` and `list`: all or none, faults on standard error."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.accounts import cli
from bot.accounts.offline import Replaced, beside_the_bot
from bot.settings import Settings
from bot.storage.migrate import lock_file
from bot.storage.readonly import DatabaseUnreachable, NotReady
from bot.storage.unit import Unit
from bot.yamlfiles.environment import read_settings
from tests.databases import copied_sqlite

app = typer.Typer()
app.command("import")(cli.import_people)
app.command("list")(cli.list_people)

DESK = "teams:\n  network: {title: {ru: Сеть, en: Network}}\n"
PEOPLE = (
    "staff_id;name;telegram_id;username;roles\n"
    "E1;Анна Иванова;501;;\n"
    "E2;Олег Петров;;oleg;engineer:network\n"
    "E3;Нина Орлова;503;;supervisor\n"
)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a desk of one team; no settings but the defaults."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("desk.yaml").write_text(DESK, "utf-8")


def firstline(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def write(text: str) -> str:
    Path("people.csv").write_text(text, "utf-8-sig")
    return "people.csv"


def test_an_import_says_what_it_did_and_a_list_shows_it() -> None:
    done = firstline("import", write(PEOPLE))
    assert (done.exit_code, done.stdout) == (0, "Новых: 3, изменено: 0, без изменений: 0, ушли: 0.\n")
    assert firstline("list").stdout.splitlines() == [
        "E1\t501\t-\tАнна Иванова\temployee",
        "E3\t503\t-\tНина Орлова\tsupervisor",
        "E2\t@oleg\t-\tОлег Петров\t(engineer:network)",
    ]


def test_one_fault_and_nobody_comes_in() -> None:
    done = firstline("import", write(PEOPLE + "E4;;x;;engineer:netwrok\n"))
    assert done.exit_code == 2
    for code, column in (("E605", 4), ("E609", 5), ("E615", 8)):
        assert f"people.csv:5:{column}: ошибка[{code}]" in done.stderr
    assert "может быть, 'network'" in done.stderr
    assert firstline("list").stdout == ""


def test_a_warning_is_said_and_the_import_goes_on() -> None:
    done = firstline("import", write(PEOPLE + "E4;Пётр;;;\n"))
    assert done.exit_code == 0
    assert "предупреждение[W601]" in done.stderr


ADMINS = (
    "staff_id;name;department;office;telegram_id;roles;manager\n"
    "E1;Анна Иванова;ИТ;3-12;501;admin supervisor;E2\n"
    "E2;Олег Петров;ИТ;1-01;502;engineer:network;\n"
)


def test_an_import_of_a_few_columns_changes_nothing_else_and_warns_of_no_account() -> None:
    firstline("import", write(ADMINS))
    before = firstline("list").stdout
    done = firstline(
        "import", write("staff_id;name;department\nE1;Анна Иванова;Связь\nE2;Олег Петров;Связь\n")
    )
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "Новых: 0, изменено: 2, без изменений: 0, ушли: 0.\n"
    assert firstline("list").stdout == before


@pytest.mark.parametrize(
    ("file", "more"),
    [
        (ADMINS.replace("admin supervisor", "supervisor"), []),
        (ADMINS.replace("admin supervisor", ""), []),
        ("staff_id;name\nE2;Олег Петров\n", ["--leavers", "1"]),
        ("staff_id;name;telegram_id\nE1;Анна Иванова;\nE2;Олег Петров;501\n", []),
    ],
    ids=["another role", "no role", "gone", "no account"],
)
def test_an_import_that_would_leave_no_administrator_is_refused_and_writes_nothing(
    file: str, more: list[str]
) -> None:
    firstline("import", write(ADMINS))
    before = firstline("list").stdout
    done = firstline("import", write(file), *more)
    assert done.exit_code == 2
    assert "не осталось бы ни одного администратора" in done.stderr
    assert firstline("list").stdout == before


def test_an_import_may_hand_the_role_of_administrator_on() -> None:
    firstline("import", write(ADMINS))
    handed = ADMINS.replace("admin supervisor", "").replace("engineer:network", "admin")
    done = firstline("import", write(handed))
    assert done.exit_code == 0
    assert "E2\t502\t-\tОлег Петров\tadmin" in firstline("list").stdout


def test_the_account_of_a_colleague_is_a_fault_at_its_place() -> None:
    firstline("import", write(PEOPLE))
    done = firstline("import", write("staff_id;name;telegram_id\nE9;Чужой;501\n"))
    assert done.exit_code == 2
    assert "people.csv:2:10: ошибка[E617]" in done.stderr
    assert "Анна Иванова (E1)" in done.stderr


def test_leavers_are_counted_before_anybody_goes() -> None:
    firstline("import", write(PEOPLE))
    half = write("staff_id;name;telegram_id\nE1;Анна Петрова;501\n")
    refused = firstline("import", half, "--leavers", "1")
    assert refused.exit_code == 1
    assert "--leavers 2" in refused.stderr
    assert "Анна Иванова" in firstline("list").stdout
    done = firstline("import", half, "--leavers", "2")
    assert done.stdout == "Новых: 0, изменено: 1, без изменений: 0, ушли: 2.\n"
    assert firstline("list").stdout == "E1\t501\t-\tАнна Петрова\temployee\n"


def test_a_file_that_cannot_be_read_is_a_complaint_and_no_traceback() -> None:
    Path("folder.csv").mkdir()
    for name in ("folder.csv", "nowhere.csv"):
        done = firstline("import", name)
        assert done.exit_code == 2
        assert f"{name}:1:1: ошибка[E102]" in done.stderr


def test_the_people_are_listed_while_the_bot_runs() -> None:
    firstline("import", write(PEOPLE))
    with lock_file(Path("data/firstline.db")):
        done = firstline("list")
    assert done.exit_code == 0
    assert "Анна Иванова" in done.stdout


def test_a_list_makes_no_database_where_there_is_none() -> None:
    assert isinstance(firstline("list").exception, NotReady)
    assert not Path("data").exists()


def test_an_empty_directory_says_how_to_fill_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", copied_sqlite(tmp_path / "empty.db"))
    done = firstline("list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "firstline people import" in done.stderr


def test_a_database_that_is_away_is_named_and_not_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://firstline@127.0.0.1:9/firstline")
    assert isinstance(firstline("import", write(PEOPLE)).exception, DatabaseUnreachable)


def test_people_are_taken_in_while_the_bot_runs() -> None:
    firstline("import", write(PEOPLE))
    with lock_file(Path("data/firstline.db")):
        done = firstline("import", write(PEOPLE.replace("Анна Иванова", "Анна Петрова")))
    assert done.exit_code == 0
    assert "Анна Петрова" in firstline("list").stdout


def test_a_database_that_a_bot_is_just_making_is_left_to_it() -> None:
    Path("data").mkdir()
    with lock_file(Path("data/firstline.db")):
        assert isinstance(firstline("import", write(PEOPLE)).exception, NotReady)
    assert not Path("data/firstline.db").exists()


def test_what_was_written_into_a_database_that_a_restore_replaced_is_not_called_done() -> None:
    firstline("import", write(PEOPLE))
    file = Path("data/firstline.db")

    def replaced(_unit: Unit[None]) -> None:
        shutil.copy(file, "copy.db")
        Path("copy.db").replace(file)

    settings = read_settings(Path(".env")).settings
    assert settings is not None
    with lock_file(file), pytest.raises(Replaced):
        beside_the_bot(settings, replaced)


def test_wrong_settings_end_the_command_before_anything_else() -> None:
    Path(".env").write_text("LANGUAGE=xx\n", "utf-8")
    done = firstline("import", write(PEOPLE))
    assert done.exit_code == 2
    assert ".env:1:10: ошибка[E505]" in done.stderr
