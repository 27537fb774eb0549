"""The one table of commands, and the door of all of them. It feeds routing, /help, Telegram's menus and the docs test."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bot.accounts import invites
from bot.config.config import Work
from bot.doctor import in_chat
from bot.reports import asked, scenario_figures, under_way
from bot.reports.advice import asked as advice_asked
from bot.reports.planning import asked as staffing_asked
from bot.reports.under_way import UnderWay
from bot.selfservice import commands as own
from bot.selfservice import language, taught_words
from bot.teamdesk import chosen_groups, command_list, commands, groups, people_commands, scenario_versions
from bot.teamdesk.board import board
from bot.teamdesk.command_list import ChatKind, Command, Listed, Where
from bot.telegram import chats
from bot.telegram.api import Refused
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets.invocation import Invocation
from handlers.filters import AnySlash, InTeamChat, Slash
from handlers.reading import incoming
from handlers.visit import Visit


@dataclass(frozen=True, slots=True)
class Errand(Listed):
    """A command that goes beyond one transaction: files are read, a picture is painted."""

    door: Callable[[Message, Visit, str], Awaitable[None]]


async def bind(message: Message, visit: Visit, words: str) -> None:
    """/bind NAME in a group: the group is that team's chat, or the supervisors', from now on. In private: a button for each
    name, to choose its group."""
    if message.chat.type == "private":
        await visit.do(chosen_groups.offer, visit.person)
        return
    seen = None
    if words:
        with suppress(Refused):  # what it refuses to show is found out at the first ticket
            seen = await visit.ask_rights(message.chat.id)
    place = groups.TelegramGroup(message.chat.id, bool(message.chat.is_forum), seen)
    await visit.do(groups.bind, visit.person, place, words)


async def reload(_message: Message, visit: Visit, _words: str) -> None:
    """/reload: look at scenarios.yaml now, and say what came of it."""
    line = await visit.files.reload(visit.person)
    await visit.do(scenario_versions.tell, visit.person, line)


async def figures(_message: Message, visit: Visit, scenario: str) -> None:
    """/figures for all scenarios; /figures printer for the picture of one (a table when it cannot be drawn)."""
    person = visit.person
    drawn = await visit.units.read(scenario_figures.source, person, scenario) if scenario else None
    name = await asyncio.to_thread(scenario_figures.paint, drawn) if drawn is not None else None
    if name is not None:
        await visit.do(scenario_figures.show, person, scenario, name)
    elif drawn is not None:
        await visit.do(scenario_figures.in_words, person, scenario)
    else:
        await visit.do(scenario_figures.overview, person, scenario)


async def report(_message: Message, visit: Visit, words: str) -> None:
    """/report for pictures of the last twelve weeks; /report 30 dark; /report xlsx for a sheet."""
    wanted, chat = asked.parse(words), visit.chat or visit.person.key
    if wanted is None:
        await visit.do(asked.misread, chat)
        return
    await visit.units.run(asked.begin, visit.person, chat)
    language, shown = await visit.units.read(asked.language, chat), UnderWay(visit.units, chat)
    if wanted.format:
        found = await visit.units.read(asked.read_tables, wanted, shown.part(0, 40))
        cards = [await asyncio.to_thread(asked.written, found, wanted, language, shown.part(40, 100))]
    else:
        seen = await visit.units.read(asked.read, wanted, shown.part(0, 80))
        cards = await asyncio.to_thread(asked.painted, seen, visit.config.desk, wanted, language)
    await visit.do(asked.show, chat, cards)


async def plan(_message: Message, visit: Visit, words: str) -> None:
    """/plan, /plan helpdesk 4h 95%: the picture of what each speed costs."""
    chat, desk = visit.chat or visit.person.key, visit.config.desk
    wanted = staffing_asked.parse(desk, words)
    if wanted is None:
        await visit.do(staffing_asked.misread, chat)
        return
    await visit.units.run(asked.begin, visit.person, chat)
    language = await visit.units.read(asked.language, chat)
    load = await visit.units.read(staffing_asked.read, wanted)
    if load is None:
        await visit.units.run(under_way.end, chat)
        await visit.do(staffing_asked.too_little, chat)
        return
    card = await asyncio.to_thread(staffing_asked.painted, load, desk, wanted, language)
    await visit.do(asked.show, chat, [card])


async def advice(_message: Message, visit: Visit, words: str) -> None:
    """/advice: what would save most; /advice take topic/email to accept one."""
    chat, key = visit.chat or visit.person.key, advice_asked.wanted(words)
    found = await visit.units.read(advice_asked.read)
    if key is None:
        await visit.do(advice_asked.show, visit.person, chat, found)
    else:
        await visit.do(advice_asked.take, visit.person, chat, key, found)


async def invite(_message: Message, visit: Visit, words: str) -> None:
    """/invite E-17: a link that binds the account of this person."""
    token = secrets.token_urlsafe(invites.TOKEN_BYTES)
    await visit.do(people_commands.invite, visit.person, words, token)


async def doctor(_message: Message, visit: Visit, _words: str) -> None:
    """/doctor: what the installation lacks; Telegram is asked before the transaction that says so."""
    chat = visit.chat or visit.person.key
    voice = speak.voice(await visit.units.db.read(chats.language, chat))
    found = await visit.files.examine(voice)
    await visit.do(in_chat.tell, visit.person, chat, found, voice)


def show_help(work: Work, asked: Invocation) -> Line:
    """/help: what may be typed."""
    return command_list.show_help(work, asked, TABLE.values())


ROWS: tuple[Command | Errand, ...] = (
    Command("start", "open", Where.PRIVATE, own.start),
    Command("my", "open", Where.PRIVATE, own.my_tickets),
    Command("kb", "read", Where.DESK, commands.look_up),
    Command("profile", "profile", Where.PRIVATE, own.show_profile),
    Command("learning", "profile", Where.PRIVATE, own.ask_to_learn),
    Command("forget", "profile", Where.PRIVATE, own.forget, menu=False),
    Command("language", "profile", Where.PRIVATE, language.switch),
    Command("help", "read", Where.DESK, show_help),
    Command("ticket", "open_for", Where.DESK, commands.open_for),
    Command("recall", "recall", Where.DESK, commands.take_back),
    Command("queue", "queue", Where.DESK, commands.show_queue),
    Command("board", "queue", Where.DESK, board.place),
    Command("find", "find", Where.DESK, commands.find),
    Command("why", "note", Where.DESK, commands.why),
    Command("draft", "find", Where.DESK, commands.make_draft),
    Command("off", "leave", Where.DESK, commands.end_shift),
    Command("on", "leave", Where.DESK, commands.begin_shift),
    Command("done", "resolve", Where.TOPIC, commands.done, menu=False),
    Command("to", "transfer", Where.TOPIC, commands.hand_over),
    Command("back", "return", Where.TOPIC, commands.give_back),
    Command("prio", "prioritize", Where.TOPIC, commands.prioritize),
    Command("snooze", "schedule", Where.TOPIC, commands.snooze),
    Command("assign", "assign", Where.TOPIC, commands.assign),
    Command("merge", "merge", Where.TOPIC, commands.merge),
    Command("link", "link", Where.TOPIC, commands.link),
    Command("r", "reply", Where.TOPIC, commands.reply),
    Command("article", "reply", Where.TOPIC, commands.send_article),
    Command("workaround", "reply", Where.TOPIC, commands.work_around),
    Command("similar", "note", Where.TOPIC, commands.similar),
    Command("outage", "outage", Where.CHIEFS, commands.declare_outage),
    Command("outages", "outage", Where.CHIEFS, commands.list_outages),
    Command("problem", "outage", Where.PRIVATE, commands.problem),
    Command("problems", "outage", Where.PRIVATE, commands.list_problems),
    Command("known", "outage", Where.PRIVATE, commands.publish_known),
    Command("proved", "outage", Where.PRIVATE, commands.prove),
    Command("quality", "quality", Where.CHIEFS, commands.quality),
    Errand("report", "quality", Where.CHIEFS, report),
    Errand("plan", "quality", Where.CHIEFS, plan),
    Errand("advice", "quality", Where.CHIEFS, advice),
    Command("void", "void", Where.DESK, commands.void),
    Errand("figures", "figures", Where.PRIVATE, figures),
    Command("versions", "reload", Where.PRIVATE, commands.list_versions),
    Command("rollback", "reload", Where.PRIVATE, commands.offer_version),
    Command("words", "teach", Where.PRIVATE, taught_words.listed),
    Command("unlearn", "teach", Where.PRIVATE, taught_words.remove),
    Errand("reload", "reload", Where.PRIVATE, reload),
    Errand("invite", "people", Where.PRIVATE, invite),
    Command("erase", "people", Where.PRIVATE, people_commands.erase, menu=False),
    Command("audit", "people", Where.PRIVATE, people_commands.show_audit),
    Command("migrate", "migrate", Where.DESK, commands.migrate, menu=False),
    Errand("bind", "bind_chat", Where.ANYWHERE, bind),
    Errand("doctor", "bind_chat", Where.CHIEFS, doctor),
)
TABLE: Mapping[str, Command | Errand] = {row.name: row for row in ROWS}


async def typed(message: Message, command: CommandObject, visit: Visit) -> None:
    """A command of the table. In a group that is not bound it is another bot's, unless it works there."""
    row, words, kind = TABLE[command.command], (command.args or "").strip(), ChatKind.of(visit.chat)
    if not row.where.takes(kind) and visit.chat is None:
        return
    command_list.check(visit.person, row)
    if visit.chat is not None and not row.where.takes(kind):
        await visit.do(command_list.misplaced, row, visit.person, visit.chat, incoming(message))
        return
    match row:
        case Errand():
            await row.door(message, visit, words)
        case Command():
            await visit.do(command_list.run, row, visit.person, visit.chat or "", incoming(message), words)


async def mistyped(message: Message, visit: Visit) -> None:
    """A command that no row has, unless it names another bot."""
    name = (message.text or "").split()[0].removeprefix("/")
    if "@" not in name:
        known = [row.name for row in command_list.may(visit.person, ROWS) if row.where is not Where.PRIVATE]
        await visit.do(command_list.mistyped, visit.person, visit.chat or "", incoming(message), name, known)


def build() -> Router:
    router = Router(name="commands")
    router.message.register(typed, Slash(*TABLE))
    router.message.register(mistyped, InTeamChat(), AnySlash())
    return router
