"""Which Telegram group is which team's: by the file, by /bind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, delete

from bot import keys
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import schema
from bot.teamdesk import groups
from bot.telegram import chats
from bot.telegram.chats import Place
from tests.units import work

SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
TITLE = 'helpdesk: {title: {ru: "Первая линия", en: "Helpdesk"}'


def numbered(team: int, supervisors: int) -> Desk:
    """The shipped desk with groups given by number."""
    assert SHIPPED.count(TITLE) == 1
    text = SHIPPED.replace(TITLE, f"{TITLE}, chat_id: {team}")
    found, complaints = load_desk("desk.yaml", f"{text}\nsupervisors_chat_id: {supervisors}\n")
    assert found is not None, complaints
    return found


def test_the_supervisors_group_of_the_file_is_bound_like_a_teams(tx: Connection) -> None:
    tx.execute(delete(schema.chats))
    groups.adopt(work(tx, 0, numbered(-1001, -1002)), "en")
    assert sorted(chats.groups(tx)) == [("supervisors", -1002), ("team:helpdesk", -1001)]
    assert chats.language(tx, keys.SUPERVISORS) == "en"


def test_a_group_bound_in_telegram_stays_where_it_is(tx: Connection) -> None:
    tx.execute(delete(schema.chats))
    chats.bind(work(tx, 0), keys.SUPERVISORS, -7, is_forum=False)
    groups.adopt(work(tx, 0, numbered(-1001, -1002)), "en")
    assert chats.find(tx, keys.SUPERVISORS) == Place(-7)


def test_a_number_given_twice_binds_one_name_at_every_start(tx: Connection) -> None:
    tx.execute(delete(schema.chats))
    for now in range(3):
        groups.adopt(work(tx, now, numbered(-1001, -1001)), "en")
        assert chats.groups(tx) == [("team:helpdesk", -1001)]
