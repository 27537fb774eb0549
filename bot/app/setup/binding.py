"""What the dialogue writes into the database: whose it is, who administers, which group is whose."""

from __future__ import annotations

import csv
import io

from bot.accounts import importing, invites, trail
from bot.accounts.trail import AuditAction
from bot.app.setup.arrivals import Started
from bot.people import directory, roster
from bot.people.directory import Person
from bot.storage import kv
from bot.storage.audit_trail import OPERATOR
from bot.storage.unit import Unit
from bot.teamdesk.board import placing
from bot.telegram import chats
from bot.telegram.group_rights import GroupRights

FIRST = "ADMIN"  # the staff id of an administrator who is in no file yet


def own(unit: Unit[None], bot_id: str, username: str, language: str) -> str:
    """The id of the bot that this database belongs to; an empty one belongs to this bot from now on."""
    owner = kv.claim(unit.tx, "bot_id", bot_id)
    if owner == bot_id:
        kv.put(unit.tx, invites.BOT_NAME, username)
        chats.read_by_default(unit.tx, language)
    return owner


def administrator(unit: Unit[None], who: Started) -> Person | None:
    """The operator says at the terminal that this account is theirs: the one administrator without a proven account, or a
    new person. None when the account is another person's already, or several could be meant."""
    known = directory.known(unit.tx, who.account)
    if known is not None:
        return known if known.is_admin else None
    waiting = [one for one in directory.everybody(unit.tx) if _may_administer(one)]
    named = [one for one in waiting if who.username and one.username == who.username.lower()]
    if len(named or waiting) > 1 or (not waiting and _has_administrator(unit)):
        return None
    if waiting:
        person = (named or waiting)[0]
        directory.connect(unit.tx, person.id, who.account, who.username)
        trail.note(unit, OPERATOR, AuditAction.BOUND, person.key, {"how": "invite"}, {"account": who.account})
        trail.announce(unit)
    else:
        importing.bring_in_line(unit, "setup", _row(who), None)
    return directory.known(unit.tx, who.account)


def bind(unit: Unit[None], account: int, key: str, chat_id: int, seen: GroupRights | None) -> bool:
    """From now on the group is `key`. False for an account that administers nothing."""
    person = directory.known(unit.tx, account)
    if person is None or not person.is_admin:
        return False
    chats.bind(unit, key, chat_id, is_forum=False, language=person.language or None)
    if seen is not None:
        chats.observe(unit, key, chat_id, seen)
    trail.note(unit, person.key, AuditAction.CHAT, key, {"chat": chat_id})
    trail.announce(unit)
    placing.place(unit, key)
    return True


def _may_administer(person: Person) -> bool:
    return "admin" in person.claimed or (person.is_admin and person.telegram_id is None)


def _has_administrator(unit: Unit[None]) -> bool:
    return any(one.is_admin for one in directory.staff(unit.tx))


def _row(who: Started) -> list[roster.RosterRow]:
    """The account as the one line of a people.csv."""
    out = io.StringIO()
    cells = {"staff_id": FIRST, "name": who.name, "telegram_id": who.account, "roles": "admin"}
    if who.username:
        cells["username"] = who.username
    writer = csv.DictWriter(out, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    rows, _ = roster.read_roster("setup", out.getvalue())
    return rows
