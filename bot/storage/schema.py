"""Every table on one page.

Instants are integer UTC seconds (SQLite loses the zone of a DateTime). Columns are JSON where only one room knows the
shape and no query searches it. Constraint names follow the convention below, so that migrations work on both
databases.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows automatically only for the exact type INTEGER; PostgreSQL needs 64 bits.
Id = BigInteger().with_variant(Integer, "sqlite")

# ── telegram: what came in, what goes out ────────────────────────────────────────────────────────────────────

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

# ── timers: every "later" ─────────────────────────────────────────────────────────────────────────────────────

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

# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

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

# ── scenarios: the run of each person ───────────────────────────────────────────────────────────────────────

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

# ── tickets ───────────────────────────────────────────────────────────────────────────────────────────────────

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

# ── knowledge: what was looked for, what was read, whether it helped ──────────────────────────────────────────

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

# A pending question in a person's private chat: their next message answers it.
awaited = Table(
    "awaited",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),  # articles | profile:<field>
    Column("at", BigInteger, nullable=False),
)

# ── promises: the SLA clocks of a ticket ──────────────────────────────────────────────────────────────────────

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

# ── problems: what hits many at once ──────────────────────────────────────────────────────────────────────────

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

# ── the history of another desk ───────────────────────────────────────────────────────────────────────────────

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
