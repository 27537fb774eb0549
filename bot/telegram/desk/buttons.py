"""Buttons of the menus on a ticket's card, of an engineer's own desk and of the board."""

from __future__ import annotations

from bot.telegram.buttons import OfTicket

# ── an engineer's own desk, in their private chat ──


class DeskClaim(OfTicket, sign="d|claim"):
    pass


class DeskAnswer(OfTicket, sign="d|answer"):
    pass


class DeskDone(OfTicket, sign="d|done"):
    pass


class DeskLater(OfTicket, sign="d|later"):
    pass


class DeskMoment(OfTicket, sign="d|when"):
    at: int


class DeskClose(OfTicket, sign="d|close"):
    pass


# ── below an answer in brief ──


class ShowWhyWhole(OfTicket, sign="t|whyall"):
    pass


# ── what a solved ticket is asked about ──


class SayLevelOne(OfTicket, sign="t|line1"):
    could: int


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
