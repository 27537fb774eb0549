"""Invitations: once, in time, for one person, in a private chat (T2). Nothing but a hash is kept of the token."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, insert, select

from bot.accounts import invites
from bot.accounts.invites import Knock, Opening
from bot.people import directory
from bot.storage import audit_trail, schema
from tests.units import work

NOW = 1_795_417_200  # Monday, 2026-11-23, 10:00 in Moscow
TOKEN = "aB3-" * 8
DAY = 86_400


@pytest.fixture
def oleg(tx: Connection) -> int:
    return add(tx, "E2", roles=["engineer:network"], username="oleg", proof="name")


def add(tx: Connection, staff_id: str, **values: object) -> int:
    row = {"staff_id": staff_id, "name": f"Имя {staff_id}", "roles": [], "profile": {}} | values
    key = tx.execute(insert(schema.people).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def opens(
    tx: Connection, account: int, *, at: int = NOW, private: bool = True, token: str = TOKEN
) -> Opening:
    return invites.open_link(work(tx, at), Knock(account, f"User_{account}", private), token)


def actions(tx: Connection) -> list[str]:
    return [row.entry.action for row in audit_trail.newest(tx, 50)[::-1]]


def test_a_link_makes_the_account_that_opens_it_the_invited_person_with_their_roles(
    tx: Connection, oleg: int
) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 501) == Opening(directory.known(tx, 501))
    found = directory.known(tx, 501)
    assert found is not None
    assert (found.id, found.proof, found.username) == (oleg, "invite", "user_501")
    assert found.roles == {"engineer:network"}
    assert actions(tx) == ["invited", "bound"]


def test_of_twenty_who_open_a_link_one_comes_in(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    found = [opens(tx, account) for account in range(501, 521)]
    assert [one.person.telegram_id for one in found if one.person is not None] == [501]
    assert {one.refusal for one in found[1:]} == {"invite.used"}


def test_the_same_update_twice_is_no_second_use(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 501) == opens(tx, 501)
    assert actions(tx) == ["invited", "bound"]


@pytest.mark.parametrize(("at", "refusal"), [(NOW + 7 * DAY, "invite.expired"), (NOW + 7 * DAY - 1, "")])
def test_a_link_ends_after_its_days(tx: Connection, oleg: int, at: int, refusal: str) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 501, at=at).refusal == refusal


def test_a_newer_link_replaces_the_former(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    invites.make(work(tx, NOW), oleg, "operator", "other-" * 6)
    assert opens(tx, 501).refusal == "invite.used"
    assert opens(tx, 501, token="other-" * 6).refusal == ""


def test_a_link_shown_in_a_group_is_burnt(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 501, private=False).refusal == "invite.group"
    assert opens(tx, 501).refusal == "invite.used"
    assert directory.known(tx, 501) is None
    assert actions(tx) == ["invited", "burnt"]


def test_a_link_that_reached_a_colleague_is_burnt_and_gives_them_nothing(tx: Connection, oleg: int) -> None:
    anna = add(tx, "E1", telegram_id=500)
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 500).refusal == "invite.other"
    assert directory.get(tx, anna).roles == frozenset()
    assert opens(tx, 501).refusal == "invite.used"


def test_a_person_who_left_meanwhile_is_not_let_in(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    tx.execute(schema.people.update().values(active=0))
    assert opens(tx, 501).refusal == "invite.used"


def test_no_link_is_made_for_a_person_who_left(tx: Connection) -> None:
    gone = add(tx, "E9", active=0)
    with pytest.raises(invites.LeftAlready):
        invites.make(work(tx, NOW), gone, "operator", TOKEN)


def test_a_link_moves_a_person_to_another_account_and_the_former_one_is_a_stranger(tx: Connection) -> None:
    oleg = add(tx, "E2", telegram_id=500, roles=["supervisor"])
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    opens(tx, 501)
    assert directory.known(tx, 500) is None
    found = directory.known(tx, 501)
    assert found is not None
    assert found.is_supervisor
    assert audit_trail.newest(tx, 1)[0].entry.facts["how"] == "moved"


@pytest.mark.parametrize("token", ["", "x" * 20, "B" * 64, "../../etc/passwd", "%00" * 10])
def test_a_guessed_token_opens_nothing(tx: Connection, oleg: int, token: str) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    assert opens(tx, 501, token=token) == Opening(None, "invite.unknown")


def test_the_token_is_nowhere_in_the_database(tx: Connection, oleg: int) -> None:
    invites.make(work(tx, NOW), oleg, "operator", TOKEN)
    opens(tx, 501)
    for table in schema.metadata.sorted_tables:
        rows = [dict(row) for row in tx.execute(select(table)).mappings()]
        assert TOKEN not in json.dumps(rows, default=str), table.name


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (f"/start {TOKEN}", TOKEN),
        (f"/start@firstline_bot {TOKEN}", TOKEN),
        (f"/start  {TOKEN}", None),
        ("/start", None),
        ("/start hello", None),
        (f"/begin {TOKEN}", None),
        (f"/start {TOKEN} и ещё слова", None),
        (f"/start {'x' * 65}", None),
    ],
)
def test_only_what_telegram_sends_for_a_link_is_read_as_one(text: str, token: str | None) -> None:
    assert invites.token_in(text) == token
