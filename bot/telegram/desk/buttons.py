"""Buttons of the menus on a ticket's card, of an engineer's own desk and of the board."""

from __future__ import annotations

from bot.telegram.buttons import OfTicket

# ── a menu on the card ──


class SendReplyNow(OfTicket, sign="t|replynow"):
    reply: str


class OpenDraft(OfTicket, sign="t|draft"):
    source: int


class SendDraft(OfTicket, sign="t|senddraft"):
    source: int


class ProposeMoment(OfTicket, sign="t|when"):
    at: int


class TypeMoment(OfTicket, sign="t|whenelse"):
    pass
