"""The first words with Telegram at each start: who we are, which of our groups still are there, which commands there are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from bot.accounts import invites
from bot.config.config import Config, Work
from bot.errors import FirstlineError
from bot.keys import ADMINS, SUPERVISORS
from bot.people import directory
from bot.people.directory import Person
from bot.storage import kv
from bot.storage.unit import Units
from bot.teamdesk import command_list, groups
from bot.teamdesk.board import placing
from bot.teamdesk.command_list import ChatKind
from bot.telegram import chats, group_rights, outbox
from bot.telegram.api import Api, Disowned, Refused, TelegramError, Unreachable
from bot.texts import speak
from handlers.commands import ROWS

# Of whom nothing is known but that they are in a chat: an employee, an engineer of some team, a supervisor.
ANYONE = Person(0, "", "", "", "", "", None, None, active=True)
ENGINEER = replace(ANYONE, roles=frozenset({"engineer:any"}))
SUPERVISOR = replace(ANYONE, roles=frozenset({"supervisor"}))
log = structlog.get_logger()


class AnotherBot(FirstlineError):
    """This database belongs to another bot. Give the right token, or another database."""


async def introduce(units: Units[Config], api: Api, language: str, stop: asyncio.Event) -> str | None:
    """Ask Telegram who we are, and refuse to work on another bot's memory (T22). Returns our user name; None when we were
    stopped meanwhile.

    Raises AnotherBot, and FirstlineError in `language` when Telegram does not know the token.
    """
    me = None
    while me is None:
        if stop.is_set():
            return None
        try:
            me = await api.call("getMe")
            if not isinstance(me, dict) or not {"id", "username"} <= me.keys():
                me = None
                raise Unreachable("getMe: not an answer")
        except Disowned as error:
            raise FirstlineError(speak.voice(language).say("run.bad_token", text=str(error))) from None
        except TelegramError as error:
            log.warning("telegram.not_there_yet", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await stop.wait()
    if await units.db.run(kv.claim, "bot_id", str(me["id"])) != str(me["id"]):
        raise AnotherBot
    await units.db.run(kv.put, invites.BOT_NAME, str(me["username"]))
    await units.db.run(chats.read_by_default, language)
    await units.run(groups.adopt, language)
    groups_bound = await units.db.read(chats.groups)
    for key, chat_id in groups_bound:
        await look_at(units, api, key, chat_id)
    await units.run(placing.place_missing)
    await _name_commands(api, await units.db.read(_menus), language)
    people = len(await units.db.read(directory.everybody))
    log.info("telegram.introduced", username=me["username"], groups=len(groups_bound), people=people)
    return str(me["username"])


async def end_webhook(units: Units[Config], api: Api) -> None:
    """getUpdates is refused while the token has a webhook. Updates that wait there are kept."""
    try:
        info = await api.call("getWebhookInfo")
        url = info.get("url") if isinstance(info, dict) else None
        if not url:
            return
        await api.call("deleteWebhook", {"drop_pending_updates": False})
    except TelegramError as error:
        log.warning("telegram.webhook_unknown", error=str(error))
        return
    host = urlsplit(str(url)).hostname or "?"  # the path of a webhook is often a secret
    log.warning("telegram.webhook_deleted", host=host)
    await units.run(_say_no_webhook, host)


def _say_no_webhook(work: Work, host: str) -> None:
    outbox.line(work, ADMINS, "webhook.deleted", {"host": host})


async def look_at(units: Units[object], api: Api, key: str, chat_id: int) -> None:
    """Ask for a group's topics and our rights; one that has moved meanwhile is followed, one that is lost must not stop the
    others."""
    try:
        seen = await group_rights.ask(api, chat_id)
        if seen is not None:
            await units.run(chats.observe, key, chat_id, seen)
    except Refused as refusal:
        if (moved_to := refusal.parameters.get("migrate_to_chat_id")) is not None:
            await units.run(chats.move, chat_id, int(moved_to))
            await look_at(units, api, key, int(moved_to))
            return
        log.error("chat.lost", chat=key, reason=refusal.description)
        await units.run(chats.lose, key, refusal.description)


Menu = tuple[Mapping[str, object], Sequence[str]]
"""Whom Telegram shows it to (its BotCommandScope), and the commands."""


def _menus(tx: Connection) -> list[Menu]:
    """What everybody may type, and more for supervisors and administrators, each in their private chat. Engineers work in their
    team's chat; a menu for each of them would be some hundred calls at every start."""
    menus = [
        _menu({"type": "all_private_chats"}, ANYONE, ChatKind.PRIVATE),
        _menu({"type": "all_group_chats"}, ENGINEER, ChatKind.TEAM),
    ]
    if (place := chats.find(tx, SUPERVISORS)) is not None:
        menus.append(_menu({"type": "chat", "chat_id": place.chat_id}, SUPERVISOR, ChatKind.CHIEFS))
    for person in directory.staff(tx):
        if (person.is_supervisor or person.is_admin) and person.telegram_id is not None:
            menus.append(_menu({"type": "chat", "chat_id": person.telegram_id}, person, ChatKind.PRIVATE))
    return menus


def _menu(scope: Mapping[str, object], person: Person, kind: ChatKind) -> Menu:
    return scope, command_list.in_menu(person, kind, ROWS)


async def _name_commands(api: Api, menus: list[Menu], fallback: str) -> None:
    """What Telegram shows for a slash, in each of our languages; in `fallback` to those who read none of them. A refusal here
    must not stop the start."""
    for code in (*speak.languages(), ""):
        voice = speak.voice(code or fallback)
        for scope, names in menus:
            listed = [{"command": name, "description": voice.say(f"command.{name}")} for name in names]
            try:
                await api.call("setMyCommands", {"commands": listed, "scope": scope, "language_code": code})
            except TelegramError as error:
                log.info("commands.unnamed", scope=scope["type"], error=str(error))
