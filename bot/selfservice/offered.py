"""Words typed under an offer or a call that waits: its buttons in words, a wish for a human, the sentence asked for."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import CallRef
from bot.knowledge import signs
from bot.people import pending_question
from bot.people.directory import Person
from bot.scenarios.play.answers import match_option
from bot.selfservice import intake, utterances
from bot.selfservice.utterances import Utterance
from bot.telegram import buttons, outbox
from bot.telegram.incoming import Incoming
from bot.texts import speak

WAITS = (utterances.OFFERED, utterances.WHERE, utterances.SEVERAL)
MOST = 3  # words: a longer message says more than a button


def answered(work: Work, person: Person, message: Incoming) -> bool:
    """A typed yes, no or label is the button of the offer of one scenario; False: the words are none of these."""
    offer = _waiting(work, person, message)
    if offer is None or offer.asked != utterances.OFFERED or offer.decision != "auto":
        return False
    match _said(person, message.text):
        case "begin":
            wanted: intake.MenuButton = buttons.StartScenario(str(offer.candidates[0][0]), offer.id)
        case "none":
            wanted = buttons.NoneOfThese(offer.id)
        case _:
            return False
    line = intake.choose(work, person, wanted)
    if isinstance(wanted, buttons.NoneOfThese):  # the answer to typed words is below them
        intake.offer(work, person, offer.id, answers=message.message_id)
    if line is not None:
        outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)
    return True


def called_for(work: Work, person: Person, message: Incoming) -> bool:
    """A human is wished for under an offer: what was written before is in the ticket, and nothing more is asked."""
    offer = _waiting(work, person, message)
    if offer is None or offer.asked not in WAITS or not offer.words.strip():
        return False
    _open(work, person, offer, message)
    return True


def said_what(work: Work, person: Person, message: Incoming) -> bool:
    """The one sentence that was asked for after a wish for a human, or the wish once more."""
    asked = pending_question.peek(work, person.id)
    call = CallRef.among(asked.what) if asked is not None else None
    wish = utterances.get(work.tx, person, call.number) if call is not None else None
    if wish is None or wish.chosen is not None:
        return False
    _open(work, person, wish, message)
    return True


def _open(work: Work, person: Person, kept: Utterance, message: Incoming) -> None:
    pending_question.forget(work.tx, person.id)
    utterances.join(work.tx, kept, message)
    intake.ticket_with(work, person, kept.id)


def _waiting(work: Work, person: Person, message: Incoming) -> Utterance | None:
    offer = utterances.unanswered(work.tx, person, message.at)
    return offer if offer is not None and offer.about is None else None


def _said(person: Person, text: str) -> str | None:
    if len(text.split()) > MOST:
        return None
    if signs.yes_or_no(text) == "yes":
        return "begin"
    if signs.consent(text) == "no":
        return "none"
    voice = speak.voice(person.language)
    labels = {"begin": [voice.say("button.begin")], "none": [voice.say("button.not_that")]}
    return match_option(text, labels) if not text.strip().isdigit() else None
