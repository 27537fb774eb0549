"""Every table on one page, with the reason it is so.

Instants are integer UTC seconds (never a DateTime: SQLite loses the zone). Text columns hold JSON where the
shape belongs to one room alone and is never searched. Names of constraints are fixed by the convention below, so
that migrations mean the same on SQLite and PostgreSQL.
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

# SQLite only numbers rows by itself for the exact type INTEGER; PostgreSQL wants 64 bits.
Id = BigInteger().with_variant(Integer, "sqlite")

# ── telegram: what came in, what goes out ────────────────────────────────────────────────────────────────────

# An update exists for us once it is here and committed; only then is it confirmed to Telegram (R1).
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("lane", BigInteger, nullable=False),  # the chat (or person) whose updates are handled one by one
    Column("received_at", Integer, nullable=False),
    Column("payload", Text, nullable=False),  # the raw update; parsed after it is safe
    Column("state", Text, nullable=False, server_default="pending"),  # pending | done | dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    # Done rows are many and dull; what the worker looks for stays small whatever the history.
    Index(
        "ix_inbox_pending",
        "update_id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

# As text, and the same text in every statement that looks for such rows: a partial index is only used where the database
# sees these very words, and in what was ever said those that are still to be said are few.
OUTBOX_OPEN = text("state IN ('pending','sending')")
OUTBOX_CARD = text("state = 'pending' AND kind = 'card'")

# Everything said to anyone is a row here first (R2, R3).
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("dedupe", Text, unique=True),  # saying the same thing twice is one row
    Column("chat", Text, nullable=False),  # our own key: "person:7", "team:network"; a chat's id may change
    Column("kind", Text, nullable=False),  # call = frozen words | card = drawn late | hide = a card goes
    Column(
        "about", Text, nullable=False, server_default=""
    ),  # "ticket:17", "relay:4": who hears of the outcome
    Column("card", Text),  # the renderer's name, for cards
    Column("topic", Text),  # "ticket:17": goes into that topic where the chat is a forum
    Column("method", Text),
    Column("params", JSON),
    Column("priority", Integer, nullable=False, server_default="5"),  # 0 alarm … 5 talk … 9 digest
    # pending | sending | sent | dropped | dead. "sending" is a lease that ends with the sender that took it: a row found
    # so when a sender starts is sent again (P2).
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
    # Ten changes of a card that nobody has drawn yet are one edit.
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

# Where a card or a topic lives in Telegram. Message ids belong to delivery, never to a ticket.
posts = Table(
    "posts",
    metadata,
    Column("chat", Text, primary_key=True),
    Column("card", Text, primary_key=True),  # renderer's name, or "topic"
    Column("about", Text, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("drawn", Text),  # digest of what it shows, so that an unchanged card costs no call
    Column("media", Integer, nullable=False, server_default="0"),  # a text message cannot become a photo
    Column("at", Integer, nullable=False),
    Index("ix_posts_message", "chat", "message_id"),
)

# Our name of a chat -> Telegram's id of it, which changes when a group becomes a supergroup (T11).
chats = Table(
    "chats",
    metadata,
    Column("key", Text, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    Column("is_forum", Integer, nullable=False, server_default="0"),
    Column("language", Text, nullable=False, server_default="ru"),
    Column("lost", Text),  # the permanent refusal that Telegram gave last, if any
    Column("updated_at", Integer, nullable=False),
)

# Small facts of the process that outlive it: the bot's own id, the last tick.
facts = Table(
    "facts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# The spans in which nobody rang: the bot was down, the machine slept. Figures of those days are marked.
gaps = Table(
    "gaps",
    metadata,
    Column("id", Id, primary_key=True),
    Column("began_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
)

# What deadlines were counted by: a calendar or the rest of desk.yaml, by the hash that clocks remember. Never changed.
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
    Column("kind", Text, nullable=False),  # which ringer: sla, remind, csat …
    Column("ref", Text, nullable=False),  # whose: "clock:17", "run:4"
    Column("cycle", Integer, nullable=False, server_default="1"),
    Column("key", Text, nullable=False),  # which of its levels: "75", "100", "over:1"
    Column("level", Integer, nullable=False, server_default="0"),  # the highest passed level speaks
    Column("fire_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),  # armed | held | fired | superseded | skipped | cancelled
    Column("fired_at", BigInteger),
    Column("late_s", Integer),
    Column("reason", Text),
    UniqueConstraint("kind", "ref", "cycle", "key"),
    # The ringer's cost is what is due, never what is open.
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
    Column("language", Text, nullable=False, server_default="ru"),  # "" until their Telegram tells it
    Column("department", Text, nullable=False, server_default=""),
    Column("office", Text, nullable=False, server_default=""),
    Column("telegram_id", BigInteger, unique=True),
    Column("username", Text, unique=True),  # lower case; binds the account at the first contact
    Column("roles", JSON, nullable=False),  # ["engineer:network", "lead:helpdesk", "supervisor", "admin"]
    Column("manager", Text),  # staff id of whoever agrees to this person's requests
    Column("profile", JSON, nullable=False),  # what scenarios asked once and remember
    Column("told", JSON),  # when each field of the profile was last said or confirmed: {"floor": instant}
    Column("lost", Text),  # the refusal that their private chat gave last; forgotten when they write again
    Column(
        "active", Integer, nullable=False, server_default="1"
    ),  # checked at every action, not at login (T5)
)

# An unknown account leaves a counter and nothing else (T1).
strangers = Table(
    "strangers",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen", Integer, nullable=False),
    Column("answered_at", Integer, nullable=False),
)

# ── scenarios: where each person stands ───────────────────────────────────────────────────────────────────────

# One person in one scenario. Dialogue state is ours, never the library's: a renamed step must not crash anybody.
runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("scenario", Text, nullable=False),
    Column(
        "version", Text, nullable=False
    ),  # hash of the scenario as it was begun: it is finished on that one
    Column(
        "status", Text, nullable=False
    ),  # open | solved | ticket | human | cancelled | end | left | expired
    Column("seq", Integer, nullable=False),  # compare-and-set; buttons carry it, so old ones are known as old
    Column("step", Text, nullable=False),
    Column("awaits", Text, nullable=False),  # press | text | photo | check | nothing
    Column("language", Text, nullable=False),
    Column(
        "last", Text, nullable=False, server_default=""
    ),  # the last accepted press: its double is absorbed
    Column("state", Text, nullable=False),  # the engine's own JSON
    Column("view", Text, nullable=False),  # what the person sees now: the card is drawn late from it
    Column("pending", Text),  # the check under way: run again after a crash
    Column("started_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    # Nobody is in two scenarios at once, whatever is pressed at the same moment.
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
)

# Append-only: what happened at which step, and what was shown next. All figures come from here.
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
    ),  # option values only; typed words stay in the state
    Column("to_step", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_run_events_run", "run", "id"),
    Index("ix_run_events_at", "at"),
)

# What was accepted: each scenario with what it depends on, and whole files (scenario "*") for rollback and for a start
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

# What a person wrote before we knew what to do with it: the words stay theirs, and teach the router later.
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
    Column("about", Id, ForeignKey("people.id")),  # whose words these are, when they were forwarded
    Column("decision", Text, nullable=False),  # auto | ask | none: what the offer below the words looks like
    Column("candidates", JSON, nullable=False),  # what the router thought: [[scenario, score]]
    Column("chosen", Text),  # what the person tapped: a scenario, or "ticket:17"
    Column("at", BigInteger, nullable=False),
    Column(
        "asked", Text, nullable=False, server_default=""
    ),  # what answers them: offer | where | back | moved ...
    Column("last_at", BigInteger),  # when the last message of the turn was written
    Index("ix_utterances_message", "person", "message"),
)

# Whether a person's words may teach the router, and since when: asked once, changed by /learning.
teaching = Table(
    "teaching",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("answer", Text, nullable=False),  # asked | yes | no
    Column("at", BigInteger, nullable=False),
)

# Words that we did not understand, kept with their writer's consent until an administrator has decided; swept by age.
lessons = Table(
    "lessons",
    metadata,
    Column("id", Id, primary_key=True),
    Column("utterance", BigInteger, nullable=False, unique=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("scenario", Text),  # what the person chose in the end; null: a ticket
    Column("state", Text, nullable=False),  # kept | told | added | declined
    Column("at", BigInteger, nullable=False),
    Column("decided_by", Id, ForeignKey("people.id")),
    Column("decided_at", BigInteger),
    Index("ix_lessons_at", "at"),
)

# Phrases that administrators added, beyond scenarios.yaml; once the file says them too, the row is only a record.
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

# ── tickets ───────────────────────────────────────────────────────────────────────────────────────────────────

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),  # the number people read
    Column("requester", Id, ForeignKey("people.id"), nullable=False),
    Column("run", BigInteger, unique=True),  # one scenario run opens one ticket, whatever is retried
    Column("type", Text, nullable=False),  # incident | request
    Column("category", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("transcript", JSON, nullable=False),  # [[question, answer]]: what self-help already knows
    Column("tried", JSON, nullable=False),
    Column("words", Text, nullable=False, server_default=""),  # the person's own first words
    Column("impact", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Id, ForeignKey("people.id")),
    Column("version", Integer, nullable=False, server_default="1"),  # compare-and-set: first press wins
    Column("opened_at", BigInteger, nullable=False),
    Column("claimed_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("resolution", Text),  # what helped, in the engineer's words
    Column("cause", Text),  # one of desk.yaml's causes: one tap when it is solved
    Column("question", Text),  # what we wait for, in the words that were sent to the person
    Column("promise", BigInteger),  # the due time the person was told last
    Column("stars", Integer),
    Column("comment", Text),
    Column("watcher", Id, ForeignKey("people.id")),  # the supervisor who took control
    # Accountable whoever does the work: the team that took it on, and who of it handed it over.
    Column("owner_team", Text, nullable=False, server_default=""),
    Column("owner", Id, ForeignKey("people.id")),
    Column("author", Id, ForeignKey("people.id")),  # who asked, when it is for somebody else
    Column("summary_own", Text),  # in the person's own language, for their card; the team reads the desk's
    Column("tried_own", JSON),
    Column("note", Text),  # the last hand-over note: what the next one must know
    Column("why", JSON),  # [key, facts]: why the promise is not the first one any more
    Column("wake_at", BigInteger),  # scheduled: the moment the person agreed to
    Column("recurrences", Integer, nullable=False, server_default="0"),
    Column("outcome", Text),  # how it ended: confirmed | silence | cancelled | denied | merged
    Column(
        "mass_hint", Integer, nullable=False, server_default="0"
    ),  # its scenario says that many may be hit
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

# What belongs together: "duplicate" of, "follows" an older one, "related" to.
links = Table(
    "links",
    metadata,
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("other", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_links_other", "other"),
)

# The stems of a ticket's words: what is looked through for similar ones, on either database alike.
terms = Table(
    "terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Index("ix_terms_ticket", "ticket"),
)

# A message of ours that waits for an answer with words: "why do you hand it over?". The answer does what was begun.
prompts = Table(
    "prompts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # only they can answer it
    Column("action", Text, nullable=False),  # transfer | priority | comment | ...
    Column("value", Text, nullable=False, server_default=""),  # the team, the priority
    Column("message", BigInteger),  # filled when Telegram took it
    Column("at", BigInteger, nullable=False),
    Index("ix_prompts_message", "chat", "message"),
)

# Who must agree before a request is worked on, and what they said. Its waiting is a clock of its own.
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

# Append-only: who did what to which ticket, in the transaction that did it (T26). There is no update path.
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

# One word of the conversation: where it was written and where its copy went. Chats by our key for speaking and by Telegram's
# number for finding: a group that becomes a supergroup counts its messages anew.
relays = Table(
    "relays",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("toward", Text, nullable=False),  # employee | team
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column("role", Text, nullable=False, server_default="words"),  # words | question
    Column("kind", Text, nullable=False, server_default="text"),  # text, photo, ...: how it is edited
    Column("album", Text),  # Telegram's media_group_id: copied as one
    Column("from_chat", Text, nullable=False),
    Column("from_place", BigInteger, nullable=False),
    Column("from_message", BigInteger, nullable=False),
    Column("to_chat", Text, nullable=False),
    Column("to_place", BigInteger),  # filled, like to_message, when Telegram took it
    Column("to_message", BigInteger),
    Column("state", Text, nullable=False, server_default="waiting"),  # waiting | sent | failed | recalled
    Column("file", Text),  # file_unique_id: whether an edit changed the file, or only its caption
    Column("edit", JSON),  # an edit that came before the copy was there
    Column("content", Text, nullable=False, server_default=""),  # first words, for the card and the search
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("from_place", "from_message", "to_chat"),
    Index("ix_relays_to", "to_place", "to_message"),
    Index("ix_relays_ticket", "ticket", "id"),
)

# ── knowledge: what was looked for, what was read, whether it helped ──────────────────────────────────────────

# One look into the knowledge base, in a private chat or beside a ticket: the card of results is drawn from here.
searches = Table(
    "searches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id"), nullable=False),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id")),  # asked for in the topic of a ticket
    Column("text", Text, nullable=False, server_default=""),  # "" = leafing through the topics
    Column("message", BigInteger),  # what they wrote, to be handed on when nothing fits
    Column("topic", Text),  # the scenario whose articles are listed
    Column("found", Integer),  # how many articles fitted the words: none tells what is missing
    Column("at", BigInteger, nullable=False),
    Index("ix_searches_at", "at"),
)

# One showing of an article to somebody, and their word on it: all figures of articles come from here.
readings = Table(
    "readings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article", Text, nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # who reads it
    Column("chat", Text, nullable=False),
    Column("search", Id, ForeignKey("searches.id")),  # found by it
    Column("ticket", Id, ForeignKey("tickets.id")),  # read beside it, or sent from it
    Column("sender", Id, ForeignKey("people.id")),  # the engineer who sent it
    Column("at", BigInteger, nullable=False),
    Column("helped", Integer),  # 1 | 0; nothing until they have said so
    Column("said_at", BigInteger),
    Column("opened", Id, ForeignKey("tickets.id")),  # the ticket that "no, call an engineer" opened
    Index("ix_readings_at", "at"),
    Index("ix_readings_search", "search", "article"),
)

# What we asked a person in their private chat: the next words they write are meant for it.
awaited = Table(
    "awaited",
    metadata,
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),  # articles | profile:<field>
    Column("at", BigInteger, nullable=False),
)

# ── promises: the SLA clocks of a ticket ──────────────────────────────────────────────────────────────────────

# One promise of a ticket (sla.md 2.2). Consumed time is the sum of its segments; what stands here is a cache of it.
clocks = Table(
    "clocks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),  # claim | response | resolution | update
    Column("scope", Text, nullable=False, server_default=""),  # the team, for a clock inside the SLA
    Column("cycle", Integer, nullable=False, server_default="1"),  # "update" begins anew with every reply
    Column("rule", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("calendar_hash", Text, nullable=False),  # which version of it the due was counted in
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
    Column("strict_outcome", Text),  # the same without any floor, for reports
    Column("breached_at", BigInteger),  # the due that was missed; a fact, whoever noticed it and when
    Column("breach_target_s", Integer),
    Column("overrun_s", Integer, nullable=False),
    Column("void_reason", Text),
    UniqueConstraint("ticket", "kind", "scope", "cycle"),
    # A corrected calendar recounts what still runs in a former version of it, however many clocks have ended or are done.
    Index(
        "ix_clocks_open",
        "calendar",
        "calendar_hash",
        "id",
        sqlite_where=text("state IN ('running','paused')"),
        postgresql_where=text("state IN ('running','paused')"),
    ),
)

# The spans in which a clock ran. Append-only but for the end of the last one: everything is replayed from here.
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

# What the ringer decided to tell a chat. Drawn when its turn comes, dropped when it is no longer true.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat", Text, nullable=False),
    Column("ticket", Id, ForeignKey("tickets.id"), nullable=False),
    Column("clock", Id, ForeignKey("clocks.id"), nullable=False),
    Column("key", Text, nullable=False),  # the level: "75", "100", "over:2"
    Column("mentions", JSON, nullable=False),  # people's ids who are called by name
    Column("loud", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("late_s", Integer, nullable=False),  # how much later than it should have rung
    Column("held_until", BigInteger),  # quiet hours: told in the morning, if it is still true then
    Column("burst", BigInteger),  # many at once are one message: the instant at which the flood began
    UniqueConstraint("clock", "key", "chat"),  # one level speaks once in a chat, whoever rings
    Index("ix_alerts_chat", "chat", "at"),
    Index("ix_alerts_ticket", "ticket", "chat"),
)

# ── problems: what hits many at once ──────────────────────────────────────────────────────────────────────────

# An outage that a supervisor declared. A draft lacks something that its author has been asked for.
outages = Table(
    "outages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("category", Text, nullable=False),
    Column("office", Text, nullable=False, server_default=""),  # "": everywhere
    Column("floor", Integer),
    Column("words", Text, nullable=False, server_default=""),
    Column("workaround", Text),  # NULL: not asked yet; "": there is none
    Column("next_at", BigInteger),  # when people were promised the next message
    Column(
        "news", Text, nullable=False, server_default=""
    ),  # words that wait for the time of the next message
    Column("state", Text, nullable=False),  # draft | open | over
    Column("author", Id, ForeignKey("people.id"), nullable=False),
    Column(
        "asked", Text, nullable=False, server_default=""
    ),  # words | workaround | next | news: the open question
    Column("asked_of", Id, ForeignKey("people.id")),
    Column("question", BigInteger),  # the message in their private chat; filled when Telegram took it
    Column("started_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),  # news show it again to those who passed it by
    Column("ended_at", BigInteger),
    Index(
        "ix_outages_open",
        "category",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_outages_asked_of", "asked_of"),
)

# What each person said to an outage: it is theirs too, theirs is something else, it works again or it does not.
outage_people = Table(
    "outage_people",
    metadata,
    Column("outage", Id, ForeignKey("outages.id"), primary_key=True, autoincrement=False),
    Column("person", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("joined_at", BigInteger),
    Column("passed_at", BigInteger),
    Column("verdict", Text, nullable=False, server_default=""),  # works | broken
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
