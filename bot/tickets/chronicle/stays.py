"""Where tickets stayed and for how long, as columns: a year has a million of such spans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.tickets.chronicle.cases import StayPlace

Seconds = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Coded = tuple[list[str], Seconds]
"""Texts as numbers: the different ones, and of each its place among these."""
PLACES: tuple[StayPlace, ...] = tuple(StayPlace)
Stay = tuple[int, str, str, StayPlace, tuple[int, int]]
"""The ticket's index, team, person, place; when it began and ended, UTC seconds."""


def coded(texts: Iterable[str]) -> Coded:
    codes: dict[str, int] = defaultdict(lambda: len(codes))
    numbers = np.asarray([codes[text] for text in texts], np.int64)
    return list(codes), numbers


@dataclass(frozen=True, slots=True)
class Stays:
    """Spans of tickets in one place. `case` is the ticket's index in its list; `person` is "" unless someone has it in hand;
    `place` is an index of PLACES; instants are UTC seconds. The spans of a ticket are in their order."""

    case: Seconds
    team: Coded
    person: Coded
    place: Seconds
    began_at: Seconds
    ended_at: Seconds

    @staticmethod
    def of(rows: Sequence[Stay]) -> Stays:
        cases, teams, people, places, spans = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        begun, ended = zip(*spans, strict=True) if spans else ((), ())
        at = (np.asarray(one, np.int64) for one in (begun, ended))
        where = np.asarray([PLACES.index(place) for place in places], np.int64)
        return Stays(np.asarray(cases, np.int64), coded(teams), coded(people), where, *at)

    def chosen(self, mine: Flags, case: Seconds) -> Stays:
        """Only these spans; `case` are the new indices of their tickets."""
        (teams, team), (people, person) = self.team, self.person
        span = self.place[mine], self.began_at[mine], self.ended_at[mine]
        return Stays(case, (teams, team[mine]), (people, person[mine]), *span)

    def followed_by(self, others: Stays) -> Stays:
        """Both, one after the other."""
        return Stays(
            np.concatenate((self.case, others.case)),
            _both(self.team, others.team),
            _both(self.person, others.person),
            np.concatenate((self.place, others.place)),
            np.concatenate((self.began_at, others.began_at)),
            np.concatenate((self.ended_at, others.ended_at)),
        )


def _both(one: Coded, other: Coded) -> Coded:
    names = list(dict.fromkeys([*one[0], *other[0]]))
    of = {name: code for code, name in enumerate(names)}
    again = np.asarray([of[name] for name in other[0]], np.int64)
    return names, np.concatenate([one[1], again[other[1]] if len(other[1]) else other[1]])
