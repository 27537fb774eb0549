"""Every table, by what it is about.

Instants are integer UTC seconds (SQLite loses the zone of a DateTime). Columns are JSON where only one room knows the
shape and no query searches it. Constraint names follow one convention, so that migrations work on both databases.
"""

from __future__ import annotations

from bot.storage.schema.causes import (
    candidates,
    extents,
    known_errors,
    outage_history,
    outage_people,
    outage_tickets,
    outages,
    problem_tickets,
    problems,
    signal_keys,
    signals,
    tallies,
)
from bot.storage.schema.clockwork import alerts, clocks, segments
from bot.storage.schema.conventions import Id, metadata
from bot.storage.schema.messages import OUTBOX_CARD, OUTBOX_OPEN, chats, inbox, outbox, posts
from bot.storage.schema.past import advices, findings, imports, past_events, past_tickets
from bot.storage.schema.persons import awaited, consents, invites, people, strangers
from bot.storage.schema.running import audit, desk_versions, facts, gaps, timers
from bot.storage.schema.self_help import (
    RUNS_KEPT,
    learnt_phrases,
    lessons,
    readings,
    run_events,
    runs,
    sayings,
    scenario_versions,
    searches,
    teaching,
    unlearnt,
    utterances,
)
from bot.storage.schema.ticketing import (
    TICKETS_KEPT,
    approvals,
    history,
    links,
    prompts,
    relays,
    terms,
    tickets,
)

__all__ = [
    "OUTBOX_CARD",
    "OUTBOX_OPEN",
    "RUNS_KEPT",
    "TICKETS_KEPT",
    "Id",
    "advices",
    "alerts",
    "approvals",
    "audit",
    "awaited",
    "candidates",
    "chats",
    "clocks",
    "consents",
    "desk_versions",
    "extents",
    "facts",
    "findings",
    "gaps",
    "history",
    "imports",
    "inbox",
    "invites",
    "known_errors",
    "learnt_phrases",
    "lessons",
    "links",
    "metadata",
    "outage_history",
    "outage_people",
    "outage_tickets",
    "outages",
    "outbox",
    "past_events",
    "past_tickets",
    "people",
    "posts",
    "problem_tickets",
    "problems",
    "prompts",
    "readings",
    "relays",
    "run_events",
    "runs",
    "sayings",
    "scenario_versions",
    "searches",
    "segments",
    "signal_keys",
    "signals",
    "strangers",
    "tallies",
    "teaching",
    "terms",
    "tickets",
    "timers",
    "unlearnt",
    "utterances",
]
