"""The history of another desk, and advice drawn from figures."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from bot.storage.schema.conventions import Id, metadata

# One import of one file. `line` is the last row of the file that is stored: a stopped import goes on behind it.
imports = Table(
    "imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),  # the map's name of the other desk
    Column("hash", Text, nullable=False, unique=True),  # of the file and the map
    Column("state", Text, nullable=False),  # reading | folding | done
    Column("line", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
)

# Changes of imported tickets, until they are folded into `past_tickets`.
past_events = Table(
    "past_events",
    metadata,
    Column("import", Id, ForeignKey("imports.id"), primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Index("ix_past_events_number", "import", "number", "line"),
)

# Tickets of another desk, for figures only. What its export does not say is NULL.
past_tickets = Table(
    "past_tickets",
    metadata,
    Column("source", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("line", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("claimed_at", BigInteger),
    Column("replied_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("is_cancelled", Integer, nullable=False),
    Column("handovers", Integer),
    Column("teams", JSON),
    Column("reopened", Integer),
    Column("stars", Integer),
    Column("met", Integer),
    Column("stays", JSON),  # [[team, place, from, to]]
    Index("ix_past_tickets_opened", "opened_at"),
)

# Advice that a supervisor accepted, and what was expected of it then; what it brought is computed when it is asked for.
advices = Table(
    "advices",
    metadata,
    Column("key", Text, primary_key=True),  # "step/printer/lid", "topic/email", "queue/network"
    Column("gain", BigInteger, nullable=False),  # money a month
    Column("taken_by", Id, ForeignKey("people.id"), nullable=False),
    Column("taken_at", BigInteger, nullable=False),
)

# What keeps coming back, offered to the supervisors week by week (bot/reports/advice/weekly.py).
findings = Table(
    "findings",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "kind", Text, nullable=False
    ),  # requester | device | category | reopened | failing | hours | words
    Column("about", Text, nullable=False),  # a person's number, a device, a category, a step, hashes of words
    Column("count", Integer, nullable=False),  # tickets of four weeks, or failures of a step
    Column("usual", Text, nullable=False),  # a decimal number
    Column("hours", Text, nullable=False),  # in hands, a decimal number
    Column("cost", BigInteger, nullable=False),  # money of four weeks
    Column("tickets", Text, nullable=False),  # [number]
    Column("state", Text, nullable=False),  # offered | problem | draft | rejected
    Column("found_at", BigInteger, nullable=False),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", BigInteger),
    Column("reason", Text, nullable=False, server_default=""),  # known | expected | small
    Column("problem", Id, ForeignKey("problems.id")),
    Column("judged_at", BigInteger),  # when it was said what came of it
    Column("now_count", Integer),
    Column("now_cost", BigInteger),
    Index("ix_findings_state", "state", "decided_at"),
)
