"""After a restore nothing that waited at the moment of the backup is said as if it were new, and no number of a ticket is
given twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from bot.storage.db import open_database
from bot.storage.schema import outbox as rows
from bot.storage.schema import people
from bot.telegram import outbox, posts
from bot.tickets import store
from tests.units import work

LASTING = ("team_card",)


def states(tx: Connection) -> dict[str, str]:
    asked = select(rows.c.method, rows.c.card, rows.c.about, rows.c.state)
    return {f"{row.card or row.method} {row.about}".strip(): row.state for row in tx.execute(asked)}


def test_words_that_waited_or_were_on_their_way_are_not_said_again(tx: Connection) -> None:
    unit = work(tx, 0)
    outbox.say(unit, "person:1", "Your ticket is taken", about="words:1")
    outbox.call(unit, "person:1", "copyMessage", {}, about="relay:1")
    outbox.call(unit, "person:1", "deleteMessage", {"message_id": 5}, about="tidy:1")
    outbox.call(unit, "team:helpdesk", "closeForumTopic", {}, about="topic:1")
    tx.execute(rows.update().where(rows.c.about == "relay:1").values(state="sending"))
    assert outbox.drop_waiting(unit, LASTING) == 2
    assert states(tx) == {
        "sendMessage words:1": "dropped",
        "copyMessage relay:1": "dropped",
        "deleteMessage tidy:1": "pending",
        "closeForumTopic topic:1": "pending",
    }
    outbox.say(unit, "person:1", "News of today", about="words:2")
    assert states(tx)["sendMessage words:2"] == "pending"


def test_cards_in_their_chat_are_edited_and_only_lasting_ones_are_shown_for_the_first_time(
    tx: Connection,
) -> None:
    unit = work(tx, 0)
    posts.keep(unit, "person:1", "alert", "ticket:1", 77)
    for about in ("ticket:1", "ticket:2"):
        outbox.show(unit, "person:1", "alert", about)
    outbox.show(unit, "team:helpdesk", "team_card", "ticket:2")
    assert outbox.drop_waiting(unit, LASTING) == 1
    assert states(tx) == {
        "alert ticket:1": "pending",
        "alert ticket:2": "dropped",
        "team_card ticket:2": "pending",
    }


TICKET: dict[str, Any] = {
    **dict.fromkeys(("type", "category", "summary", "impact", "urgency", "priority", "team"), "x"),
    "state": "new",
    "transcript": [],
    "tried": [],
    "opened_at": 0,
    "requester": 1,
}


async def test_tickets_after_a_restore_have_numbers_that_no_lost_ticket_had(database_url: str) -> None:
    def lived(tx: Connection) -> list[int]:
        tx.execute(insert(people).values(id=1, staff_id="1", name="Anna", roles=[], profile={}))
        before = [store.create(tx, TICKET).id for _ in range(2)]
        assert store.skip_numbers(tx) == 1000
        return before + [store.create(tx, TICKET).id for _ in range(2)]

    db = open_database(database_url)
    assert await db.run(lived) == [1, 2, 1000, 1001]
    assert await db.run(store.skip_numbers) == 2000
    await db.close()
