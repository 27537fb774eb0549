"""For messages without a certain scenario: guesses come before the order of the file, refused ones do not."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.knowledge.route import Decision
from bot.selfservice import screens, utterances
from bot.telegram.buttons import StartScenario, parse
from bot.telegram.incoming import Incoming
from tests.desk import house
from tests.tickets.company import ANNA, MONDAY, who
from tests.units import work

GUESSES = [("phone", 0.3), ("meeting_room", 0.2), ("onec", 0.1)]


def topics(tx: Connection, number: int) -> list[str]:
    """The scenarios on the buttons, in order."""
    drawn = screens.offer(work(tx, MONDAY, house()), f"words:{number}", who(tx, ANNA).key)
    assert drawn is not None
    pressed = [parse(one.data) for row in drawn.keyboard for one in row]
    return [one.scenario for one in pressed if isinstance(one, StartScenario)]


def keep(tx: Connection, decision: str) -> int:
    message = Incoming(1, "что-то не так", "text", None, None, None, MONDAY, place=ANNA)
    return utterances.keep(tx, who(tx, ANNA), message, Decision(decision, GUESSES))  # type: ignore[arg-type]


def test_weak_guesses_come_first_among_the_topics(tx: Connection) -> None:
    shown = topics(tx, keep(tx, "none"))
    assert shown[:4] == ["phone", "meeting_room", "onec", "printer"]
    assert len(shown) == len(set(shown)) == screens.TOPICS


def test_who_refuses_the_one_we_were_sure_of_sees_the_next_ones_first(tx: Connection) -> None:
    number = keep(tx, "auto")
    assert topics(tx, number) == ["phone"]
    for _ in range(2):  # an impatient second tap changes nothing
        assert utterances.foresee_nothing(tx, who(tx, ANNA), number)
        assert topics(tx, number)[:3] == ["meeting_room", "onec", "printer"]


def test_who_refuses_all_three_does_not_meet_them_first_again(tx: Connection) -> None:
    number = keep(tx, "ask")
    assert topics(tx, number) == ["phone", "meeting_room", "onec"]
    assert utterances.foresee_nothing(tx, who(tx, ANNA), number)
    assert topics(tx, number)[:2] == ["printer", "no_internet"]
