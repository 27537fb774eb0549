"""What a message refers to: an album, a question of the bot, a message of a ticket, requested words."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import exchange, spoken
from bot.keys import PromptRef, QuestionRef, RunRef, TicketRef
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
from bot.tickets.prompts import Prompt
from bot.tickets.ticket import State, Ticket


def goes_on(work: Work, person: Person, message: Incoming) -> bool:
    """A later message of an album goes where the first one went: an album counts as one message."""
    if message.album is None:
        return False
    mates = transcript.of_album(work.tx, message.place, message.album)
    ticket_id = mates[0].ticket if mates else None
    if ticket_id is None:
        kept = utterances.add_to_album(work.tx, person, message)
        if kept is None:
            return False
        ticket_id = _ticket_of_words(work.tx, kept.chosen or "")
    if ticket_id is not None:
        exchange.from_employee(work, person, ticket_id, message)
    return True


def _ticket_of_words(tx: Connection, chosen: str) -> int | None:
    if TicketRef.names(chosen):
        return TicketRef.read(chosen).number
    opened = store.by_run(tx, RunRef.read(chosen).number) if RunRef.names(chosen) else None
    return opened.id if opened is not None else None


def answered(work: Work, person: Person, message: Incoming) -> bool:
    """A reply to a question of the bot, or to a message of a ticket: it belongs to that ticket in any case."""
    if declaring.answered(work, person, message, person.key):
        return True
    asked = prompts.answered(work, person.key, person, message.reply_to)
    if asked is not None:
        _answer_prompt(work, asked, person, message)
        return True
    assert message.reply_to is not None
    ticket_id = transcript.ticket_of(work.tx, person.key, message.place, message.reply_to)
    if ticket_id is None:
        return False
    ticket = store.get(work.tx, ticket_id)
    if ticket.state is State.CLOSED:
        ticket = closing.came_back(work, ticket.id, person)
    if ticket.state is State.MERGED:
        to_the_main_one(work, ticket, person, message)
        return True
    if not ticket.is_open:
        return False
    exchange.from_employee(work, person, ticket.id, message)
    return True


def was_asked_for(work: Work, person: Person, message: Incoming) -> bool:
    """Requested words: an answer, a profile field, or a search; also a message that begins with "instruction".

    Words of danger are never treated as such an answer, except for news of an outage, nor is a message of a person who has
    continued in a scenario since.
    """
    asked = pending_question.take(work, person.id)
    if message.kind != "text" or message.origin is not None:
        return False
    named = kb_browse.asks_for_articles(person, message.text)
    if named is None and (asked is None or _went_on(work.tx, person, asked)):
        return False
    if asked is not None and (question := QuestionRef.among(asked.what)) is not None:
        # News of an outage name cables, smoke and leaked passwords: they are news, whatever words they use.
        return declaring.answered_by_words(work, person, question.number, message.text)
    decision = work.config.router.route(message.text)
    if decision.flags:
        return False
    if named is None and asked is not None and PromptRef.names(asked.what):
        at_work = prompts.action_of(work.tx, asked.what) in (spoken.ANSWER, spoken.SOLVE)
        is_answer = at_work or not _is_a_new_problem(decision)
        prompt = prompts.awaited_by(work.tx, person, asked.what) if is_answer else None
        if prompt is not None:
            _answer_prompt(work, prompt, person, message)
        return prompt is not None
    if named is None and asked is not None and asked.what == profile.WHOLE:
        return profile.told_at_once(work, person, message.text, message.message_id)
    if named is None and asked is not None and asked.what.startswith(profile.FIELD):
        name = asked.what.removeprefix(profile.FIELD)
        profile.answered(work, person, name, message.text, message.message_id)
        return True
    if named is None and decision.kind:  # "thank you" is no search
        return False
    text = message.text if named is None else named
    kb_browse.look_up(work, person, person.key, text, message=message.message_id)
    return True


def _went_on(tx: Connection, person: Person, asked: pending_question.Asked) -> bool:
    standing = run.current(tx, person.id)
    return standing is not None and standing.updated_at > asked.at


def _is_a_new_problem(decision: Decision) -> bool:
    """Whether words certainly belong to a topic, by what they say and how: then they are no answer to a question of the bot."""
    return decision.decision == decision.by_index == "auto"


def _answer_prompt(work: Work, asked: Prompt, person: Person, message: Incoming) -> None:
    if asked.action == "comment":
        line = closing.comment(work, asked.ticket, person, message.text)
    elif asked.action == spoken.ANSWER:
        line = spoken.say(work, store.get(work.tx, asked.ticket), person, message.text)
    elif asked.action == spoken.SOLVE:
        line = actions.resolve(work, asked.ticket, person, message.text)
    else:
        line = approval.answered(work, asked.ticket, person, asked.action, message.text)
    outbox.line(work, person.key, line.key, line.facts, answers=message.message_id)


def to_the_main_one(work: Work, ticket: Ticket, person: Person, message: Incoming) -> None:
    """A message for a merged ticket goes to the ticket in which the work goes on."""
    main = next(number for number, kind in store.linked(work.tx, ticket.id) if kind == "duplicate")
    facts = {"who": person.name, "number": ticket.id, "text": message.text}
    actions.say_in_topic(work, store.peek(work.tx, main), Line("team.from_duplicate", facts))
    outbox.line(work, person.key, "passed", {"number": main}, answers=message.message_id)
