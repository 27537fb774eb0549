"""The buttons of an outage: of the banner, of the news, of the card of those who look after it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.config.config import House
from bot.people.access import Object, Refused, authorize
from bot.people.directory import Person
from bot.problems import declaring
from bot.problems import outages as verbs
from bot.selfservice import intake
from bot.telegram import chats, outbox
from bot.texts.speak import Line

CARE = ("news", "over", "ended", "keep")  # of those who look after it, in the supervisors' chat too
PRESSES = ("mine", "other", verbs.WORKS, verbs.BROKEN, *CARE)


def press(
    tx: Connection,
    house: House,
    person: Person,
    chat: str | None,
    action: str,
    numbers: Sequence[int],
    now: int,
) -> Line | None:
    """Raises Refused; nothing is changed then."""
    if chat != person.key and not (action in CARE and chat == chats.SUPERVISORS):
        raise Refused("outage", "unknown.chat")
    match action, list(numbers):
        case "mine", [outage, place, utterance]:
            line = verbs.join(tx, outage, person, now)
            outbox.show(tx, person.key, "banner", f"outage:{outage}:{place}:{utterance}", now)
            return line
        case "other", [outage, place, utterance]:
            return _something_else(tx, house, person, outage, place, utterance, now)
        case ((verbs.WORKS | verbs.BROKEN), [outage]):
            return verbs.judge(tx, house, outage, person, action, now)
        case "news", [outage]:
            return declaring.ask_for_news(tx, outage, person, now)
        case "over", [outage]:
            authorize(person, "outage", Object())
            outbox.show(tx, chat or person.key, "outage_over", f"outage:{outage}", now, anew=f"asked {now}")
            return None
        case "ended", [outage]:
            return _end(tx, outage, person, chat, now)
        case "keep", [outage]:
            authorize(person, "outage", Object())
            outbox.hide(tx, chat or person.key, "outage_over", f"outage:{outage}", now)
            return None
    return Line("unknown.button", alert=True)


def _end(tx: Connection, outage: int, person: Person, chat: str | None, now: int) -> Line:
    line = verbs.end(tx, outage, person, now)
    outbox.hide(tx, chat or person.key, "outage_over", f"outage:{outage}", now)
    return line


def _something_else(
    tx: Connection, house: House, person: Person, outage: int, place: int, utterance: int, now: int
) -> Line | None:
    """On with what the person was about to do: the scenario at this place of the menu, or the offer for their words."""
    verbs.pass_by(tx, outage, person, now)
    outbox.hide(tx, person.key, "banner", f"outage:{outage}:{place}:{utterance}", now)
    if place:
        wanted = [place - 1, utterance] if utterance else [place - 1]
        return intake.choose(tx, house, person, "go", wanted, now)
    intake.offer(tx, person, utterance, now)
    return None
