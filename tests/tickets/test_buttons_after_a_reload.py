"""A button does what it says even when its list has changed, or says that it has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot import keys
from bot.config.config import Config
from bot.knowledge import readings
from bot.knowledge.company.phrasebook import overlay
from bot.knowledge.route import Decision
from bot.people import directory, pending_question
from bot.people.access import NotAllowed
from bot.problems import cards as outage_cards
from bot.problems import outages as outage_verbs
from bot.scenarios.language.model import ProfileField
from bot.scenarios.library import run
from bot.selfservice import (
    intake,
    kb_browse,
    kb_cards,
    learning,
    outage_presses,
    profile,
    profile_card,
    screens,
    utterances,
)
from bot.storage.schema import lessons, outages
from bot.storage.schema import outbox as rows
from bot.telegram import posts
from bot.telegram.buttons import MeToo, SomethingElse, StartScenario, parse, written
from bot.telegram.card import Drawing
from bot.telegram.former_buttons import (
    FormerField,
    FormerLesson,
    FormerMeToo,
    FormerScenario,
    FormerScenarioForWords,
    FormerSomethingElse,
    FormerTopic,
    FormerValue,
)
from bot.telegram.incoming import Incoming
from bot.texts.speak import Line
from tests.shipped import house
from tests.tickets.company import ANNA, BORIS, IGOR, MONDAY, who
from tests.units import work

CHANGED = Line("list.changed", alert=True)
ME = f"person:{ANNA}"
LONG = "a_scenario_with_a_name_of_31_ch"  # more than a button carries: it carries a hash
CITIES = {"moscow": {"ru": "Москва"}, "kazan": {"ru": "Казань"}}
WITH_HOME = {"home": {"ru": "Дома"}} | CITIES


def with_scenarios(*order: str, without: Iterable[str] = ()) -> Config:
    """The shipped files, these scenarios first and those not there."""
    config = house()
    known = config.program.scenarios
    names = [name for name in dict.fromkeys([*order, *known]) if name not in without]
    return replace(config, program=replace(config.program, scenarios={name: known[name] for name in names}))


def with_a_long_name() -> Config:
    config = house()
    known = config.program.scenarios
    scenarios = {LONG: replace(known["printer"], id=LONG), **known}
    return replace(config, program=replace(config.program, scenarios=scenarios))


def with_cities(values: dict[str, Any], *before: str) -> Config:
    """A profile that asks for a city, with other fields before it."""
    config = house()
    city = ProfileField(type="enum", label={"ru": "Город"}, ask={"ru": "Где вы?"}, values=values)
    fields = {name: config.program.profile[name] for name in before} | {"city": city}
    return replace(config, program=replace(config.program, profile=fields))


def below(drawing: Drawing | None, label: str) -> Any:
    """The button with this label, as it comes back when it is pressed."""
    assert drawing is not None
    found = [one.data for row in drawing.keyboard for one in row if one.label == label]
    assert len(found) == 1, (label, drawing.keyboard)
    return parse(found[0])


def choose(tx: Connection, config: Config, pressed: Any) -> Line | None:
    return intake.choose(work(tx, MONDAY, config), who(tx, ANNA), pressed)


def begun(tx: Connection) -> str | None:
    """The title of what Anna is in the middle of."""
    standing = run.current(tx, ANNA)
    return standing.view.title if standing is not None else None


def at_the_end(tx: Connection, chat: str = ME) -> set[tuple[str, str]]:
    """The cards that go to the end of a chat: name and about."""
    found = tx.execute(select(rows).where((rows.c.chat == chat) & (rows.c.kind == "card")))
    return {(row.card, row.about) for row in found if row.params.get("anew")}


def hidden(tx: Connection) -> set[tuple[str, str]]:
    found = tx.execute(select(rows).where((rows.c.chat == ME) & (rows.c.method == "deleteMessage")))
    return {(row.card, row.about) for row in found}


def words(tx: Connection, decision: Any, *guesses: str, person: int = ANNA) -> int:
    """Anna's words, and what the router thought of them."""
    message = Incoming(1, "что-то не так", "text", None, None, None, MONDAY, place=1000 + person)
    thought = Decision(decision, [(name, 0.9) for name in guesses])
    return utterances.keep(tx, who(tx, person), message, thought)


def outage(tx: Connection, state: str = "open") -> int:
    row = {"category": "printing", "words": "Не печатает ничего", "office": "", "state": state}
    times = dict.fromkeys(("started_at", "changed_at", "next_at"), MONDAY)
    made = insert(outages).values(**row, **times, author=IGOR, asked_of=IGOR)
    number = tx.execute(made).inserted_primary_key
    assert number is not None
    return int(number[0])


def lesson(tx: Connection, scenario: str | None = None) -> int:
    row = {"utterance": 1, "person": ANNA, "text": "бухтелка впн", "scenario": scenario, "state": "told"}
    number = tx.execute(insert(lessons).values(row | {"at": MONDAY})).inserted_primary_key
    assert number is not None
    return int(number[0])


def press_outage(tx: Connection, config: Config, pressed: Any, chat: str = ME) -> Line | None:
    return outage_presses.press(work(tx, MONDAY, config), who(tx, ANNA), chat, pressed)


def press_profile(tx: Connection, config: Config, pressed: Any) -> Line | None:
    return profile.press(work(tx, MONDAY, config), who(tx, ANNA), pressed)


def decide(tx: Connection, config: Config, pressed: Any, person: int = IGOR) -> Line:
    return learning.decide(work(tx, MONDAY, config), who(tx, person), keys.ADMINS, pressed)


@pytest.mark.parametrize("draw", [screens.menu, screens.topics], ids=["menu", "topics"])
def test_after_two_scenarios_changed_places_an_old_button_begins_the_same_one(
    tx: Connection, draw: Any
) -> None:
    before, after = with_scenarios("printer", "no_internet"), with_scenarios("no_internet", "printer")
    pressed = below(draw(work(tx, MONDAY, before), ME, ME), "🖨 Принтер")
    assert choose(tx, after, pressed) is None
    assert begun(tx) == "🖨 Принтер"


@pytest.mark.parametrize(
    ("decision", "label"), [("auto", "Начать"), ("ask", "🖨 Принтер"), ("none", "🖨 Принтер")]
)
def test_after_two_scenarios_changed_places_an_old_offer_begins_the_same_one(
    tx: Connection, decision: str, label: str
) -> None:
    before, after = with_scenarios("printer", "no_internet"), with_scenarios("no_internet", "printer")
    number = words(tx, decision, "printer")
    pressed = below(screens.offer(work(tx, MONDAY, before), f"words:{number}", ME), label)
    assert choose(tx, after, pressed) is None
    assert begun(tx) == "🖨 Принтер"
    kept = utterances.get(tx, who(tx, ANNA), number)
    assert kept is not None
    assert kept.chosen == "printer"


def test_the_button_of_a_scenario_with_a_long_name_begins_it(tx: Connection) -> None:
    config = with_a_long_name()
    assert choose(tx, config, parse(StartScenario(LONG, 0).pack())) is None
    assert begun(tx) == "🖨 Принтер"
    assert choose(tx, house(), parse(StartScenario(LONG, 0).pack())) == CHANGED


def test_the_button_of_a_removed_scenario_says_so_and_shows_the_menu(tx: Connection) -> None:
    pressed = below(screens.menu(work(tx, MONDAY, house()), ME, ME), "🖨 Принтер")
    assert choose(tx, with_scenarios(without=["printer"]), pressed) == CHANGED
    assert begun(tx) is None
    assert at_the_end(tx) == {("menu", ME)}


def test_the_button_of_a_removed_scenario_among_all_topics_shows_all_topics(tx: Connection) -> None:
    posts.keep(work(tx, MONDAY), ME, "topics", ME, 7)
    assert choose(tx, with_scenarios(without=["printer"]), StartScenario("printer", 0)) == CHANGED
    assert at_the_end(tx) == {("topics", ME)}


def test_begin_of_a_removed_scenario_says_so_and_offers_what_there_is_for_the_same_words(
    tx: Connection,
) -> None:
    number = words(tx, "auto", "printer")
    pressed = below(screens.offer(work(tx, MONDAY, house()), f"words:{number}", ME), "Начать")
    after = with_scenarios(without=["printer"])
    assert choose(tx, after, pressed) == CHANGED
    assert begun(tx) is None
    assert at_the_end(tx) == {("offer", f"words:{number}")}
    assert screens.offer(work(tx, MONDAY, after), f"words:{number}", ME) is not None


def test_words_of_another_person_are_never_offered(tx: Connection) -> None:
    number = words(tx, "auto", "printer", person=BORIS)
    for pressed in (StartScenario("gone", number), FormerScenarioForWords(0, number)):
        assert choose(tx, house(), pressed) == CHANGED
    assert at_the_end(tx) == {("menu", ME)}


def test_a_button_of_01_with_a_place_in_the_menu_begins_nothing_and_shows_the_menu(tx: Connection) -> None:
    for data in ("m|go|0", "m|go|3", "m|go|999"):
        pressed = parse(data)
        assert isinstance(pressed, FormerScenario)
        assert choose(tx, house(), pressed) == CHANGED
    assert begun(tx) is None
    assert at_the_end(tx) == {("menu", ME)}


def test_a_button_of_01_below_words_begins_nothing_and_offers_what_there_is_today(tx: Connection) -> None:
    number = words(tx, "auto", "printer")
    pressed = parse(f"m|go|0|{number}")
    assert pressed == FormerScenarioForWords(0, number)
    assert choose(tx, house(), pressed) == CHANGED
    assert begun(tx) is None
    assert at_the_end(tx) == {("offer", f"words:{number}")}


def test_moscow_pressed_in_the_profile_keeps_moscow_after_home_was_inserted_above(tx: Connection) -> None:
    before, after = with_cities(CITIES, "floor"), with_cities(WITH_HOME, "floor")
    press_profile(tx, before, below(profile_card.card(work(tx, MONDAY, before), ME, ME), "✏️ Город"))
    pressed = below(profile_card.card(work(tx, MONDAY, before), ME, ME), "Москва")
    assert press_profile(tx, after, pressed) == Line("profile.kept")
    assert directory.get(tx, ANNA).profile == {"city": "moscow"}


def test_after_a_field_was_inserted_above_the_pencil_asks_for_the_same_field(tx: Connection) -> None:
    before, after = with_cities(CITIES, "floor"), with_cities(CITIES, "room", "floor")
    press_profile(tx, after, below(profile_card.card(work(tx, MONDAY, before), ME, ME), "✏️ Этаж"))
    asked = pending_question.peek(work(tx, MONDAY), ANNA)
    assert asked is not None
    assert asked.what == "profile:floor"


def test_a_value_that_has_gone_is_not_kept_and_the_question_comes_again(tx: Connection) -> None:
    pressed = parse("p|choose|city|moscow")
    after = with_cities({"kazan": CITIES["kazan"]})
    assert press_profile(tx, after, pressed) == CHANGED
    assert directory.get(tx, ANNA).profile == {}
    assert at_the_end(tx) == {("profile", ME)}
    assert below(profile_card.card(work(tx, MONDAY, after), ME, ME), "Казань") == parse("p|choose|city|kazan")


@pytest.mark.parametrize("data", ["p|change|0", "p|value|0|0", "p|field|city", "p|choose|city|moscow"])
def test_a_field_that_has_gone_or_only_has_a_place_is_not_asked_for(tx: Connection, data: str) -> None:
    pressed = parse(data)
    assert isinstance(pressed, FormerField | FormerValue) == data.endswith("0")
    assert press_profile(tx, house(), pressed) == CHANGED
    assert pending_question.peek(work(tx, MONDAY), ANNA) is None
    assert directory.get(tx, ANNA).profile == {}
    assert at_the_end(tx) == {("profile", ME)}


def test_after_two_scenarios_changed_places_a_topic_shows_the_articles_of_the_same_one(
    tx: Connection,
) -> None:
    before, after = with_scenarios("printer", "no_internet"), with_scenarios("no_internet", "printer")
    kb_browse.look_up(work(tx, MONDAY, before), who(tx, ANNA), ME, "")
    pressed = below(kb_cards.shelf(work(tx, MONDAY, before), "search:1", ME), "🖨 Принтер")
    assert kb_browse.press(work(tx, MONDAY, after), who(tx, ANNA), ME, pressed) is None
    search = readings.find_search(tx, 1)
    assert search is not None
    assert search.topic == "printer"


@pytest.mark.parametrize("data", ["k|about|1|gone", "k|topic|1|0"])
def test_a_topic_that_has_gone_or_only_has_a_place_shows_the_topics(tx: Connection, data: str) -> None:
    number = readings.search(work(tx, MONDAY), ANNA, ME, text="vpn", found=1)
    pressed: Any = parse(data)
    assert pressed.search == number
    assert isinstance(pressed, FormerTopic) == data.startswith("k|topic")
    assert kb_browse.press(work(tx, MONDAY, house()), who(tx, ANNA), ME, pressed) == CHANGED
    assert at_the_end(tx) == {("shelf", "search:1")}
    search = readings.find_search(tx, 1)
    assert search is not None
    assert search.topic == kb_browse.ALL
    with pytest.raises(NotAllowed):
        kb_browse.press(work(tx, MONDAY, house()), who(tx, BORIS), f"person:{BORIS}", pressed)


def test_after_two_scenarios_changed_places_a_lesson_is_added_to_the_same_one(tx: Connection) -> None:
    before, after = with_scenarios("printer", "vpn"), with_scenarios("vpn", "printer")
    number = lesson(tx)
    card = learning.card(work(tx, MONDAY, before), f"lesson:{number}", keys.ADMINS)
    assert card is not None
    pressed = parse(card.keyboard[0][0].data)
    assert "VPN" in card.keyboard[0][0].label
    assert decide(tx, after, pressed) == learning.LEARNT
    assert overlay(tx) == {"vpn": ["бухтелка впн"]}


@pytest.mark.parametrize("data", ["l|add|1|0", "l|addto|1|gone", "l|add|1"])
def test_a_scenario_that_has_gone_or_only_has_a_place_learns_nothing(tx: Connection, data: str) -> None:
    number = lesson(tx, "gone")
    pressed: Any = parse(data)
    assert pressed.lesson == number
    assert isinstance(pressed, FormerLesson) == (data == "l|add|1|0")
    assert decide(tx, house(), pressed) == CHANGED
    assert overlay(tx) == {}
    assert at_the_end(tx, keys.ADMINS) == {("lesson", "lesson:1")}
    with pytest.raises(NotAllowed):
        decide(tx, house(), pressed, person=ANNA)


def test_a_lesson_whose_scenario_has_gone_is_added_to_the_one_on_the_button(tx: Connection) -> None:
    number = lesson(tx, "gone")
    card = learning.card(work(tx, MONDAY, house()), f"lesson:{number}", keys.ADMINS)
    assert card is not None
    assert decide(tx, house(), parse(card.keyboard[0][0].data)) == learning.LEARNT
    assert overlay(tx) == {"vpn": ["бухтелка впн"]}


def test_a_banner_drawn_before_a_reload_leads_to_the_same_scenario_after_it(tx: Connection) -> None:
    before, after = with_scenarios("printer", "no_internet"), with_scenarios("no_internet", "printer")
    number = outage(tx)
    choose(tx, before, StartScenario("printer", 0))
    about = f"outage:{number}:printer:0"
    assert at_the_end(tx) == {("banner", about)}
    drawn = outage_cards.banner(work(tx, MONDAY, before), about, ME)
    assert press_outage(tx, after, below(drawn, "Меня тоже касается")) == Line("outage.joined_short")
    assert press_outage(tx, after, below(drawn, "У меня другое")) is None
    assert begun(tx) == "🖨 Принтер"
    assert hidden(tx) == {("banner", about)}


def test_something_else_after_the_scenario_has_gone_takes_the_banner_away_and_shows_the_menu(
    tx: Connection,
) -> None:
    config = with_a_long_name()
    for scenario in ("printer", LONG):
        number = outage(tx)
        choose(tx, config, StartScenario(scenario, 0))
        about = f"outage:{number}:{written(scenario)}:0"
        drawn = outage_cards.banner(work(tx, MONDAY, config), about, ME)
        pressed = below(drawn, "У меня другое")
        assert press_outage(tx, with_scenarios(without=["printer"]), pressed) == CHANGED
        assert begun(tx) is None
        assert {("banner", about)} <= hidden(tx)
    assert ("menu", ME) in at_the_end(tx)


@pytest.mark.parametrize("place", ["0", "1", "3", "999"])
def test_a_banner_of_01_is_still_drawn_and_begins_nothing_by_its_number(tx: Connection, place: str) -> None:
    number, spoken = outage(tx), words(tx, "auto", "printer")
    about = f"outage:{number}:{place}:{spoken}"
    drawn = outage_cards.banner(work(tx, MONDAY, house()), about, ME)
    assert below(drawn, "Меня тоже касается") == MeToo(number, place, spoken)
    pressed = below(drawn, "У меня другое")
    assert pressed == SomethingElse(number, place, spoken)
    assert press_outage(tx, house(), pressed) == (None if place == "0" else CHANGED)
    assert begun(tx) is None
    assert hidden(tx) == {("banner", about)}


@pytest.mark.parametrize("place", [0, 3])
def test_me_too_of_01_acts_for_its_outage(tx: Connection, place: int) -> None:
    number = outage(tx)
    pressed = parse(f"o|mine|{number}|{place}|0")
    assert pressed == FormerMeToo(number, place, 0)
    assert press_outage(tx, house(), pressed) == Line("outage.joined_short")
    assert outage_verbs.hit(tx, number) == 1
    shown = select(rows.c.about).where((rows.c.chat == ME) & (rows.c.card == "banner"))
    assert tx.scalars(shown).all() == [f"outage:{number}:{place}:0"]
    with pytest.raises(NotAllowed):
        press_outage(tx, house(), pressed, keys.SUPERVISORS)


def test_something_else_of_01_offers_what_fits_the_words_it_was_shown_for(tx: Connection) -> None:
    number, spoken = outage(tx), words(tx, "auto", "printer")
    pressed = parse(f"o|other|{number}|0|{spoken}")
    assert pressed == FormerSomethingElse(number, 0, spoken)
    assert press_outage(tx, house(), pressed) is None
    shown = select(rows.c.about).where((rows.c.chat == ME) & (rows.c.card == "offer"))
    assert tx.scalars(shown).all() == [f"words:{spoken}"]
    assert hidden(tx) == {("banner", f"outage:{number}:0:{spoken}")}


def test_something_else_of_01_with_a_place_passes_the_outage_by_and_shows_the_menu(tx: Connection) -> None:
    number = outage(tx)
    assert press_outage(tx, house(), parse(f"o|other|{number}|1|0")) == CHANGED
    assert begun(tx) is None
    said = outage_verbs.of(tx, number, ANNA)
    assert said is not None
    assert said.passed_at == MONDAY
    assert at_the_end(tx) == {("menu", ME)}
    assert hidden(tx) == {("banner", f"outage:{number}:1:0")}
