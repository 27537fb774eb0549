"""The profile's buttons and answers: no press or text by anyone breaks it or stores foreign data."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from bot.knowledge import readings
from bot.people import directory, pending_question
from bot.selfservice import effects, kb_browse, kb_cards, profile, profile_card
from bot.sla.policy import Desk
from bot.storage.schema import people
from bot.teamdesk import cards
from bot.telegram.buttons import ChangeField, ChooseValue
from bot.telegram.former_buttons import FormerField, FormerValue
from bot.texts import speak
from bot.texts.speak import Line
from tests.tickets.company import ANNA, MONDAY, claimed, house_of, said, shown, who
from tests.tickets.test_guides import house
from tests.units import work

ABSURD = (
    "",
    " ",
    "🖨" * 300,
    "x" * 4096,
    "\u202eпринтер\u202c",
    "\u200b\u200b",
    "'; DROP TABLE people; --",
    "<b>1 < 2 & {name}</b>",
    "%s {0} {{ 7*7 }}",
    "\n\t",
)


@pytest.mark.parametrize(
    "pressed",
    [
        ChangeField("forged"),
        ChangeField(""),
        ChooseValue("forged", "moscow"),
        ChooseValue("floor", "99"),
        ChooseValue("", ""),
        FormerField(0),
        FormerField(99),
        FormerValue(0, 0),
        FormerValue(99, 99),
    ],
    ids=repr,
)
def test_names_nobody_wrote_on_a_profiles_button_change_nothing(
    tx: Connection, shipped: Desk, pressed: profile.ProfileButton
) -> None:
    claimed(tx, shipped)
    line = profile.press(work(tx, MONDAY, house()), who(tx, ANNA), pressed)
    assert line == Line("list.changed", alert=True)
    assert directory.get(tx, ANNA).profile == {}
    assert "profile" in shown(tx, f"person:{ANNA}")


@pytest.mark.parametrize("text", ABSURD)
def test_absurd_words_for_the_profile_get_a_hint_or_are_kept_as_they_are(tx: Connection, text: str) -> None:
    for name in ("floor", "room", "device", "gone"):
        pending_question.put(work(tx, MONDAY), ANNA, profile.FIELD + name)
        profile.answered(work(tx, MONDAY, house().program), who(tx, ANNA), name, text, 7)
        assert profile_card.card(work(tx, MONDAY, house()), f"person:{ANNA}", f"person:{ANNA}").text
    kept = directory.get(tx, ANNA).profile
    assert "floor" not in kept
    assert set(said(tx, f"person:{ANNA}")) <= {
        f"scenario.hint.{one}" for one in ("int", "short", "long", "pattern")
    }


@pytest.mark.parametrize("text", ABSURD)
def test_absurd_words_for_the_knowledge_base_always_get_an_answer(tx: Connection, text: str) -> None:
    kb_browse.look_up(work(tx, MONDAY, house()), who(tx, ANNA), f"person:{ANNA}", text)
    assert "shelf" in shown(tx, f"person:{ANNA}")
    drawing = kb_cards.shelf(work(tx, MONDAY, house()), "search:1", f"person:{ANNA}")
    assert drawing is not None
    assert drawing.text
    assert readings.find_search(tx, 1) is not None


@pytest.mark.parametrize(
    ("office", "floor", "room"),
    [
        ("Москва, 312", 3, "312"),
        ("Moscow, room 1204", 12, "1204"),
        ("Москва", None, None),
        ("СПб, 14", None, None),
    ],
)
def test_a_scenario_does_not_ask_for_the_room_that_the_directory_knows(
    tx: Connection, office: str, floor: int | None, room: str | None
) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(office=office))
    known = effects.who(who(tx, ANNA)).profile
    assert (known.get("floor"), known.get("room")) == (floor, room)
    agreed = profile.agreed(who(tx, ANNA), {"floor": floor, "room": room})
    assert dict(agreed) == ({"floor": floor, "room": room} if room else {})
    directory.remember(work(tx, MONDAY), ANNA, "room", "205")
    assert effects.who(who(tx, ANNA)).profile == {"room": "205"}


def test_a_card_does_not_ask_where_its_person_is_when_the_scenario_has(tx: Connection, shipped: Desk) -> None:
    unit = work(tx, MONDAY, house_of(shipped))
    for number, (ended, asks) in enumerate((("ticket", False), ("human", True)), start=1):
        ticket = claimed(tx, shipped, run=number, ended=ended)
        card = cards.ticket_card(unit, ticket.about, f"person:{ANNA}")
        assert card is not None
        assert ("Где вас найти" in card.text) is asks


def test_a_room_that_the_offices_name_has_is_not_said_twice(tx: Connection) -> None:
    tx.execute(update(people).where(people.c.id == ANNA).values(office="Москва, 312"))
    for name, told in (("floor", "3"), ("room", "312")):
        directory.remember(work(tx, MONDAY), ANNA, name, told)
    here = profile.place(house().program, who(tx, ANNA), speak.voice("ru"))
    assert here == "Москва, этаж 3, кабинет 312"
    directory.remember(work(tx, MONDAY), ANNA, "room", "415")
    assert (
        profile.place(house().program, who(tx, ANNA), speak.voice("ru")) == "Москва, 312, этаж 3, кабинет 415"
    )
