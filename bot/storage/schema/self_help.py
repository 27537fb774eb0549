"""Scenarios, articles, and the words that lead to them."""

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

RUNS_KEPT = text("status <> 'open' AND state <> ''")

# One person in one scenario. The dialogue's state is our own format, so that a renamed step breaks no run.
runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("scenario", Text, nullable=False),
    Column(
        "version", Text, nullable=False
    ),  # hash of the scenario's version; the run ends on the version it began with
    Column(
        "status", Text, nullable=False
    ),  # open | solved | ticket | human | cancelled | end | left | expired
    Column(
        "seq", Integer, nullable=False
    ),  # for compare-and-set; buttons carry it, so old ones are recognised
    Column("step", Text, nullable=False),
    Column("awaits", Text, nullable=False),  # press | text | photo | check | nothing
    Column("language", Text, nullable=False),
    Column(
        "last", Text, nullable=False, server_default=""
    ),  # the last accepted press; a repetition is ignored
    Column("state", Text, nullable=False),  # the engine's JSON
    Column("view", Text, nullable=False),  # what the person sees now; the card is drawn from it
    Column("pending", Text),  # the check in progress: run again after a crash
    Column("started_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    # A person is in at most one scenario, even with simultaneous presses.
    Index(
        "ux_runs_open",
        "person",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_runs_checks",
        "id",
        sqlite_where=text("awaits = 'check' AND status = 'open'"),
        postgresql_where=text("awaits = 'check' AND status = 'open'"),
    ),
    Index("ix_runs_person", "person", "id"),
    Index("ix_runs_kept", "updated_at", sqlite_where=RUNS_KEPT, postgresql_where=RUNS_KEPT),
)

# Append-only: each event at a step, and what was shown next. The source of all statistics.
run_events = Table(
    "run_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run", Id, ForeignKey("runs.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column(
        "kind", Text, nullable=False
    ),  # begin | press | typed | sent | skip | back | rewind | ... | repeated | stale
    Column(
        "value", Text, nullable=False, server_default=""
    ),  # option values only; typed words are in the state
    Column("to_step", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_run_events_run", "run", "id"),
    Index("ix_run_events_at", "at"),
)

# Accepted versions: each scenario with its dependencies, and whole files (scenario "*") for rollback and for a start
# with a broken file.
scenario_versions = Table(
    "scenario_versions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("scenario", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("loaded_at", BigInteger, nullable=False),
    Index("ix_scenario_versions_loaded", "scenario", "loaded_at"),
)

# Messages that wait for the choice of a scenario or ticket; later used to improve routing.
utterances = Table(
    "utterances",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("message", BigInteger, nullable=False),
    Column("kind", Text, nullable=False, server_default="text"),
    Column("file_id", Text),
    Column("text", Text, nullable=False),
    Column("album", Text),  # Telegram's media_group_id: an album is one utterance
    Column("more", JSON),  # the album's other messages: [[message, kind, file_id, text]]
    Column("about", Id, ForeignKey("people.id")),  # the author of forwarded words
    Column("decision", Text, nullable=False),  # auto | ask | none: the form of the offer
    Column("candidates", JSON, nullable=False),  # the router's result: [[scenario, score]]
    Column("chosen", Text),  # the tapped option: a scenario, or "ticket:17"
    Column("at", BigInteger, nullable=False),
    Column(
        "asked", Text, nullable=False, server_default=""
    ),  # what answers them: offer | where | back | moved ...
    Column("last_at", BigInteger),  # when the last message of the turn was written
    Index("ix_utterances_message", "person", "message"),
)

# Whether a person's messages may be used for learning, and since when: asked once, changed by /learning.
teaching = Table(
    "teaching",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("answer", Text, nullable=False),  # asked | yes | no
    Column("at", BigInteger, nullable=False),
)

# Messages the router did not understand, kept with their author's consent until an administrator decides; deleted by
# age.
lessons = Table(
    "lessons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("utterance", BigInteger, nullable=False, unique=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("scenario", Text),  # the person's final choice; null: a ticket
    Column("state", Text, nullable=False),  # kept | told | added | declined
    Column("at", BigInteger, nullable=False),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", BigInteger),
    Index("ix_lessons_at", "at"),
)

# Phrases that administrators added beyond scenarios.yaml; once the file has them too, the row is only a record.
learnt_phrases = Table(
    "learnt_phrases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("scenario", Text, nullable=False),
    Column("phrase", Text, nullable=False),
    Column("added_by", Id, ForeignKey("people.id"), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("in_file_at", BigInteger),
    UniqueConstraint("scenario", "phrase"),
)

# What people called a problem that ended well as this scenario, with their consent; words in common weigh in the router.
sayings = Table(
    "sayings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("utterance", BigInteger, nullable=False, unique=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("team", Text, nullable=False),  # the person's department, else their manager
    Column("scenario", Text, nullable=False),
    Column("text", Text, nullable=False),  # masked
    Column("state", Text, nullable=False),  # begun | good
    Column("at", BigInteger, nullable=False),
    Index("ix_sayings_state", "state", "at"),
)

# Words of the company that an administrator has removed: stems that are not learnt again.
unlearnt = Table(
    "unlearnt",
    metadata,
    Column("word", Text, primary_key=True),
    Column("removed_by", Id, ForeignKey("people.id")),  # null: by a command
    Column("at", BigInteger, nullable=False),
)

# One search in the knowledge base, in a private chat or beside a ticket; the results card is drawn from it.
searches = Table(
    "searches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id")),  # asked in the topic of a ticket
    Column("text", Text, nullable=False, server_default=""),  # "" = browsing the topics
    Column("message", BigInteger),  # the person's message, passed on when nothing fits
    Column("topic", Text),  # the scenario whose articles are listed
    Column("found", Integer),  # how many articles matched: none shows what is missing
    Column("at", BigInteger, nullable=False),
    Index("ix_searches_at", "at"),
)

# One article shown to a person, and their answer. The source of all statistics of articles.
readings = Table(
    "readings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article", Text, nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # who reads it
    Column("chat", Text, nullable=False),
    Column("search", Id, ForeignKey("searches.id")),  # the search that found it
    Column("ticket", Id, ForeignKey("tickets.id")),  # read beside it, or sent from it
    Column("sender", Id, ForeignKey("people.id")),  # the engineer who sent it
    Column("at", BigInteger, nullable=False),
    Column("helped", Integer),  # 1 | 0; null until they answer
    Column("said_at", BigInteger),
    Column("opened", Id, ForeignKey("tickets.id")),  # the ticket opened by "no, call an engineer"
    Index("ix_readings_at", "at"),
    Index("ix_readings_search", "search", "article"),
)
