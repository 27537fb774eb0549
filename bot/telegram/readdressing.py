"""A team's chat under another name: its group, the cards in it and whatever waits to be said there follow."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from bot.keys import RawChat
from bot.storage.db import signal
from bot.storage.schema import OUTBOX_CARD, OUTBOX_OPEN, chats, outbox, posts
from bot.storage.unit import Unit
from bot.telegram.chats import find
from bot.telegram.outbox import SIGNAL


def new_address(unit: Unit[object], former: str, today: str) -> str | None:
    """How the messages of the chat `former` are reached once it is called `today`; None when there is no such chat.

    Where `today` is another group already, the former one keeps its messages and is bound to nothing any more.
    """
    place, other = find(unit.tx, former), find(unit.tx, today)
    if place is None:
        return None
    return today if other is None else RawChat(place.chat_id)


def readdress(unit: Unit[object], former: str, today: str) -> None:
    """Whatever is to be said in `former` is said in `today`; the group and its cards go there too, unless that has a group."""
    address = new_address(unit, former, today)
    if address == today:
        unit.tx.execute(delete(posts).where(posts.c.chat == today))  # of a group that it had once
        unit.tx.execute(update(chats).where(chats.c.key == former).values(key=today, updated_at=unit.now))
        unit.tx.execute(update(posts).where(posts.c.chat == former).values(chat=today))
    elif address is not None:
        unit.tx.execute(delete(chats).where(chats.c.key == former))
        unit.tx.execute(delete(posts).where(posts.c.chat == former))
    other = outbox.alias()
    same = (other.c.chat == today) & (other.c.card == outbox.c.card) & (other.c.about == outbox.c.about)
    waits = select(other.c.id).where(same & (other.c.state == "pending") & (other.c.kind == "card")).exists()
    doubled = update(outbox).where(OUTBOX_CARD & (outbox.c.chat == former) & waits)
    unit.tx.execute(doubled.values(state="dropped", done_at=unit.now, reason="renamed"))
    unit.tx.execute(update(outbox).where(OUTBOX_OPEN & (outbox.c.chat == former)).values(chat=today))
    signal(unit.tx, SIGNAL)
