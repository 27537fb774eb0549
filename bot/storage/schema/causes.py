"""What hits many at once: outages, the signs of one, problems and known errors."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, Table, Text, text

from bot.storage.schema.conventions import Id, metadata

# What the words about a ticket say of who is hit and how pressing it is; `answer`: its author's "yes" or "no" to that.
extents = Table(
    "extents",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("category", Text, nullable=False),  # of the ticket, when it was said
    Column("scope", Text, nullable=False),  # one | several | place | everyone
    Column("pressure", Text, nullable=False),  # none | soon | blocked
    Column("office", Text, nullable=False),  # of the person, as the directory has it
    Column("floor", Integer),  # that the words or the person's profile name
    Column("answer", Text, nullable=False, server_default=""),
    Column("at", BigInteger, nullable=False),  # when it was last said
    Index("ix_extents_at", "at"),
)

# An outage declared by a supervisor. A draft lacks something that its author was asked for.
outages = Table(
    "outages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("category", Text, nullable=False),
    Column("office", Text, nullable=False, server_default=""),  # "": everywhere
    Column("floor", Integer),
    Column("words", Text, nullable=False, server_default=""),
    Column("workaround", Text),  # NULL: not asked yet; "": there is none
    Column("next_at", BigInteger),  # when the next message was promised
    Column("news", Text, nullable=False, server_default=""),  # waits for the time of the next message
    Column("state", Text, nullable=False),  # draft | open | over | withdrawn | dropped
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column("asked", Text, nullable=False, server_default=""),  # words | workaround | next | news | note
    Column("asked_of", Id, ForeignKey("people.id")),
    Column("question", BigInteger),  # its message in their private chat; set once Telegram has it
    Column("started_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),  # news show it again to those who dismissed it
    Column("ended_at", BigInteger),
    Column("parent", BigInteger),  # the ticket in which the work on it goes on
    Column("rounds", Integer, nullable=False, server_default="0"),  # messages in a row without anything new
    Column(
        "note", Text
    ),  # written after its end: what happened, what is changed so that it does not come back
    Index(
        "ix_outages_open",
        "category",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_outages_asked_of", "asked_of"),
)

# Each person's answers to an outage: affected or not, works again or not.
outage_people = Table(
    "outage_people",
    metadata,
    Column("outage", Id, ForeignKey("outages.id"), primary_key=True, autoincrement=False),
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("joined_at", BigInteger),
    Column("passed_at", BigInteger),
    Column("verdict", Text, nullable=False, server_default=""),  # works | broken
    Column("ticket", BigInteger),  # affected through this ticket of theirs, not by a press
)

# The tickets of an outage. One that was taken apart keeps its row, so that it is not linked again.
outage_tickets = Table(
    "outage_tickets",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("outage", Id, ForeignKey("outages.id"), nullable=False),
    Column("state", Text, nullable=False),  # linked | apart
    Column("at", BigInteger, nullable=False),
    Index("ix_outage_tickets_outage", "outage"),
)

# Append-only, as `history` is of tickets.
outage_history = Table(
    "outage_history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outage", Id, ForeignKey("outages.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_outage_history_outage", "outage", "id"),
)

# Signs of trouble: tickets, failed steps of self-help, words that say that others are affected. Kept for eight weeks.
signals = Table(
    "signals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # who wrote it, not whom it is for
    Column("category", Text, nullable=False),
    Column("ticket", BigInteger),
    Column("site", Text, nullable=False, server_default=""),
    Column("floor", Integer),
    Column("wide", Integer, nullable=False, server_default="0"),  # it says that others are affected
    Column("candidate", BigInteger),  # it belongs to this candidate and counts for no other
    Index("ix_signals_at", "at"),
    Index("ix_signals_candidate", "candidate"),
)

# What each signal of the last hours is counted under (bot/problems/detection/signals.py).
signal_keys = Table(
    "signal_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("signal", Id, primary_key=True, autoincrement=False),
    Index("ix_signal_keys_at", "at"),
)

# How many people a key had in an hour (UTC hours since 1970); hour 0 is the sum of all.
tallies = Table(
    "tallies",
    metadata,
    Column("key", Text, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("people", Integer, nullable=False),
    Index("ix_tallies_hour", "hour"),
)

# A suspected mass incident, until a supervisor decides.
candidates = Table(
    "candidates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),  # open | declared | merged | rejected | quiet
    Column("people", Integer, nullable=False),  # when it was last brought up
    Column("window_s", Integer, nullable=False),  # in which they came
    Column("usual", Text, nullable=False),  # how many come in that time, a decimal number
    Column("began_at", BigInteger, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("outage", Id, ForeignKey("outages.id")),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", BigInteger),
    Index("ix_candidates_state", "state", "key"),
)

# The cause of incidents, looked for by its owner.
problems = Table(
    "problems",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("category", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False),  # new | investigating | known_error | fix_planned | closed
    Column("owner", Id, ForeignKey("people.id")),
    Column("outage", Id, ForeignKey("outages.id")),  # that it was opened after
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("proof", Text),  # what showed that it is gone
)

# The incidents of a problem.
problem_tickets = Table(
    "problem_tickets",
    metadata,
    Column("problem", Id, ForeignKey("problems.id"), primary_key=True, autoincrement=False),
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_problem_tickets_ticket", "ticket"),
)

# What is known of a problem that is not solved: shown in the scenario until it expires.
known_errors = Table(
    "known_errors",
    metadata,
    Column("id", Id, primary_key=True),
    Column("problem", Id, ForeignKey("problems.id"), nullable=False),
    Column("scenario", Text, nullable=False),
    Column("step", Text, nullable=False, server_default=""),  # "": at each step
    Column("site", Text, nullable=False, server_default=""),  # "": for all
    Column("symptoms", Text, nullable=False),
    Column("workaround", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_known_errors_scenario", "scenario", "expires_at"),
)
