"""`firstline people invite`, `export` and `erase`, `firstline audit verify`: the operator's side of accounts."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.accounts import audit_cli, cli, invite_cli, privacy_cli
from bot.settings import Settings
from tests.databases import copied_sqlite

ROOT = Path(__file__).parents[2]
app = typer.Typer()
app.command("import")(cli.import_people)
app.command("list")(cli.list_people)
app.command("invite")(invite_cli.invite)
app.command("export")(privacy_cli.export)
app.command("erase")(privacy_cli.erase)
app.command("audit")(audit_cli.list_rows)
app.command("verify")(audit_cli.verify)

DESK = "teams:\n  network: {title: {ru: Сеть, en: Network}}\n"
PEOPLE = "staff_id,name,telegram_id,username,roles\nE1,Анна Иванова,501,,admin\nE2,Олег Петров,,oleg,engineer:network\n"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("desk.yaml").write_text(DESK, "utf-8")
    Path("people.csv").write_text(PEOPLE, "utf-8")
    file = tmp_path / "data" / "firstline.db"
    monkeypatch.setenv("DATABASE_URL", copied_sqlite(file))
    execute(file, "INSERT INTO facts VALUES ('bot_username', 'firstline_bot')")
    assert firstline("import", "people.csv").exit_code == 0
    return file


def execute(file: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as connection:
        return connection.execute(statement).fetchall()


def firstline(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_an_import_warns_of_a_role_that_only_a_user_name_claims_and_a_list_shows_it_waiting() -> None:
    done = firstline("import", "people.csv")
    assert "W820" in done.stderr
    assert "E2\t@oleg\t-\tОлег Петров\t(engineer:network)" in firstline("list").stdout


def test_all_who_are_not_proven_are_invited_into_a_file_that_only_its_owner_reads(database: Path) -> None:
    done = firstline("invite", "--all", "--csv", "links.csv")
    assert (done.exit_code, done.stdout) == (0, "")
    file = Path("links.csv")
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [row["staff_id"] for row in rows] == ["E2"]
    token = rows[0]["link"].removeprefix("https://t.me/firstline_bot?start=")
    assert len(token) == 32
    stored = execute(database, "SELECT hash, state FROM invites")
    assert [state for _, state in stored] == ["open"]
    assert token not in str(stored)


def test_a_link_is_drawn_as_a_picture_whatever_the_staff_id_is() -> None:
    Path("people.csv").write_text(PEOPLE + "../../x,Пётр Ли,,petr,\n", "utf-8")
    assert firstline("import", "people.csv").exit_code == 0
    assert firstline("invite", "--all", "--qr", "codes").exit_code == 0
    drawn = sorted(Path("codes").iterdir())
    assert [file.name for file in drawn] == ["0001-E2.svg", "0002-_x.svg"]
    assert all(
        file.read_text("utf-8").startswith("<?xml") and file.stat().st_mode & 0o77 == 0 for file in drawn
    )


@pytest.mark.parametrize(("words", "code"), [((), 2), (("E1", "--all"), 2), (("E9",), 2), (("E1",), 0)])
def test_one_person_or_all_are_invited(words: tuple[str, ...], code: int) -> None:
    assert firstline("invite", *words).exit_code == code


def test_an_export_has_the_person_and_an_erasure_leaves_a_number(database: Path) -> None:
    done = firstline("export", "E2", "--to", "request")
    assert done.exit_code == 0, done.stderr
    found = json.loads(Path("request/person.json").read_text("utf-8"))
    assert found["people"][0]["name"] == "Олег Петров"
    assert Path("request/people.csv").stat().st_mode & 0o777 == 0o600
    assert "E2" in firstline("erase", "E2").stdout
    assert execute(database, "SELECT name FROM people WHERE id = 2") == [("Олег Петров",)]
    assert firstline("erase", "E2", "--yes").exit_code == 0
    assert execute(database, "SELECT staff_id, name, username FROM people WHERE id = 2") == [
        ("erased-2", "erased-2", None)
    ]
    assert "person:2" not in firstline("list").stdout
    assert firstline("verify").exit_code == 0


@pytest.mark.parametrize(
    ("language", "chat", "role"),
    [("ru", "теперь «Сеть»", "инженер «Сеть»"), ("en", "is “Network” now", "engineer of Network")],
)
def test_an_audit_trail_calls_teams_and_roles_by_their_titles(
    database: Path, monkeypatch: pytest.MonkeyPatch, language: str, chat: str, role: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    Path("desk.yaml").write_text((ROOT / "desk.yaml").read_text("utf-8"), "utf-8")
    bound = "SELECT 99, at, 'operator', 'chat', 'team:network', '{\"chat\": -1001}', '{}', '', '' FROM audit LIMIT 1"
    execute(
        database, f"INSERT INTO audit (id, at, actor, action, about, facts, personal, seal, link) {bound}"
    )
    listed = firstline("audit").stdout
    assert chat in listed
    assert role in listed
    assert "team:network" not in listed
    assert "engineer:network" not in listed


def test_an_audit_trail_is_read_beside_a_desk_with_a_fault() -> None:
    assert "Олег Петров (E2)" in firstline("audit").stdout


def test_an_altered_audit_trail_is_named_with_exit_code_1(database: Path) -> None:
    noted = firstline("verify").stdout.split()[-1]
    assert firstline("verify", "--witness", noted).exit_code == 0
    assert "Олег Петров (E2)" in firstline("audit").stdout
    execute(database, "UPDATE audit SET facts = '{}' WHERE id = 1")
    done = firstline("verify")
    assert (done.exit_code, "1" in done.stderr) == (1, True)
    assert firstline("verify", "--witness", "0123456789").exit_code == 1
