"""Round robin: a new ticket is offered to the next engineer on shift, passed on when unclaimed, never offered to
absent ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from bot.app.registries import renderers
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import history, people, timers
from bot.telegram import chats, delivery
from bot.tickets import absence, actions, closing, control, round_robin, store
from bot.tickets.ticket import State
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    PETR,
    SVETA,
    at,
    calls,
    claimed,
    house_of,
    opened,
    replayed,
    ring_until,
    said,
    who,
)
from tests.units import work

SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def turns() -> Desk:
    """The shipped desk with round robin in the helpdesk."""
    free = 'helpdesk: {title: {ru: "Первая линия", en: "Helpdesk"}}'
    assert SHIPPED.count(free) == 1
    found, complaints = load_desk(
        "desk.yaml", SHIPPED.replace(free, f"{free[:-1]}, assignment: round_robin}}")
    )
    assert found is not None, complaints
    return found


def offered(tx: Connection, ticket: int) -> list[int]:
    """The people a ticket was offered to, in order."""
    mine = (history.c.ticket == ticket) & (history.c.action == "offer")
    return [
        data["engineer"] for data in tx.scalars(select(history.c.data).where(mine).order_by(history.c.id))
    ]


def test_new_tickets_go_round_among_those_on_shift(tx: Connection, turns: Desk) -> None:
    tickets = [opened(tx, turns) for _ in range(4)]
    assert [offered(tx, ticket.id) for ticket in tickets] == [[OLEG], [SVETA], [PETR], [OLEG]]
    assert said(tx, HELPDESK).count("round.yours") == 4


def test_whoever_has_no_user_name_is_called_so_that_their_telephone_rings(
    tx: Connection, turns: Desk
) -> None:
    tx.execute(update(people).where(people.c.id == OLEG).values(username=None, name="Олег <i>С</i>"))
    ticket = opened(tx, turns)
    actions.claim(work(tx, MONDAY, turns), ticket.id, who(tx, OLEG))
    control.call_assignee(work(tx, MONDAY), ticket.id, who(tx, MARINA))
    link = f'<a href="tg://user?id={1000 + OLEG}">Олег &lt;i&gt;С&lt;/i&gt;</a>'
    place, draw = chats.find(tx, HELPDESK), renderers()
    assert place is not None
    rows = calls(tx, HELPDESK, "sendMessage")
    words = [
        delivery._drawn(work(tx, MONDAY, house_of(turns)), draw, row, place).params["text"] for row in rows
    ]
    assert [link in text for text in words] == [True, True], "by the turn, and by the supervisor"


def test_what_is_not_taken_in_a_quarter_of_the_time_is_offered_to_the_next(
    tx: Connection, turns: Desk
) -> None:
    ticket = opened(tx, turns)
    ring_until(tx, turns, at("2026-11-23 10:14"))
    assert offered(tx, ticket.id) == [OLEG]
    ring_until(tx, turns, at("2026-11-23 10:15"))
    assert offered(tx, ticket.id) == [OLEG, SVETA]
    ring_until(tx, turns, at("2026-11-23 12:00"))
    assert offered(tx, ticket.id) == [OLEG, SVETA, PETR], "everybody once: the reminders of the promise go on"


def test_a_taken_ticket_is_offered_to_nobody(tx: Connection, turns: Desk) -> None:
    ticket = opened(tx, turns)
    actions.claim(work(tx, MONDAY, turns), ticket.id, who(tx, PETR))
    ring_until(tx, turns, at("2026-11-23 12:00"))
    assert offered(tx, ticket.id) == [OLEG]
    assert store.get(tx, ticket.id).assignee == PETR


def test_whoever_is_away_has_no_turn_and_what_they_had_goes_on(tx: Connection, turns: Desk) -> None:
    ticket = claimed(tx, turns)
    absence.end_shift(work(tx, MONDAY, turns), who(tx, OLEG), "до завтра")
    assert offered(tx, ticket.id) == [OLEG, SVETA]
    assert store.get(tx, ticket.id).assignee is None
    assert [offered(tx, opened(tx, turns).id) for _ in range(2)] == [[PETR], [SVETA]]


def test_an_absence_by_the_rota_gives_claimed_tickets_back_when_it_begins(tx: Connection) -> None:
    rota = "duty: {helpdesk: {start: 2026-11-23, people: [S-3], absent: {S-3: [2026-11-24/2026-11-27]}}}"
    desk, complaints = load_desk("desk.yaml", SHIPPED.replace("\nchains:\n", f"\n{rota}\n\nchains:\n", 1))
    assert desk is not None, complaints
    ticket = claimed(tx, desk)
    absence.foresee(work(tx, MONDAY, desk))
    absence.foresee(work(tx, MONDAY, desk))
    mine = select(timers).where(timers.c.kind == absence.TIMER)
    rows = tx.execute(mine).all()
    assert [row.fire_at for row in rows] == [at("2026-11-24 09:00")], "when there is somebody to take it"
    absence.ring(work(tx, at("2026-11-24 09:00"), desk), rows)
    assert store.get(tx, ticket.id).assignee is None
    assert "team.absent" in said(tx, HELPDESK)
    assert not round_robin.is_there(desk, who(tx, OLEG), at("2026-11-27 17:00"))
    assert round_robin.is_there(desk, who(tx, OLEG), at("2026-11-28 10:00"))


def test_who_is_absent_by_the_desk_file_has_no_turn_and_gets_nothing_back(tx: Connection) -> None:
    absent = "absent: {S-3: [2026-11-24/2026-11-27]}"
    desk, complaints = load_desk("desk.yaml", SHIPPED.replace("\nchains:\n", f"\n{absent}\n\nchains:\n", 1))
    assert desk is not None, complaints
    ticket, tuesday = claimed(tx, desk), at("2026-11-24 12:00")
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "")
    assert not round_robin.is_there(desk, who(tx, OLEG), tuesday)
    closing.reject(work(tx, tuesday, desk), ticket.id, who(tx, ANNA))
    assert store.get(tx, ticket.id).assignee is None
    absence.foresee(work(tx, MONDAY, desk))
    mine = select(timers.c.fire_at).where(timers.c.kind == absence.TIMER)
    assert tx.scalars(mine).all() == [at("2026-11-24 09:00")]


def test_whoever_has_left_the_company_or_the_team_keeps_no_ticket(tx: Connection, shipped: Desk) -> None:
    for change in ({"active": 0}, {"roles": ["engineer:network"]}):
        ticket, kept = claimed(tx, shipped), claimed(tx, shipped)
        actions.ask(work(tx, 0, shipped), kept.id, who(tx, OLEG), "Какой принтер?", MONDAY)
        absence.reclaim(work(tx, MONDAY, shipped))
        assert store.get(tx, ticket.id).assignee == OLEG
        before = {name: getattr(who(tx, OLEG), name) for name in change}
        tx.execute(update(people).where(people.c.id == OLEG).values(**change))
        absence.reclaim(work(tx, MONDAY, shipped))
        assert (store.get(tx, ticket.id).assignee, replayed(tx, ticket.id)) == (None, State.NEW)
        assert store.get(tx, kept.id).assignee == OLEG, (
            "it waits for the employee, and comes back with the answer"
        )
        back = {"active": 1, "roles": sorted(before.get("roles", ["engineer:helpdesk"]))}
        tx.execute(update(people).where(people.c.id == OLEG).values(**back))
    assert said(tx, HELPDESK).count("team.gone") == 2


def test_a_free_team_calls_nobody(tx: Connection, shipped: Desk) -> None:
    assert offered(tx, opened(tx, shipped).id) == []
