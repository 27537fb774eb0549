"""People and their accounts."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from bot.storage.schema.conventions import Id, metadata

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="ru"),  # "" until their first update
    Column("department", Text, nullable=False, server_default=""),
    Column("office", Text, nullable=False, server_default=""),
    Column("zone", Text, nullable=False, server_default=""),  # "": that of the office
    Column("phone", Text, nullable=False, server_default=""),  # as the directory writes it
    Column("email", Text, nullable=False, server_default=""),
    Column("telegram_id", BigInteger, unique=True),
    Column("username", Text, unique=True),  # lower case; binds the account at its first message
    Column("roles", JSON, nullable=False),  # ["engineer:network", "lead:helpdesk", "supervisor", "admin"]
    Column("manager", Text),  # staff id of the person who approves this person's requests
    Column("profile", JSON, nullable=False),  # answers that scenarios remember
    Column("told", JSON),  # when each profile field was last said or confirmed: {"floor": instant}
    Column("lost", Text),  # the last refusal of their private chat; cleared when they write
    Column(
        "active", Integer, nullable=False, server_default="1"
    ),  # checked at every action, not at login (T5)
    # How we know whose the account is: id | invite | admin, or only its user name. Roles need one of the first three.
    Column("proof", Text, nullable=False, server_default="id"),  # id | invite | admin | name
    Column("left_at", BigInteger),  # since when `active` is 0, as far as it was noticed
    Column("erased_at", BigInteger),  # what identifies them is gone; the number stays, for what refers to it
)

# Which version of the notice about personal data a person was shown, and whether they agreed.
consents = Table(
    "consents",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("agreed_at", BigInteger),
)

# Links that bind an account to one person, once. Their token is known only to those who were given it (T2).
invites = Table(
    "invites",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("hash", Text, nullable=False, unique=True),  # SHA-256 of the token
    Column("made_by", Text, nullable=False),  # "person:7", or "operator" at the command line
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # open | used | burnt | replaced
    Column("ended_at", BigInteger),
    Index("ix_invites_person", "person"),
)

# An unknown account is only counted (T1).
strangers = Table(
    "strangers",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen", Integer, nullable=False),
    Column("answered_at", Integer, nullable=False),
)

# A pending question in a person's private chat: their next message answers it.
awaited = Table(
    "awaited",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),  # articles | profile:<field>
    Column("at", BigInteger, nullable=False),
)
