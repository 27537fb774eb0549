"""Callback data of the buttons below a ticket's cards."""

from __future__ import annotations

from bot.tickets.ticket import Ticket


def data(action: str, ticket: Ticket, *more: object) -> str:
    """Callback data of a ticket's button: opaque ids only (T6)."""
    return "|".join(["t", action, str(ticket.id), *map(str, more)])
