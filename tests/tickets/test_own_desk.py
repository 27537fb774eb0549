"""An engineer's own desk: one live message in private, whose buttons act, and what waits is offered by load and age."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from bot.people.access import NotAllowed
from bot.selfservice import turns
from bot.sla.policy import Desk
from bot.storage.schema import outbox
from bot.teamdesk import load
from bot.teamdesk.board import own_desk
from bot.telegram import posts
from bot.telegram.desk.buttons import DeskAnswer, DeskClaim, DeskDone, DeskLater, DeskMoment
from bot.tickets import absence, actions, control, planning, store
from bot.tickets.ticket import Impossible, State
from tests.tickets.company import (
    ANNA,
    MARINA,
    MONDAY,
    NINA,
    OLEG,
    PETR,
    SVETA,
    claimed,
    house_of,
    message,
    opened,
    said,
    who,
)
from tests.units import work

MINE = f"person:{OLEG}"


def labels(tx: Connection, desk: Desk, person: int = OLEG) -> list[str]:
    key = f"person:{person}"
    drawing = load.my_tickets(work(tx, MONDAY, house_of(desk)), key, key)
    return [key.label for row in drawing.keyboard for key in row]


def answer(tx: Connection, desk: Desk, words: str, number: int = 400) -> None:
    """Oleg writes in private."""
    one = message(number, words, place=1003)
    turns.take(work(tx, MONDAY, house_of(desk)), who(tx, OLEG), one)


def test_each_ticket_has_its_three_acts(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    assert labels(tx, shipped) == [f"{ticket.id}: ответить", "Готово", "Позже"]


def test_words_from_the_private_chat_reach_the_employee_and_the_topic(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    unit = work(tx, MONDAY, house_of(shipped))
    assert own_desk.press(unit, DeskAnswer(ticket.id), who(tx, OLEG)).key == "prompt.below"
    answer(tx, shipped, "Принтер не печатает из-за картриджа, иду")  # a problem of its own, were it Anna's
    assert "canned.said" in said(tx, f"person:{ANNA}")
    assert "canned.sent" in said(tx, "team:helpdesk")


def test_a_ticket_is_solved_from_the_private_chat(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    own_desk.press(work(tx, MONDAY, house_of(shipped)), DeskDone(ticket.id), who(tx, OLEG))
    answer(tx, shipped, "заменил ролик")
    found = store.get(tx, ticket.id)
    assert (found.state, found.resolution) == (State.RESOLVED, "заменил ролик")
    assert labels(tx, shipped) == []


def test_a_later_day_is_proposed_from_the_private_chat(tx: Connection, shipped: Desk) -> None:
    ticket, unit = claimed(tx, shipped), work(tx, MONDAY, house_of(shipped))
    own_desk.press(unit, DeskLater(ticket.id), who(tx, OLEG))
    card = own_desk.later(unit, ticket.about, MINE)
    assert card is not None
    assert card.keyboard[0][0].label == "сегодня в 17:00"
    moment = MONDAY + 7 * 3600
    assert own_desk.press(unit, DeskMoment(ticket.id, moment), who(tx, OLEG)).key == "schedule.asked"
    assert planning.proposed(tx, store.get(tx, ticket.id)) == moment


@pytest.mark.parametrize("kind", [DeskAnswer, DeskDone, DeskLater])
def test_a_forged_button_of_another_ones_desk_is_refused(
    tx: Connection, shipped: Desk, kind: Callable[[int], own_desk.DeskButton]
) -> None:
    ticket = claimed(tx, shipped)
    for person in (ANNA, NINA):
        with pytest.raises((NotAllowed, Impossible)):
            own_desk.press(work(tx, MONDAY, house_of(shipped)), kind(ticket.id), who(tx, person))
    with pytest.raises(NotAllowed):
        own_desk.press(work(tx, MONDAY, house_of(shipped)), DeskClaim(opened(tx, shipped).id), who(tx, NINA))


def test_what_waits_is_offered_oldest_first_to_the_freest_on_shift(tx: Connection, shipped: Desk) -> None:
    for engineer in (OLEG, OLEG, SVETA):
        actions.claim(work(tx, MONDAY, shipped), opened(tx, shipped).id, who(tx, engineer))
    waiting = [opened(tx, shipped).id for _ in range(4)]
    unit = work(tx, MONDAY, house_of(shipped))

    def share(person: int) -> list[int]:
        return [ticket.id for ticket in own_desk.share_of(unit, who(tx, person))]

    shares = {person: share(person) for person in (OLEG, SVETA, PETR)}
    assert sorted(one for mine in shares.values() for one in mine) == waiting  # each is offered to one
    assert shares[PETR][0] == waiting[0]
    assert len(shares[PETR]) > len(shares[OLEG])
    absence.end_shift(unit, who(tx, PETR), "")
    assert share(PETR) == []
    assert f"Взять {shares[PETR][0]}" in labels(tx, shipped, SVETA) + labels(tx, shipped)


def test_the_own_desk_is_redrawn_when_a_ticket_comes_and_when_it_goes(tx: Connection, shipped: Desk) -> None:
    posts.keep(work(tx, MONDAY), MINE, actions.OWN_DESK, MINE, 9)

    def redrawn() -> bool:
        mine = (outbox.c.chat == MINE) & (outbox.c.card == actions.OWN_DESK)
        found = tx.execute(select(outbox.c.id).where(mine & (outbox.c.state == "pending"))).all()
        tx.execute(outbox.update().where(mine).values(state="sent"))
        return bool(found)

    ticket = claimed(tx, shipped)
    assert redrawn()
    absence.release(work(tx, MONDAY, shipped), store.get(tx, ticket.id), who(tx, OLEG), "x")
    assert redrawn()


def test_a_change_of_owner_is_heard_by_both(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    control.assign(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), PETR)
    assert said(tx, f"person:{PETR}") == ["desk.got"]
    assert said(tx, MINE) == ["desk.gone"]
