"""The life of a ticket, pure: which move leads from which state to which. It knows no database and no time of day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.errors import FirstlineError


class State(StrEnum):
    """Where a ticket stands (docs/glossary.md)."""

    NEW = "new"
    CLAIMED = "claimed"
    WAITING = "waiting"  # for the employee's answer to a real question
    RESOLVED = "resolved"  # the engineer says so; the employee has not confirmed yet
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = frozenset({State.NEW, State.CLAIMED, State.WAITING, State.RESOLVED})
IN_WORK = frozenset({State.NEW, State.CLAIMED, State.WAITING})

# move -> {state it may be made in: state it leads to}
MOVES: Mapping[str, Mapping[State, State]] = {
    "claim": {State.NEW: State.CLAIMED},
    "assign": {State.NEW: State.CLAIMED, State.CLAIMED: State.CLAIMED, State.WAITING: State.WAITING},
    "ask": {State.CLAIMED: State.WAITING, State.WAITING: State.WAITING},
    "answer": {State.WAITING: State.CLAIMED},
    "resolve": {State.CLAIMED: State.RESOLVED, State.WAITING: State.RESOLVED},
    "confirm": {State.RESOLVED: State.CLOSED},
    "reject": {State.RESOLVED: State.CLAIMED},
    "cancel": {State.NEW: State.CANCELLED, State.CLAIMED: State.CANCELLED, State.WAITING: State.CANCELLED},
    "rate": {State.CLOSED: State.CLOSED},
}


class Impossible(FirstlineError):
    """This cannot be done to the ticket as it stands now."""

    def __init__(self, action: str, state: State) -> None:
        super().__init__(f"{action}: {state}")
        self.action, self.state = action, state


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as it stands. Instants are UTC seconds; people are ids of the directory."""

    id: int
    requester: int
    run: int | None
    type: str
    category: str
    summary: str
    body: str
    transcript: list[tuple[str, str]]
    tried: list[str]
    words: str
    impact: str
    urgency: str
    priority: str
    team: str
    state: State
    assignee: int | None
    version: int
    opened_at: int
    claimed_at: int | None
    resolved_at: int | None
    closed_at: int | None
    resolution: str | None
    question: str | None
    promise: int | None
    stars: int | None
    comment: str | None
    watcher: int | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def about(self) -> str:
        """How the outbox, the posts and the timers call it."""
        return f"ticket:{self.id}"


def from_row(row: Mapping[Any, Any]) -> Ticket:
    """A ticket from its row; JSON lists become tuples again."""
    values = dict(row)
    values["state"] = State(values["state"])
    values["transcript"] = [(question, answer) for question, answer in values["transcript"]]
    return Ticket(**values)


def move(ticket: Ticket, action: str) -> State:
    """The state that `action` leads to. Raises Impossible when it cannot be done in the ticket's state."""
    target = MOVES[action].get(ticket.state)
    if target is None:
        raise Impossible(action, ticket.state)
    return target
