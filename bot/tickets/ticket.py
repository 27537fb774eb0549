"""The life of a ticket, pure: which move leads from which state to which. It knows no database and no time of day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.errors import FirstlineError
from bot.keys import TicketRef


class State(StrEnum):
    """Where a ticket is (docs/glossary.md)."""

    APPROVAL = "approval"  # someone must agree first; no one works on it yet
    NEW = "new"
    HANDED = "handed"  # given to another team, where no one has claimed it yet
    CLAIMED = "claimed"
    IN_PROGRESS = "in_progress"  # its engineer has spoken to the employee
    WAITING = "waiting"  # for the employee's answer to a real question
    SCHEDULED = "scheduled"  # until the day that the employee agreed to
    RESOLVED = "resolved"  # the engineer says so; the employee has not confirmed yet
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"  # a duplicate: the work goes on in another ticket


ENDED = frozenset({State.CLOSED, State.CANCELLED, State.MERGED})
OPEN = frozenset(State) - ENDED
IN_WORK = OPEN - {State.RESOLVED, State.APPROVAL}
UNCLAIMED = frozenset({State.NEW, State.HANDED})
HELD = IN_WORK - UNCLAIMED  # someone has it
ACTIVE = frozenset({State.CLAIMED, State.IN_PROGRESS})


def _from(states: Iterable[State], to: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


def _stay(states: Iterable[State]) -> dict[State, State]:
    return {state: state for state in states}


# move -> {state it may be made in: state it leads to}
MOVES: Mapping[str, Mapping[State, State]] = {
    "approve": {State.APPROVAL: State.NEW},
    "deny": {State.APPROVAL: State.CANCELLED},
    "claim": _from(UNCLAIMED, State.CLAIMED),
    "assign": _from(UNCLAIMED | ACTIVE, State.CLAIMED) | _stay({State.WAITING, State.SCHEDULED}),
    "reply": _from(ACTIVE, State.IN_PROGRESS) | _stay(OPEN - ACTIVE - {State.APPROVAL}),
    "ask": _from(HELD, State.WAITING),
    "answer": {State.WAITING: State.IN_PROGRESS},
    "schedule": _from(HELD, State.SCHEDULED),
    "wake": {State.SCHEDULED: State.IN_PROGRESS},
    "transfer": _from(IN_WORK, State.HANDED),
    "return": _from(ACTIVE | {State.HANDED}, State.HANDED),
    "release": _from(ACTIVE, State.NEW),
    "requeue": _from(ACTIVE | {State.WAITING}, State.NEW),  # by the bot: its engineer is away or has left
    "prioritize": _stay(IN_WORK),
    "workaround": _stay(IN_WORK),
    "resolve": _from(HELD, State.RESOLVED),
    "over": _from(IN_WORK, State.RESOLVED),  # with the outage that it waited for
    "confirm": {State.RESOLVED: State.CLOSED},
    "expire": {State.RESOLVED: State.CLOSED},
    "reject": {State.RESOLVED: State.IN_PROGRESS},
    "reopen": {State.CLOSED: State.IN_PROGRESS},
    "cancel": _from(IN_WORK | {State.APPROVAL}, State.CANCELLED),
    "merge": _from(IN_WORK, State.MERGED),
    "rate": _stay({State.CLOSED}),
}


class Impossible(FirstlineError):
    """This cannot be done to the ticket as it is now. `ticket` is its number, 0 where only a state was asked about."""

    def __init__(self, action: str, state: State, ticket: int = 0) -> None:
        super().__init__(f"{action}: {state}")
        self.action, self.state, self.ticket = action, state, ticket


_SIGNS = {"P1": "🔴", "P2": "🟠", "P3": "🟡", "P4": "⚪"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as it is. Instants are UTC seconds; people are ids of the directory."""

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
    cause: str | None
    question: str | None
    promise: int | None
    stars: int | None
    comment: str | None
    watcher: int | None
    owner_team: str
    owner: int | None
    author: int | None
    summary_own: str | None
    tried_own: list[str] | None
    note: str | None
    why: list[Any] | None
    wake_at: int | None
    recurrences: int
    outcome: str | None
    mass_hint: int = 0
    emptied_at: int | None = None
    workaround: str | None = None
    """How the employee can work until it is solved, in the engineer's words."""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def sign(self) -> str:
        """The colour of its priority."""
        return _SIGNS.get(self.priority, "⚪")

    @property
    def about(self) -> TicketRef:
        """How the outbox, the posts and the timers call it."""
        return TicketRef(self.id)

    @property
    def title(self) -> str:
        """What it is about, in the language of the person who asked."""
        return self.summary_own or self.summary

    @property
    def accountable(self) -> str:
        """The team that answers for it, the person who does the work."""
        return self.owner_team or self.team

    @property
    def is_away(self) -> bool:
        """Another team than the accountable one does the work."""
        return self.team != self.accountable


def from_row(row: Mapping[Any, Any]) -> Ticket:
    """A ticket from its row; JSON lists become tuples again."""
    values = dict(row)
    values["state"] = State(values["state"])
    values["transcript"] = [(question, answer) for question, answer in values["transcript"]]
    return Ticket(**values)


def move(ticket: Ticket, action: str) -> State:
    """The state that `action` leads to. Raises Impossible when it cannot be done in the ticket's state."""
    return moved(ticket.state, action, ticket.id)


def moved(state: State, action: str, ticket: int = 0) -> State:
    """Where `action` leads from `state`. Raises Impossible."""
    target = MOVES[action].get(state)
    if target is None:
        raise Impossible(action, state, ticket)
    return target
