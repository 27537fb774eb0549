"""What happens with an employee's message: a step's answer, a message for a ticket, or a new problem."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from bot.config.config import Config, Work
from bot.conversation import exchange, hands, moving, twins
from bot.conversation.decision import (
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
from bot.keys import BannerRef, CallRef, RunRef, TicketRef, WordsRef
from bot.knowledge import masking, signs
from bot.knowledge.route import Decision
from bot.people import directory, pending_question
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import banners
from bot.scenarios.library import run
from bot.scenarios.play import callback, events
from bot.scenarios.play.events import Checked, Event, Sent, Typed
from bot.selfservice import follow_ups, hearing, kb_browse, learning, own_ticket, utterances, where
from bot.selfservice.effects import PendingCheck, Reply, carry_out, set_aside, who
from bot.selfservice.utterances import Utterance
from bot.sla.policy import OTHER
from bot.telegram import buttons, outbox, posts
from bot.telegram.buttons import (
    AllTopics,
    Approve,
    ArticleFailed,
    ArticleHelped,
    Deny,
    MyTickets,
    NoneOfThese,
    NotThere,
    StartScenario,
    ToHuman,
    ToTicket,
)
from bot.telegram.card import button
from bot.telegram.former_buttons import FormerScenario, FormerScenarioForWords
from bot.telegram.incoming import SERVICE, UNCOPYABLE, Incoming
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, approval, closing, quotas, store
from bot.tickets.actions import Draft
from bot.tickets.quotas import TooMany
from bot.tickets.ticket import State

MenuButton = (
    AllTopics
    | MyTickets
    | StartScenario
    | ToHuman
    | NoneOfThese
    | ToTicket
    | NotThere
    | FormerScenario
    | FormerScenarioForWords
)
SMALL_TALK = frozenset({"greeting", "thanks", "bye", "tickets", "help"})


def menu(work: Work, person: Person) -> None:
    """/start: the menu, at the end of the chat; below it the scenario the person has left, if any."""
    outbox.show(work, person.key, "menu", person.key, anew="start")
    if (standing := run.current(work.tx, person.id)) is not None:
        outbox.show(work, person.key, "resume", RunRef(standing.run_id), anew="start")


def my_tickets(work: Work, person: Person) -> None:
    """/my: the person's open tickets, at the end of the chat."""
    outbox.show(work, person.key, "my_tickets", person.key, anew="asked")


def switch_language(work: Work, person: Person) -> None:
    """/language: switch to the next of our languages."""
    known = speak.languages()
    following = (
        known[(known.index(person.language) + 1) % len(known)] if person.language in known else known[0]
    )
    directory.set_language(work.tx, person.id, following)
    outbox.line(work, person.key, "language.set", {})
    menu(work, person)


def choose(work: Work, person: Person, pressed: MenuButton) -> Line | None:
    """A button below the menu or a question of the bot. Numbers are checked against what this person wrote."""
    match pressed:
        case MyTickets():
            my_tickets(work, person)
        case AllTopics():
            outbox.hide(work, person.key, "menu", person.key)
            outbox.show(work, person.key, "topics", person.key, anew="asked")
        case StartScenario():
            return _begin_listed(work, person, pressed)
        case ToHuman():
            return _ticket_with(work, person, pressed.utterance)
        case NoneOfThese():
            return _none_of_these(work, person, pressed.utterance)
        case ToTicket():
            return _word_to(work, person, pressed.utterance, pressed.ticket)
        case NotThere():
            return _not_there(work, person, pressed.utterance)
        case FormerScenario():
            return list_changed(work, person)
        case FormerScenarioForWords():
            return list_changed(work, person, pressed.utterance)
        case _:
            assert_never(pressed)
    return None


def list_changed(work: Work, person: Person, utterance: int = 0) -> Line:
    """What a button named is no longer listed: show the current list at the end of the chat; for a waiting message,
    its offer."""
    kept = utterances.get(work.tx, person, utterance) if utterance else None
    if kept is not None and kept.chosen is None:
        outbox.show(work, person.key, "offer", WordsRef(utterance), anew="changed")
    else:
        topics = posts.find(work.tx, person.key, "topics", person.key) is not None
        menu_is_there = posts.find(work.tx, person.key, "menu", person.key) is not None
        listed = "topics" if topics and not menu_is_there else "menu"
        outbox.show(work, person.key, listed, person.key, anew="changed")
    return Line("list.changed", alert=True)


def press(work: Work, person: Person, data: str) -> Reply:
    """A button of a scenario's step; an old one offers to go back there."""
    parsed = callback.parse(data)
    if parsed is None:
        return Reply(Line("unknown.button", alert=True))
    run_id, seq, event = parsed
    stood = run.take(work, work.config.program, run_id, person.id, seq, event, who(person))
    if stood.kind in ("closed", "nobody"):
        return Reply(Line("stale", alert=True))
    if stood.kind == "stale" and stood.rewind_to is None:
        return Reply(Line("stale", alert=True))
    if stood.kind == "stale":
        outbox.line(
            work,
            person.key,
            "stale.rewind",
            {},
            keyboard=_rewind(person, run_id, seq),
            dedupe=f"rewind:{run_id}:{seq}:{stood.seq}",
        )
        return Reply()
    if stood.kind == "moved" and isinstance(event, events.Press):
        _tell_the_ticket(work, run_id, stood)
    return carry_out(work, person, stood)


def _tell_the_ticket(work: Work, run_id: int, stood: run.Stood) -> None:
    """A button pressed in a scenario that has opened its ticket already: the team reads the answer."""
    ticket = store.by_run(work.tx, run_id)
    if ticket is None or not ticket.is_open or stood.turn is None or not stood.turn.state.asked:
        return
    question, answer = stood.turn.state.asked[-1]
    line = Line("team.told", {"question": question, "answer": answer})
    actions.say_in_topic(work, ticket, line)


def take(work: Work, person: Person, message: Incoming) -> Reply:
    """Handle a message in a person's private chat. Every message reaches someone."""
    if message.secret and message.kind != SERVICE:
        masking.warn(work, person.key, message.message_id)
    if message.kind == SERVICE or follow_ups.goes_on(work, person, message):
        return Reply()
    message = twins.known(work, person.key, person, message)
    if message.reply_to is not None and follow_ups.answered(work, person, message):
        return Reply()
    if message.kind in UNCOPYABLE:
        outbox.line(work, person.key, "uncopyable.new", {}, answers=message.message_id)
        return Reply()
    decision = work.config.router.route(message.text)
    if message.origin is not None:
        if not follow_ups.was_asked_for(work, person, message):
            utterance = utterances.keep(work.tx, person, message, decision)
            _tell_or_offer(work, person, utterance, decision, message)
        return Reply()
    heard = hearing.hear(work, message, message.text, decision)
    going_on = hearing.standing(work, person, message.text)
    destination = decide(going_on, heard)
    if not isinstance(destination, Steer | CallHuman) and _was_asked_for(work, person, message):
        return Reply()
    return _send(work, person, message, decision, destination)


def _was_asked_for(work: Work, person: Person, message: Incoming) -> bool:
    """The sentence that a called human is to know, or what else was asked for."""
    asked = pending_question.peek(work, person.id)
    called = CallRef.among(asked.what) if asked is not None else None
    if called is None or message.kind == SERVICE:
        return _said_yes(work, person, message) or follow_ups.was_asked_for(work, person, message)
    pending_question.forget(work.tx, person.id)
    kept = utterances.get(work.tx, person, called.number)
    if kept is None or kept.chosen is not None:
        return False
    utterances.join(work.tx, kept, message)
    _ticket_with(work, person, kept.id)
    return True


def _said_yes(work: Work, person: Person, message: Incoming) -> bool:
    """A typed yes to "is it about the closed ticket again?"."""
    turn = utterances.unanswered(work.tx, person, message.at)
    if turn is None or turn.asked != utterances.BACK or signs.yes_or_no(message.text) != "yes":
        return False
    back = next(iter(hearing.lately(work, person)), None)
    if back is not None:
        utterances.join(work.tx, turn, message)
        _word_to(work, person, turn.id, back.id)
    return back is not None


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
            return _answer(work, person, destination, message)
        case BesideTicket():
            _beside(work, person, message, decision, destination)
        case AskWhere():
            _ask(work, person, message, decision, utterances.WHERE)
        case AskWhichFirst():
            utterance = utterances.keep(work.tx, person, message, decision)
            utterances.keep_several(work.tx, utterance, destination.scenarios)
            where.ask(work, person, utterance, message.message_id)
        case AskWhetherBack():
            _ask(work, person, message, decision, utterances.BACK)
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
    if wanted.what is Steering.MENU:
        menu(work, person)
    elif wanted.ticket is None or wanted.what is Steering.LIST:
        my_tickets(work, person)
    elif wanted.what is Steering.CANCEL:
        own_ticket.ask_to_cancel(work, person, wanted.ticket, message.message_id)
    else:
        ticket = store.get(work.tx, wanted.ticket)
        outbox.show(work, person.key, "ticket_card", ticket.about, anew=f"asked {message.message_id}")
    return Reply()


def _call_human(
    work: Work, person: Person, wanted: CallHuman, decision: Decision, message: Incoming
) -> Reply:
    """A human is called where the person is: in the scenario, for the ticket, or with a new ticket."""
    if wanted.run is not None:
        return _answer_step(work, person, wanted.run, message)
    if wanted.ticket is not None:
        exchange.from_employee(work, person, wanted.ticket, message)
        line = hands.raise_hand(work, person, wanted.ticket)
        outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)
        return Reply()
    utterance = utterances.keep(work.tx, person, message, decision, utterances.CALLED)
    pending_question.put(work, person.id, CallRef(utterance))
    offer(work, person, utterance, answers=message.message_id)
    return Reply()


def _answer(work: Work, person: Person, wanted: ToWaiting, message: Incoming) -> Reply:
    """The words answer what waits, as its button would."""
    answer = signs.yes_or_no(message.text)
    match wanted.what.kind:
        case Waits.STEP:
            return _answer_step(work, person, wanted.what.of, message)
        case Waits.QUESTION:
            exchange.from_employee(work, person, wanted.what.of, message)
            return Reply()
        case Waits.WORKS:
            exchange.from_employee(work, person, wanted.what.of, message)
            done = actions.confirm if answer == "yes" else closing.reject
            line: Line | None = done(work, wanted.what.of, person)
        case Waits.APPROVAL:
            pressed = Approve(wanted.what.of) if answer == "yes" else Deny(wanted.what.of)
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
    about = TicketRef(wanted.number)
    if turn is not None and turn.chosen == about:
        utterances.join(work.tx, turn, message)
    elif not wanted.is_sure:
        kept = utterances.keep(work.tx, person, message, decision, utterances.RECEIPT)
        utterances.choose(work.tx, kept, about)
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
    if turn is not None and turn.chosen is None:
        _join(work, person, turn, message)
    elif decision.kind in SMALL_TALK:
        _small_talk(work, person, decision.kind, message)
    else:
        utterance = utterances.keep(work.tx, person, message, decision)
        _tell_or_offer(work, person, utterance, decision, message)


def _join(work: Work, person: Person, turn: Utterance, message: Incoming) -> None:
    """One more message of a turn: its answer is thought over and drawn again in its place."""
    kept = utterances.join(work.tx, turn, message)
    utterances.judge(work.tx, kept.id, work.config.router.route(kept.words), kept.asked)
    card = where.CARD if kept.asked in (utterances.WHERE, utterances.BACK, utterances.SEVERAL) else "offer"
    outbox.show(work, person.key, card, WordsRef(kept.id))


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


def _begin_listed(work: Work, person: Person, pressed: StartScenario) -> Line | None:
    """Begin the scenario, with the message it was chosen for."""
    utterance = pressed.utterance
    scenario = buttons.named(pressed.scenario, [item.id for item in work.config.program.menu])
    if scenario is None:
        return list_changed(work, person, utterance)
    kept = utterances.get(work.tx, person, utterance) if utterance else None
    if kept is not None:
        utterances.choose(work.tx, kept.id, scenario)
        learning.chosen(work, person, kept, scenario)
        if kept.asked == utterances.SEVERAL:
            others = [one for one, _ in kept.candidates if one != scenario]
            utterances.keep_several(work.tx, kept.id, others)
        where.settled(work, person, kept.id)
    said = _said_of(work, kept, scenario) if kept is not None else None
    heard = work.config.router.route(kept.words).slots.said() if kept is not None else {}
    pending_question.forget(work.tx, person.id)
    if utterance:
        outbox.hide(work, person.key, "offer", WordsRef(utterance))
    outage = banners.known(work, scenario, person)
    if outage is not None:
        about = BannerRef.of(outage, buttons.written(scenario), utterance)
        outbox.show(work, person.key, "banner", about, anew="begun")
        return None
    before = run.current(work.tx, person.id)
    stood = run.begin(work, work.config.program, person.id, who(person), scenario, said, heard)
    set_aside(work, person, before, stood.run_id)
    carry_out(work, person, stood, anew="begun")
    return None


def _said_of(work: Work, kept: Utterance, scenario: str) -> str:
    if kept.asked != utterances.SEVERAL:
        return kept.words
    return hearing.clause_of(work, kept.words, scenario)


def _answer_step(work: Work, person: Person, run_id: int, message: Incoming) -> Reply:
    if message.album is not None:
        utterances.remember_album(work.tx, person, message, RunRef(run_id))
    event: Event = (
        Typed(message.text)
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
        _tell_or_offer(work, person, utterance, decision, message)
    elif ticket is not None and ticket.is_open:
        exchange.from_employee(work, person, ticket.id, message)
    return reply


def _elsewhere(config: Config, text: str) -> tuple[str, ...]:
    """The scenario that a message certainly belongs to, when it was typed in the middle of another."""
    decision = config.router.route(text)
    return (decision.candidates[0][0],) if decision.decision == "auto" else ()


def _rewind(person: Person, run_id: int, seq: int) -> list[list[dict[str, str]]]:
    voice = speak.voice(person.language)
    return [[button(voice.say("button.rewind"), callback.callback(run_id, seq, events.Rewind(seq)))]]


def _small_talk(work: Work, person: Person, kind: str, message: Incoming) -> None:
    if kind == "tickets":
        my_tickets(work, person)
    elif kind in ("thanks", "bye"):
        outbox.line(work, person.key, "small.thanks", {}, answers=message.message_id)
    else:
        menu(work, person)


def offer(work: Work, person: Person, utterance: int, *, answers: int | None = None) -> None:
    """Below the person's message: the suggested scenarios, and the way to an engineer."""
    anew = f"answers {answers}" if answers else None
    outbox.show(work, person.key, "offer", WordsRef(utterance), anew=anew)


def _tell_or_offer(work: Work, person: Person, utterance: int, decision: Decision, message: Incoming) -> None:
    """A message that certainly belongs to a scenario with an open outage gets the banner; all others the offer."""
    likely = decision.candidates[0][0] if decision.decision == "auto" else ""
    outage = banners.known(work, likely, person) if likely in work.config.program.scenarios else None
    if outage is None:
        offer(work, person, utterance, answers=message.message_id)
        return
    anew = f"answers {message.message_id}"
    outbox.show(work, person.key, "banner", BannerRef.of(outage, "", utterance), anew=anew)


def _none_of_these(work: Work, person: Person, utterance: int) -> Line | None:
    if not utterances.foresee_nothing(work.tx, person, utterance):
        return Line("stale", alert=True)
    outbox.hide(work, person.key, where.CARD, WordsRef(utterance))
    offer(work, person, utterance)
    return None


def _ticket_with(work: Work, person: Person, utterance: int) -> Line | None:
    """Open a ticket with the person's words, or with those they forwarded, for their original author."""
    kept = utterances.get(work.tx, person, utterance)
    if kept is None:
        return Line("stale", alert=True)
    if TicketRef.names(kept.chosen):
        return Line("already.passed", alert=True)
    requester = directory.get(work.tx, kept.about) if kept.about is not None else person
    authorize(person, "open_for" if requester.id != person.id else "open", Object())
    if requester.id == person.id:
        quotas.check(work, person)
    category = work.config.desk.category(OTHER)
    lines = kept.words.strip().splitlines()
    # of a wish for a human and the sentence that follows it, the sentence is the title
    first_line = lines[-1 if kept.asked == utterances.CALLED else 0][:100] if lines else ""
    draft = Draft(
        category=category.id,
        team=category.team,
        type=category.type,
        summary=first_line or speak.voice(requester.language).say("words.without_text"),
        words=kept.words,
        author=person.id if requester.id != person.id else None,
    )
    ticket = actions.open_ticket(work, requester, draft)
    utterances.choose(work.tx, utterance, TicketRef(ticket.id))
    learning.chosen(work, person, kept, None)
    for message in utterances.messages(kept, person):
        if requester.id == person.id:
            exchange.carry(work, ticket, person.key, person, message)
        else:
            exchange.show_to_team(work, ticket, message)
    outbox.hide(work, person.key, "offer", WordsRef(utterance))
    where.settled(work, person, utterance)
    if requester.id != person.id:
        outbox.line(work, person.key, "open.done", {"number": ticket.id, "who": requester.name})
    return None


def _word_to(work: Work, person: Person, utterance: int, ticket_id: int) -> Line:
    kept = utterances.get(work.tx, person, utterance)
    if kept is None:
        return Line("stale", alert=True)
    if kept.chosen is not None:
        return Line("already.passed", alert=True)
    utterances.choose(work.tx, utterance, TicketRef(ticket_id))
    ticket = store.get(work.tx, ticket_id)
    if ticket.state is State.CLOSED:
        ticket = closing.came_back(work, ticket.id, person)
        outbox.hide(work, person.key, "offer", WordsRef(utterance))
    for message in utterances.messages(kept, person):
        exchange.from_employee(work, person, ticket.id, message)
    where.settled(work, person, utterance)
    return Line("passed", {"number": ticket.id})


def _not_there(work: Work, person: Person, utterance: int) -> Line:
    """The words went to the wrong ticket: they are taken back there, and their writer is asked where they belong."""
    kept = utterances.get(work.tx, person, utterance)
    ticket = TicketRef.among(kept.chosen or "") if kept is not None else None
    if kept is None or ticket is None or kept.asked != utterances.RECEIPT:
        return Line("stale", alert=True)
    messages = utterances.messages(kept, person)
    numbers = [message.message_id for message in messages]
    if not moving.take_back(work, person, ticket.number, messages[0].place, numbers):
        return Line("moving.wait", alert=True)
    utterances.unchoose(work.tx, utterance)
    outbox.show(work, person.key, where.CARD, WordsRef(utterance))
    return Line("moving.begun")
