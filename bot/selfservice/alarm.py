"""Danger in a person's words: above the answer to them, the first safe step and a ticket of one press.

It adds and decides nothing: the words go where they would have gone.
"""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Config, Work
from bot.conversation import exchange
from bot.conversation.decision import Destination, SomethingNew, Standing, Waits
from bot.keys import PersonChat, TicketRef, WordsRef
from bot.knowledge.route import Decision
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import reporting
from bot.scenarios.language.program import Scenario
from bot.selfservice import utterances
from bot.sla.policy import OTHER
from bot.telegram import chats, outbox
from bot.telegram.buttons import NoDanger, ReportDanger
from bot.telegram.card import Drawing
from bot.telegram.incoming import Incoming
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, quotas
from bot.tickets.actions import Draft

CARD = "alarm"
TITLE = 100  # characters

AlarmButton = ReportDanger | NoDanger


def above(
    work: Work,
    person: Person,
    message: Incoming,
    decision: Decision,
    standing: Standing,
    destination: Destination,
) -> None:
    """Show the card when the words speak of danger: once a turn, and not where danger is being handled already."""
    scenario = _scenario(work.config)
    if "safety" not in decision.flags or scenario is None:
        return
    category = scenario.spec.category
    is_handled = any(one.category == category for one in standing.tickets) or any(
        one.kind is Waits.STEP and one.category == category for one in standing.waiting
    )
    is_offered = (
        isinstance(destination, SomethingNew)
        and decision.decision == "auto"
        and decision.candidates[0][0] == scenario.id
    )
    if is_handled or is_offered or utterances.alarmed(work.tx, person, message.at):
        return
    kept = utterances.keep(work.tx, person, message, decision, utterances.ALARM)
    outbox.show(work, person.key, CARD, WordsRef(kept), anew=f"answers {message.message_id}")


def card(work: Work, about: str, chat: str) -> Drawing | None:
    kept = utterances.find(work.tx, WordsRef.read(about).number)
    if kept is None or PersonChat.read(chat).number != kept.person:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    ticket = TicketRef.among(kept.chosen or "")
    if ticket is not None:
        return Drawing(voice.html("alarm.reported", number=ticket.number))
    report = button(voice.say("button.report_danger"), ReportDanger(kept.id), "danger")
    return Drawing(
        voice.html("alarm"), [[report], [button(voice.say("button.no_danger"), NoDanger(kept.id))]]
    )


def press(work: Work, person: Person, pressed: AlarmButton) -> Line | None:
    """Raises NotAllowed and TooMany; nothing is changed then."""
    kept = utterances.get(work.tx, person, pressed.utterance)
    scenario = _scenario(work.config)
    if kept is None or kept.asked != utterances.ALARM or scenario is None:
        return Line("stale", alert=True)
    if TicketRef.names(kept.chosen):
        return Line("already.passed", alert=True)
    match pressed:
        case NoDanger():
            outbox.hide(work, person.key, CARD, WordsRef(kept.id))
            return None
        case ReportDanger():
            _report(work, person, kept, scenario)
            return None
        case _:
            assert_never(pressed)


def _report(work: Work, person: Person, kept: utterances.Utterance, scenario: Scenario) -> None:
    authorize(person, "open", Object())
    quotas.check(work, person)
    category = work.config.desk.category(scenario.spec.category or OTHER)
    human = scenario.human
    draft = Draft(
        category=category.id,
        team=human.team if human is not None else category.team,
        summary=speak.shortened(kept.words.strip().splitlines()[0], TITLE),
        impact=human.impact if human is not None else "one",
        urgency=human.urgency if human is not None else "blocked",
        words=kept.words,
    )
    ticket = actions.open_ticket(work, person, draft)
    reporting.opened(work, ticket, kept.words)
    utterances.choose(work.tx, kept.id, TicketRef(ticket.id))
    for message in utterances.messages(kept, person):
        exchange.carry(work, ticket, person.key, person, message)
    outbox.show(work, person.key, CARD, WordsRef(kept.id))


def _scenario(config: Config) -> Scenario | None:
    danger = config.router.danger
    return config.program.scenarios.get(danger) if danger is not None else None
