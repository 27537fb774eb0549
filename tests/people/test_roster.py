"""people.csv is read strictly: all faults at once, each at its line and column."""

from __future__ import annotations

import pytest

from bot.people.roster import COLUMNS, read_roster
from bot.yamlfiles import show

HEADER = ",".join(COLUMNS[:8]) + "\n"  # without those that few companies fill in
ANNA = "E100,Анна Иванова,ru,Бухгалтерия,3-12,501,@Anna_Iv,\n"
OLEG = "E200,Олег Петров,,ИТ,1-01,,oleg_p,engineer:network lead:network\n"
TEAMS = {"helpdesk", "network"}


def faults(text: str) -> list[tuple[str, int, int]]:
    return [(c.code, c.mark.line, c.mark.column) for c in read_roster("people.csv", text, TEAMS)[1]]


def test_a_person_is_read_whole() -> None:
    (anna, oleg), complaints = read_roster("people.csv", HEADER + ANNA + OLEG, TEAMS)
    assert not complaints
    assert (anna.staff_id, anna.name, anna.language) == ("E100", "Анна Иванова", "ru")
    assert (anna.telegram_id, anna.username, anna.roles) == (501, "anna_iv", ())
    assert (oleg.language, oleg.telegram_id) == ("", None)
    assert oleg.roles == ("engineer:network", "lead:network")


def test_a_zone_is_one_of_the_iana_database() -> None:
    (anna, oleg), complaints = read_roster(
        "people.csv", "staff_id,name,username,zone\nE1,Анна,anna,Asia/Omsk\nE2,Олег,oleg,\n", TEAMS
    )
    assert not complaints
    assert (anna.zone, oleg.zone) == ("Asia/Omsk", "")
    assert faults("staff_id,name,username,zone\nE1,Анна,anna,Omsk\n") == [("E620", 2, 14)]


def test_a_manager_is_a_staff_id_and_nobody_manages_themselves() -> None:
    (anna,), complaints = read_roster(
        "people.csv", "staff_id,name,username,manager\nE1,Анна,anna,E9\n", TEAMS
    )
    assert not complaints
    assert anna.manager == "E9"
    assert faults("staff_id,name,username,manager\nE1,Анна,anna,E1\n") == [("E618", 2, 14)]


def test_columns_may_stand_in_any_order_and_most_may_be_left_out() -> None:
    (anna,), complaints = read_roster("people.csv", "username;name;staff_id\nanna;Анна;E1\n", TEAMS)
    assert not complaints
    assert (anna.staff_id, anna.username, anna.department) == ("E1", "anna", "")


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        (",Анна,ru,,,501,,", "E605", 1),
        ("E1,,ru,,,501,,", "E605", 4),
        ("E1,Анна,fr,,,501,,", "E608", 9),
        ("E1,Анна,ru,,,-100123,,", "E609", 14),
        ("E1,Анна,ru,,,5e2,,", "E609", 14),
        ("E1,Анна,ru,,,٥٠١,,", "E609", 14),
        ("E1,Анна,ru,,,0,,", "E609", 14),
        ("E1,Анна,ru,,,1087968824,,", "E610", 14),
        ("E1,Анна,ru,,,777000,,", "E610", 14),
        ("E1,Анна,ru,,,,анна,", "E611", 15),
        ("E1,Анна,ru,,,,@an,", "E611", 15),
        ("E1,Анна,ru,,,501,,boss", "E613", 19),
        ("E1,Анна,ru,,,501,,engineer", "E614", 19),
        ("E1,Анна,ru,,,501,,supervisor:network", "E614", 19),
        ("E1,Анна,ru,,,501,,admin:", "E614", 19),
        ("E1,Анна,ru,,,501,,engineer:netwrok", "E615", 19),
        ("E1,Анна,ru,,,501", "E604", 1),
        ("E1,Анна,ru,,,501,,,лишнее", "E604", 1),
        ('E1,"Анна,ru,,,501,,', "E616", 4),
    ],
)
def test_each_fault_is_named_at_its_cell(line: str, code: str, column: int) -> None:
    assert faults(HEADER + line + "\n") == [(code, 2, column)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("staff_id,language", [("E601", 1, 1)]),
        ("staff_id,name,rolls", [("E602", 1, 15)]),
        ("staff_id,name,name", [("E603", 1, 15)]),
        ("", [("E100", 1, 1)]),
    ],
)
def test_a_wrong_header_is_explained(header: str, expected: list[tuple[str, int, int]]) -> None:
    assert faults(header + "\n") == expected


def test_what_belongs_to_one_person_stands_once() -> None:
    again = "E100,Анна Петрова,ru,,,501,ANNA_IV,\n"
    assert faults(HEADER + ANNA + again) == [("E606", 3, 1), ("E606", 3, 24), ("E606", 3, 28)]


def test_all_faults_come_at_once() -> None:
    text = HEADER + "E1,,fr,,,x,,boss\n" + "E1,Олег,ru,,,,?,\n"
    assert [code for code, *_ in faults(text)] == ["E605", "E608", "E609", "E613", "E611", "E606"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_complaint_is_a_whole_sentence(language: str) -> None:
    text = HEADER + ANNA + 'E100,,fr,,,-1,?,boss engineer engineer:netwrok\nE3\n"E4\nE5,Я,ru,,,777000,,\n'
    complaints = read_roster("people.csv", text, TEAMS)[1]
    shown = show(complaints, {"people.csv": text}, language)
    assert len({complaint.code for complaint in complaints}) == 11
    assert "{" not in shown
    assert "network" in shown  # the team that was meant


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("4411,a@b.example", None),
        ("8 (495) 123-45-67 доб. 5,", None),
        ("7.91612E+10,", "E621"),
        ("нет,", "E621"),
        (",anna at example", "E622"),
    ],
)
def test_a_phone_and_an_address_are_what_they_look_like(value: str, code: str | None) -> None:
    _, complaints = read_roster("people.csv", f"staff_id,name,phone,email\nE1,Анна,{value}\n")
    assert [one.code for one in complaints] == ([code] if code else [])
