"""Buttons of menus opened before desk.yaml changed: each does what it says, or says that its list has changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from bot.people.access import NotAllowed
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import outbox, prompts
from bot.teamdesk import menus, presses
from bot.telegram.buttons import Button, OfTicket, parse
from bot.telegram.card import Drawing
from bot.telegram.former_buttons import FormerCause, FormerPriority, FormerReply, FormerTeam
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, resolution, store
from bot.tickets.ticket import Impossible, Ticket
from tests.pressing import press
from tests.shipped import ROOT
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    MARINA,
    MONDAY,
    NETWORK,
    OLEG,
    claimed,
    closed,
    message,
    said,
    shown,
    who,
)
from tests.units import work

SHIPPED = (ROOT / "desk.yaml").read_text("utf-8")
MINE = f"person:{ANNA}"
LOOK = "Уже смотрю. Напишу, как только что-то…"
Draw = Callable[..., Drawing | None]


def desk_of(text: str) -> Desk:
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None, complaints
    return desk


def moved_down(name: str, text: str = SHIPPED) -> Desk:
    """The shipped desk, in which this line of a list has changed places with the next one."""
    swapped, count = re.subn(rf"(?m)^(  {name}: .*\n)(  .*\n)", r"\2\1", text)
    assert count == 1
    return desk_of(swapped)


def without(name: str) -> Desk:
    left, count = re.subn(rf"(?m)^  {name}: .*\n", "", SHIPPED)
    assert count == 1
    return desk_of(left)


def with_priorities(*names: str) -> Desk:
    """The shipped desk with its priorities in this order."""
    return desk_of(
        SHIPPED.replace("priority_matrix:", f"priority_matrix:\n  priorities: [{', '.join(names)}]\n  #", 1)
    )


def drawn(tx: Connection, desk: Desk, draw: Draw, ticket: Ticket, label: str) -> OfTicket:
    """The button with this label, as a message shows it while the desk is so."""
    drawing = draw(work(tx, MONDAY, desk), ticket.about, HELPDESK)
    assert drawing is not None
    found = next(one for row in drawing.keyboard for one in row if one.label == label)
    pressed = parse(found.data)
    assert isinstance(pressed, OfTicket)
    return pressed


def solved(tx: Connection, desk: Desk) -> Ticket:
    ticket = claimed(tx, desk)
    actions.resolve(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "")
    return store.get(tx, ticket.id)


def pressed_by_oleg(tx: Connection, desk: Desk, pressed: Button) -> Line:
    return press(work(tx, MONDAY, desk), pressed, who(tx, OLEG), HELPDESK)


def told(tx: Connection, chat: str, key: str) -> dict[str, str]:
    """What the newest sentence of this kind tells a chat."""
    rows = tx.execute(select(outbox).where(outbox.c.chat == chat).order_by(outbox.c.id.desc())).all()
    return next(row.params["facts"] for row in rows if row.params and row.params.get("line") == key)


def answer(tx: Connection, desk: Desk, words: str) -> None:
    """Oleg answers the newest question to him."""
    asked = tx.execute(select(prompts).order_by(prompts.c.id.desc())).first()
    assert asked is not None
    number = 900 + asked.id
    tx.execute(prompts.update().where(prompts.c.id == asked.id).values(message=number))
    presses.wrote(work(tx, MONDAY, desk), who(tx, OLEG), HELPDESK, message(1, words, reply_to=number))


def test_after_two_replies_changed_places_an_old_button_sends_the_same_reply(
    tx: Connection, shipped: Desk
) -> None:
    look = drawn(tx, shipped, menus.canned_menu, claimed(tx, shipped), LOOK)
    assert pressed_by_oleg(tx, moved_down("look"), look).key == "canned.done"
    assert "уже смотрю" in told(tx, MINE, "canned.said")["text"]


def test_after_a_reply_was_removed_its_button_sends_nothing_and_says_so(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    look = drawn(tx, shipped, menus.canned_menu, ticket, LOOK)
    assert pressed_by_oleg(tx, without("look"), look) == Line("list.changed", alert=True)
    assert "canned.said" not in said(tx, MINE)
    assert store.get(tx, ticket.id) == ticket
    assert "canned_menu" in shown(tx, HELPDESK)


def test_a_reply_with_a_long_name_in_russian_is_found_by_its_button(tx: Connection, shipped: Desk) -> None:
    name = "перезагрузить и написать, помогло ли"
    desk = desk_of(SHIPPED.replace("  restart: {", f'  "{name}": {{', 1))
    reply = drawn(tx, desk, menus.canned_menu, claimed(tx, desk), "Перезагрузите, пожалуйста, компьютер и…")
    assert pressed_by_oleg(tx, desk, reply).key == "canned.done"
    assert "перезагрузите" in told(tx, MINE, "canned.said")["text"]


def test_a_team_inserted_above_another_does_not_redirect_a_hand_over(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped, category="printing")
    admins = drawn(tx, shipped, menus.transfer_menu, ticket, "Системные администраторы")
    above = '  depot: {title: {ru: "Склад", en: "Depot"}, chat: none}\n'
    desk = desk_of(SHIPPED.replace("  admins: {title", f"{above}  admins: {{title", 1))
    assert pressed_by_oleg(tx, desk, admins).key == "prompt.below"
    answer(tx, desk, "ролик новый, не тянет")
    assert store.get(tx, ticket.id).team == "admins"


def test_a_hand_over_asks_about_the_team_by_its_title(tx: Connection, shipped: Desk) -> None:
    network = drawn(tx, shipped, menus.transfer_menu, claimed(tx, shipped), "Сеть")
    pressed_by_oleg(tx, shipped, network)
    asked = speak.voice("ru").say("prompt.transfer", **told(tx, HELPDESK, "prompt.transfer"))
    assert "от «Сеть»" in asked
    assert "network" not in asked


def test_a_team_that_may_no_longer_have_the_ticket_is_not_asked_about(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped, category="printing")
    vendor = drawn(tx, shipped, menus.transfer_menu, ticket, "Поставщик")
    desk = desk_of(SHIPPED.replace("    to: [admins, network, vendor]", "    to: [admins, network]", 1))
    assert pressed_by_oleg(tx, desk, vendor) == Line("list.changed", alert=True)
    assert tx.execute(select(prompts)).first() is None
    assert "transfer_menu" in shown(tx, HELPDESK)


def test_a_cause_is_recorded_as_its_button_says_after_the_causes_changed_places(
    tx: Connection, shipped: Desk
) -> None:
    ticket = solved(tx, shipped)
    broken = drawn(tx, shipped, resolution.card, ticket, "Поломка")
    pressed_by_oleg(tx, moved_down("broken"), broken)
    assert store.get(tx, ticket.id).cause == "broken"


def test_a_cause_that_has_gone_is_not_recorded_as_its_neighbour(tx: Connection, shipped: Desk) -> None:
    ticket = solved(tx, shipped)
    broken = drawn(tx, shipped, resolution.card, ticket, "Поломка")
    assert pressed_by_oleg(tx, without("broken"), broken) == Line("list.changed", alert=True)
    assert store.get(tx, ticket.id).cause is None
    assert "team_card" in shown(tx, HELPDESK)


def test_a_priority_is_asked_about_as_its_button_says_after_the_priorities_changed(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    urgent = drawn(tx, shipped, menus.priority_menu, ticket, "P1")
    desk = with_priorities("P0", "P1", "P2", "P3", "P4")
    pressed_by_oleg(tx, desk, urgent)
    answer(tx, desk, "стоит касса")
    assert store.get(tx, ticket.id).priority == "P1"


def test_a_priority_that_has_gone_is_not_asked_about(tx: Connection, shipped: Desk) -> None:
    more = with_priorities("P0", "P1", "P2", "P3", "P4")
    highest = drawn(tx, more, menus.priority_menu, claimed(tx, shipped), "P0")
    assert pressed_by_oleg(tx, shipped, highest) == Line("list.changed", alert=True)
    assert tx.execute(select(prompts)).first() is None
    assert "priority_menu" in shown(tx, HELPDESK)


FORMER = {
    "transfer_menu": (claimed, FormerTeam),
    "priority_menu": (claimed, FormerPriority),
    "canned_menu": (claimed, FormerReply),
    resolution.CARD: (solved, FormerCause),
}


@pytest.mark.parametrize("card", FORMER)
def test_a_button_that_carries_a_place_shows_the_present_list_and_does_nothing(
    tx: Connection, shipped: Desk, card: str
) -> None:
    make, kind = FORMER[card]
    ticket = make(tx, shipped)
    for place in (0, 1, 999):
        words = said(tx, MINE)
        pressed = parse(f"{kind.sign}|{ticket.id}|{place}")
        assert pressed == kind(ticket.id, place)
        assert pressed_by_oleg(tx, shipped, pressed) == Line("list.changed", alert=True)
        assert store.get(tx, ticket.id) == ticket
        assert said(tx, MINE) == words
        assert tx.execute(select(prompts)).first() is None
        assert card in shown(tx, HELPDESK)


@pytest.mark.parametrize("card", FORMER)
def test_a_list_that_has_changed_is_shown_only_to_those_who_may_choose_from_it(
    tx: Connection, shipped: Desk, card: str
) -> None:
    make, kind = FORMER[card]
    ticket = make(tx, shipped)
    stranger = kind(ticket.id, 0)
    for person, chat in ((BORIS, HELPDESK), (OLEG, NETWORK), (MARINA, MINE)):
        with pytest.raises(NotAllowed):
            press(work(tx, MONDAY, shipped), stranger, who(tx, person), chat)


@pytest.mark.parametrize("kind", [FormerTeam, FormerPriority, FormerReply])
def test_no_list_is_promised_for_a_ticket_that_has_ended(
    tx: Connection, shipped: Desk, kind: type[FormerTeam]
) -> None:
    ticket = closed(tx, shipped)
    with pytest.raises(Impossible):
        pressed_by_oleg(tx, shipped, kind(ticket.id, 0))
