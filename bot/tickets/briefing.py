"""What others read when they are brought in: facts that must be known first, and word to teams without a chat."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from bot.config.config import Work
from bot.keys import SUPERVISORS
from bot.people import directory
from bot.people.directory import Person
from bot.sla.deskfile import Fact
from bot.sla.policy import Desk, Words
from bot.telegram import chats, outbox
from bot.texts.speak import Line
from bot.tickets import prompts, store
from bot.tickets.actions import say_in_topic, team_chat
from bot.tickets.ticket import Ticket

ASKED = "know"  # the prompt that asks for a fact


@dataclass(frozen=True, slots=True)
class Wish:
    """A hand-over that someone began: to which team, and with which note, where they have written one already."""

    team: str
    note: str = ""


def missing(desk: Desk, ticket: Ticket) -> Fact | None:
    """The first fact that the category wants known and that neither employee nor engineer has said; None when all are."""
    category = desk.file.categories.get(ticket.category)
    wanted = category.know_first if category is not None else ()
    return next((fact for fact in wanted if not _is_known(fact, ticket)), None)


def ask(work: Work, chat: str, ticket: Ticket, person: Person, fact: Fact, wish: Wish) -> Line:
    """Ask the one who hands over, in the ticket's topic."""
    question = Words(fact.ask)[chats.language(work.tx, chat)]
    value = json.dumps([question, wish.team, wish.note], ensure_ascii=False)
    line = Line("prompt.know", {"who": person.first_name, "question": question})
    return prompts.put(work, chat, ticket, person, ASKED, value, line)


def learn(work: Work, ticket: Ticket, person: Person, value: str, words: str) -> tuple[Ticket, Wish]:
    """Keep the answer with what self-help has found out: the next one reads it, and no one asks again."""
    question, team, note = json.loads(value)
    told = [*ticket.transcript, (question, words.strip() or "-")]
    ticket = store.change(work.tx, ticket, transcript=[list(pair) for pair in told])
    store.record(work, ticket.id, person.key, "learn", {"question": question, "answer": words})
    return ticket, Wish(team, note)


def tell_in_private(work: Work, ticket: Ticket, note: str) -> None:
    """A team without a chat: its lead and the person who is on duty hear of the ticket, else all of it, else the supervisors."""
    told = [person for person in _people(work, ticket.team) if person.telegram_id is not None]
    speaker = directory.get(work.tx, ticket.owner).name if ticket.owner else ""
    titles = work.config.desk.team(ticket.team).title
    for person in told:
        facts = {"number": ticket.id, "summary": ticket.summary, "note": note, "who": speaker or "-"}
        outbox.line(work, person.key, "handed.privately", facts | {"team": titles[person.language]})
    facts = {"number": ticket.id, "team": titles[chats.language(work.tx, team_chat(work.tx, ticket))]}
    if told:
        names = ", ".join(person.name for person in told)
        say_in_topic(work, ticket, Line("handed.told", facts | {"names": names}))
    else:
        say_in_topic(work, ticket, Line("handed.nobody", facts))
        outbox.line(work, SUPERVISORS, "handed.nobody", facts)


def _people(work: Work, team: str) -> list[Person]:
    everybody, on_duty = directory.engineers(work.tx, team), work.config.desk.on_duty(team, work.now)
    first = [person for person in everybody if team in person.leads or person.staff_id == on_duty]
    return list(first or everybody)


def _is_known(fact: Fact, ticket: Ticket) -> bool:
    questions = set(Words(fact.ask).values())
    if any(question in questions for question, _ in ticket.transcript):
        return True
    said = (*(part for pair in ticket.transcript for part in pair), ticket.words, ticket.body, ticket.summary)
    whole = " ".join(said)
    return any(re.search(rf"\b{re.escape(word)}", whole, re.IGNORECASE) for word in fact.known_by)
