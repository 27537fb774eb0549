"""The recipients of a level: chats and mentions for roles; a role always reaches someone.

Up the ladder: a team's members, its lead, the supervisors, the head of support, and desk.yaml's fallback chat.
Deputies replace people who are away; every step past the intended role is a detour that the history records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import ADMINS, SUPERVISORS, PersonChat, TeamChat
from bot.people import directory
from bot.people.directory import Person
from bot.sla.deskfile import Recipient
from bot.sla.policy import Desk
from bot.telegram import chats
from bot.tickets.ticket import Ticket

SUPERVISORS, ADMINS = SUPERVISORS, ADMINS
NOBODY, AWAY, REFUSED = "nobody", "away", "refused"
"""Why a role was not reached: nobody holds it, everybody who does is away, its chat is not there or refuses us."""


@dataclass(frozen=True, slots=True)
class Target:
    """One chat to alert, and the people (ids of the directory) mentioned there."""

    chat: str
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Detour:
    """A role that could not be reached, why, and the chats alerted instead."""

    role: str
    why: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """All chats alerted for one level, and the detours."""

    targets: tuple[Target, ...]
    detours: tuple[Detour, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """A team, and the assignee in it, if any."""

    team: str
    person: int | None


def side_of(ticket: Ticket, scope: str) -> Side:
    """The accountable team for the SLA, which never changes; the working team for its OLA."""
    if scope or not ticket.is_away:
        return Side(ticket.team, ticket.assignee)
    return Side(ticket.accountable, ticket.owner)


def resolve(work: Work, side: Side, recipients: Iterable[Recipient]) -> Audience:
    """The chats and mentions for the roles of one level now, and the detours."""
    search = _Search(work.tx, work.config.desk, work.now)
    found: dict[str, tuple[int, ...]] = {}
    for recipient in recipients:
        for target in search.holders(side, recipient):
            known = found.get(target.chat, ())
            found[target.chat] = known + tuple(one for one in target.mentions if one not in known)
    return Audience(tuple(Target(chat, names) for chat, names in found.items()), tuple(search.detours))


def beyond(work: Work, chat: str) -> Audience:
    """The chats alerted instead of one that has just refused: the next step of the ladder."""
    search = _Search(work.tx, work.config.desk, work.now)
    was_the_head = (
        PersonChat.names(chat) and "head" in directory.get(work.tx, PersonChat.read(chat).number).roles
    )
    targets = search.heads() if was_the_head else search.supervisors()
    reached = tuple(one for one in targets if one.chat != chat) or (Target(ADMINS),)
    return Audience(reached, (Detour(chat, REFUSED, tuple(one.chat for one in reached)), *search.detours))


@dataclass(slots=True)
class _Search:
    """The recipients at one moment."""

    tx: Connection
    desk: Desk
    now: int
    detours: list[Detour] = field(default_factory=list)

    def holders(self, side: Side, role: Recipient) -> Sequence[Target]:
        """The chats and mentions of a role on one side, or of its deputies."""
        match role:
            case "assignee" | "assignee_or_team" if side.person is not None:
                return self._assignee(side, side.person)
            case "assignee" | "assignee_or_team" | "team":
                return self._team(side.team, self._on_duty(side.team))
            case "team_lead":
                return self._leads(side.team)
            case "supervisor":
                return self.supervisors()
            case "head":
                return self.heads()

    def supervisors(self) -> Sequence[Target]:
        """Their chat while one of them is present; each in private if the chat is unreachable; else the head of support."""
        here, why = self._standing_in(one for one in directory.staff(self.tx) if one.is_supervisor)
        if chats.reachable(self.tx, SUPERVISORS):
            chat = Target(SUPERVISORS)
            return [chat] if here else [chat, *self._instead("supervisor", why, self.heads())]
        alone = self._privately(here)
        return self._instead("supervisor", REFUSED if here else why, alone or self.heads())

    def heads(self) -> Sequence[Target]:
        """The head of support in private; else the fallback chat from desk.yaml."""
        here, why = self._standing_in(one for one in directory.staff(self.tx) if "head" in one.roles)
        return self._privately(here) or self._instead("head", REFUSED if here else why, self._last())

    def _assignee(self, side: Side, person_id: int) -> Sequence[Target]:
        person = directory.get(self.tx, person_id)
        here, why = self._standing_in([person])
        if here:
            return self._team(side.team, tuple(one.id for one in here))
        return self._instead("assignee", why, self._team(side.team, self._on_duty(side.team)))

    def _team(self, team: str, mentions: tuple[int, ...]) -> Sequence[Target]:
        if chats.reachable(self.tx, TeamChat(team)):
            return [Target(TeamChat(team), mentions)]
        return self._instead("team", REFUSED, self.supervisors())

    def _leads(self, team: str) -> Sequence[Target]:
        engineers = directory.engineers(self.tx, team)
        here, why = self._standing_in(one for one in engineers if team in one.leads)
        if here:
            return self._team(team, tuple(one.id for one in here))
        return self._instead("team_lead", why, self.supervisors())

    def _last(self) -> Sequence[Target]:
        kept = self.desk.file.no_recipient
        return [Target(kept if chats.reachable(self.tx, kept) else ADMINS)]

    def _standing_in(self, holders: Iterable[Person]) -> tuple[list[Person], str]:
        """Those present, with the first present deputy of each absent one; and the reason when there is none."""
        found: dict[int, Person] = {}
        why = NOBODY
        for holder in holders:
            why = AWAY
            named = (directory.by_staff_id(self.tx, one) for one in self.desk.deputies_of(holder.staff_id))
            one = next((one for one in (holder, *named) if one is not None and self._is_here(one)), None)
            if one is not None:
                found[one.id] = one
        return list(found.values()), why

    def _is_here(self, person: Person) -> bool:
        off = person.profile.get("away") or self.desk.is_absent(person.staff_id, self.now)
        return person.active and not off

    def _privately(self, people: Iterable[Person]) -> list[Target]:
        return [Target(one.key) for one in people if chats.reachable(self.tx, one.key)]

    def _on_duty(self, team: str) -> tuple[int, ...]:
        staff_id = self.desk.on_duty(team, self.now)
        person = directory.by_staff_id(self.tx, staff_id) if staff_id else None
        return (person.id,) if person is not None else ()

    def _instead(self, role: str, why: str, targets: Sequence[Target]) -> Sequence[Target]:
        self.detours.append(Detour(role, why, tuple(one.chat for one in targets)))
        return targets
