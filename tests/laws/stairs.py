"""The steps that the rooms are on (decision 1), for the law and for the picture of them."""

from __future__ import annotations

# A room imports only rooms on lower steps.
STAIRS: tuple[set[str], ...] = (
    {"", "errors", "clock", "keys", "settings"},  # leaves; "" is bot/__init__.py, the version
    {"drawing"},
    {"storage", "texts", "observe", "yamlfiles"},
    {"telegram", "timers", "sla", "people"},
    {"scenarios", "knowledge"},
    {"config"},
    {"tickets", "accounts"},
    {"problems"},
    {"conversation"},
    {"selfservice"},
    {"teamdesk"},
    {"escalation", "reports", "doctor"},
    {"handlers"},
    {"app"},
    {"demo", "sandbox"},
    {"__main__"},
)


def step_of(room: str) -> int:
    return next((step for step, rooms in enumerate(STAIRS) if room in rooms), -1)
