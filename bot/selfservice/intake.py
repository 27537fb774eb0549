"""What happens with an employee's word: a step's answer, a word for a ticket, or a new problem."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from bot.config.config import House
from bot.conversation import exchange, masking, twins
from bot.knowledge.route import Decision
from bot.people import directory, pending_question
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import banners
from bot.scenarios.library import run
from bot.scenarios.play import callback, events
from bot.scenarios.play.events import Checked, Event, Sent, Typed
from bot.selfservice import follow_ups, learning, utterances
from bot.selfservice.effects import PendingCheck, Reply, carry_out, set_aside, who
from bot.sla.policy import OTHER
from bot.telegram import outbox
from bot.telegram.card import button, rows
from bot.telegram.incoming import SERVICE, UNCOPYABLE, Incoming
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, closing, quotas, store
from bot.tickets.actions import Draft
from bot.tickets.quotas import TooMany
from bot.tickets.ticket import State, Ticket

CHOICES = ("all", "go", "human", "none", "mine", "to")
SMALL_TALK = frozenset({"greeting", "thanks", "bye", "tickets", "help"})
SURE = 0.85  # of a router's score: in the middle of a talk people say half sentences


def menu(tx: Connection, person: Person, now: int) -> None:
    """/start: what can be done here, at the end of the chat; and below it where the person stopped, if they did."""
    outbox.show(tx, person.key, "menu", person.key, now, anew="start")
    if (standing := run.current(tx, person.id)) is not None:
        outbox.show(tx, person.key, "resume", f"run:{standing.run_id}", now, anew="start")


def my_tickets(tx: Connection, person: Person, now: int) -> None:
    """/my: the person's open tickets, at the end of the chat."""
    outbox.show(tx, person.key, "my_tickets", person.key, now, anew="asked")


def switch_language(tx: Connection, person: Person, now: int) -> None:
    """/language: from now on in the next of our languages."""
    known = speak.languages()
    following = (
        known[(known.index(person.language) + 1) % len(known)] if person.language in known else known[0]
    )
    directory.set_language(tx, person.id, following)
    outbox.line(tx, person.key, "language.set", {}, now)
    menu(tx, person, now)


def choose(
    tx: Connection, house: House, person: Person, action: str, numbers: Sequence[int], now: int
) -> Line | None:
    """A button below the menu or below a question of ours. Numbers are checked against what this person wrote."""
    match action, list(numbers):
        case "mine", []:
            my_tickets(tx, person, now)
        case "all", []:
            outbox.hide(tx, person.key, "menu", person.key, now)
            outbox.show(tx, person.key, "topics", person.key, now, anew="asked")
        case "human", [utterance]:
            return _ticket_with(tx, house, person, utterance, now)
        case "none", [utterance]:
            return _none_of_these(tx, person, utterance, now)
        case "go", [place, *rest]:
            return _begin_listed(tx, house, person, place, rest[0] if rest else None, now)
        case "to", [utterance, ticket_id]:
            return _word_to(tx, house, person, utterance, ticket_id, now)
        case _:
            return Line("unknown.button", alert=True)
    return None


def press(tx: Connection, house: House, person: Person, data: str, now: int) -> Reply:
    """A button of a scenario's step; an old one offers to go back there."""
    parsed = callback.parse(data)
    if parsed is None:
        return Reply(Line("unknown.button", alert=True))
    run_id, seq, event = parsed
    stood = run.take(tx, house.program, run_id, person.id, seq, event, who(person), now)
    if stood.kind in ("closed", "nobody"):
        return Reply(Line("stale", alert=True))
    if stood.kind == "stale" and stood.rewind_to is None:
        return Reply(Line("stale", alert=True))
    if stood.kind == "stale":
        outbox.line(
            tx,
            person.key,
            "stale.rewind",
            {},
            now,
            keyboard=_rewind(person, run_id, seq),
            dedupe=f"rewind:{run_id}:{seq}:{stood.seq}",
        )
        return Reply()
    if stood.kind == "moved" and isinstance(event, events.Press):
        _tell_the_ticket(tx, run_id, stood, now)
    return carry_out(tx, house, person, stood, now)


def _tell_the_ticket(tx: Connection, run_id: int, stood: run.Stood, now: int) -> None:
    """A button pressed in a scenario that has opened its ticket already: the team reads the answer."""
    ticket = store.by_run(tx, run_id)
    if ticket is None or not ticket.is_open or stood.turn is None or not stood.turn.state.asked:
        return
    question, answer = stood.turn.state.asked[-1]
    line = Line("team.told", {"question": question, "answer": answer})
    actions.say_in_topic(tx, ticket, line, now)


def take(tx: Connection, house: House, person: Person, message: Incoming, now: int) -> Reply:
    """Whatever a person sends in their private chat. Their words reach somebody, always."""
    if message.secret and message.kind != SERVICE:
        masking.warn(tx, person.key, message.message_id, now)
    if message.kind == SERVICE or follow_ups.goes_on(tx, house, person, message, now):
        return Reply()
    message = twins.known(tx, person.key, person, message, now)
    if message.reply_to is not None and follow_ups.answered(tx, house, person, message, now):
        return Reply()
    if message.kind in UNCOPYABLE:
        outbox.line(tx, person.key, "uncopyable.new", {}, now, answers=message.message_id)
        return Reply()
    if follow_ups.was_asked_for(tx, house, person, message, now):
        return Reply()
    standing = run.current(tx, person.id)
    if standing is not None and standing.view.awaits != "nothing" and message.origin is None:
        return _answer_step(tx, house, person, standing.run_id, message, now)
    decision = house.router.route(message.text)
    tickets = store.open_of(tx, person.id) if message.origin is None else ()
    if decision.kind in SMALL_TALK and not tickets and message.origin is None:
        # a "thank you" on an open ticket is for its engineer
        _small_talk(tx, person, decision.kind, message, now)
        return Reply()
    if len(tickets) == 1 and (tickets[0].state is State.WAITING or not _is_new_problem(decision)):
        exchange.from_employee(tx, house.desk, person, tickets[0].id, message, now)
        return Reply()
    utterance = utterances.keep(tx, person, message, decision)
    if tickets:
        _ask_which(tx, house, person, tickets, utterance, decision, message, now)
    else:
        _tell_or_offer(tx, house, person, utterance, decision, message, now)
    return Reply()


def _is_new_problem(decision: Decision) -> bool:
    """Whether words beside an open ticket are surely about something else; in doubt they belong to the ticket."""
    return decision.decision == "auto" and decision.candidates[0][1] >= SURE


def checked(tx: Connection, house: House, pending: PendingCheck, result: Checked, now: int) -> Reply:
    """A check came back: its result is the run's next event. A result that comes twice is taken once."""
    person = directory.get(tx, pending.person_id)
    try:
        with tx.begin_nested():
            stood = run.take(
                tx, house.program, pending.run_id, person.id, pending.seq, result, who(person), now
            )
            return carry_out(tx, house, person, stood, now)
    except TooMany as error:  # nobody waits at a door for this answer
        outbox.line(tx, person.key, error.reason, {"most": error.most}, now)
        return Reply()


def _begin_listed(
    tx: Connection, house: House, person: Person, place: int, utterance: int | None, now: int
) -> Line | None:
    """Begin the scenario at this place of the menu."""
    listed = house.program.menu
    if place >= len(listed):
        return Line("stale", alert=True)
    kept = utterances.get(tx, person, utterance) if utterance is not None else None
    if kept is not None:
        utterances.choose(tx, kept.id, listed[place].id)
        learning.chosen(tx, house.desk, person, kept, listed[place].id, now)
    said = kept.text if kept is not None else None
    heard = house.router.route(kept.text).slots.said() if kept is not None else {}
    pending_question.forget(tx, person.id)
    if utterance is not None:
        outbox.hide(tx, person.key, "offer", f"words:{utterance}", now)
    outage = banners.known(tx, house.program, listed[place].id, person)
    if outage is not None:
        outbox.show(
            tx, person.key, "banner", f"outage:{outage}:{place + 1}:{utterance or 0}", now, anew="begun"
        )
        return None
    before = run.current(tx, person.id)
    stood = run.begin(tx, house.program, person.id, who(person), listed[place].id, said, now, heard)
    set_aside(tx, person, before, stood.run_id, now)
    carry_out(tx, house, person, stood, now, anew="begun")
    return None


def _answer_step(
    tx: Connection, house: House, person: Person, run_id: int, message: Incoming, now: int
) -> Reply:
    if message.album is not None:
        utterances.remember_album(tx, person, message, f"run:{run_id}")
    event: Event = (
        Typed(message.text)
        if message.file_id is None
        else Sent(message.kind, message.file_id, message.text or None)
    )
    elsewhere = partial(_elsewhere, house)
    ticket = store.by_run(tx, run_id)
    stood = run.take(tx, house.program, run_id, person.id, None, event, who(person), now, elsewhere)
    reply = carry_out(tx, house, person, stood, now, anew=f"after {message.message_id}")
    if stood.turn is not None and any(isinstance(effect, events.Offer) for effect in stood.turn.effects):
        decision = house.router.route(message.text)
        utterance = utterances.keep(tx, person, message, decision)
        _tell_or_offer(tx, house, person, utterance, decision, message, now)
    elif ticket is not None and ticket.is_open:
        exchange.from_employee(tx, house.desk, person, ticket.id, message, now)
    return reply


def _elsewhere(house: House, text: str) -> tuple[str, ...]:
    """The scenario that words certainly belong to, for somebody who types them in the middle of another."""
    decision = house.router.route(text)
    return (decision.candidates[0][0],) if decision.decision == "auto" else ()


def _rewind(person: Person, run_id: int, seq: int) -> list[list[dict[str, str]]]:
    voice = speak.voice(person.language)
    return [[button(voice.say("button.rewind"), callback.callback(run_id, seq, events.Rewind(seq)))]]


def _small_talk(tx: Connection, person: Person, kind: str, message: Incoming, now: int) -> None:
    if kind == "tickets":
        my_tickets(tx, person, now)
    elif kind in ("thanks", "bye"):
        outbox.line(tx, person.key, "small.thanks", {}, now, answers=message.message_id)
    else:
        menu(tx, person, now)


def _ask_which(
    tx: Connection,
    house: House,
    person: Person,
    tickets: Sequence[Ticket],
    utterance: int,
    decision: Decision,
    message: Incoming,
    now: int,
) -> None:
    """The words may belong to a ticket or be a new problem; only their writer knows."""
    voice = speak.voice(person.language)
    buttons = [
        button(f"{ticket.id} · {ticket.title}"[:60], f"m|to|{utterance}|{ticket.id}")
        for ticket in tickets[:8]
    ]
    if decision.decision == "auto":
        place = place_of(house, decision.candidates[0][0])
        title = house.program.title(decision.candidates[0][0], person.language)
        buttons.append(button(voice.say("button.new_problem", title=title), f"m|go|{place}|{utterance}"))
    other = button(voice.say("button.another_problem"), f"m|none|{utterance}")
    keyboard = [*rows(buttons, 1), [other]]
    outbox.line(tx, person.key, "which.ticket", {}, now, keyboard=keyboard, answers=message.message_id)


def place_of(house: House, scenario: str) -> int:
    """The scenario's place in the menu: what a button of ours says instead of its name."""
    return [item.id for item in house.program.menu].index(scenario)


def offer(tx: Connection, person: Person, utterance: int, now: int, *, answers: int | None = None) -> None:
    """Below the person's words: what we think they are about, and the way to an engineer."""
    anew = f"answers {answers}" if answers else None
    outbox.show(tx, person.key, "offer", f"words:{utterance}", now, anew=anew)


def _tell_or_offer(
    tx: Connection,
    house: House,
    person: Person,
    utterance: int,
    decision: Decision,
    message: Incoming,
    now: int,
) -> None:
    """Words that surely belong to a scenario with an open outage are answered by it; all others by the offer."""
    likely = decision.candidates[0][0] if decision.decision == "auto" else ""
    outage = banners.known(tx, house.program, likely, person) if likely in house.program.scenarios else None
    if outage is None:
        offer(tx, person, utterance, now, answers=message.message_id)
        return
    anew = f"answers {message.message_id}"
    outbox.show(tx, person.key, "banner", f"outage:{outage}:0:{utterance}", now, anew=anew)


def _none_of_these(tx: Connection, person: Person, utterance: int, now: int) -> Line | None:
    if not utterances.foresee_nothing(tx, person, utterance):
        return Line("stale", alert=True)
    offer(tx, person, utterance, now)
    return None


def _ticket_with(tx: Connection, house: House, person: Person, utterance: int, now: int) -> Line | None:
    """Open a ticket with the person's own words - or with those they forwarded, for whoever wrote them."""
    kept = utterances.get(tx, person, utterance)
    if kept is None:
        return Line("stale", alert=True)
    if (kept.chosen or "").startswith("ticket"):
        return Line("already.passed", alert=True)
    requester = directory.get(tx, kept.about) if kept.about is not None else person
    authorize(person, "open_for" if requester.id != person.id else "open", Object())
    if requester.id == person.id:
        quotas.check(tx, house.desk, person, now)
    category = house.desk.category(OTHER)
    first_line = kept.text.strip().splitlines()[0][:100] if kept.text.strip() else ""
    draft = Draft(
        category=category.id,
        team=category.team,
        type=category.type,
        summary=first_line or speak.voice(requester.language).say("words.without_text"),
        words=kept.text,
        author=person.id if requester.id != person.id else None,
    )
    ticket = actions.open_ticket(tx, house.desk, requester, draft, now)
    utterances.choose(tx, utterance, f"ticket:{ticket.id}")
    learning.chosen(tx, house.desk, person, kept, None, now)
    for message in utterances.messages(kept, person):
        if requester.id == person.id:
            exchange.carry(tx, ticket, person.key, person, message, now)
        else:
            exchange.show_to_team(tx, ticket, message, now)
    outbox.hide(tx, person.key, "offer", f"words:{utterance}", now)
    if requester.id != person.id:
        outbox.line(tx, person.key, "open.done", {"number": ticket.id, "who": requester.name}, now)
    return None


def _word_to(tx: Connection, house: House, person: Person, utterance: int, ticket_id: int, now: int) -> Line:
    kept = utterances.get(tx, person, utterance)
    if kept is None:
        return Line("stale", alert=True)
    utterances.choose(tx, utterance, f"ticket:{ticket_id}")
    ticket = store.get(tx, ticket_id)
    if ticket.state is State.CLOSED:
        ticket = closing.came_back(tx, house.desk, ticket.id, person, now)
        outbox.hide(tx, person.key, "offer", f"words:{utterance}", now)
    for message in utterances.messages(kept, person):
        exchange.from_employee(tx, house.desk, person, ticket.id, message, now)
    return Line("passed", {"number": ticket.id})
