"""The tickets of a period with their business seconds, each in its own calendar, computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from bot.reports.insight.worktime import spent
from bot.sla.calendar import Calendar
from bot.sla.policy import Desk
from bot.tickets.chronicle.cases import StayPlace, TicketCase
from bot.tickets.chronicle.stays import PLACES, Coded, Flags, Seconds, Stays, coded


@dataclass(frozen=True)
class Times:
    """The tickets and their stays as arrays; `first` and `last` are the period, UTC seconds."""

    desk: Desk
    cases: Sequence[TicketCase]
    stays: Stays
    first: int
    last: int

    def calendar(self, case: TicketCase) -> Calendar:
        """The calendar of its promise."""
        return self.desk.calendar(case.calendar) if case.calendar else self.desk.usual

    def target(self, *of: str) -> int | None:
        """Business seconds in which such a ticket - priority, type, category, team - is to be resolved."""
        if of not in self._targets:
            self._targets[of] = self.desk.targets(self.desk.rule_for(*of)).get("resolution")
        return self._targets[of]

    @cached_property
    def _targets(self) -> dict[tuple[str, ...], int | None]:
        return {}

    @cached_property
    def is_resolved(self) -> Flags:
        """Of each ticket, whether its final solution lies in the period."""
        at = self.moments(attrgetter("resolved_at"))
        found: Flags = (self.first <= at) & (at < self.last)
        return found

    @cached_property
    def waiting(self) -> Seconds:
        """The indices of tickets that were neither resolved nor ended before the end of the period."""
        resolved_at, closed_at = (self.moments(attrgetter(name)) for name in ("resolved_at", "closed_at"))
        is_open = ((resolved_at < 0) | (resolved_at >= self.last)) & (closed_at < 0)
        return np.flatnonzero(is_open & (self.moments(attrgetter("opened_at")) < self.last))

    @cached_property
    def resolved(self) -> list[TicketCase]:
        return [case for case, yes in zip(self.cases, self.is_resolved, strict=True) if yes]

    @property
    def case(self) -> Seconds:
        """Of each stay, the index of its ticket."""
        return self.stays.case

    @cached_property
    def took(self) -> Seconds:
        """Business seconds of each stay."""
        return self.between(self.case, self.stays.began_at, self.stays.ended_at)

    def moments(self, moment: Callable[[TicketCase], int | None]) -> Seconds:
        """A moment of each ticket, UTC seconds; -1 where it is unknown or was not reached."""
        return np.asarray([-1 if at is None else at for at in map(moment, self.cases)], np.int64)

    def at(self, *places: StayPlace) -> Flags:
        """Of each stay, whether it is in one of these places."""
        return np.isin(self.stays.place, [PLACES.index(place) for place in places])

    @property
    def teams(self) -> Coded:
        return self.stays.team

    @property
    def people(self) -> Coded:
        return self.stays.person

    @cached_property
    def day_s(self) -> Seconds:
        """Business seconds of a working day, of each ticket's calendar."""
        lengths = {name: self.calendar(self.cases[index]).day_s for name, index in self._firsts.items()}
        return np.fromiter((lengths[case.calendar] for case in self.cases), np.int64, len(self.cases))

    def per_case(self, chosen: Flags, amounts: npt.NDArray[np.float64] | Seconds) -> npt.NDArray[np.float64]:
        """The sum of the chosen stays' amounts, of each ticket."""
        return np.bincount(self.case[chosen], amounts[chosen], len(self.cases)).astype(np.float64)

    @cached_property
    def is_known(self) -> Flags:
        """Of each ticket, whether it was resolved in the period and its stays are known."""
        known = np.zeros(len(self.cases), np.bool_)
        known[self.case] = True
        return known & self.is_resolved

    def between(
        self, cases: Sequence[int] | Seconds, begins: Sequence[int] | Seconds, ends: Sequence[int] | Seconds
    ) -> Seconds:
        """Business seconds of spans (UTC seconds), each in the calendar of the ticket of that index."""
        of, starts, stops = (np.asarray(one, np.int64) for one in (cases, begins, ends))
        found = np.zeros(len(of), np.int64)
        codes = self._calendars[of] if len(of) else of
        for code, example in self._examples.items():
            mine = codes == code
            found[mine] = spent(self.calendar(example), starts[mine], stops[mine])
        return found

    @cached_property
    def _examples(self) -> dict[int, TicketCase]:
        return {int(self._calendars[index]): self.cases[index] for index in self._firsts.values()}

    @cached_property
    def _firsts(self) -> dict[str, int]:
        """The first ticket of each calendar."""
        found: dict[str, int] = {}
        for index, case in enumerate(self.cases):
            if case.calendar not in found:
                found[case.calendar] = index
        return found

    @cached_property
    def _calendars(self) -> Seconds:
        return coded(case.calendar for case in self.cases)[1]
