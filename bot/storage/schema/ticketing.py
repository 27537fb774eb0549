"""Tickets, with all that is said and decided about them."""

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

TICKETS_KEPT = text("closed_at IS NOT NULL AND emptied_at IS NULL")

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),  # the number people read
    Column("requester", Id, ForeignKey("people.id"), nullable=False),
    Column("run", BigInteger, unique=True),  # one run opens at most one ticket, also after retries
    Column("type", Text, nullable=False),  # incident | request
    Column("category", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("transcript", JSON, nullable=False),  # [[question, answer]] of self-help
    Column("tried", JSON, nullable=False),
    Column("words", Text, nullable=False, server_default=""),  # the person's first words
    Column("impact", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Id, ForeignKey("people.id")),
    Column(
        "version", Integer, nullable=False, server_default="1"
    ),  # for compare-and-set: the first press wins
    Column("opened_at", BigInteger, nullable=False),
    Column("claimed_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("resolution", Text),  # what helped, in the engineer's words
    Column("cause", Text),  # one of desk.yaml's causes
    Column("question", Text),  # the question that was sent to the person, while waiting for its answer
    Column("promise", BigInteger),  # the due time that the person read last
    Column("stars", Integer),
    Column("comment", Text),
    Column("watcher", Id, ForeignKey("people.id")),  # the supervisor who took control
    # The accountable team, which does not change at a hand-over, and its member who handed the ticket over.
    Column("owner_team", Text, nullable=False, server_default=""),
    Column("owner", Id, ForeignKey("people.id")),
    Column("author", Id, ForeignKey("people.id")),  # who opened it, when it is for another person
    Column(
        "summary_own", Text
    ),  # in the person's language, for their card; the team reads the desk's language
    Column("tried_own", JSON),
    Column("note", Text),  # the note of the last hand-over
    Column("why", JSON),  # [key, facts]: why the due time has changed
    Column("wake_at", BigInteger),  # scheduled: the time the person agreed to
    Column("recurrences", Integer, nullable=False, server_default="0"),
    Column("outcome", Text),  # how it ended: confirmed | silence | cancelled | denied | merged
    Column(
        "mass_hint", Integer, nullable=False, server_default="0"
    ),  # its scenario suspects that many people are affected
    Column("emptied_at", BigInteger),  # its words are deleted, by age or by an erasure; its figures stay
    Column("workaround", Text),  # how the person can work until it is solved
    Index("ix_tickets_kept", "closed_at", sqlite_where=TICKETS_KEPT, postgresql_where=TICKETS_KEPT),
    Index("ix_tickets_requester", "requester", "id"),
    Index("ix_tickets_assignee", "assignee", "id"),
    Index(
        "ix_tickets_open",
        "team",
        "id",
        sqlite_where=text("state NOT IN ('closed','cancelled','merged')"),
        postgresql_where=text("state NOT IN ('closed','cancelled','merged')"),
    ),
)

# Related tickets: "duplicate" of, "follows" an older one, "related" to.
links = Table(
    "links",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("other", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_links_other", "other"),
)

# The stems of a ticket's words, for similarity search on both databases.
terms = Table(
    "terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Index("ix_terms_ticket", "ticket"),
)

# A message of the bot that waits for a reply, such as "why do you hand it over?". The reply completes the action.
prompts = Table(
    "prompts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # only they can answer it
    Column("action", Text, nullable=False),  # transfer | priority | comment | ...
    Column("value", Text, nullable=False, server_default=""),  # the team, the priority
    Column("message", BigInteger),  # set once Telegram has it
    Column("at", BigInteger, nullable=False),
    Index("ix_prompts_message", "chat", "message"),
)

# Approvers of a request, and their decisions. Waiting for approval has its own clock.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("approver", Id, ForeignKey("people.id"), nullable=False),
    Column("state", Text, nullable=False),  # asked | approved | denied | passed on
    Column("asked_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("word", Text),
    UniqueConstraint("ticket", "approver"),
)

# Append-only: who did what to which ticket, in the transaction of the action (T26). No code updates it.
history = Table(
    "history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),  # "person:7", "bot", "timer"
    Column("action", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_history_ticket", "ticket", "id"),
)

# One message of the conversation: where it was written and where its copy is. Chats by our key for sending and by
# Telegram's id for lookup: a group that becomes a supergroup restarts its message ids.
relays = Table(
    "relays",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("toward", Text, nullable=False),  # employee | team
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column("role", Text, nullable=False, server_default="words"),  # words | question
    Column("kind", Text, nullable=False, server_default="text"),  # text, photo, ...: decides how it is edited
    Column("album", Text),  # Telegram's media_group_id: copied as one
    Column("from_chat", Text, nullable=False),
    Column("from_place", BigInteger, nullable=False),
    Column("from_message", BigInteger, nullable=False),
    Column("to_chat", Text, nullable=False),
    Column("to_place", BigInteger),  # set, like to_message, once Telegram has it
    Column("to_message", BigInteger),
    Column("state", Text, nullable=False, server_default="waiting"),  # waiting | sent | failed | recalled
    Column("file", Text),  # file_unique_id: tells whether an edit changed the file or only its caption
    Column("edit", JSON),  # an edit that came before the copy was sent
    Column(
        "content", Text, nullable=False, server_default=""
    ),  # the first words, for the card and the search
    Column("at", BigInteger, nullable=False),
    Column("signature", Text, nullable=False, server_default=""),  # the line above the copy, "" without one
    UniqueConstraint("from_place", "from_message", "to_chat"),
    Index("ix_relays_to", "to_place", "to_message"),
    Index("ix_relays_ticket", "ticket", "id"),
)
