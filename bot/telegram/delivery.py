"""What one outbox row needs to be delivered, gathered in the transaction that leases it: place, topic, drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.telegram import chats, outbox, posts
from bot.telegram.card import Drawing, Renderer
from bot.texts import speak

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """A leased row with all that its delivery needs. `drop` says why it need not be delivered any more."""

    row: Row[Any]
    place: chats.Place | None
    params: dict[str, Any] = field(default_factory=dict)
    drawing: Drawing | None = None
    post: Row[Any] | None = None
    topic_name: str | None = None  # the topic must be opened first, under this name
    drop: str | None = None


def take(
    tx: Connection, renderers: Mapping[str, Renderer], busy: Collection[str], most: int, now: int
) -> list[Job]:
    """Lease the next rows and draw them as the world is now (house law 3)."""
    return [_prepare(tx, renderers, row, now) for row in outbox.lease(tx, now, busy, most)]


_OF_A_TOPIC = frozenset({"closeForumTopic", "reopenForumTopic", "editForumTopic"})


def _prepare(tx: Connection, renderers: Mapping[str, Renderer], row: Row[Any], now: int) -> Job:
    place = chats.find(tx, row.chat)
    if row.expires_at is not None and row.expires_at <= now:
        return Job(row, place, drop="expired")
    if place is None:
        return Job(row, None)
    try:
        with tx.begin_nested():
            return _drawn(tx, renderers, row, place, now)
    except Exception as error:  # one card that cannot be drawn must not stop the others (P6)
        log.critical("outbox.cannot_draw", row=row.id, card=row.card, about=row.about, exc_info=True)
        return Job(row, place, drop=f"cannot draw: {type(error).__name__}: {error}"[:200])


def _drawn(
    tx: Connection, renderers: Mapping[str, Renderer], row: Row[Any], place: chats.Place, now: int
) -> Job:
    params = dict(row.params or {})
    if source := params.pop("from_chat", None):
        found = chats.find(tx, source)
        if found is None:
            return Job(row, place, drop="source gone")
        params["from_chat_id"] = found.chat_id
    if key := params.pop("line", None):
        voice = speak.voice(chats.language(tx, row.chat))
        params |= {"text": str(voice.html(key, **params.pop("facts"))), "parse_mode": "HTML"}
    if row.kind == "hide":
        post = posts.find(tx, row.chat, row.card, row.about)
        return Job(row, place, {"message_id": post.message_id}) if post else Job(row, place, drop="not there")
    topic_name = _into_topic(tx, renderers, row, place, params, now)
    if row.kind == "call":
        if row.method in _OF_A_TOPIC and "message_thread_id" not in params:
            return Job(row, place, drop="no topic")
        return Job(row, place, params, topic_name=topic_name)
    drawing = renderers[row.card](tx, row.about, row.chat, now)
    if drawing is None:
        return Job(row, place, drop="no longer true")
    post = posts.find(tx, row.chat, row.card, row.about)
    return Job(row, place, params, drawing, post, topic_name)


def _into_topic(
    tx: Connection,
    renderers: Mapping[str, Renderer],
    row: Row[Any],
    place: chats.Place,
    params: dict[str, Any],
    now: int,
) -> str | None:
    """Aim the call at its topic; returns the name of a topic that has yet to be opened."""
    if row.topic is None or not place.is_group:
        return None
    if not place.is_forum:
        anchor = posts.anchor(tx, row.chat, row.topic)
        if anchor is not None and "reply_parameters" not in params:
            params["reply_parameters"] = {"message_id": anchor, "allow_sending_without_reply": True}
        return None
    topic = posts.find(tx, row.chat, posts.TOPIC, row.topic)
    if topic is not None:
        params["message_thread_id"] = topic.message_id
        return None
    drawing = renderers[posts.TOPIC](tx, row.topic, row.chat, now)
    return drawing.text if drawing else None
