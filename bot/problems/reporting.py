"""A ticket was opened: what its words say of others, and whether it belongs to an outage that is known already."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import OutageRef, PersonChat
from bot.problems import children, extents
from bot.telegram import outbox
from bot.tickets.ticket import Ticket


def opened(work: Work, ticket: Ticket, words: str) -> None:
    """Read its words; link it to the outage it belongs to, and tell its requester so, once."""
    extents.hear(work, ticket, words)
    outage = children.arrived(work, ticket)
    if outage is not None:
        chat, about = PersonChat(ticket.requester), OutageRef(outage.id)
        outbox.show(work, chat, "outage_news", about, anew=f"linked {ticket.id}")
