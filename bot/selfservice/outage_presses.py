"""The buttons of an outage: of the banner, of the news, of the supervisors' card."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import SUPERVISORS, BannerRef, OutageRef
from bot.people.access import NotAllowed, Object, authorize
from bot.people.directory import Person
from bot.problems import declaring
from bot.problems import outages as verbs
from bot.selfservice import intake
from bot.telegram import outbox
from bot.telegram.buttons import (
    AskOutageOver,
    EndOutage,
    KeepOutage,
    MeToo,
    OutageBroken,
    OutageWorks,
    SomethingElse,
    StartScenario,
    TellOutageNews,
)
from bot.telegram.former_buttons import FormerMeToo, FormerSomethingElse
from bot.texts.speak import Line

CareButton = TellOutageNews | AskOutageOver | EndOutage | KeepOutage
"""Of those who look after it, in the supervisors' chat too."""
OutageButton = (
    MeToo | SomethingElse | OutageWorks | OutageBroken | CareButton | FormerMeToo | FormerSomethingElse
)


def press(work: Work, person: Person, chat: str | None, pressed: OutageButton) -> Line | None:
    """Raises NotAllowed; nothing is changed then."""
    if chat != person.key and not (isinstance(pressed, CareButton) and chat == SUPERVISORS):
        raise NotAllowed("outage", "unknown.chat")
    match pressed:
        case MeToo() | FormerMeToo():
            line = verbs.join(work, pressed.outage, person)
            outbox.show(work, person.key, "banner", _banner(pressed))
            return line
        case SomethingElse() | FormerSomethingElse():
            return _something_else(work, person, pressed)
        case OutageWorks():
            return verbs.judge(work, pressed.outage, person, verbs.WORKS)
        case OutageBroken():
            return verbs.judge(work, pressed.outage, person, verbs.BROKEN)
        case TellOutageNews():
            return declaring.ask_for_news(work, pressed.outage, person)
        case AskOutageOver():
            authorize(person, "outage", Object())
            about = OutageRef(pressed.outage)
            outbox.show(work, chat or person.key, "outage_over", about, anew=f"asked {work.now}")
            return None
        case EndOutage():
            return _end(work, pressed.outage, person, chat)
        case KeepOutage():
            authorize(person, "outage", Object())
            outbox.hide(work, chat or person.key, "outage_over", OutageRef(pressed.outage))
            return None
        case _:
            assert_never(pressed)


def _end(work: Work, outage: int, person: Person, chat: str | None) -> Line:
    line = verbs.end(work, outage, person)
    outbox.hide(work, chat or person.key, "outage_over", OutageRef(outage))
    return line


def _something_else(work: Work, person: Person, pressed: SomethingElse | FormerSomethingElse) -> Line | None:
    """Continue with what the person was about to do: the scenario, or the offer for their message."""
    verbs.pass_by(work, pressed.outage, person)
    outbox.hide(work, person.key, "banner", _banner(pressed))
    if _wanted(pressed) in ("", "0"):
        intake.offer(work, person, pressed.utterance)
        return None
    if isinstance(pressed, FormerSomethingElse):
        return intake.list_changed(work, person)
    return intake.choose(work, person, StartScenario(pressed.scenario, pressed.utterance))


def _wanted(pressed: MeToo | SomethingElse | FormerMeToo | FormerSomethingElse) -> str:
    """What the person was about to begin, in the form of the banner's key: a scenario, "" for the offer; a number
    from 0.1."""
    return pressed.scenario if isinstance(pressed, MeToo | SomethingElse) else str(pressed.place)


def _banner(pressed: MeToo | SomethingElse | FormerMeToo | FormerSomethingElse) -> str:
    return BannerRef.of(pressed.outage, _wanted(pressed), pressed.utterance)
