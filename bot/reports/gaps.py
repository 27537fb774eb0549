"""Spans in which the bot did not work: figures of such hours are doubtful."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage.schema import gaps


def gaps_between(tx: Connection, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The spans in [first, last) in which no timer was handled, UTC seconds."""
    inside = (gaps.c.ended_at > first) & (gaps.c.began_at < last)
    rows = tx.execute(select(gaps.c.began_at, gaps.c.ended_at).where(inside).order_by(gaps.c.began_at))
    return tuple((began_at, ended_at) for began_at, ended_at in rows)
