"""What happens with an employee's message: a step's answer, a message for a ticket, or a new problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.config.config import Work
from bot.conversation import exchange, hidden_words, moving
from bot.keys import BannerRef, RunRef, TicketRef, WordsRef
from bot.knowledge.route import Decision
from bot.people import directory, pending_question
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import banners, reporting
from bot.scenarios.library import run
from bot.scenarios.play import callback, events
from bot.selfservice import follow_ups, hearing, learning, utterances, where
from bot.selfservice.effects import Reply, carry_out, set_aside, who
from bot.selfservice.utterances import Utterance
from bot.sla.policy import OTHER
from bot.telegram import buttons, outbox, posts
from bot.telegram.buttons import (
    AllTopics,
    MyTickets,
    NoneOfThese,
    NotSecret,
    NotThere,
    StartScenario,
    ToHuman,
    ToTicket,
)
from bot.telegram.former_buttons import FormerScenario, FormerScenarioForWords
from bot.telegram.incoming import Incoming
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, closing, quotas, readers, store, transcript
from bot.tickets.actions import Draft
from bot.tickets.ticket import State
from bot.tickets.transcript import Relay

NAMED = ("photo", "voice", "video", "document")
"""Kinds of a message by which a ticket without words is called."""
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

MOVED = "moving.begun"


def menu(work: Work, person: Person) -> None:
    """/start: the menu, at the end of the chat; below it the scenario the person has left, if any."""
    outbox.show(work, person.key, "menu", person.key, anew="start")
    if (standing := run.current(work.tx, person.id)) is not None:
        outbox.show(work, person.key, "resume", RunRef(standing.run_id), anew="start")


def my_tickets(work: Work, person: Person) -> None:
    """The person's open tickets, at the end of the chat."""
    outbox.show(work, person.key, "my_tickets", person.key, anew="asked")


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
            return ticket_with(work, person, pressed.utterance)
        case NoneOfThese():
            return _none_of_these(work, person, pressed.utterance)
        case ToTicket():
            return word_to(work, person, pressed.utterance, pressed.ticket)
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
    if kept is not None:
        utterances.bring(work.tx, person, kept, RunRef(stood.run_id))
    set_aside(work, person, before, stood.run_id)
    carry_out(work, person, stood, anew="begun")
    return None


def _said_of(work: Work, kept: Utterance, scenario: str) -> str:
    if kept.asked != utterances.SEVERAL:
        return hearing.told(work, kept.words)
    return hearing.clause_of(work, kept.words, scenario)


def _rewind(person: Person, run_id: int, seq: int) -> Keyboard:
    voice = speak.voice(person.language)
    return [[button(voice.say("button.rewind"), callback.callback(run_id, seq, events.Rewind(seq)))]]


def offer(work: Work, person: Person, utterance: int, *, answers: int | None = None) -> None:
    """Below the person's message: the suggested scenarios, and the way to an engineer."""
    anew = f"answers {answers}" if answers else None
    outbox.show(work, person.key, "offer", WordsRef(utterance), anew=anew)


def tell_or_offer(work: Work, person: Person, utterance: int, decision: Decision, message: Incoming) -> None:
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


def ticket_with(work: Work, person: Person, utterance: int) -> Line | None:
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
    lines = hearing.told(work, kept.words).strip().splitlines()
    # of a wish for a human and the sentence that follows it, the sentence is the title
    title = lines[-1 if kept.asked == utterances.CALLED else 0] if lines else ""
    draft = Draft(
        category=category.id,
        team=category.team,
        type=category.type,
        summary=speak.shortened(title, 100)
        or _without_words(work, requester, utterances.messages(kept, person)),
        words=kept.words,
        author=person.id if requester.id != person.id else None,
    )
    ticket = actions.open_ticket(work, requester, draft)
    reporting.opened(work, ticket, kept.words)
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


def _without_words(work: Work, requester: Person, messages: Sequence[Incoming]) -> str:
    """The title of a ticket that began with a picture, a voice or a file alone."""
    kind = messages[0].kind if messages and messages[0].kind in NAMED else "other"
    at = speak.voice(requester.language).clock(work.now, readers.zone_of(work, requester.key))
    return speak.voice(requester.language).say(f"words.only.{kind}", who=requester.name, at=at)


def word_to(work: Work, person: Person, utterance: int, ticket_id: int) -> Line:
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
        if ticket.state is State.MERGED:
            follow_ups.to_the_main_one(work, ticket, person, message)
        else:
            exchange.from_employee(work, person, ticket.id, message)
    where.settled(work, person, utterance)
    return Line("passed", {"number": ticket.id})


def move_last_words(work: Work, person: Person, message: Incoming) -> None:
    """What the person wrote last goes back from its ticket, and they are asked where it belongs: typed, or by a receipt."""
    relays = transcript.last_turn(work.tx, message.place, message.at - utterances.PATIENCE)
    kept = utterances.latest(work.tx, person)
    if relays and kept is not None and kept.message in {one.from_message for one in relays}:
        line = _not_there(work, person, kept.id)
    elif relays:
        line = _taken_back(work, person, relays, message.message_id)
    else:
        line = Line("moving.nothing")
    if line.key != MOVED:  # the question itself says that they were
        outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)


def not_a_secret(work: Work, person: Person, pressed: NotSecret, words: str) -> Line:
    """Words that were hidden for nothing go on as they were written. `words`: as Telegram still has them, "" if gone."""
    if not words:
        return Line("secret.too_late", alert=True)
    place = person.telegram_id or 0
    if not hidden_words.reveal(work, person, place, pressed.message, words):
        kept = utterances.reveal(work.tx, person, pressed.message, words)
        if kept is not None and kept.chosen is None:
            utterances.judge(work.tx, kept.id, work.config.router.route(kept.words))
            card = "offer" if kept.asked == utterances.OFFERED else where.CARD
            outbox.show(work, person.key, card, WordsRef(kept.id))
    return Line("secret.undone", alert=True)


def _taken_back(work: Work, person: Person, relays: Sequence[Relay], answers: int) -> Line:
    numbers = [one.from_message for one in relays]
    if not moving.take_back(work, person, relays[0].ticket, relays[0].from_place, numbers):
        return Line("moving.wait")
    decision = work.config.router.route("\n".join(one.content for one in relays))
    first, *others = map(_written, relays)
    turn = utterances.keep(work.tx, person, first, decision, utterances.WHERE)
    for other in others:
        kept = utterances.get(work.tx, person, turn)
        assert kept is not None  # it was kept a moment ago
        utterances.join(work.tx, kept, other)
    where.ask(work, person, turn, answers)
    return Line(MOVED)


def _written(relay: Relay) -> Incoming:
    """The message that was carried, as far as it is known."""
    number, place = relay.from_message, relay.from_place
    return Incoming(
        number, relay.content, relay.kind, None, None, None, relay.at, place=place, album=relay.album
    )


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
    return Line(MOVED)
