"""Canned replies and articles: what an engineer says often, said in the employee's language with their name in it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.config import Work
from bot.conversation import exchange, spoken
from bot.people import directory
from bot.people.directory import Person
from bot.selfservice import kb_browse
from bot.sla.policy import Words
from bot.texts.speak import Line, shortened
from bot.tickets import store
from bot.tickets.actions import say_in_topic
from bot.tickets.ticket import Ticket

FIRST = 40  # characters of a reply on its button


def send(work: Work, ticket_id: int, engineer: Person, name: str) -> Line:
    """Say the reply `name` of desk.yaml to the employee: a human's public word like any other."""
    replies = work.config.desk.file.replies
    if name not in replies:
        return Line("canned.unknown", {"name": name[:40], "names": ", ".join(replies)}, alert=True)
    ticket = store.get(work.tx, ticket_id)
    return spoken.say(work, ticket, engineer, worded(work, ticket, engineer, replies[name]))


def worded(work: Work, ticket: Ticket, engineer: Person, written: str | Mapping[str, str]) -> str:
    """A reply of desk.yaml as the employee will read it, in their language."""
    employee = directory.get(work.tx, ticket.requester)
    facts = {"name": employee.first_name, "number": ticket.id, "engineer": engineer.first_name}
    return _filled(Words(written)[employee.language], facts)


def first_words(work: Work, ticket: Ticket, written: str | Mapping[str, str]) -> str:
    """The beginning of a reply for a button; the employee's name, with which most begin, says nothing there."""
    text = Words(written)[directory.get(work.tx, ticket.requester).language]
    text = text.removeprefix("{name},").replace("{name}", "…").strip()
    return shortened(f"{text[:1].upper()}{text[1:]}", FIRST)


def send_article(work: Work, ticket_id: int, engineer: Person, article_id: str) -> Line:
    """Send an article of the knowledge base to the employee, in their language."""
    article = work.config.library.get(article_id)
    if article is None or article.front.audience != "employee":
        return Line("article.unknown", {"name": article_id[:40]}, alert=True)
    ticket = store.get(work.tx, ticket_id)
    ticket = exchange.replied(work, ticket, engineer, work.now)
    employee = directory.get(work.tx, ticket.requester)
    kb_browse.open_article(work, employee, article, employee.key, ticket=ticket.id, sender=engineer.id)
    title = article.title(employee.language)
    say_in_topic(work, ticket, Line("article.sent", {"who": engineer.first_name, "title": title}))
    return Line("canned.done")


def _filled(text: str, facts: Mapping[str, object]) -> str:
    """Only our own names are filled in; any other brace stays as it was written."""
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text
