"""Whom a level reaches: roles become chats and names, and an empty role is never silence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.people import directory
from bot.people.directory import Person
from bot.sla.deskfile import Recipient
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram import chats
from bot.tickets.ticket import Ticket

SUPERVISORS, ADMINS = chats.SUPERVISORS, chats.ADMINS


@dataclass(frozen=True, slots=True)
class Target:
    """One chat that will be told, and the people (ids of the directory) who are called by name there."""

    chat: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """Whose promise it is: a team, and the person in it (if anybody) whose work it is."""

    team: str
    person: int | None


def side_of(ticket: Ticket, scope: str) -> Side:
    """The accountable side for the SLA, which never passes to another team; the one at work for its hours inside."""
    if scope or not ticket.is_away:
        return Side(ticket.team, ticket.assignee)
    return Side(ticket.accountable, ticket.owner)


def resolve(
    tx: Connection, desk: Desk, side: Side, recipients: Iterable[Recipient], now: int
) -> list[Target]:
    """The chats and names behind the roles of one level at this moment.

    A role that nobody holds, or that cannot be reached, climbs: team and lead to the supervisors, supervisors to each
    of them in private, and when there is none to the administrators.
    """
    found: dict[str, tuple[int, ...]] = {}
    for recipient in recipients:
        for target in _targets(tx, desk, side, recipient, now):
            known = found.get(target.chat, ())
            found[target.chat] = known + tuple(one for one in target.mentions if one not in known)
    return [Target(chat, mentions) for chat, mentions in found.items()]


def _targets(tx: Connection, desk: Desk, side: Side, recipient: Recipient, now: int) -> list[Target]:
    chat = f"team:{side.team}"
    match recipient:
        case "assignee" | "assignee_or_team" if side.person is not None:
            return _reached(tx, Target(chat, (side.person,)))
        case "assignee" | "assignee_or_team" | "team":
            return _reached(tx, Target(chat, _on_duty(tx, desk, side.team, now)))
        case "team_lead":
            leads = _ids(one for one in directory.engineers(tx, side.team) if side.team in one.leads)
            return _reached(tx, Target(chat, leads)) if leads else _supervisors(tx)
        case "supervisor":
            return _supervisors(tx)
        case "head":
            heads = [Target(one.key) for one in directory.staff(tx) if "head" in one.roles]
            return [one for one in heads if _reachable(tx, one.chat)] or _supervisors(tx)


def _on_duty(tx: Connection, desk: Desk, team: str, now: int) -> tuple[int, ...]:
    staff_id = desk.on_duty(team, now)
    person = directory.by_staff_id(tx, staff_id) if staff_id else None
    return (person.id,) if person is not None else ()


def _reached(tx: Connection, target: Target) -> list[Target]:
    return [target] if _reachable(tx, target.chat) else _supervisors(tx)


def _supervisors(tx: Connection) -> list[Target]:
    if _reachable(tx, SUPERVISORS):
        return [Target(SUPERVISORS)]
    alone = [Target(one.key) for one in directory.staff(tx) if one.is_supervisor]
    return [one for one in alone if _reachable(tx, one.chat)] or [Target(ADMINS)]


def _reachable(tx: Connection, chat: str) -> bool:
    """Whether the chat is bound and has not refused us for good."""
    if chats.find(tx, chat) is None:
        return False
    return tx.scalar(select(schema.chats.c.lost).where(schema.chats.c.key == chat)) is None


def _ids(people: Iterable[Person]) -> tuple[int, ...]:
    return tuple(person.id for person in people)
