"""Addresses of tickets' topics, which open them for the members of the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from sqlalchemy import Connection

from bot.telegram import chats, posts
from bot.tickets.actions import team_chat
from bot.tickets.ticket import Ticket

PUBLIC = "-100"  # begins the id of a supergroup; only these have addresses


def addresses(tx: Connection, tickets: Sequence[Ticket]) -> Mapping[int, str]:
    """By ticket, for those that have a topic in a supergroup."""
    places = {ticket.id: team_chat(tx, ticket) for ticket in tickets}
    topics = posts.topics(tx, [ticket.about for ticket in tickets])
    found = {}
    for chat in dict.fromkeys(places.values()):
        place = chats.find(tx, chat)
        if place is None or not str(place.chat_id).startswith(PUBLIC):
            continue
        inner = str(place.chat_id).removeprefix(PUBLIC)
        for ticket in tickets:
            topic = topics.get((chat, ticket.about))
            if places[ticket.id] == chat and topic is not None:
                found[ticket.id] = f"https://t.me/c/{inner}/{topic}"
    return found


def linked(tx: Connection, tickets: Sequence[Ticket]) -> Mapping[int, Markup]:
    """The numbers of the tickets, each a link to its topic if it has one."""
    known = addresses(tx, tickets)
    link = Markup('<a href="{address}">{number}</a>')
    return {
        ticket.id: link.format(address=known[ticket.id], number=ticket.id)
        if ticket.id in known
        else Markup(ticket.id)
        for ticket in tickets
    }
