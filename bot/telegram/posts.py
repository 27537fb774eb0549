"""Where each card and each topic lives in Telegram: message ids belong to delivery."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, func, select, update

from bot.storage.schema import posts
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

TOPIC = "topic"

# Written once: building a statement costs more than running it, and these run at every delivery.
_SAME = (
    (posts.c.chat == bindparam("chat"))
    & (posts.c.card == bindparam("card"))
    & (posts.c.about == bindparam("about"))
)
_FIND, _FORGET = select(posts).where(_SAME), delete(posts).where(_SAME)
_NEWEST = select(func.max(posts.c.message_id)).where(posts.c.chat == bindparam("chat"))


@cache
def _keeping(dialect: str) -> Executable:
    row = insert_for(dialect, posts)
    changed = {name: row.excluded[name] for name in ("message_id", "drawn", "media", "at")}
    return row.on_conflict_do_update(index_elements=["chat", "card", "about"], set_=changed)


def find(tx: Connection, chat: str, card: str, about: str) -> Row[Any] | None:
    """The post of `card` about `about` in `chat`, if it was ever sent."""
    return tx.execute(_FIND, {"chat": chat, "card": card, "about": about}).first()


def keep(
    unit: Unit[object],
    chat: str,
    card: str,
    about: str,
    message_id: int,
    *,
    drawn: str = "",
    media: bool = False,
) -> None:
    """Remember that `card` stands there now. `drawn` is a digest of what it shows."""
    stands = {"message_id": message_id, "drawn": drawn, "media": int(media), "at": unit.now}
    unit.tx.execute(_keeping(unit.tx.dialect.name), {"chat": chat, "card": card, "about": about, **stands})


def forget(tx: Connection, chat: str, card: str, about: str) -> None:
    """The message or topic is gone; the next showing sends it anew."""
    tx.execute(_FORGET, {"chat": chat, "card": card, "about": about})


def forget_topic(tx: Connection, chat: str, about: str) -> list[str]:
    """A topic was deleted: with it went everything that stood in it. Returns the cards that did."""
    stood = (posts.c.chat == chat) & (posts.c.about == about)
    cards = list(tx.scalars(select(posts.c.card).where(stood & (posts.c.card != TOPIC))))
    tx.execute(delete(posts).where(stood))
    return cards


def of_cards(tx: Connection, cards: Collection[str]) -> list[tuple[str, str, str]]:
    """Where any of these cards is shown: chat, card, about."""
    found = select(posts.c.chat, posts.c.card, posts.c.about).where(posts.c.card.in_(cards))
    return [(row.chat, row.card, row.about) for row in tx.execute(found.order_by(posts.c.at))]


def rename(tx: Connection, former: str, today: str) -> None:
    """A card about `former` is about `today` from now on, wherever it is."""
    tx.execute(update(posts).where(posts.c.about == former).values(about=today))


def newest(tx: Connection, chat: str) -> int:
    """The highest message number that we know of in a chat."""
    return tx.scalar(_NEWEST, {"chat": chat}) or 0


def about_message(tx: Connection, chat: str, message_id: int) -> Row[Any] | None:
    """The card that this message shows (or the topic that it opened)."""
    same = (posts.c.chat == chat) & (posts.c.message_id == message_id)
    return tx.execute(select(posts).where(same).order_by(posts.c.at.desc()).limit(1)).first()


def anchor(tx: Connection, chat: str, about: str) -> int | None:
    """In a group without topics: the oldest message about `about`, which later ones answer, so that a thread forms."""
    same = (posts.c.chat == chat) & (posts.c.about == about) & (posts.c.card != TOPIC)
    return tx.scalar(select(posts.c.message_id).where(same).order_by(posts.c.at).limit(1))
