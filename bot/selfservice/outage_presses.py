"""The buttons of an outage: of the banner, of the news, of the supervisors' card."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import SUPERVISORS, BannerRef, OutageRef
from bot.people.access import NotAllowed, Object, authorize
from bot.people.directory import Person
from bot.problems import candidates, causes, children, declaring, ending, rounds, timeline
from bot.problems import outages as verbs
from bot.problems.buttons import (
    AnnounceOutage,
    AskOutageNote,
    AskOutageWords,
    AskOutageWorkaround,
    DeclareCandidate,
    DropOutage,
    HowToClose,
    MergeCandidate,
    MoveProblem,
    NothingNew,
    NotMine,
    OpenProblem,
    RejectCandidate,
    ShowTimeline,
    TakeProblem,
    WithdrawOutage,
)
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

CareButton = (
    TellOutageNews
    | NothingNew
    | AskOutageOver
    | EndOutage
    | WithdrawOutage
    | KeepOutage
    | ShowTimeline
    | AskOutageNote
    | AnnounceOutage
    | AskOutageWords
    | AskOutageWorkaround
    | DropOutage
)
"""Of those who look after it, in the supervisors' chat too."""
AffectedButton = (
    MeToo | SomethingElse | NotMine | OutageWorks | OutageBroken | FormerMeToo | FormerSomethingElse
)
CandidateButton = (
    DeclareCandidate | RejectCandidate | MergeCandidate | OpenProblem | TakeProblem | MoveProblem | HowToClose
)
OutageButton = AffectedButton | CareButton | CandidateButton


def press(work: Work, person: Person, chat: str | None, pressed: OutageButton) -> Line | None:
    """Raises NotAllowed; nothing is changed then."""
    if chat != person.key and not (isinstance(pressed, CareButton | CandidateButton) and chat == SUPERVISORS):
        raise NotAllowed("outage", "unknown.chat")
    if isinstance(pressed, CareButton):
        return _care(work, person, chat or person.key, pressed)
    if isinstance(pressed, CandidateButton):
        return _decide(work, person, chat or person.key, pressed)
    match pressed:
        case MeToo() | FormerMeToo():
            line = verbs.join(work, pressed.outage, person)
            outbox.show(work, person.key, "banner", _banner(pressed))
            return line
        case SomethingElse() | FormerSomethingElse():
            return _something_else(work, person, pressed)
        case NotMine():
            line = children.differs(work, pressed.outage, person)
            outbox.show(work, person.key, "outage_news", OutageRef(pressed.outage))
            return line
        case OutageWorks():
            return ending.judge(work, pressed.outage, person, verbs.WORKS)
        case OutageBroken():
            return ending.judge(work, pressed.outage, person, verbs.BROKEN)
        case _:
            assert_never(pressed)


def _decide(work: Work, person: Person, chat: str, pressed: CandidateButton) -> Line:
    match pressed:
        case DeclareCandidate():
            return candidates.declare(work, pressed.candidate, person, chat)
        case RejectCandidate():
            return candidates.reject(work, pressed.candidate, person)
        case MergeCandidate():
            return candidates.merge(work, pressed.candidate, pressed.outage, person)
        case OpenProblem():
            return causes.after_outage(work, pressed.outage, person, chat)
        case TakeProblem():
            return causes.take(work, pressed.problem, person)
        case MoveProblem():
            return causes.move(work, pressed.problem, pressed.state, person)
        case HowToClose():
            authorize(person, "outage", Object())
            return Line("problem.how_to_close", {"number": pressed.problem}, alert=True)
        case _:
            assert_never(pressed)


def _care(work: Work, person: Person, chat: str, pressed: CareButton) -> Line | None:
    about = OutageRef(pressed.outage)
    match pressed:
        case TellOutageNews():
            return declaring.ask_for(work, pressed.outage, person, "news", chat)
        case AskOutageWords():
            return declaring.ask_for(work, pressed.outage, person, "words", chat)
        case AskOutageWorkaround():
            return declaring.ask_for(work, pressed.outage, person, "workaround", chat)
        case AskOutageNote():
            return declaring.ask_for(work, pressed.outage, person, "note", chat)
        case NothingNew():
            return rounds.nothing_new(work, pressed.outage, person)
        case AnnounceOutage():
            return declaring.announce(work, pressed.outage, person, chat)
        case DropOutage():
            return declaring.drop(work, pressed.outage, person)
        case AskOutageOver():
            authorize(person, "outage", Object())
            outbox.show(work, chat, "outage_over", about, anew=f"asked {work.now}")
            return None
        case ShowTimeline():
            authorize(person, "outage", Object())
            outbox.show(work, chat, timeline.CARD, about, anew=f"asked {work.now}")
            return Line("menu.below")
        case EndOutage() | WithdrawOutage():
            verb = ending.end if isinstance(pressed, EndOutage) else ending.withdraw
            line = verb(work, pressed.outage, person)
            outbox.hide(work, chat, "outage_over", about)
            return line
        case KeepOutage():
            authorize(person, "outage", Object())
            outbox.hide(work, chat, "outage_over", about)
            return None
        case _:
            assert_never(pressed)


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
