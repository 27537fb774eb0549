"""A user name is not a password: by it alone a person is an employee, whatever the directory says of their roles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bot.accounts import proving, trail
from bot.keys import ADMINS
from bot.people import directory
from bot.people.access import NotAllowed
from bot.people.directory import Person
from bot.storage import audit_trail, schema
from bot.telegram import chats
from bot.telegram.buttons import ConfirmAccount, DeclineAccount
from bot.texts import speak
from tests.accounts.test_invites import NOW, add
from tests.units import work

IGOR = 700


@pytest.fixture
def boss(tx: Connection) -> int:
    add(tx, "E0", telegram_id=IGOR, name="Igor", language="en", roles=["admin"])
    chats.bind(work(tx, 0), ADMINS, -100, is_forum=False, language="en")
    return add(tx, "X-4", name="Boss Man", username="boss_man", roles=["admin", "supervisor"], proof="name")


def admin(tx: Connection) -> Person:
    found = directory.known(tx, IGOR)
    assert found is not None
    return found


def met(tx: Connection, account: int = 9007) -> Person:
    found = proving.meet(work(tx, NOW), account, "Boss_Man")
    assert found is not None
    return found


def shown(tx: Connection, chat: str) -> set[str]:
    mine = (schema.outbox.c.chat == chat) & (schema.outbox.c.kind == "card")
    return set(tx.scalars(select(schema.outbox.c.card).where(mine)))


def test_a_user_name_is_no_password(tx: Connection, boss: int) -> None:
    found = met(tx)
    assert (found.id, found.roles) == (boss, frozenset())
    assert found.claimed == {"admin", "supervisor"}
    assert directory.staff(tx) == [admin(tx)]


def test_administrators_read_that_an_account_was_bound_and_are_asked_about_its_roles(
    tx: Connection, boss: int
) -> None:
    met(tx)
    assert shown(tx, ADMINS) == {trail.CARD, proving.CARD}
    drawn = proving.card(work(tx, NOW), f"person:{boss}", ADMINS)
    assert drawn is not None
    assert "@boss_man (number 9007)" in drawn.text
    assert "administrator, supervisor" in drawn.text


def test_an_employees_binding_asks_nothing(tx: Connection, boss: int) -> None:
    add(tx, "E1", username="anna", proof="name")
    proving.meet(work(tx, NOW), 501, "anna")
    assert shown(tx, ADMINS) == {trail.CARD}


def test_without_a_chat_of_theirs_administrators_read_it_in_private(tx: Connection, boss: int) -> None:
    tx.execute(schema.chats.delete())
    met(tx)
    assert shown(tx, admin(tx).key) == {trail.CARD, proving.CARD}


def test_an_administrators_yes_gives_the_roles(tx: Connection, boss: int) -> None:
    met(tx)
    said = proving.press(work(tx, NOW), admin(tx), ADMINS, ConfirmAccount(boss, 9007))
    assert said.key == "account.yes"
    assert directory.get(tx, boss).roles == {"admin", "supervisor"}
    assert directory.get(tx, boss).proof == "admin"
    assert proving.card(work(tx, NOW), f"person:{boss}", ADMINS) is None


def test_an_administrators_no_makes_the_account_a_stranger_for_good(tx: Connection, boss: int) -> None:
    met(tx)
    assert proving.press(work(tx, NOW), admin(tx), ADMINS, DeclineAccount(boss, 9007)).key == "account.no"
    assert directory.known(tx, 9007) is None
    assert proving.meet(work(tx, NOW), 9007, "boss_man") is None


def test_a_yes_is_about_the_account_that_was_shown(tx: Connection, boss: int) -> None:
    met(tx)
    directory.disown(tx, boss, 9007)
    tx.execute(schema.people.update().where(schema.people.c.id == boss).values(username="boss_man"))
    met(tx, 6666)
    said = proving.press(work(tx, NOW), admin(tx), ADMINS, ConfirmAccount(boss, 9007))
    assert said.key == "account.settled"
    assert directory.get(tx, boss).roles == frozenset()


def test_no_one_confirms_themselves(tx: Connection, boss: int) -> None:
    found = met(tx)
    with pytest.raises(NotAllowed):
        proving.press(work(tx, NOW), found, found.key, ConfirmAccount(boss, 9007))
    with pytest.raises(NotAllowed):
        proving.press(work(tx, NOW), replace(admin(tx), active=False), ADMINS, ConfirmAccount(boss, 9007))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_row_of_the_trail_has_its_sentence(tx: Connection, boss: int, language: str) -> None:
    met(tx)
    proving.press(work(tx, NOW), admin(tx), ADMINS, ConfirmAccount(boss, 9007))
    lines = [trail.sentence(tx, speak.voice(language), row) for row in audit_trail.newest(tx, 9)]
    assert len(lines) == 2
    roles = {"ru": "администратор, руководитель смены", "en": "administrator, supervisor"}[language]
    assert all("Boss Man (X-4)" in line and roles in line for line in lines)


def test_a_changed_user_name_is_followed_and_taken_from_its_former_bearer(tx: Connection) -> None:
    anna, oleg = (
        add(tx, "E1", telegram_id=501, username="anna"),
        add(tx, "E2", username="new_name", proof="name"),
    )
    directory.follow(tx, directory.get(tx, anna), "New_Name")
    assert directory.get(tx, anna).username == "new_name"
    assert directory.get(tx, oleg).username is None
    directory.follow(tx, directory.get(tx, anna), None)
    assert directory.get(tx, anna).username is None
