"""A rush: more new tickets than a group's message limit. One message in the team's chat names all that wait for their card.

A group gets twenty calls a minute, and a card in its own topic needs two: 300 of them take half an hour. The most
urgent go first, and the list is there within seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, select, update

from bot.config.config import Work
from bot.keys import TicketRef
from bot.storage.schema import OUTBOX_CARD, OUTBOX_OPEN, posts
from bot.storage.schema import outbox as rows_to_say
from bot.telegram import chats, outbox
from bot.telegram import posts as posts_of_cards
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.tickets import store
from bot.tickets.ticket import IN_WORK, Ticket
from bot.timers import timers
from bot.timers.timers import Timer

CARD = TIMER = "rush"
TEAM_CARD = "team_card"
FEW = 5  # cards that may wait without a list: they are there before anybody has read it
SOON = 10  # seconds to the next drawing while tickets come in
LATER = 60  # seconds to the next one while the list only grows shorter
MOST = 400  # numbers that fit into one message


def foresee(work: Work, ticket: Ticket, chat: str) -> None:
    """A ticket was opened and its card waits for `chat`. Where many do, a list of them is drawn soon; an urgent one overtakes."""
    if len(_unseen(work.tx, chat, FEW + 1)) <= FEW:
        return
    if work.config.desk.notify.goes_first(ticket.priority, ticket.category):
        outbox.show(work, chat, TEAM_CARD, ticket.about, topic=ticket.about, priority=outbox.ALARM)
    _draw_again(work, chat, SOON)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "rush", by chat: the list is drawn as it is now, or taken away when every card has found its place."""
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        if _unseen(work.tx, row.ref, 1):
            outbox.show(work, row.ref, CARD, _about(row.ref), priority=outbox.ALARM)
            _draw_again(work, row.ref, LATER)
        else:
            outbox.hide(work, row.ref, CARD, _about(row.ref))


def readdress(work: Work, former: str, today: str) -> None:
    """The list of a chat that is called `today` from now on."""
    timers.rename(work, TIMER, former, today)
    posts_of_cards.rename(work.tx, _about(former), _about(today))
    waits = OUTBOX_OPEN & (rows_to_say.c.about == _about(former))
    work.tx.execute(update(rows_to_say).where(waits).values(about=_about(today)))


def drawing(work: Work, _about: str, chat: str) -> Drawing | None:
    """Every ticket whose card is not there yet, the urgent first, those of one category in one line."""
    waiting = [one for one in store.peek_all(work.tx, _unseen(work.tx, chat, MOST)) if one.state in IN_WORK]
    if not waiting:
        return None
    voice = speak.voice(chats.language(work.tx, chat))

    def line(ticket: Ticket) -> tuple[str, str, str]:
        return ticket.priority, ticket.sign, work.config.desk.category(ticket.category).title[voice.language]

    lines = [(*of, list(alike)) for of, alike in groupby(sorted(waiting, key=line), key=line)]
    return Drawing(voice.card("rush", lines=lines, count=len(waiting)))


def _about(chat: str) -> str:
    return f"{CARD}:{chat}"


def _draw_again(work: Work, chat: str, pause: int) -> None:
    """At the next full `pause`, so that a hundred tickets of one moment ask for one drawing."""
    moment = (work.now // pause + 1) * pause
    timers.arm(work.tx, TIMER, chat, "", moment, cycle=moment)


def _unseen(tx: Connection, chat: str, most: int) -> list[int]:
    """The oldest tickets whose card waits for its place in a chat and was never there."""
    waiting = OUTBOX_CARD & (rows_to_say.c.chat == chat) & (rows_to_say.c.card == TEAM_CARD)
    its_post = (posts.c.chat == chat) & (posts.c.card == TEAM_CARD) & (posts.c.about == rows_to_say.c.about)
    unseen = waiting & ~select(posts.c.message_id).where(its_post).exists()
    found = tx.scalars(select(rows_to_say.c.about).where(unseen).order_by(rows_to_say.c.id).limit(most))
    return [TicketRef.read(about).number for about in found]
