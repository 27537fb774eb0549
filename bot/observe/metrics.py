"""Metrics for Prometheus: base units; no ids, names or texts in labels. docs/operations.md explains each family."""

from __future__ import annotations

import platform
import sqlite3

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from bot import __version__

# A separate registry: the library's default one adds metrics of the machine.
REGISTRY = CollectorRegistry()
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
WORKING = (
    300,
    900,
    1800,
    3600,
    7200,
    14_400,
    28_800,
    57_600,
    115_200,
    230_400,
)  # seconds, by the calendar of the desk
LATENESS = (1, 5, 30, 60, 300, 900, 3600, 14_400, 86_400)  # seconds


def _counter(name: str, says: str, *labels: str) -> Counter:
    return Counter(f"firstline_{name}", says, labels, registry=REGISTRY)


def _gauge(name: str, says: str, *labels: str) -> Gauge:
    return Gauge(f"firstline_{name}", says, labels, registry=REGISTRY)


def _histogram(name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"firstline_{name}", says, labels, buckets=buckets, registry=REGISTRY)


# ── what comes in ────────────────────────────────────────────────────────────────────────────────────────

UPDATES_RECEIVED = _counter("updates_received", "Updates stored in the inbox, by their type.", "type")
UPDATES_PROCESSED = _counter("updates_processed", "Updates finished: ok, repeated or dead.", "type", "result")
UPDATES_MALFORMED = _counter("updates_malformed", "What Telegram gave as updates and cannot be kept as one.")
UPDATES_DEAD = _counter("updates_dead", "Updates put aside after every try failed.")
UPDATE_SECONDS = _histogram(
    "update_processing_duration_seconds", "From an update's turn to its last commit.", QUICK
)
INBOX_PENDING = _gauge("inbox_pending", "Updates that wait or are being handled.")
INBOX_AGE = _gauge("inbox_oldest_age_seconds", "Age of the oldest of them.")
WEBHOOK_PENDING = _gauge("webhook_pending_updates", "Updates that wait at Telegram, where it brings them.")
RATE_LIMITED = _counter("rate_limited", "What was not taken because its sender asked for too much.", "scope")
AUTH_DENIED = _counter(
    "auth_denied", "Acts without the right to them, by the sentence that was read.", "reason"
)

# ── what goes out ────────────────────────────────────────────────────────────────────────────────────────

OUTBOX_PENDING = _gauge("outbox_pending", "Messages that wait, by priority: 0 alerts, 9 news.", "priority")
OUTBOX_AGE = _gauge(
    "outbox_oldest_age_seconds", "For how long the oldest one that may be sent has been waiting.", "priority"
)
MESSAGES_SENT = _counter("messages_sent", "Messages delivered, by card or method.", "kind")
MESSAGES_FAILED = _counter(
    "messages_failed", "Messages given up, by card or method, and why.", "kind", "reason"
)
TELEGRAM_REQUESTS = _counter(
    "telegram_requests",
    "Calls of the Bot API, by method and result: ok, unreachable or the error code.",
    *("method", "result"),
)
TELEGRAM_SECONDS = _histogram(
    "telegram_request_duration_seconds", "Calls of the Bot API; getUpdates waits on purpose.", QUICK, "method"
)
TELEGRAM_RETRY_AFTER = _counter(
    "telegram_retry_after_seconds", "Seconds for which Telegram asked to wait, added up."
)
TELEGRAM_SUCCESS = _gauge("telegram_last_success_timestamp_seconds", "When Telegram last carried out a call.")

# ── the desk ─────────────────────────────────────────────────────────────────────────────────────────────

TICKETS_OPENED = _counter("tickets_opened", "Tickets opened since the start.", "priority")
TICKETS_OPEN = _gauge("tickets_open", "Tickets that are not closed.", "state", "priority")
FIRST_RESPONSE = _histogram(
    "ticket_first_response_seconds", "Working time until the first response.", WORKING
)
RESOLUTION = _histogram("ticket_resolution_seconds", "Working time until the solution.", WORKING)
SLA_FIRED = _counter("sla_thresholds_fired", "Levels of deadlines that were announced, in per cent.", "level")
SLA_LATENESS = _histogram(
    "sla_threshold_lateness_seconds", "How late they were announced, downtime included.", LATENESS
)
SLA_BREACHES = _counter("sla_breaches", "Deadlines missed, by clock.", "kind")

# ── the process ──────────────────────────────────────────────────────────────────────────────────────────

LAST_CYCLE = _gauge("scheduler_last_cycle_timestamp_seconds", "When a loop last did its work.", "loop")
LOOP_LAG = _gauge("loop_lag_seconds", "By how much the event loop was late at its last beat.")
CLOCK_MOVED = _counter(
    "clock_moved", "Steps of the machine's clock of a second or more: back or forward.", "direction"
)
RELOADED = _gauge("config_reload_success_timestamp_seconds", "When a file was last put in force.", "type")
LAST_RELOAD = _gauge("config_last_reload_successful", "Whether a file's last change was accepted.", "type")
DB_BUSY = _counter("db_busy", "Tries for which the database was away, locked or full.", "loop")
DB_SECONDS = _histogram("db_transaction_duration_seconds", "Transactions that write.", QUICK)
BACKUP_AT = _gauge("backup_last_success_timestamp_seconds", "When the newest backup was made.")
BACKUP_SIZE = _gauge("backup_size_bytes", "Its size.")
DISK_FREE = _gauge("disk_free_ratio", "Free part of the disk of the SQLite file.")
AUDITOR_FINDINGS = _gauge("auditor_findings", "What the auditor found at its last look.", "kind")
READY = _gauge("ready", "1 while every sign of /readyz is good.")

_BUILD = Info("firstline_build", "What runs here.", registry=REGISTRY)
_BUILD.info({"version": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version})


def reloaded(kind: str) -> None:
    """A changed file of this kind is in force from now on."""
    RELOADED.labels(kind).set_to_current_time()
    LAST_RELOAD.labels(kind).set(1)


def refused(kind: str) -> None:
    """A changed file of this kind has faults; the former one stays in force."""
    LAST_RELOAD.labels(kind).set(0)


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
