"""Whose phone an alert rings: the whole topic's, or only those of the people it names, each in private."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.config.config import Work
from bot.escalation.recipients import Target
from bot.keys import PersonChat, TeamChat, TicketRef
from bot.people import directory
from bot.storage.schema import alerts
from bot.telegram import chats, outbox, posts
from bot.tickets import readers
from bot.tickets.clocks import clock_rows
from bot.tickets.ticket import UNCLAIMED, Ticket


def held_until(work: Work, ticket: Ticket, chat: str) -> int | None:
    """The end of the quiet hours of those who read `chat` (UTC seconds); None outside them."""
    own = readers.zone_of(work, chat) if PersonChat.names(chat) else None
    return work.config.desk.quiet_until(ticket.priority, ticket.category, work.now, own)


def in_private(work: Work, ticket: Ticket, target: Target) -> tuple[Target, ...]:
    """The private chats that ring instead of one more message in the ticket's topic; none where the topic has to ring.

    It has to while the whole team may take the ticket and has read no reminder, for what breaks quiet hours, and when
    one of those named has not opened a private chat with the bot, or sleeps.
    """
    if not TeamChat.names(target.chat) or work.config.desk.notify.goes_first(
        ticket.priority, ticket.category
    ):
        return ()
    is_read = posts.find(work.tx, target.chat, clock_rows.REMINDER, ticket.about) is not None
    if ticket.state in UNCLAIMED and not is_read:
        return ()
    called = [Target(directory.get(work.tx, one).key, (one,)) for one in target.mentions]
    heard = all(_hears(work, ticket, one.chat) for one in (target, *called))
    return tuple(called) if heard else ()


def _hears(work: Work, ticket: Ticket, chat: str) -> bool:
    is_there = TeamChat.names(chat) or chats.is_open(work.tx, chat)
    return is_there and held_until(work, ticket, chat) is None


def is_call(mentions: Sequence[int], chat: str) -> bool:
    """Whether an alert of a chat calls the person whose private chat it is; in the topic they would have been named."""
    return bool(mentions) and PersonChat.names(chat)


def call_in_topic(work: Work, ticket: int, clock: int, key: str) -> None:
    """The person could not be called in private about a level of a clock: the topic rings after all."""
    same = (alerts.c.clock == clock) & (alerts.c.key == key) & (alerts.c.loud == 0)
    for team in work.tx.scalars(select(alerts.c.chat).where(same)).all():
        if TeamChat.names(team):
            work.tx.execute(update(alerts).where(same & (alerts.c.chat == team)).values(loud=1))
            about = TicketRef(ticket)
            outbox.show(work, team, clock_rows.REMINDER, about, topic=about, priority=outbox.ALARM, anew=key)
