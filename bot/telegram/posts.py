"""The Telegram message of each card and topic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, func, select, update

from bot.storage import typed
from bot.storage.schema import posts
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

TOPIC, BOARD = "topic", "board"
TWIN = "twin"  # a second topic for the same: the answer to the call that opened it was lost
TOPIC_NAME = "topic_name"
"""The name of a topic as a card: it is changed by editForumTopic, and its post has no message."""
CLOSED = "closed"  # what a topic has for a digest while only its creator and administrators may write there

# Built once: building a statement costs more than running it, and these run at every delivery.
_SAME = (
    (posts.c.chat == bindparam("chat"))
    & (posts.c.card == bindparam("card"))
    & (posts.c.about == bindparam("about"))
)
_FIND, _FORGET = select(posts).where(_SAME), delete(posts).where(_SAME)
_NEWEST = select(func.max(posts.c.message_id)).where(posts.c.chat == bindparam("chat"))
_OF_MESSAGE = (
    select(posts)
    .where((posts.c.chat == bindparam("chat")) & (posts.c.message_id == bindparam("number")))
    .order_by(posts.c.at.desc())
    .limit(1)
)
_TURN_TOPIC = update(posts).where(
    (posts.c.chat == bindparam("of_chat"))
    & (posts.c.about == bindparam("of_about"))
    & (posts.c.card == TOPIC)
)
_SHUT, _OPEN = _TURN_TOPIC.where(posts.c.drawn != CLOSED), _TURN_TOPIC.where(posts.c.drawn == CLOSED)


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the bot that shows a card."""

    chat: str
    card: str
    about: str
    message_id: int
    drawn: str | None
    media: int
    at: int


@cache
def _keeping(dialect: str) -> Executable:
    row = insert_for(dialect, posts)
    changed = {name: row.excluded[name] for name in ("message_id", "drawn", "media", "at")}
    return row.on_conflict_do_update(index_elements=["chat", "card", "about"], set_=changed)


def find(tx: Connection, chat: str, card: str, about: str) -> Post | None:
    """The post of `card` about `about` in `chat`, if it was sent."""
    return typed.first(Post, tx.execute(_FIND, {"chat": chat, "card": card, "about": about}))


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
    """Store where `card` is now. `drawn` is a digest of its content."""
    stands = {"message_id": message_id, "drawn": drawn, "media": int(media), "at": unit.now}
    unit.tx.execute(_keeping(unit.tx.dialect.name), {"chat": chat, "card": card, "about": about, **stands})


def topics(tx: Connection, abouts: Collection[str]) -> dict[tuple[str, str], int]:
    """The topics of these objects by chat and object."""
    mine = select(posts).where((posts.c.card == TOPIC) & posts.c.about.in_(abouts))
    return {(row.chat, row.about): row.message_id for row in tx.execute(mine)}


def forget(tx: Connection, chat: str, card: str, about: str) -> None:
    """The message or topic is deleted; the next showing sends a new one."""
    tx.execute(_FORGET, {"chat": chat, "card": card, "about": about})


def forget_topic(tx: Connection, chat: str, about: str) -> list[str]:
    """A topic was deleted with everything in it. Returns its cards."""
    stood = (posts.c.chat == chat) & (posts.c.about == about)
    cards = list(tx.scalars(select(posts.c.card).where(stood & posts.c.card.not_in((TOPIC, TOPIC_NAME)))))
    tx.execute(delete(posts).where(stood))
    return cards


def shut_topic(tx: Connection, chat: str, about: str, *, shut: bool) -> bool:
    """A topic is closed from now on, or open. False when it was so already, or is not known."""
    row = {"of_chat": chat, "of_about": about, "drawn": CLOSED if shut else ""}
    return tx.execute(_SHUT if shut else _OPEN, row).rowcount > 0


def of_cards(tx: Connection, cards: Collection[str]) -> list[tuple[str, str, str]]:
    """Where these cards are shown: chat, card, about."""
    found = select(posts.c.chat, posts.c.card, posts.c.about).where(posts.c.card.in_(cards))
    return [(row.chat, row.card, row.about) for row in tx.execute(found.order_by(posts.c.at))]


def rename(tx: Connection, former: str, today: str) -> None:
    """A card about `former` is about `today` from now on, wherever it is."""
    tx.execute(update(posts).where(posts.c.about == former).values(about=today))


def newest(tx: Connection, chat: str) -> int:
    """The highest known message id of a chat."""
    return tx.scalar(_NEWEST, {"chat": chat}) or 0


def about_message(tx: Connection, chat: str, message_id: int) -> Post | None:
    """The card of this message (or the topic that it opened)."""
    return typed.first(Post, tx.execute(_OF_MESSAGE, {"chat": chat, "number": message_id}))


def anchor(tx: Connection, chat: str, about: str) -> int | None:
    """In a group without topics: the oldest message about `about`; later ones reply to it, which forms a thread."""
    same = (posts.c.chat == chat) & (posts.c.about == about) & posts.c.card.not_in((TOPIC, TOPIC_NAME))
    return tx.scalar(select(posts.c.message_id).where(same).order_by(posts.c.at).limit(1))
