"""The board: what burns, what soon will, what no one has taken, who has how much; its buttons act where they are."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.conversation import exchange
from bot.keys import EVERY_TEAM, SUPERVISORS, BoardRef
from bot.sla.policy import Desk
from bot.storage.schema import outbox, timers
from bot.teamdesk.board import board, refreshing
from bot.telegram import posts
from bot.telegram.buttons import Assign, Claim, TakeControl
from bot.telegram.card import Drawing
from bot.texts.speak import Line
from bot.tickets import actions, store
from tests.pressing import press
from tests.tickets.company import (
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    PETR,
    SVETA,
    claimed,
    house_of,
    opened,
    who,
)
from tests.units import work

HOUR = 3600
ALL, TEAM = BoardRef(EVERY_TEAM), BoardRef("helpdesk")


def drawn(tx: Connection, desk: Desk, now: int, chat: str = SUPERVISORS) -> Drawing:
    about = ALL if chat == SUPERVISORS else TEAM
    found = board.drawing(work(tx, now, house_of(desk)), about, chat)
    assert found is not None
    return found


def labels(drawing: Drawing) -> list[list[str]]:
    return [[key.label for key in row] for row in drawing.keyboard]


def test_a_quiet_desk_has_a_board_that_says_so(tx: Connection, shipped: Desk) -> None:
    drawing = drawn(tx, shipped, MONDAY)
    assert "Всё в срок" in drawing.text
    assert drawing.keyboard == []
    assert drawing.pinned


def test_a_ticket_goes_from_the_free_ones_to_those_at_risk_to_those_that_burn(
    tx: Connection, shipped: Desk
) -> None:
    ticket = opened(tx, shipped, summary="Сканер молчит")
    heads = ("Никто не взял: 1", "Срок в ближайший час: 1", "Просрочена: 1")
    for now, head in zip((MONDAY - 1, MONDAY + 60, MONDAY + HOUR + 60), heads, strict=True):
        text = drawn(tx, shipped, now).text
        assert [one for one in heads if one in text] == [head]
        assert f"{ticket.id} · Сканер молчит" in text


def test_a_supervisor_gives_a_ticket_to_the_freest_by_one_press(tx: Connection, shipped: Desk) -> None:
    burning = opened(tx, shipped)
    for engineer in (OLEG, SVETA):
        actions.claim(work(tx, MONDAY, shipped), opened(tx, shipped).id, who(tx, engineer))
    rows = labels(drawn(tx, shipped, MONDAY + HOUR + 60))
    assert rows[0] == [
        f"{burning.id} → Petr (0)",
        f"👁 {burning.id} на контроль",
        f"🔕 {burning.id} без повторов",
    ]
    unit = work(tx, MONDAY + HOUR + 60, house_of(shipped))
    assert press(unit, Assign(burning.id, PETR), who(tx, MARINA), SUPERVISORS).key == "assign.done"
    taken = press(unit, TakeControl(burning.id), who(tx, MARINA), SUPERVISORS)
    assert taken == Line("control.taken", {"number": burning.id, "at": "сегодня в 12:01"})
    assert "Petr 1" in drawn(tx, shipped, MONDAY + HOUR + 61).text


def test_a_team_claims_from_its_own_board(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped)
    assert labels(drawn(tx, shipped, MONDAY, HELPDESK)) == [[f"Взять {ticket.id}"]]
    press(work(tx, MONDAY, shipped), Claim(ticket.id), who(tx, OLEG), HELPDESK)
    assert labels(drawn(tx, shipped, MONDAY, HELPDESK)) == []


def test_changes_of_twenty_seconds_are_one_edit(tx: Connection, shipped: Desk) -> None:
    for chat, about in ((SUPERVISORS, ALL), (HELPDESK, TEAM)):
        posts.keep(work(tx, MONDAY), chat, posts.BOARD, about, 5)
    for second in range(19):
        claimed(tx, shipped, MONDAY + second)
    rows = tx.execute(select(outbox).where(outbox.c.card == posts.BOARD)).all()
    assert {row.chat for row in rows} == {SUPERVISORS, HELPDESK}
    assert [row.not_before for row in rows] == [MONDAY + 20] * 2


def test_a_board_on_which_nothing_presses_is_drawn_seldom(tx: Connection, shipped: Desk) -> None:
    def pause(now: int) -> int:
        refreshing.keep(work(tx, now), SUPERVISORS, ALL)
        return armed(tx) - now

    def armed(tx: Connection) -> int:
        mine = (timers.c.kind == refreshing.TIMER) & (timers.c.state == "armed")
        return int(tx.scalar(select(timers.c.fire_at).where(mine)) or 0)

    assert pause(MONDAY) == refreshing.CALM
    ticket = opened(tx, shipped)  # to be claimed within the hour
    assert pause(MONDAY) == refreshing.EVERY
    assert pause(MONDAY + 2 * HOUR) == refreshing.EVERY
    actions.claim(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG))
    exchange.replied(work(tx, MONDAY, house_of(shipped)), store.get(tx, ticket.id), who(tx, OLEG), MONDAY)
    assert pause(MONDAY) == refreshing.CALM, "what is left is to be solved within two days"


def test_without_a_board_nothing_is_drawn(tx: Connection, shipped: Desk) -> None:
    opened(tx, shipped)
    assert not tx.execute(select(outbox).where(outbox.c.card == posts.BOARD)).all()
