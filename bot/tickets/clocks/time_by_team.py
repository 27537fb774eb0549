"""Who spent the time of a ticket: the accountable team, the teams it was handed to, the employee we waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.sla import explain
from bot.sla.policy import Desk
from bot.texts.speak import Voice
from bot.tickets.clocks import clock_rows
from bot.tickets.clocks.operations import OLA_RESOLVE
from bot.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class TeamShare:
    """What one team (None: the employee's answer) used of the promise: business seconds of the promise's calendar."""

    team: str | None
    seconds: int


def shares(tx: Connection, desk: Desk, ticket: Ticket, now: int) -> Sequence[TeamShare]:
    """The time from opening until now (or the end), by who had the ticket; no one twice, nothing left out."""
    kept = clock_rows.of_ticket(tx, ticket.id)
    resolution = next((one for one in kept if one.clock.kind == "resolution"), None)
    if resolution is None:
        return ()
    spans = clock_rows.segments_of(tx, kept)
    stints = [(one.clock.scope, spans[one.id]) for one in kept if one.clock.kind == OLA_RESOLVE]
    calendar = desk.calendar(resolution.calendar)
    used = explain.split(spans[resolution.id], stints, calendar, now)
    waited = explain.waited(
        spans[resolution.id], calendar, now, ended=resolution.clock.stopped_at is not None
    )
    away = [TeamShare(team, seconds) for team, seconds in used.items() if team]
    own = TeamShare(ticket.accountable, used.get("", 0))
    return [one for one in (own, *away, TeamShare(None, waited)) if one.seconds]


def named(desk: Desk, voice: Voice, share: TeamShare) -> str:
    """Whose time it was, in words."""
    if share.team is None:
        return voice.say("shares.employee")
    return desk.team(share.team).title[voice.language]
