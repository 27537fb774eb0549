"""Reads what the figures of a period are computed from: tickets, promises, sessions of self-help, gaps. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.keys import PersonChat
from bot.people import departments
from bot.reports.gaps import gaps_between
from bot.reports.insight.figures import PeriodOf
from bot.reports.past.reading import add_past
from bot.reports.scenario_stats import SessionsOf, sessions
from bot.sla.policy import Desk
from bot.tickets.chronicle import reading
from bot.tickets.chronicle.cases import Stays, TicketCase
from bot.tickets.chronicle.reading import Chronicle, PromiseCount


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


def gather(tx: Connection, desk: Desk, period: PeriodOf) -> Gathered:
    """Everything of the period, or of the teams it names."""
    first, last = period.start, period.stop
    found = reading.chronicle(tx, desk, first, last, departments.departments(tx))
    add_past(tx, desk, first, last, found)
    cases, stays = found.cases, found.stays
    kept: Sequence[PromiseCount] = reading.kept(tx, desk, first, last)
    if period.teams:
        cases, stays = _of_teams(found, period.teams)
        kept = [one for one in kept if one.team in period.teams]
    gaps = len(gaps_between(tx, first, last))
    return Gathered(period, cases, stays, kept, sessions(tx, first, last), gaps, _names(tx, stays))


def _of_teams(found: Chronicle, teams: Collection[str]) -> tuple[list[TicketCase], Stays]:
    """Only the tickets of these teams, with their stays."""
    places = {index: place for place, index in enumerate(_indices(found, teams))}
    stays = Stays()
    of = found.stays
    for position, index in enumerate(of.case):
        if index in places:
            span = of.began_at[position], of.ended_at[position]
            stays.add(places[index], of.team[position], of.person[position], of.place[position], span)
    return [found.cases[index] for index in places], stays


def _indices(found: Chronicle, teams: Collection[str]) -> list[int]:
    return [index for index, case in enumerate(found.cases) if case.team in teams]


def _names(tx: Connection, stays: Stays) -> dict[str, str]:
    numbers = {PersonChat.read(key).number for key in set(stays.person) if PersonChat.names(key)}
    return {PersonChat(number): name for number, name in departments.names(tx, numbers).items()}
