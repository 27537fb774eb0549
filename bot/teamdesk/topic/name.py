"""The name and the icon of a ticket's topic say how it is: the list of topics is the team's queue."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import TicketRef
from bot.teamdesk.cards import is_late
from bot.telegram import posts
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.tickets import store
from bot.tickets.clocks import operations
from bot.tickets.ticket import IN_WORK, UNCLAIMED, State, Ticket

_SIGNS = {State.CLAIMED: "🟢 ", State.IN_PROGRESS: "🟢 ", State.WAITING: "⏸ ", State.SCHEDULED: "⏸ "}
_SIGNS |= {State.RESOLVED: "✅ "}
# Of the icons that Telegram gives to every bot for nothing.
_ICONS = {State.CLAIMED: "👀", State.IN_PROGRESS: "👀", State.WAITING: "💬", State.SCHEDULED: "📆"}
_ICONS |= {State.RESOLVED: "✅", State.CLOSED: "✅", State.APPROVAL: "📝"}
_ICONS |= dict.fromkeys(UNCLAIMED, "❗")
LATE = "🔥"


def topic(work: Work, about: str, _chat: str) -> Drawing:
    """Its number, how it is, what it is about; and the icon of that state."""
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    late = _is_late(work, ticket)
    sign = f"{LATE} " if late else _SIGNS.get(ticket.state, "")
    name = speak.shortened(f"{ticket.id} {sign}· {ticket.summary}", 128)
    return Drawing(name, icon=LATE if late else _ICONS.get(ticket.state))


def topic_name(work: Work, about: str, chat: str) -> Drawing | None:
    """The same for a topic that is there, as long as its ticket is open."""
    is_there = posts.find(work.tx, chat, posts.TOPIC, about) is not None
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    return topic(work, about, chat) if is_there and ticket.is_open else None


def _is_late(work: Work, ticket: Ticket) -> bool:
    running = operations.view(work.tx, ticket.id).values() if ticket.state in IN_WORK else ()
    return any(view.state == "running" and is_late(view, work.now) for view in running)
