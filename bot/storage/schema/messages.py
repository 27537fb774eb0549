"""Messages: what came in, what goes out, and where it is in Telegram."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, text

from bot.storage.schema.conventions import Id, metadata

# Raw updates. One is committed here before it is confirmed to Telegram (R1).
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lane", BigInteger, nullable=False),  # the chat (or person) whose updates are handled in order
    Column("received_at", Integer, nullable=False),
    Column("payload", Text, nullable=False),  # the raw update, parsed later
    Column("state", Text, nullable=False, server_default="pending"),  # pending | done | dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    # Most rows are done; the worker's query stays small.
    Index(
        "ix_inbox_pending",
        "update_id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

# As text, and identical in every query: a database uses a partial index only for exactly this condition.
OUTBOX_OPEN = text("state IN ('pending','sending')")
OUTBOX_CARD = text("state = 'pending' AND kind = 'card'")

# Every outgoing message is a row here first (R2, R3).
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dedupe", Text, unique=True),  # a second row with the same value is not inserted
    Column("chat", Text, nullable=False),  # our key: "person:7", "team:network"; the chat's id may change
    Column(
        "kind", Text, nullable=False
    ),  # call = frozen parameters | card = drawn when sent | hide = delete a card
    Column(
        "about", Text, nullable=False, server_default=""
    ),  # "ticket:17", "relay:4": gets the delivery callback
    Column("card", Text),  # the renderer's name, for cards
    Column("topic", Text),  # "ticket:17": sent to that topic if the chat is a forum
    Column("method", Text),
    Column("params", JSON),
    Column("priority", Integer, nullable=False, server_default="5"),  # 0 alert … 5 conversation … 9 digest
    # pending | sending | sent | dropped | dead. "sending" is a lease of the sender's process: rows found in it at a
    # sender's start are sent again (P2).
    Column("state", Text, nullable=False, server_default="pending"),
    Column("not_before", Integer, nullable=False, server_default="0"),
    Column("expires_at", Integer),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Integer, nullable=False),
    Column("done_at", Integer),
    Column("message_id", BigInteger),
    Column("reason", Text),
    Index(
        "ix_outbox_open",
        "chat",
        "priority",
        "id",
        sqlite_where=OUTBOX_OPEN,
        postgresql_where=OUTBOX_OPEN,
    ),
    # Ten changes of a card before it is drawn are one edit.
    Index(
        "ux_outbox_card",
        "chat",
        "card",
        "about",
        unique=True,
        sqlite_where=OUTBOX_CARD,
        postgresql_where=OUTBOX_CARD,
    ),
)

# Where a card or a topic is in Telegram. Message ids are stored here, not in tickets.
posts = Table(
    "posts",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("card", Text, primary_key=True),  # the renderer's name, or "topic"
    Column("about", Text, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("drawn", Text),  # digest of the shown content: an unchanged card costs no call
    Column("media", Integer, nullable=False, server_default="0"),  # a text message cannot become a photo
    Column("at", Integer, nullable=False),
    Index("ix_posts_message", "chat", "message_id"),
)

# Our name of a chat -> its Telegram id, which changes when a group becomes a supergroup (T11).
chats = Table(
    "chats",
    metadata,
    Column("key", Text, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    Column("is_forum", Integer, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default="ru"),
    Column("lost", Text),  # the last permanent refusal by Telegram, if any
    Column("updated_at", Integer, nullable=False),
)
