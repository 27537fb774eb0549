"""The audit trail as administrators read it: a card of the hour in their chat, /audit, and the sentence of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from bot.accounts import role_titles
from bot.config.config import Work
from bot.keys import ADMINS, SUPERVISORS, AuditRef, PersonChat, TeamChat
from bot.people import directory
from bot.sla.policy import Desk
from bot.storage import audit_trail, sealing
from bot.storage.audit_trail import AuditEntry, AuditRow
from bot.storage.unit import Unit
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Line, Voice

CARD = "audit"
HOUR = 3600  # seconds that one card covers
SHOWN = 15  # rows on a card; /audit shows older ones
NAMED = 10  # people whose roles an import changed, on its line


class AuditAction(StrEnum):
    """What is recorded. `audit.<value>` in the catalogues says it."""

    INVITED = "invited"
    BURNT = "burnt"
    BOUND = "bound"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    IMPORTED = "imported"
    ROLES = "roles"
    LEFT = "left"
    CHAT = "chat"
    RELOADED = "reloaded"
    ROLLED_BACK = "rolled_back"
    RENAMED = "renamed"
    FORGOTTEN = "forgotten"
    ERASED = "erased"
    SEALED = sealing.SEALED


def note(
    unit: Unit[object],
    actor: str,
    action: AuditAction,
    about: str,
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> int:
    """Record it; returns the row's number. `facts` identify no person, `personal` is emptied when they are erased."""
    return audit_trail.write(unit, AuditEntry(actor, action, about, facts or {}, personal or {}))


def announce(unit: Unit[object], *, loud: bool = False) -> None:
    """The administrators read this hour's rows. A loud one moves the card to the end of the chat, so that it rings."""
    hour = AuditRef(unit.now - unit.now % HOUR)
    for chat in readers(unit.tx):
        outbox.show(unit, chat, CARD, hour, anew=f"row {unit.now}" if loud else None)


def readers(tx: Connection) -> list[str]:
    """The administrators' chat; while there is none, the private chat of each of them."""
    if chats.find(tx, ADMINS) is not None:
        return [ADMINS]
    return [one.key for one in directory.staff(tx) if one.is_admin and one.telegram_id is not None]


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The rows of an hour, the newest last."""
    begin = AuditRef.read(about).number
    found = audit_trail.between(work.tx, begin, begin + HOUR)
    if not found:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    lines = list(_lines(work, voice, found[-SHOWN:]))
    if len(found) > SHOWN:
        lines.insert(0, voice.html("audit.earlier", count=len(found) - SHOWN))
    return Drawing(Markup("\n").join([voice.html("audit.head"), *lines]))


def listed(work: Work, language: str, most: int) -> Line:
    """The newest rows, the last one below; Telegram takes so many characters that older ones may have to be left out."""
    voice = speak.voice(language)
    found = audit_trail.newest(work.tx, most)
    text = Markup("\n").join(_lines(work, voice, found[::-1]))
    return Line("audit.list", {"text": text}) if found else Line("audit.none")


def sentence(tx: Connection, voice: Voice, row: AuditRow, desk: Desk | None = None) -> Markup:
    """What the row records, in the reader's language; with a desk its teams are called by their titles."""
    entry = row.entry
    named = {"who": _named(tx, voice, entry.actor), "whom": _named(tx, voice, entry.about)}
    facts = {**entry.facts, **named, "roles": role_titles.listed(voice, entry.facts.get("roles", ()), desk)}
    how = entry.facts.get("how", "")
    match entry.action:
        case AuditAction.IMPORTED:
            granted = _granted(tx, voice, entry.facts["roles_of"], desk)
            return voice.html("audit.imported", **facts, granted=granted)
        case AuditAction.BOUND:
            return voice.html(f"audit.bound.{how}", **facts)
        case AuditAction.INVITED:
            return voice.html(f"audit.invited.{how}", **facts)
        case AuditAction.CHAT if desk is not None:
            return voice.html("audit.chat", **facts | {"whom": _group(desk, voice, entry.about)})
    return voice.html(f"audit.{entry.action}", **facts)


def _lines(work: Work, voice: Voice, rows: Sequence[AuditRow]) -> Iterator[Markup]:
    for row in rows:
        when = voice.when(row.at, work.config.desk.zone, work.now)
        yield Markup("{} · {}").format(when, sentence(work.tx, voice, row, work.config.desk))


def _named(tx: Connection, voice: Voice, key: str) -> str:
    person = PersonChat.among(key)
    if person is None:
        return voice.say(f"audit.by.{key}") if voice.has(f"audit.by.{key}") else key
    found = directory.find(tx, person.number)
    return f"{found.name} ({found.staff_id})" if found is not None else key


def _group(desk: Desk, voice: Voice, key: str) -> str:
    """A group as people call it."""
    if key in (SUPERVISORS, ADMINS):
        return voice.say("chat.supervisors" if key == SUPERVISORS else "chat.admins")
    team = TeamChat.among(key)
    return desk.team(team.name).title[voice.language] if team is not None and team.name in desk.teams else key


def _granted(tx: Connection, voice: Voice, changed: Sequence[Sequence[Any]], desk: Desk | None) -> str:
    """Whose roles an import changed: [[person, [roles]]]."""
    said = [
        f"{_named(tx, voice, PersonChat(person))}: {role_titles.listed(voice, roles, desk)}"
        for person, roles in changed
    ]
    return (
        "; ".join(said[:NAMED]) + (" …" if len(said) > NAMED else "") if said else voice.say("audit.no_roles")
    )
