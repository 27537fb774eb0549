"""Metrics for Prometheus: base units; no ids, names or texts in labels."""

from __future__ import annotations

import platform

from prometheus_client import CollectorRegistry, Counter, Info, generate_latest

from bot import __version__

# A separate registry: the library's default one adds metrics of the machine.
REGISTRY = CollectorRegistry()

UPDATES_RECEIVED = Counter(
    "firstline_updates_received", "Updates stored in the inbox, by their type.", ["type"], registry=REGISTRY
)
UPDATES_PROCESSED = Counter(
    "firstline_updates_processed", "Updates finished: ok, repeated or dead.", ["result"], registry=REGISTRY
)
UPDATES_MALFORMED = Counter(
    "firstline_updates_malformed",
    "What Telegram gave as updates and cannot be kept as one.",
    registry=REGISTRY,
)
UPDATES_DEAD = Counter(
    "firstline_updates_dead", "Updates put aside after every try failed.", registry=REGISTRY
)
RATE_LIMITED = Counter(
    "firstline_rate_limited",
    "What was not taken because its sender asked for too much.",
    ["scope"],
    registry=REGISTRY,
)
TELEGRAM_REQUESTS = Counter(
    "firstline_telegram_requests",
    "Calls of the Bot API, by method and result: ok, unreachable or the error code.",
    ["method", "result"],
    registry=REGISTRY,
)
CLOCK_MOVED = Counter(
    "firstline_clock_moved",
    "Steps of the machine's clock of a second or more: back or forward.",
    ["direction"],
    registry=REGISTRY,
)

_BUILD = Info("firstline_build", "What runs here.", registry=REGISTRY)
_BUILD.info({"version": __version__, "python": platform.python_version()})


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
