"""What a message follows up: an album, a question of ours, words of a ticket, something that we asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from bot.config.config import House
from bot.conversation import exchange
from bot.knowledge.route import Decision
from bot.people import pending_question
from bot.people.directory import Person
from bot.problems import declaring
from bot.scenarios.library import run
from bot.selfservice import kb_browse, profile, utterances
from bot.telegram import outbox
from bot.telegram.incoming import Incoming
from bot.texts.speak import Line
from bot.tickets import actions, approval, closing, prompts, store, transcript
from bot.tickets.ticket import State, Ticket


def goes_on(tx: Connection, house: House, person: Person, message: Incoming, now: int) -> bool:
    """A later message of an album goes where the first one went: an album is one word."""
    if message.album is None:
        return False
    mates = transcript.of_album(tx, message.place, message.album)
    ticket_id = mates[0].ticket if mates else None
    if ticket_id is None:
        kept = utterances.add_to_album(tx, person, message)
        if kept is None:
            return False
        ticket_id = _ticket_of_words(tx, kept.chosen or "")
    if ticket_id is not None:
        exchange.from_employee(tx, house.desk, person, ticket_id, message, now)
    return True


def _ticket_of_words(tx: Connection, chosen: str) -> int | None:
    kind, _, number = chosen.partition(":")
    if kind == "ticket" and number:
        return int(number)
    opened = store.by_run(tx, int(number)) if kind == "run" else None
    return opened.id if opened is not None else None


def answered(tx: Connection, house: House, person: Person, message: Incoming, now: int) -> bool:
    """An answer to a question of ours, or to something of a ticket: that ticket's word, whatever else goes on."""
    if declaring.answered(tx, house, person, message, now):
        return True
    asked = prompts.answered(tx, person.key, person, message.reply_to)
    if asked is not None:
        _answer_prompt(tx, asked, person, message, now)
        return True
    assert message.reply_to is not None
    ticket_id = transcript.ticket_of(tx, person.key, message.place, message.reply_to)
    if ticket_id is None:
        return False
    ticket = store.get(tx, ticket_id)
    if ticket.state is State.CLOSED:
        ticket = closing.came_back(tx, house.desk, ticket.id, person, now)
    if ticket.state is State.MERGED:
        _to_the_main_one(tx, ticket, person, message, now)
        return True
    if not ticket.is_open:
        return False
    exchange.from_employee(tx, house.desk, person, ticket.id, message, now)
    return True


def was_asked_for(tx: Connection, house: House, person: Person, message: Incoming, now: int) -> bool:
    """Words that we asked for: an answer, a line of the profile, or what to look up; also what begins with "instruction".

    Words of danger are never taken for such an answer, nor is what somebody says who has gone on in a scenario since.
    """
    asked = pending_question.take(tx, person.id, now)
    if message.kind != "text" or message.origin is not None:
        return False
    named = kb_browse.asks_for_articles(person, message.text)
    if named is None and (asked is None or _went_on(tx, person, asked)):
        return False
    decision = house.router.route(message.text)
    if decision.flags:
        return False
    if named is None and asked is not None and asked.what.startswith(prompts.AWAITED):
        prompt = None if _is_a_new_problem(decision) else prompts.awaited_by(tx, person, asked.what)
        if prompt is not None:
            _answer_prompt(tx, prompt, person, message, now)
        return prompt is not None
    if named is None and asked is not None and asked.what.startswith(profile.FIELD):
        name = asked.what.removeprefix(profile.FIELD)
        profile.answered(tx, house.program, person, name, message.text, message.message_id, now)
        return True
    if named is None and decision.kind:  # "thank you" is nothing to look up
        return False
    text = message.text if named is None else named
    kb_browse.look_up(tx, house, person, person.key, text, now, message=message.message_id)
    return True


def _went_on(tx: Connection, person: Person, asked: pending_question.Asked) -> bool:
    standing = run.current(tx, person.id)
    return standing is not None and standing.updated_at > asked.at


def _is_a_new_problem(decision: Decision) -> bool:
    """Whether words are about something of which we are sure: then they are no answer to a question of ours."""
    return decision.decision == "auto"


def _answer_prompt(tx: Connection, asked: Row[Any], person: Person, message: Incoming, now: int) -> None:
    if asked.action == "comment":
        line = closing.comment(tx, asked.ticket, person, message.text, now)
    else:
        line = approval.answered(tx, asked.ticket, person, asked.action, message.text, now)
    outbox.line(tx, person.key, line.key, line.facts, now, answers=message.message_id)


def _to_the_main_one(tx: Connection, ticket: Ticket, person: Person, message: Incoming, now: int) -> None:
    """A word for a merged ticket is news for the one in which the work goes on."""
    main = next(number for number, kind in store.linked(tx, ticket.id) if kind == "duplicate")
    facts = {"who": person.name, "number": ticket.id, "text": message.text}
    actions.say_in_topic(tx, store.peek(tx, main), Line("team.from_duplicate", facts), now)
    outbox.line(tx, person.key, "passed", {"number": main}, now, answers=message.message_id)
