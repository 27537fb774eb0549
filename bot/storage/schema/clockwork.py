"""The SLA clocks of a ticket, and the alerts about them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.schema.conventions import Id, metadata

# One clock of a ticket. Consumed time is the sum of its segments; the values here are a cache.
clocks = Table(
    "clocks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),  # claim | response | workaround | resolution | update
    Column("scope", Text, nullable=False, server_default=""),  # the team, for an OLA clock
    Column("cycle", Integer, nullable=False, server_default="1"),  # "update" restarts with every reply
    Column("rule", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column(
        "calendar_hash", Text, nullable=False
    ),  # the calendar's version in which the due time was computed
    Column("policy_hash", Text, nullable=False),
    Column("target_s", Integer, nullable=False),  # business seconds of the calendar
    Column("state", Text, nullable=False),  # running | paused | stopped | cancelled
    Column("started_at", BigInteger, nullable=False),
    Column("consumed_s", Integer, nullable=False),  # of closed segments
    Column("running_since", BigInteger),
    Column("due_at", BigInteger),  # only while running
    Column("floor_until", BigInteger),
    Column("floor_s", Integer, nullable=False),
    Column("stopped_at", BigInteger),  # the instant of the event, not of its processing
    Column("outcome", Text),  # met | missed
    Column("strict_outcome", Text),  # the same without floors, for reports
    Column("breached_at", BigInteger),  # the due time that was missed, whenever that was noticed
    Column("breach_target_s", Integer),
    Column("overrun_s", Integer, nullable=False),
    Column("void_reason", Text),
    UniqueConstraint("ticket", "kind", "scope", "cycle"),
    # A corrected calendar recomputes the clocks that run in an older version; ended ones are not read.
    Index(
        "ix_clocks_open",
        "calendar",
        "calendar_hash",
        "id",
        sqlite_where=text("state IN ('running','paused')"),
        postgresql_where=text("state IN ('running','paused')"),
    ),
)

# The spans in which a clock ran. Append-only except for the end of the last one: clocks are recomputed from here.
segments = Table(
    "segments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("clock", Id, ForeignKey("clocks.id"), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("start_reason", Text, nullable=False),
    Column("end_reason", Text),
    Index("ix_segments_clock", "clock", "id"),
)

# An alert for a chat. Drawn when it is sent, dropped when it no longer applies.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("clock", Id, ForeignKey("clocks.id"), nullable=False),
    Column("key", Text, nullable=False),  # the level: "75", "100", "over:2"
    Column("mentions", JSON, nullable=False),  # ids of mentioned people
    Column("loud", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("late_s", Integer, nullable=False),  # seconds after the time it should have fired
    Column("late_why", Text, nullable=False, server_default=""),  # "" | outage | calendar | rule
    Column("held_until", BigInteger),  # quiet hours: sent in the morning if it still applies
    Column("burst", BigInteger),  # many at once become one message: when the burst began
    UniqueConstraint("clock", "key", "chat"),  # a level is announced once per chat, by any replica
    Index("ix_alerts_chat", "chat", "at"),
    Index("ix_alerts_ticket", "ticket", "chat"),
)
