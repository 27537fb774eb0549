"""Where each card and each topic lives in Telegram: message ids belong to delivery."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from bot.storage.schema import posts
from bot.storage.upsert import insert

TOPIC = "topic"


def find(tx: Connection, chat: str, card: str, about: str) -> Row[Any] | None:
    """The post of `card` about `about` in `chat`, if it was ever sent."""
    same = (posts.c.chat == chat) & (posts.c.card == card) & (posts.c.about == about)
    return tx.execute(select(posts).where(same)).first()


def keep(
    tx: Connection,
    chat: str,
    card: str,
    about: str,
    message_id: int,
    now: int,
    *,
    drawn: str = "",
    media: bool = False,
) -> None:
    """Remember that `card` stands there now. `drawn` is a digest of what it shows."""
    values = {"message_id": message_id, "drawn": drawn, "media": int(media), "at": now}
    row = insert(tx, posts).values(chat=chat, card=card, about=about, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["chat", "card", "about"], set_=values))


def forget(tx: Connection, chat: str, card: str, about: str) -> None:
    """The message or topic is gone; the next showing sends it anew."""
    same = (posts.c.chat == chat) & (posts.c.card == card) & (posts.c.about == about)
    tx.execute(delete(posts).where(same))


def forget_topic(tx: Connection, chat: str, about: str) -> list[str]:
    """A topic was deleted: with it went everything that stood in it. Returns the cards that did."""
    stood = (posts.c.chat == chat) & (posts.c.about == about)
    cards = list(tx.scalars(select(posts.c.card).where(stood & (posts.c.card != TOPIC))))
    tx.execute(delete(posts).where(stood))
    return cards


def newest(tx: Connection, chat: str) -> int:
    """The highest message number that we know of in a chat."""
    return tx.scalar(select(func.max(posts.c.message_id)).where(posts.c.chat == chat)) or 0


def about_message(tx: Connection, chat: str, message_id: int) -> Row[Any] | None:
    """The card that this message shows (or the topic that it opened)."""
    same = (posts.c.chat == chat) & (posts.c.message_id == message_id)
    return tx.execute(select(posts).where(same).order_by(posts.c.at.desc()).limit(1)).first()


def anchor(tx: Connection, chat: str, about: str) -> int | None:
    """In a group without topics: the oldest message about `about`, which later ones answer, so that a thread forms."""
    same = (posts.c.chat == chat) & (posts.c.about == about) & (posts.c.card != TOPIC)
    return tx.scalar(select(posts.c.message_id).where(same).order_by(posts.c.at).limit(1))
