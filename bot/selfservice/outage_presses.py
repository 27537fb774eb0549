"""The buttons of an outage: of the banner, of the news, of the card of those who look after it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.people.access import Object, Refused, authorize
from bot.people.directory import Person
from bot.problems import declaring
from bot.problems import outages as verbs
from bot.selfservice import intake
from bot.telegram import chats, outbox
from bot.texts.speak import Line

CARE = ("news", "over", "ended", "keep")  # of those who look after it, in the supervisors' chat too
PRESSES = ("mine", "other", verbs.WORKS, verbs.BROKEN, *CARE)


def press(work: Work, person: Person, chat: str | None, action: str, numbers: Sequence[int]) -> Line | None:
    """Raises Refused; nothing is changed then."""
    if chat != person.key and not (action in CARE and chat == chats.SUPERVISORS):
        raise Refused("outage", "unknown.chat")
    match action, list(numbers):
        case "mine", [outage, place, utterance]:
            line = verbs.join(work, outage, person)
            outbox.show(work, person.key, "banner", f"outage:{outage}:{place}:{utterance}")
            return line
        case "other", [outage, place, utterance]:
            return _something_else(work, person, outage, place, utterance)
        case ((verbs.WORKS | verbs.BROKEN), [outage]):
            return verbs.judge(work, outage, person, action)
        case "news", [outage]:
            return declaring.ask_for_news(work, outage, person)
        case "over", [outage]:
            authorize(person, "outage", Object())
            outbox.show(work, chat or person.key, "outage_over", f"outage:{outage}", anew=f"asked {work.now}")
            return None
        case "ended", [outage]:
            return _end(work, outage, person, chat)
        case "keep", [outage]:
            authorize(person, "outage", Object())
            outbox.hide(work, chat or person.key, "outage_over", f"outage:{outage}")
            return None
    return Line("unknown.button", alert=True)


def _end(work: Work, outage: int, person: Person, chat: str | None) -> Line:
    line = verbs.end(work, outage, person)
    outbox.hide(work, chat or person.key, "outage_over", f"outage:{outage}")
    return line


def _something_else(work: Work, person: Person, outage: int, place: int, utterance: int) -> Line | None:
    """On with what the person was about to do: the scenario at this place of the menu, or the offer for their words."""
    verbs.pass_by(work, outage, person)
    outbox.hide(work, person.key, "banner", f"outage:{outage}:{place}:{utterance}")
    if place:
        wanted = [place - 1, utterance] if utterance else [place - 1]
        return intake.choose(work, person, "go", wanted)
    intake.offer(work, person, utterance)
    return None
