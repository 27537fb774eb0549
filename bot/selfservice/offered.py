"""Words typed under an offer or a call that waits: its buttons in words, a wish for a human, the sentence asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.config.config import Work
from bot.keys import CallRef, WordsRef
from bot.knowledge import signs
from bot.people import pending_question
from bot.people.directory import Person
from bot.scenarios.play.answers import match_option
from bot.selfservice import intake, screens, utterances, where
from bot.selfservice.utterances import Utterance
from bot.telegram import buttons, outbox
from bot.telegram.incoming import Incoming

NO_WAYS = (utterances.CALLED, utterances.RECEIPT)
WAITS = (utterances.OFFERED, utterances.WHERE, utterances.SEVERAL)
CLOSE = 0.8  # of the best score: of two that are as near, the offered one is meant
MOST = 5  # words: a longer message says more than a button


def answered(work: Work, person: Person, message: Incoming) -> bool:
    """Typed words that name one of the buttons that wait, or a yes or a no to them, are that button; False: they are none."""
    kept = _waiting(work, person, message)
    if kept is None or kept.asked in NO_WAYS or len(message.text.split()) > MOST:
        return False
    ways = _ways(work, person, kept)
    wanted = _named(work, kept, ways, message.text)
    if wanted is None:
        return False
    if isinstance(wanted, buttons.StartScenario) and _says_more(ways, wanted, message.text):
        if kept.decision == "none":
            return False  # below the list of all topics: the problem itself
        utterances.join(work.tx, kept, message)
    line = intake.choose(work, person, wanted)
    if isinstance(wanted, buttons.NoneOfThese):  # the answer to typed words is below them
        intake.offer(work, person, kept.id, answers=message.message_id)
    elif line is not None and line.alert:
        outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)
    return True


def _ways(work: Work, person: Person, kept: Utterance) -> dict[str, intake.MenuButton]:
    """The labels of the card that waits, each with its button."""
    draw = screens.offer if kept.asked == utterances.OFFERED else where.card
    drawn = draw(work, WordsRef(kept.id), person.key)
    pressed = {key.label: buttons.parse(key.data) for row in (drawn.keyboard if drawn else []) for key in row}
    return {label: one for label, one in pressed.items() if isinstance(one, intake.MenuButton)}


def _says_more(ways: Mapping[str, intake.MenuButton], wanted: intake.MenuButton, text: str) -> bool:
    """Whether the words are about more than the button that they name: "it is the printer, it eats paper"."""
    labels = {word for label, one in ways.items() if one == wanted for word in signs.content(label)}
    return bool(signs.content(text) - labels) and signs.yes_or_no(text) != "yes"


def _named(
    work: Work, kept: Utterance, ways: Mapping[str, intake.MenuButton], text: str
) -> intake.MenuButton | None:
    none = next((one for one in ways.values() if isinstance(one, buttons.NoneOfThese)), None)
    ticket = signs.number(text)
    if ticket is not None:
        return next(
            (one for one in ways.values() if isinstance(one, buttons.ToTicket) and one.ticket == ticket), None
        )
    if signs.consent(text) == "no":
        return none
    begun = [one for one in ways.values() if isinstance(one, buttons.StartScenario)]
    if signs.yes_or_no(text) == "yes":
        is_only = kept.asked == utterances.OFFERED and kept.decision == "auto" and len(begun) == 1
        return begun[0] if is_only else None
    if text.strip().isdigit():
        return None  # a room or a floor
    label = match_option(text, {label: [label, *label.split(": ")] for label in ways})
    return ways[label] if label is not None else _meant(work, begun, text)


def _meant(work: Work, begun: Sequence[buttons.StartScenario], text: str) -> buttons.StartScenario | None:
    """The offered scenario that a few words surely name: "это про монитор"."""
    decision = work.config.router.route(text)
    best = decision.candidates[0][1] if decision.candidates and decision.is_likely else 0.0
    close = [name for name, score in decision.candidates if best and score >= best * CLOSE]
    likely = close[:1] if decision.decision == "auto" else close
    return next((one for name in likely for one in begun if one.scenario == name), None)


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
