"""Canned replies and articles: what an engineer says often, said in the employee's language with their name in it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.conversation import exchange
from bot.knowledge.articles import Library
from bot.people import directory
from bot.people.directory import Person
from bot.selfservice import kb_browse
from bot.sla.policy import Desk, Words
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.actions import say_in_topic


def send(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, name: str, now: int) -> Line:
    """Say the reply `name` of desk.yaml to the employee: a human's public word like any other."""
    written = desk.file.replies.get(name)
    if written is None:
        return Line("canned.unknown", {"names": ", ".join(desk.file.replies)}, alert=True)
    ticket = store.get(tx, ticket_id)
    ticket = exchange.replied(tx, desk, ticket, engineer, now, now)
    employee = directory.get(tx, ticket.requester)
    facts = {"name": employee.first_name, "number": ticket.id, "engineer": engineer.first_name}
    text = _filled(Words(written)[employee.language], facts)
    outbox.line(tx, employee.key, "canned.said", {"who": engineer.first_name, "text": text}, now)
    say_in_topic(tx, ticket, Line("canned.sent", {"who": engineer.first_name, "text": text}), now)
    return Line("canned.done")


def send_article(
    tx: Connection, desk: Desk, library: Library, ticket_id: int, engineer: Person, article_id: str, now: int
) -> Line:
    """Send an article of the knowledge base to the employee, in their language."""
    article = library.get(article_id)
    if article is None or article.front.audience != "employee":
        return Line("article.unknown", alert=True)
    ticket = store.get(tx, ticket_id)
    ticket = exchange.replied(tx, desk, ticket, engineer, now, now)
    employee = directory.get(tx, ticket.requester)
    kb_browse.open_article(tx, employee, article, employee.key, now, ticket=ticket.id, sender=engineer.id)
    title = article.title(employee.language)
    say_in_topic(tx, ticket, Line("article.sent", {"who": engineer.first_name, "title": title}), now)
    return Line("canned.done")


def _filled(text: str, facts: Mapping[str, object]) -> str:
    """Only our own names are filled in; any other brace stays as it was written."""
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text
