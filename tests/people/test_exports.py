"""People as other systems export them: encodings, separators, title rows, headings of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.people.exports import ColumnMap, decoded, read_map
from bot.people.roster import read_roster
from bot.yamlfiles import Complaint
from tests.accounts.test_cli import PEOPLE, desk, firstline

__all__ = ["desk"]  # the fixture: an empty folder with a desk

HR = "Табельный номер;ФИО;Должность;Подразделение\nE1;Ким Глеб Иванович;аналитик;ИТ\nE2;Рыбакова Света;бухгалтер;Финансы\n"
MAP = (
    "columns:\n  Табельный номер: staff_id\n  ФИО: name\n  Подразделение: department\n"
    "ignore_unknown: true\nsurname_first: true\n"
)
NAMING = ColumnMap(
    columns={"Табельный номер": "staff_id", "ФИО": "name", "Подразделение": "department"},
    ignore_unknown=True,
    surname_first=True,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "people.csv"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    file.write_bytes(mark + PEOPLE.encode(encoding))
    text = decoded(file)
    assert isinstance(text, str)
    assert text.removeprefix("\ufeff") == PEOPLE
    assert next(entry.name for entry in read_roster("people.csv", text)[0]) == "Анна Иванова"


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize(
    "above", ["", "sep={}\n", "Сотрудники на 01.12.2026\n\n", "Отчёт, форма 7; ИТ\nДата: 1\n"]
)
def test_separators_and_lines_above_the_headings_are_understood(between: str, above: str) -> None:
    text = above.format(between) + PEOPLE.replace(";", between)
    entries, complaints = read_roster("people.csv", text)
    assert not complaints
    assert [entry.staff_id for entry in entries] == ["E1", "E2", "E3"]
    assert entries[1].roles == ("engineer:network",)


def test_an_export_of_hr_is_read_by_a_map_of_its_headings() -> None:
    entries, complaints = read_roster("hr.csv", "Штат на 1 декабря\n" + HR, naming=NAMING)
    assert not complaints
    assert [(entry.staff_id, entry.name, entry.department) for entry in entries] == [
        ("E1", "Глеб Иванович Ким", "ИТ"),
        ("E2", "Света Рыбакова", "Финансы"),
    ]
    assert "roles" not in entries[0].marks  # what the export does not have changes nothing


def test_columns_that_the_map_does_not_name_are_faults_unless_they_are_to_be_ignored() -> None:
    strict = NAMING.model_copy(update={"ignore_unknown": False})
    assert [c.code for c in read_roster("hr.csv", HR, naming=strict)[1]] == ["E602"]


def test_a_workbook_is_named_as_one(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"PK\x03\x04 and so on")
    found = decoded(file)
    assert isinstance(found, Complaint)
    assert found.code == "E619"


def test_a_map_with_a_misspelt_key_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(MAP.replace("ignore_unknown", "ignore_unknwon"), "utf-8")
    naming, complaints, _ = read_map(file)
    assert naming is None
    assert [(c.code, c.mark.line, c.hint) for c in complaints] == [("E104", 5, "ignore_unknown")]


def test_the_command_takes_a_map_and_rehearses_before_it_changes_anything(tmp_path: Path) -> None:
    Path("hr.csv").write_bytes(HR.encode("cp1251"))
    Path("map.yaml").write_text(MAP, "utf-8")
    said = firstline("import", "hr.csv", "--map", "map.yaml", "--dry-run").stdout
    assert "Новых было бы: 2" in said
    assert "+ E1 Глеб Иванович Ким ИТ" in said
    assert "E1" not in firstline("list").stdout
    assert "Новых: 2" in firstline("import", "hr.csv", "--map", "map.yaml").stdout
    assert "Глеб Иванович Ким" in firstline("list").stdout
    Path("hr.csv").write_bytes(HR.replace("Финансы", "Казначейство").encode("cp1251"))
    assert (
        "~ E2 Света Рыбакова: department Финансы → Казначейство"
        in firstline("import", "hr.csv", "--map", "map.yaml", "--dry-run").stdout
    )


def test_people_without_an_account_are_one_warning_and_not_three_lines_each() -> None:
    lines = "".join(f"E{number};Человек {number}\n" for number in range(1, 41))
    Path("people.csv").write_text("staff_id;name\n" + lines, "utf-8")
    said = firstline("import", "people.csv").stderr
    assert said.count("W601") == 1
    assert "E1, E2, E3, E4, E5 (+35)" in said
