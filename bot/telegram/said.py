"""Recognise the text of an outbox row in a message from Telegram."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import Connection, select

from bot.storage.schema import outbox
from bot.telegram import chats
from bot.telegram.card import unmarked
from bot.telegram.incoming import Ours
from bot.texts import speak


def asked_in(tx: Connection, about: str) -> str | None:
    """The chat to which the latest question under `about` was sent; None when its row is gone."""
    return tx.scalar(
        select(outbox.c.chat).where(outbox.c.about == about).order_by(outbox.c.id.desc()).limit(1)
    )


def under(tx: Connection, chat: str, about: str, ours: Ours) -> bool:
    """Whether this is the text of the question sent under `about`."""
    said = (outbox.c.chat == chat) & (outbox.c.about == about)
    params = tx.scalar(select(outbox.c.params).where(said).order_by(outbox.c.id.desc()).limit(1))
    if params is None or "line" not in params:
        return False
    facts = params["facts"] | {name: Markup(params["facts"][name]) for name in params.get("marked", ())}
    text = speak.voice(chats.language(tx, chat)).html(params["line"], **facts)
    return unmarked(str(text)) == ours.text
