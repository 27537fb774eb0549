"""Reads what the figures of a period are computed from: tickets, promises, sessions of self-help, gaps. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from bot.keys import PersonChat
from bot.people import departments
from bot.reports.gaps import gaps_between
from bot.reports.insight.figures import PeriodOf
from bot.reports.past.reading import with_past
from bot.reports.scenario_stats import SessionsOf, sessions
from bot.sla.policy import Desk
from bot.tickets.chronicle import reading
from bot.tickets.chronicle.cases import TicketCase
from bot.tickets.chronicle.reading import Chronicle, Progress, PromiseCount, unseen
from bot.tickets.chronicle.stays import Stays


@dataclass(frozen=True, slots=True)
class Gathered:
    """The data of a period. `names` are those of engineers, by the key of their chat."""

    period: PeriodOf
    cases: Sequence[TicketCase]
    stays: Stays
    kept: Sequence[PromiseCount]
    sessions: Sequence[SessionsOf]
    gaps: int
    names: Mapping[str, str]


def gather(tx: Connection, desk: Desk, period: PeriodOf, progress: Progress = unseen) -> Gathered:
    """Everything of the period, or of the teams it names."""
    first, last = period.start, period.stop
    own = reading.chronicle(tx, desk, first, last, departments.departments(tx), progress)
    kept: Sequence[PromiseCount] = reading.kept(tx, desk, first, last, own)
    found = with_past(tx, desk, first, last, own)
    cases, stays = found.cases, found.stays
    if period.teams:
        cases, stays = _of_teams(found, period.teams)
        kept = [one for one in kept if one.team in period.teams]
    gaps = len(gaps_between(tx, first, last))
    return Gathered(period, cases, stays, kept, sessions(tx, first, last), gaps, _names(tx, stays))


def _of_teams(found: Chronicle, teams: Collection[str]) -> tuple[list[TicketCase], Stays]:
    """Only the tickets of these teams, with their stays."""
    is_theirs = np.asarray([case.team in teams for case in found.cases], np.bool_)
    places, mine = np.cumsum(is_theirs) - 1, is_theirs[found.stays.case]
    cases = [case for case, yes in zip(found.cases, is_theirs.tolist(), strict=True) if yes]
    return cases, found.stays.chosen(mine, places[found.stays.case[mine]])


def _names(tx: Connection, stays: Stays) -> dict[str, str]:
    numbers = {PersonChat.read(key).number for key in stays.person[0] if PersonChat.names(key)}
    return {PersonChat(number): name for number, name in departments.names(tx, numbers).items()}
