"""What figures know of one ticket's life."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class StayPlace(StrEnum):
    """What a ticket is doing."""

    APPROVAL = "approval"
    QUEUE = "queue"  # in a team, claimed by no one
    HANDS = "hands"
    EMPLOYEE = "employee"  # waits for an answer, or for a day the employee chose


class TicketCase(NamedTuple):
    """A ticket, ours or an imported one. Instants are UTC seconds, None when unknown or not reached.

    `begun_at` is the approval, or the opening. `teams` are the teams that had it, one after another; None when an
    imported history does not say. `calendar` and `rule` are "" for the desk's usual ones. `met` is only set by an
    import: our own promises are in the clocks.
    """

    number: str
    source: str
    type: str
    priority: str
    category: str
    team: str
    department: str
    rule: str
    calendar: str
    opened_at: int
    begun_at: int
    claimed_at: int | None
    replied_at: int | None
    resolved_at: int | None
    closed_at: int | None
    confirmed_at: int | None
    is_done: bool
    touched_at: int | None
    stars: int | None
    reopened: int | None
    handovers: int | None
    teams: tuple[str, ...] | None
    is_first_contact: bool | None
    met: bool | None = None
    retargets: tuple[tuple[int, str], ...] = ()
    """When the priority was changed, and what it was before."""
    first_resolved_at: int | None = None
    could_level_one: bool | None = None
    """Whether the first team could have solved it, as was said by one tap; None where nothing was."""

    @property
    def is_ping_pong(self) -> bool | None:
        """Whether it came back to a team that had already handed it over."""
        if self.teams is None:
            return None
        return len(self.teams) > 1 and len(set(self.teams)) < len(self.teams)

    @property
    def is_first_line(self) -> bool | None:
        """Whether it never left its first team."""
        return None if self.teams is None else len(self.teams) == 1 or len(set(self.teams)) == 1
