"""Invitations: a link that binds the account which opens it to one person, once (T2).

Only the SHA-256 of the token is stored. The token is 192 random bits, an argument of `make`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select, update

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.errors import FirstlineError
from bot.keys import PersonChat
from bot.people import directory
from bot.people.directory import Person
from bot.storage import kv
from bot.storage.schema import invites
from bot.storage.unit import Unit

BOT_NAME = "bot_username"  # the stored user name of the bot, for the link
TOKEN_BYTES = 24
DAY = 86_400  # seconds
DAYS = 7  # for which an invitation is good, unless the operator says less
_PAYLOAD = re.compile(r"/start(?:@\w+)? ([A-Za-z0-9_-]{20,64})")
OPEN, USED, BURNT, REPLACED = "open", "used", "burnt", "replaced"


class LeftAlready(FirstlineError):
    """An invitation is for a person who works here; this one has left."""


@dataclass(frozen=True, slots=True)
class Knock:
    """An account that opens a link. `private`: in its own chat with the bot, not in a group."""

    account: int
    username: str | None
    private: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What came of it: the person who is in now, or the id of the sentence that says why not."""

    person: Person | None
    refusal: str = ""
    invite: int = 0


def token_in(text: str) -> str | None:
    """The token of "/start TOKEN", as Telegram sends it when a link is opened."""
    found = _PAYLOAD.fullmatch(text.strip())
    return found[1] if found else None


def link(tx: Connection, token: str) -> str:
    """The link to this bot that carries the token."""
    return f"https://t.me/{kv.get(tx, BOT_NAME) or '?'}?start={token}"


def make(unit: Unit[object], person_id: int, made_by: str, token: str, days: int = DAYS) -> int:
    """A new invitation for the person, in the place of any open one; returns its number. Raises NoSuchPerson or LeftAlready."""
    person = directory.get(unit.tx, person_id)
    if not person.active:
        raise LeftAlready
    _end(unit, (invites.c.person == person_id) & (invites.c.state == OPEN), REPLACED)
    row = {"person": person_id, "hash": _hash(token), "made_by": made_by, "made_at": unit.now}
    ends = unit.now + days * DAY
    key = unit.tx.execute(invites.insert().values(**row, expires_at=ends, state=OPEN)).inserted_primary_key
    assert key is not None
    how = "again" if person.telegram_id is not None else "first"
    roles = sorted(person.roles | person.claimed)
    trail.note(unit, made_by, AuditAction.INVITED, person.key, {"how": how, "roles": roles, "days": days})
    return int(key[0])


def open_link(unit: Unit[object], knock: Knock, token: str) -> Opening:
    """An account opens a link: it becomes the account of the invited person, or reads why not.

    A link that reached a group or another person's account is known to others, and ends.
    """
    row = _of(unit.tx, token)
    if row is None:
        return Opening(None, "invite.unknown")
    now = directory.known(unit.tx, knock.account)
    if row["state"] == USED and now is not None and now.id == row["person"]:
        return Opening(now)  # the update came again, or they tapped it twice
    refusal = _refusal(unit, row, knock, now)
    this_one = (invites.c.id == row["id"]) & (invites.c.state == OPEN)
    if refusal in ("invite.group", "invite.other"):
        if _end(unit, this_one, BURNT):
            facts = {"why": refusal}
            trail.note(unit, audit_actor(now), AuditAction.BURNT, PersonChat(row["person"]), facts)
            trail.announce(unit, loud=True)
        return Opening(now, refusal, row["id"])
    if refusal or not _end(unit, this_one & (invites.c.expires_at > unit.now), USED):
        return Opening(None, refusal or "invite.used", row["id"])
    return Opening(_let_in(unit, row, knock))


def audit_actor(person: Person | None) -> str:
    """Who did it, as the audit trail names them."""
    return person.key if person is not None else "stranger"


def _refusal(unit: Unit[object], row: RowMapping, knock: Knock, now: Person | None) -> str:
    """Why the link does not work for this account; "" when it does."""
    if not knock.private:
        return "invite.group"
    if now is not None and now.id != row["person"]:
        return "invite.other"
    if row["state"] != OPEN:
        return "invite.used"
    if row["expires_at"] <= unit.now:
        return "invite.expired"
    return "" if directory.get(unit.tx, row["person"]).active else "invite.used"


def _let_in(unit: Unit[object], row: RowMapping, knock: Knock) -> Person:
    before = directory.get(unit.tx, row["person"])
    directory.connect(unit.tx, before.id, knock.account, knock.username)
    person = directory.get(unit.tx, before.id)
    moved = before.telegram_id not in (None, knock.account)
    facts = {"how": "moved" if moved else "invite", "roles": sorted(person.roles), "by": row["made_by"]}
    personal = {"account": knock.account, "username": knock.username}
    trail.note(unit, person.key, AuditAction.BOUND, person.key, facts, personal)
    trail.announce(unit, loud=moved or bool(person.roles))
    return person


def _end(unit: Unit[object], which: object, state: str) -> bool:
    """End these invitations; of several who try at once only one does."""
    ended = update(invites).where(which).values(state=state, ended_at=unit.now)  # type: ignore[arg-type]
    return unit.tx.execute(ended).rowcount > 0


def _of(tx: Connection, token: str) -> RowMapping | None:
    return tx.execute(select(invites).where(invites.c.hash == _hash(token))).mappings().first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
