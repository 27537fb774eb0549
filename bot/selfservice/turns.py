"""A message in the private chat: one decision says where it goes, and it is taken there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import assert_never

from bot.config.config import Config, Work
from bot.conversation import exchange, hands, hidden_words, twins
from bot.conversation.decision import (
    CONTINUES,
    AskWhere,
    AskWhetherBack,
    AskWhichFirst,
    BesideTicket,
    CallHuman,
    Destination,
    SomethingNew,
    Steer,
    Steering,
    ToWaiting,
    Waits,
    decide,
)
from bot.keys import BackRef, CallRef, RunRef, TicketRef, WordsRef
from bot.knowledge import masking, signs
from bot.knowledge.route import Decision
from bot.people import directory, pending_question
from bot.people.directory import Person
from bot.problems import reporting
from bot.scenarios.library import run
from bot.scenarios.play import events
from bot.scenarios.play.events import Checked, Event, Sent, Typed
from bot.scenarios.play.views import wish
from bot.selfservice import (
    alarm,
    follow_ups,
    hearing,
    intake,
    kb_browse,
    language,
    offered,
    own_ticket,
    utterances,
    where,
)
from bot.selfservice.effects import PendingCheck, Reply, carry_out, who
from bot.selfservice.utterances import Utterance
from bot.sla.policy import OTHER
from bot.telegram import outbox
from bot.telegram.buttons import (
    Approve,
    ArticleFailed,
    ArticleHelped,
    Deny,
)
from bot.telegram.incoming import SERVICE, UNCOPYABLE, Incoming
from bot.texts.speak import Line
from bot.tickets import actions, approval, closing, store, transcript
from bot.tickets.quotas import TooMany
from bot.tickets.ticket import State

SAME_TALK = 3600  # seconds in which a message may go on with the words before it
SAID_MORE = 3  # words: less in the middle of a scenario is a mistyped answer, and nothing for an engineer


def take(work: Work, person: Person, message: Incoming) -> Reply:
    """Handle a message in a person's private chat. Every message reaches someone."""
    message = _without_bare_secret(work, person, message)
    if message.secret and message.kind != SERVICE:
        hidden_words.warn(work, person, message)
    if message.kind == SERVICE or follow_ups.goes_on(work, person, message):
        return Reply()
    message = twins.known(work, person.key, person, message)
    if message.reply_to is not None and _replied(work, person, message):
        return Reply()
    if message.kind in UNCOPYABLE:
        outbox.line(work, person.key, "uncopyable.new", {}, answers=message.message_id)
        return Reply()
    decision = work.config.router.route(message.text)
    if message.origin is not None:
        if not follow_ups.was_asked_for(work, person, message):
            utterance = utterances.keep(work.tx, person, message, decision)
            intake.tell_or_offer(work, person, utterance, decision, message)
        return Reply()
    heard = hearing.hear(work, message, message.text, decision)
    going_on = hearing.standing(work, person, message.text)
    destination = decide(going_on, heard)
    if not isinstance(destination, Steer | CallHuman) and _was_asked_for(work, person, message):
        return Reply()
    alarm.above(work, person, message, decision, going_on, destination)
    reply = _send(work, person, message, decision, destination)
    language.offer(work, person, message, decision)
    return reply


def _without_bare_secret(work: Work, person: Person, message: Incoming) -> Incoming:
    """A password that is a message by itself, after words that announce it or an engineer's question for it."""
    if not message.text or message.secret or len(message.text.split()) > 1:
        return message
    relay, kept = transcript.latest(work.tx, person.id), utterances.latest(work.tx, person)
    said = [(relay.at, relay.content)] if relay is not None else []
    said += [(kept.last_at or kept.at, kept.words)] if kept is not None else []
    at, before = max(said, default=(0, ""))
    if message.at - at > SAME_TALK:
        return message
    hidden = masking.hide_bare(message.text, before)
    return message if hidden == message.text else replace(message, text=hidden, secret=True, entities=())


def _replied(work: Work, person: Person, message: Incoming) -> bool:
    """A reply goes where what it answers belongs; a wish for a human is obeyed there."""
    assert message.reply_to is not None
    wishes = wish(message.text) is not None or signs.wants_a_call(message.text)
    number = transcript.ticket_of(work.tx, person.key, message.place, message.reply_to) if wishes else None
    if number is None or not store.get(work.tx, number).is_open:
        return follow_ups.answered(work, person, message)
    _raise_hand(work, person, number, message)
    return True


def _was_asked_for(work: Work, person: Person, message: Incoming) -> bool:
    """The sentence that a called human is to know, or what else was asked for."""
    takers = (
        offered.said_what,
        own_ticket.said_whether_to_cancel,
        offered.answered,
        _said_yes,
        follow_ups.was_asked_for,
    )
    return any(takes(work, person, message) for takes in takers)


def _said_yes(work: Work, person: Person, message: Incoming) -> bool:
    """A typed yes to "is it about the closed ticket again?"."""
    turn = utterances.unanswered(work.tx, person, message.at)
    back = BackRef.among(turn.asked) if turn is not None else None
    if turn is None or back is None or signs.yes_or_no(message.text) != "yes":
        return False
    utterances.join(work.tx, turn, message)
    intake.word_to(work, person, turn.id, back.number)
    return True


def _send(
    work: Work, person: Person, message: Incoming, decision: Decision, destination: Destination
) -> Reply:
    """Take the words where the decision sends them."""
    match destination:
        case Steer():
            return _steer(work, person, destination, message)
        case CallHuman():
            return _call_human(work, person, destination, decision, message)
        case ToWaiting():
            return _answer(work, person, destination, decision, message)
        case BesideTicket():
            _beside(work, person, message, decision, destination)
        case AskWhere():
            _ask(work, person, message, decision, utterances.WHERE)
        case AskWhichFirst():
            utterance = utterances.keep(work.tx, person, message, decision)
            utterances.keep_several(work.tx, utterance, destination.scenarios)
            where.ask(work, person, utterance, message.message_id)
        case AskWhetherBack():
            _ask(work, person, message, decision, BackRef(destination.ticket))
        case SomethingNew():
            _first_words(work, person, message, decision)
        case _:
            assert_never(destination)
    return Reply()


def _steer(work: Work, person: Person, wanted: Steer, message: Incoming) -> Reply:
    """A steering word, as if its button were pressed; to cancel a ticket is asked once."""
    if wanted.run is not None:
        event = events.Cancel() if wanted.what is Steering.CANCEL else events.Back()
        stood = run.take(work, work.config.program, wanted.run, person.id, None, event, who(person))
        return carry_out(work, person, stood, anew=f"after {message.message_id}")
    ticket = wanted.ticket
    match wanted.what:
        case Steering.MENU:
            intake.menu(work, person)
        case Steering.CANCEL if ticket is not None:
            own_ticket.ask_to_cancel(work, person, ticket, message.message_id)
        case Steering.STATUS if ticket is not None:
            anew = f"asked {message.message_id}"
            outbox.show(work, person.key, "ticket_card", TicketRef(ticket), anew=anew)
        case Steering.ELSEWHERE:
            intake.move_last_words(work, person, message)
        case Steering.LIST | Steering.BACK | Steering.CANCEL | Steering.STATUS:
            intake.my_tickets(work, person)
        case _:
            assert_never(wanted.what)
    return Reply()


def _call_human(
    work: Work, person: Person, wanted: CallHuman, decision: Decision, message: Incoming
) -> Reply:
    """A human is called where the person is: in the scenario, for the ticket, or with a new ticket."""
    if wanted.run is not None:
        return _call_at_step(work, person, wanted.run, message)
    if wanted.ticket is not None:
        ticket = store.get(work.tx, wanted.ticket)
        if ticket.state is State.MERGED:
            follow_ups.to_the_main_one(work, ticket, person, message)
            return Reply()
        _raise_hand(work, person, wanted.ticket, message)
        return Reply()
    if offered.said_what(work, person, message) or offered.called_for(work, person, message):
        return Reply()
    utterance = utterances.keep(work.tx, person, message, decision, utterances.CALLED)
    if wanted.says:
        intake.ticket_with(work, person, utterance)
        return Reply()
    pending_question.put(work, person.id, CallRef(utterance))
    intake.offer(work, person, utterance, answers=message.message_id)
    return Reply()


def _raise_hand(work: Work, person: Person, ticket: int, message: Incoming) -> None:
    exchange.from_employee(work, person, ticket, message)
    line = hands.raise_hand(work, person, ticket)
    outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)


def _call_at_step(work: Work, person: Person, run_id: int, message: Incoming) -> Reply:
    """The scenario ends in a ticket; words that say more than the wish go into it."""
    if wish(message.text) is not None:
        return _answer_step(work, person, run_id, message)
    stood = run.take(work, work.config.program, run_id, person.id, None, events.Human(), who(person))
    reply = carry_out(work, person, stood, anew=f"after {message.message_id}")
    ticket = store.by_run(work.tx, run_id)
    if ticket is not None and ticket.is_open:
        exchange.from_employee(work, person, ticket.id, message)
    return reply


def _answer(work: Work, person: Person, wanted: ToWaiting, decision: Decision, message: Incoming) -> Reply:
    """The words answer what waits, as its button would."""
    answer = signs.yes_or_no(message.text)
    match wanted.what.kind:
        case Waits.STEP:
            return _answer_step(work, person, wanted.what.of, message)
        case Waits.QUESTION:
            exchange.from_employee(work, person, wanted.what.of, message)
            if not wanted.is_sure:
                _give_receipt(work, person, message, decision, wanted.what.of)
            return Reply()
        case Waits.WORKS:
            exchange.from_employee(work, person, wanted.what.of, message)
            done = actions.confirm if answer == "yes" else closing.reject
            line: Line | None = done(work, wanted.what.of, person)
        case Waits.APPROVAL:
            agrees = signs.consent(message.text) == "yes"
            pressed = Approve(wanted.what.of) if agrees else Deny(wanted.what.of)
            line = approval.press(work, pressed, person, person.key)
        case Waits.ARTICLE:
            word = ArticleHelped(wanted.what.of) if answer == "yes" else ArticleFailed(wanted.what.of)
            line = kb_browse.press(work, person, person.key, word)
        case _:
            assert_never(wanted.what.kind)
    if line is not None:
        outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)
    return Reply()


def _beside(work: Work, person: Person, message: Incoming, decision: Decision, wanted: BesideTicket) -> None:
    """Words for an open ticket; unsure ones say where they went, once a turn, and can be moved."""
    turn = utterances.going_on(work.tx, person, message)
    if turn is not None and turn.chosen is None and turn.asked != utterances.CALLED:
        _join(work, person, turn, message)
        return
    ticket = store.get(work.tx, wanted.number)
    if ticket.state is State.MERGED:
        follow_ups.to_the_main_one(work, ticket, person, message)
        return
    exchange.from_employee(work, person, wanted.number, message)
    if signs.is_impatient(message.text):
        hands.tell_how_it_goes(work, person, wanted.number, message.message_id)
    about = TicketRef(wanted.number)
    if turn is not None and turn.chosen == about:
        utterances.join(work.tx, turn, message)
    elif not wanted.is_sure:
        _give_receipt(work, person, message, decision, wanted.number)


def _give_receipt(work: Work, person: Person, message: Incoming, decision: Decision, ticket: int) -> None:
    """Say where the words went, with a button that moves them."""
    kept = utterances.keep(work.tx, person, message, decision, utterances.RECEIPT)
    utterances.choose(work.tx, kept, TicketRef(ticket))
    where.ask(work, person, kept, message.message_id)


def _ask(work: Work, person: Person, message: Incoming, decision: Decision, asked: str) -> None:
    """Ask where the turn belongs; a later message of the turn joins the question that is asked already."""
    turn = utterances.going_on(work.tx, person, message)
    if turn is not None and turn.chosen is None and turn.asked != utterances.CALLED:
        _join(work, person, turn, message)
        return
    where.ask(work, person, utterances.keep(work.tx, person, message, decision, asked), message.message_id)


def _first_words(work: Work, person: Person, message: Incoming, decision: Decision) -> None:
    turn = utterances.going_on(work.tx, person, message)
    offered = utterances.unanswered(work.tx, person, message.at)
    adds = offered is not None and (not offered.words.strip() or not message.text.strip())
    if not (adds or hearing.says_nothing(message.text, decision) or _was_tried(work, message.text, decision)):
        offered = None
    if turn is not None and turn.chosen is None:
        _join(work, person, turn, message)
    elif offered is not None and offered.asked == utterances.OFFERED and offered.about is None:
        # What is no problem by itself belongs to the offer before it, however late: a picture or a voice, words after a picture,
        # "it is urgent", a label. The offer comes down and says so.
        utterances.join(work.tx, offered, message)
        if adds and message.text.strip():
            utterances.judge(work.tx, offered.id, decision)
        intake.offer(work, person, offered.id, answers=message.message_id)
    elif decision.kind in hearing.SMALL_TALK:
        _small_talk(work, person, decision.kind, message)
    else:
        utterance = utterances.keep(work.tx, person, message, decision)
        likely = work.config.program.scenarios.get(decision.candidates[0][0]) if decision.candidates else None
        category = likely.spec.category if likely is not None else None
        reporting.said(work, person, category or OTHER, message.text)
        intake.tell_or_offer(work, person, utterance, decision, message)


def _was_tried(work: Work, text: str, decision: Decision) -> bool:
    """Whether the words say that something did not help, whatever they would begin by themselves: "restarted it, no change"."""
    return signs.yes_or_no(text) == "no" and work.config.router.continues(decision.repaired) >= CONTINUES


def _join(work: Work, person: Person, turn: Utterance, message: Incoming) -> None:
    """One more message of a turn: its answer is thought over and drawn again, below the message."""
    kept = utterances.join(work.tx, turn, message)
    alone, whole = (work.config.router.route(text) for text in (message.text, kept.words))
    is_blurred = hearing.SURENESS.index(whole.decision) < hearing.SURENESS.index(turn.decision)
    # The candidates of several problems are those found in them; words that say nothing alone make none less sure.
    if kept.asked != utterances.SEVERAL and not (is_blurred and hearing.says_nothing(message.text, alone)):
        utterances.judge(work.tx, kept.id, whole)
    card = "offer" if kept.asked == utterances.OFFERED else where.CARD
    outbox.show(work, person.key, card, WordsRef(kept.id), anew=f"wrote {message.message_id}")


def checked(work: Work, pending: PendingCheck, result: Checked) -> Reply:
    """A check has returned: its result is the run's next event. A repeated result is ignored."""
    person = directory.get(work.tx, pending.person_id)
    try:
        with work.tx.begin_nested():
            stood = run.take(
                work, work.config.program, pending.run_id, person.id, pending.seq, result, who(person)
            )
            return carry_out(work, person, stood)
    except TooMany as error:  # no person waits for this answer
        outbox.line(work, person.key, error.reason, {"most": error.most})
        return Reply()


def _answer_step(work: Work, person: Person, run_id: int, message: Incoming) -> Reply:
    if message.album is not None:
        utterances.remember_album(work.tx, person, message, RunRef(run_id))
    event: Event = (
        Typed(message.text, signs.yes_or_no(message.text))
        if message.file_id is None
        else Sent(message.kind, message.file_id, message.text or None)
    )
    elsewhere = partial(_elsewhere, work.config)
    ticket = store.by_run(work.tx, run_id)
    stood = run.take(work, work.config.program, run_id, person.id, None, event, who(person), elsewhere)
    reply = carry_out(work, person, stood, anew=f"after {message.message_id}")
    if stood.turn is not None and any(isinstance(effect, events.Offer) for effect in stood.turn.effects):
        decision = work.config.router.route(message.text)
        utterance = utterances.keep(work.tx, person, message, decision)
        intake.tell_or_offer(work, person, utterance, decision, message)
    elif ticket is not None and ticket.is_open:
        exchange.from_employee(work, person, ticket.id, message)
    elif stood.turn is not None and not stood.turn.moved and len(message.text.split()) >= SAID_MORE:
        utterances.bring_along(work.tx, person, message, RunRef(run_id))
    return reply


def _elsewhere(config: Config, text: str) -> tuple[str, ...]:
    """The scenario that a message certainly belongs to, when it was typed in the middle of another."""
    decision = config.router.route(text)
    return (decision.candidates[0][0],) if decision.decision == "auto" else ()


def _small_talk(work: Work, person: Person, kind: str, message: Incoming) -> None:
    if kind == "tickets":
        intake.my_tickets(work, person)
    elif kind in ("thanks", "bye"):
        outbox.line(work, person.key, "small.thanks", {}, answers=message.message_id)
    else:
        intake.menu(work, person)
