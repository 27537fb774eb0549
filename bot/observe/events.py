"""What units of work count: written as signals of a commit, so that nothing is counted that was rolled back.

An event is a few words with the number of its row first, because equal signals of one commit are one.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.observe import metrics

SIGNAL = "counted"
BREACH = "100"


def opened(number: int, priority: str) -> str:
    """A ticket was opened."""
    return f"{number} opened {priority}"


def stopped(clock_id: int, kind: str, seconds: int) -> str:
    """A clock was stopped after `seconds` of working time."""
    return f"{clock_id} stopped {kind} {seconds}"


def fired(timer_id: int, kind: str, level: int, late: int) -> str:
    """A level of a clock was announced, `late` seconds after it was due."""
    return f"{timer_id} fired {kind} {level} {late}"


def count(signals: Iterable[str]) -> None:
    """Take what a commit signalled into the metrics."""
    for words in signals:
        match words.split()[1:]:
            case ["opened", priority]:
                metrics.TICKETS_OPENED.labels(priority).inc()
            case ["stopped", "response", seconds]:
                metrics.FIRST_RESPONSE.observe(int(seconds))
            case ["stopped", "resolution", seconds]:
                metrics.RESOLUTION.observe(int(seconds))
            case ["fired", kind, level, late]:
                metrics.SLA_FIRED.labels(level if int(level) <= int(BREACH) else "repeat").inc()
                metrics.SLA_LATENESS.observe(int(late))
                if level == BREACH:
                    metrics.SLA_BREACHES.labels(kind).inc()
