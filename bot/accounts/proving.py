"""The first contact of an account that only its user name connects with a person, and an administrator's yes or no."""

from __future__ import annotations

from typing import assert_never

from bot.accounts import role_titles, trail
from bot.accounts.trail import AuditAction
from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import BY_NAME, Person
from bot.storage.unit import Unit
from bot.telegram import chats, outbox
from bot.telegram.buttons import ConfirmAccount, DeclineAccount
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

CARD = "account"
AccountButton = ConfirmAccount | DeclineAccount


def meet(unit: Unit[object], telegram_id: int, username: str | None) -> Person | None:
    """An unknown account's first message. If its user name is in the directory, it gets an employee's rights; an
    administrator is asked about roles."""
    person = directory.meet(unit.tx, telegram_id, username)
    if person is None:
        return None
    personal = {"account": telegram_id, "username": username}
    facts = {"how": BY_NAME, "roles": sorted(person.claimed)}
    trail.note(unit, person.key, AuditAction.BOUND, person.key, facts, personal)
    trail.announce(unit)
    if person.claimed:
        outbox.line(unit, person.key, "account.waits", {})
        for chat in trail.readers(unit.tx):
            outbox.show(unit, chat, CARD, person.key, anew=f"met {telegram_id}")
    return person


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The question to administrators; nothing once it is answered."""
    person = directory.find(work.tx, PersonChat.read(about).number)
    if person is None or not person.claimed or person.telegram_id is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    facts = {"name": person.name, "staff_id": person.staff_id, "account": person.telegram_id}
    facts |= {
        "username": person.username or "-",
        "roles": role_titles.listed(voice, sorted(person.claimed), work.config.desk),
    }
    yes = button(voice.say("button.account_yes"), ConfirmAccount(person.id, person.telegram_id), "success")
    no = button(voice.say("button.account_no"), DeclineAccount(person.id, person.telegram_id), "danger")
    return Drawing(voice.html("account.ask", **facts), [[yes], [no]])


def press(work: Work, admin: Person, chat: str | None, pressed: AccountButton) -> Line:
    """An administrator says whose account it is. Raises NotAllowed."""
    authorize(admin, "people", Object())
    if chat not in trail.readers(work.tx) and chat != admin.key:
        return Line("unknown.chat", alert=True)
    person = directory.find(work.tx, pressed.person)
    if person is None or person.telegram_id != pressed.account or person.proof != BY_NAME:
        return Line("account.settled", alert=True)
    roles = {"roles": sorted(person.claimed)}
    match pressed:
        case ConfirmAccount():
            directory.prove(work.tx, person.id, pressed.account)
            trail.note(work, admin.key, AuditAction.CONFIRMED, person.key, roles)
            voice = speak.voice(chats.language(work.tx, person.key))
            titles = role_titles.listed(voice, roles["roles"], work.config.desk)
            outbox.line(work, person.key, "account.confirmed", {"roles": titles})
            said = Line("account.yes")
        case DeclineAccount():
            directory.disown(work.tx, person.id, pressed.account)
            trail.note(work, admin.key, AuditAction.DECLINED, person.key, roles, {"account": pressed.account})
            said = Line("account.no")
        case _:
            assert_never(pressed)
    for reader in trail.readers(work.tx):
        outbox.hide(work, reader, CARD, person.key)
    trail.announce(work, loud=True)
    return said
