"""The directory knows people by their account, and binds an account once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.people import directory, strangers
from bot.storage import schema
from tests.units import work

MORNING = 1_767_600_000


def add(tx: Connection, staff_id: str, **values) -> int:
    row = {"staff_id": staff_id, "name": f"Имя {staff_id}", "roles": [], "profile": {}} | values
    key = tx.execute(insert(schema.people).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def test_a_person_is_known_by_the_account(tx: Connection) -> None:
    anna = add(tx, "E1", telegram_id=501)
    found = directory.known(tx, 501)
    assert found is not None
    assert (found.id, found.key, found.first_name) == (anna, f"person:{anna}", "Имя")


def test_a_user_name_binds_the_account_at_the_first_contact_whatever_its_case(tx: Connection) -> None:
    anna = add(tx, "E1", username="anna_iv")
    assert directory.known(tx, 501) is None
    met = directory.meet(tx, 501, "Anna_IV")
    assert met is not None
    assert met.id == anna
    assert directory.known(tx, 501) == met


def test_a_user_name_that_changed_hands_opens_nothing(tx: Connection) -> None:
    add(tx, "E1", username="anna_iv")
    directory.meet(tx, 501, "anna_iv")
    assert directory.meet(tx, 666, "anna_iv") is None


def test_an_account_that_is_known_takes_no_second_person(tx: Connection) -> None:
    anna, oleg = add(tx, "E1", telegram_id=501), add(tx, "E2", username="oleg")
    found = directory.meet(tx, 501, "oleg")
    assert found is not None
    assert found.id == anna
    assert directory.get(tx, oleg).telegram_id is None


def test_who_left_is_known_neither_by_account_nor_by_name(tx: Connection) -> None:
    add(tx, "E1", telegram_id=501, active=0)
    add(tx, "E2", username="oleg", active=0)
    assert directory.known(tx, 501) is None
    assert directory.meet(tx, 502, "oleg") is None


def test_the_account_of_somebody_who_left_does_not_come_back_under_another_name(tx: Connection) -> None:
    add(tx, "E1", telegram_id=501, active=0)
    add(tx, "E2", username="new_name")
    assert directory.meet(tx, 501, "new_name") is None


def test_an_account_without_a_user_name_is_a_stranger(tx: Connection) -> None:
    add(tx, "E1", username=None)
    assert directory.meet(tx, 501, None) is None


def test_engineers_of_a_team_are_its_engineers_and_leads(tx: Connection) -> None:
    add(tx, "E1", name="А", roles=["engineer:network"])
    add(tx, "E2", name="Б", roles=["lead:network", "engineer:admins"])
    add(tx, "E3", name="В", roles=["engineer:helpdesk", "supervisor", "admin"])
    add(tx, "E4", name="Г", roles=["engineer:network"], active=0)
    assert [person.staff_id for person in directory.engineers(tx, "network")] == ["E1", "E2"]
    third = directory.by_staff_id(tx, "E3")
    assert third is not None
    assert (third.is_engineer, third.is_supervisor, third.is_admin, third.leads) == (True, True, True, set())


def test_the_profile_remembers_each_answer(tx: Connection) -> None:
    anna = add(tx, "E1", telegram_id=501)
    directory.remember(work(tx, 0), anna, "printer", "PRN-3-02")
    directory.remember(work(tx, 0), anna, "floor", 3)
    assert directory.get(tx, anna).profile == {"printer": "PRN-3-02", "floor": 3}


def test_nobody_is_found_under_a_number_that_was_never_given(tx: Connection) -> None:
    with pytest.raises(directory.NoSuchPerson):
        directory.get(tx, 404)


def test_a_stranger_is_answered_once_an_hour_and_leaves_one_row(tx: Connection) -> None:
    answers = [strangers.seen(work(tx, MORNING + 3 * second), 666) for second in range(1000)]
    assert answers.count(True) == 1
    assert answers[0]
    assert strangers.seen(work(tx, MORNING + 3600), 666)
    assert not strangers.seen(work(tx, MORNING + 3601), 666)
    assert tx.execute(select(schema.strangers.c.seen)).scalars().all() == [1002]


def test_strangers_do_not_silence_each_other(tx: Connection) -> None:
    assert strangers.seen(work(tx, MORNING), 666)
    assert strangers.seen(work(tx, MORNING), 667)


def test_a_language_is_kept(tx: Connection) -> None:
    anna = add(tx, "E1", telegram_id=501)
    tx.execute(update(schema.people).values(language="ru"))
    directory.set_language(tx, anna, "en")
    assert directory.get(tx, anna).language == "en"


@pytest.mark.parametrize("word", ["@anna", "E1", "e1", "Иванова", "иванова", "анна"])
def test_a_colleague_is_meant_by_account_staff_id_or_name(tx: Connection, word: str) -> None:
    anna = add(tx, "E1", name="Анна Иванова", username="anna")
    add(tx, "E2", name="Иван Аннин")
    assert [one.id for one in directory.called(tx, word)] == [anna]


def test_namesakes_are_all_meant_and_those_who_have_left_are_not(tx: Connection) -> None:
    add(tx, "E1", name="Анна Иванова")
    add(tx, "E2", name="Иванова Анна Петровна")
    add(tx, "E3", name="Анна Смирнова", active=0)
    assert [one.staff_id for one in directory.called(tx, "Анна")] == ["E1", "E2"]
    assert [one.staff_id for one in directory.called(tx, "Петровна")] == ["E2"]
    for nobody in ("", "@", "%", "Смирнова", "Анн"):
        assert directory.called(tx, nobody) == []


def test_of_many_namesakes_none_is_left_out(tx: Connection) -> None:
    """Else one of two with the same name could look like the only one."""
    for number in range(12):
        add(tx, f"E{number}", name=f"Анна {'Иванова' if number % 2 else 'Петровна Иванова'}")
    assert len(directory.called(tx, "Иванова")) == 12
