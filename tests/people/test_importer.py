"""An import updates the directory from the file and keeps what people chose themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.people import changes, directory
from bot.people.changes import Altered
from bot.people.importer import NotTakenIn, Taken, TooManyLeave, let_go, take_in
from bot.people.roster import COLUMNS, RosterRow, read_roster
from bot.storage.schema import people
from tests.units import work

FILE = "people.csv"


def roster(*lines: str) -> list[RosterRow]:
    entries, complaints = read_roster(FILE, "\n".join([",".join(COLUMNS[:8]), *lines]))
    assert not [complaint for complaint in complaints if not complaint.is_warning]
    return entries


ANNA = "E1,Анна Иванова,ru,Бухгалтерия,3-12,501,anna,"
OLEG = "E2,Олег Петров,ru,ИТ,1-01,,oleg,engineer:network"
NINA = "E3,Нина Орлова,en,ИТ,1-02,503,,lead:helpdesk supervisor"


def test_new_people_come_in(tx: Connection) -> None:
    assert take_in(tx, FILE, roster(ANNA, OLEG, NINA)) == Taken(added=3)
    nina = directory.by_staff_id(tx, "E3")
    assert nina is not None
    assert (nina.language, nina.roles) == ("en", {"lead:helpdesk", "supervisor"})


def test_the_same_file_again_changes_nothing(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG, NINA))
    assert take_in(tx, FILE, roster(ANNA, OLEG, NINA)) == Taken(same=3)


def test_a_later_file_brings_people_up_to_date(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG))
    assert take_in(tx, FILE, roster(ANNA, OLEG.replace("network", "admins"), NINA)) == Taken(1, 1, 1)
    oleg = directory.by_staff_id(tx, "E2")
    assert oleg is not None
    assert oleg.claimed == {"engineer:admins"}


def test_what_people_chose_themselves_survives_an_import(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG))
    oleg = directory.meet(tx, 502, "Oleg")
    assert oleg is not None
    directory.set_language(tx, oleg.id, "en")
    directory.remember(work(tx, 0), oleg.id, "printer", "PRN-3-02")
    take_in(tx, FILE, roster(ANNA, OLEG.replace("1-01", "2-02")))
    after = directory.get(tx, oleg.id)
    assert (after.office, after.language, after.telegram_id) == ("2-02", "en", 502)
    assert after.profile == {"printer": "PRN-3-02"}


def test_two_people_may_swap_their_accounts(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, NINA))
    take_in(tx, FILE, roster(ANNA.replace("501", "503"), NINA.replace("503", "501")))
    found = tx.execute(select(people.c.staff_id, people.c.telegram_id).order_by(people.c.staff_id)).all()
    assert [tuple(row) for row in found] == [("E1", 503), ("E3", 501)]


def test_the_account_of_somebody_who_works_here_is_not_given_away(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA))
    with pytest.raises(NotTakenIn) as refused:
        take_in(tx, FILE, roster(OLEG.replace(",,oleg", ",501,anna"), NINA))
    found = [(complaint.code, tuple(complaint.mark)) for complaint in refused.value.complaints]
    assert found == [("E617", (2, 27)), ("E617", (2, 31))]
    assert [person.staff_id for person in directory.everybody(tx)] == ["E1"]


def test_the_account_of_somebody_who_left_is_free(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, NINA))
    assert let_go(tx, roster(NINA), expected=1) == 1
    take_in(tx, FILE, roster(NINA, OLEG.replace(",,oleg", ",501,anna")))
    found = directory.known(tx, 501)
    assert found is not None
    assert found.staff_id == "E2"


def test_who_is_missing_from_the_file_stays_unless_asked(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG))
    take_in(tx, FILE, roster(ANNA))
    assert len(directory.everybody(tx)) == 2


def test_who_left_is_a_stranger_and_who_comes_back_is_known_again(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG))
    let_go(tx, roster(OLEG), expected=1)
    assert directory.known(tx, 501) is None
    take_in(tx, FILE, roster(ANNA, OLEG))
    assert directory.known(tx, 501) is not None


def test_half_a_file_does_not_switch_half_of_the_company_off(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG, NINA))
    with pytest.raises(TooManyLeave) as refused:
        let_go(tx, roster(ANNA), expected=1)
    assert (refused.value.leaving, refused.value.expected) == (2, 1)
    assert len(directory.everybody(tx)) == 3


def managed(*lines: str) -> list[RosterRow]:
    entries, complaints = read_roster(FILE, "\n".join(["staff_id,name,manager,phone,email", *lines]))
    assert not complaints
    return entries


def test_an_unknown_manager_is_a_fault_and_changes_nothing(tx: Connection) -> None:
    with pytest.raises(NotTakenIn) as refused:
        take_in(tx, FILE, managed("E1,Анна,E22,,", "E2,Олег,,,"))
    (fault,) = refused.value.complaints
    assert (fault.code, fault.mark, fault.hint) == ("E623", (2, 9), "E2")
    assert directory.everybody(tx) == []


def test_a_manager_who_leaves_with_this_file_is_a_fault(tx: Connection) -> None:
    take_in(tx, FILE, managed("E1,Анна,E2,,", "E2,Олег,,,"))
    staying = managed("E1,Анна,E2,,")
    let_go(tx, staying, expected=1)
    with pytest.raises(NotTakenIn):
        take_in(tx, FILE, staying)


def test_a_manager_in_another_spelling_of_their_number_is_found_at_the_gate(tx: Connection) -> None:
    take_in(tx, FILE, managed("E1,Анна,e2,,", "E2,Олег,,,"))
    anna = directory.by_staff_id(tx, "E1")
    assert anna is not None
    assert anna.manager == "E2"


def test_a_file_without_the_columns_keeps_phone_and_mail(tx: Connection) -> None:
    take_in(tx, FILE, managed("E1,Анна,,+7 495 123-45-67 доб. 205,anna@example.org"))
    take_in(tx, FILE, roster(ANNA))
    anna = directory.by_staff_id(tx, "E1")
    assert anna is not None
    assert (anna.phone, anna.email) == ("+7 495 123-45-67 доб. 205", "anna@example.org")


def test_what_changes_is_told_person_by_person(tx: Connection) -> None:
    take_in(tx, FILE, roster(ANNA, OLEG))
    before = changes.snapshot(tx)
    file = roster(ANNA.replace("3-12", "4-01"), NINA)
    let_go(tx, file, expected=1)
    take_in(tx, FILE, file)
    found = changes.between(before, changes.snapshot(tx))
    assert [one.staff_id for one in found.new] == ["E3"]
    assert [one.staff_id for one in found.left] == ["E2"]
    assert [(one.staff_id, what) for one, what in found.altered] == [
        ("E1", [Altered("office", "3-12", "4-01")])
    ]
