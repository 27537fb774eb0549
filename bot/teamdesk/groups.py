"""The groups the desk lives in: which Telegram group is which team's, and what happens when Telegram renumbers one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.tickets import unreachable


@dataclass(frozen=True, slots=True)
class Group:
    """A Telegram group as it introduces itself."""

    chat_id: int
    is_forum: bool


def names(desk: Desk) -> list[str]:
    """Every name a group can be bound to: the teams', the supervisors', the administrators'."""
    return [*(f"team:{team}" for team in desk.team_ids()), chats.SUPERVISORS, chats.ADMINS]


def bind(tx: Connection, desk: Desk, person: Person, group: Group, wanted: str, now: int) -> None:
    """/bind NAME: from now on this group is NAME. A team may be named without its "team:"."""
    authorize(person, "bind_chat", Object())
    here = chats.raw(group.chat_id)
    known = names(desk)
    key = wanted if wanted in known else f"team:{wanted}"
    listed = ", ".join(name.removeprefix("team:") for name in known)
    if not wanted:
        outbox.line(tx, here, "bind.how", {"keys": listed}, now)
    elif key not in known:
        outbox.line(tx, here, "bind.unknown", {"key": wanted, "keys": listed}, now)
    else:
        language = person.language
        chats.bind(tx, key, group.chat_id, is_forum=group.is_forum, now=now, language=language)
        outbox.line(tx, key, "bind.done", {"key": key.removeprefix("team:")}, now)


def migrated(tx: Connection, old_id: int, new_id: int, now: int) -> None:
    """Telegram says that a group became a supergroup; administrators hear of it (T11)."""
    chats.move(tx, old_id, new_id, now)


def stands(tx: Connection, chat_id: int, out: str | None, now: int) -> None:
    """We were thrown out of a chat, for the reason `out`, or let in again (None); a person's private chat is one too (T13)."""
    if chat_id > 0:
        person = directory.known(tx, chat_id)
        if out is not None and person is not None:
            unreachable.unreachable(tx, person, now)
        return
    key = chats.name(tx, chat_id)
    if key is not None and out is not None:
        chats.lose(tx, key, out, now)
    elif key is not None:
        chats.regain(tx, key, now)


def adopt(tx: Connection, desk: Desk, now: int, language: str) -> None:
    """Bind the groups that desk.yaml gives by number, unless the name has a group or the group a name already.

    They read `language` until an administrator who reads another one sends /bind there.
    """
    given = {f"team:{team.id}": team.chat_id for team in desk.teams.values()}
    given[chats.SUPERVISORS] = desk.file.supervisors_chat_id
    for key, chat_id in given.items():
        free = chat_id is not None and chats.find(tx, key) is None and chats.name(tx, chat_id) is None
        if chat_id is not None and free:
            chats.bind(tx, key, chat_id, is_forum=False, now=now, language=language)
