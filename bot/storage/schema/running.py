"""The process itself: its timers, its small values, when it was down, who did what to it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, text

from bot.storage.schema.conventions import Id, metadata

# Small values of the process that survive it: the bot's own id, the last tick.
facts = Table(
    "facts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Spans without timers: the bot was down, the machine slept. Reports mark them.
gaps = Table(
    "gaps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
)

# Append-only: who did what to accounts, rights, chats and files, each row chained to the one before it (T26). `facts`
# names people by our numbers only, so that it survives their erasure; what would identify them is in `personal`.
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),  # "person:7", "operator", "bot"
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),  # "person:9", "team:network", the name of a file
    Column("facts", JSON, nullable=False),
    Column("personal", JSON),  # the account and its user name; emptied by an erasure
    Column(
        "seal", Text, nullable=False
    ),  # SHA-256 of `personal` with its salt: it cannot be changed, only emptied
    Column("link", Text, nullable=False, unique=True),  # SHA-256 of the previous link and this row
    Index("ix_audit_at", "at"),
    Index("ix_audit_about", "about", "id"),
)

# Versions of calendars and policies, by the hash that clocks store. Never changed.
desk_versions = Table(
    "desk_versions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # calendar | policy
    Column("name", Text, nullable=False, server_default=""),
    Column("spec", JSON, nullable=False),
    Column("loaded_at", BigInteger, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),  # its handler: sla, remind, csat …
    Column("ref", Text, nullable=False),  # its object: "clock:17", "run:4"
    Column("cycle", Integer, nullable=False, server_default="1"),
    Column("key", Text, nullable=False),  # which of the object's levels: "75", "100", "over:1"
    Column(
        "level", Integer, nullable=False, server_default="0"
    ),  # of several due levels the highest is announced
    Column("fire_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # armed | held | fired | superseded | skipped | cancelled
    Column("fired_at", BigInteger),
    Column("late_s", Integer),
    Column("reason", Text),
    UniqueConstraint("kind", "ref", "cycle", "key"),
    # The cost of a look at the timers depends on due rows, not on open tickets.
    Index(
        "ix_timers_due",
        "fire_at",
        sqlite_where=text("state = 'armed'"),
        postgresql_where=text("state = 'armed'"),
    ),
)
