"""`firstline chats bind`, `draft` and `words`: what /bind, /draft, /words and /unlearn do in a chat, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import clock
from bot.accounts import trail
from bot.accounts.offline import beside_the_bot, in_database
from bot.accounts.trail import AuditAction
from bot.app.scenarios_cli import File
from bot.knowledge.cli import Folder, learnt_now, router_for
from bot.knowledge.company import phrasebook, sayings
from bot.sla.check import desk_or_exit
from bot.storage.audit_trail import OPERATOR
from bot.storage.readonly import read_beside
from bot.storage.unit import Unit
from bot.teamdesk import draft, groups
from bot.teamdesk.board import placing
from bot.telegram import chats
from bot.texts import speak
from bot.texts.terminal import terminal_language
from bot.tickets import store
from bot.yamlfiles.environment import settings_or_exit


def bind(
    name: Annotated[str, typer.Argument(help="team:<id>, supervisors or bot-admins.")],
    chat_id: Annotated[int, typer.Argument(help="Telegram's id of the group: -100...")],
) -> None:
    """Assign a Telegram group to a team, supervisors or administrators.

    The bot may be running. /bind in the group does the same, and says what the bot may not do there.
    """
    settings = settings_or_exit()
    voice = speak.voice(terminal_language(settings.language))
    desk = desk_or_exit(settings.desk_file, settings.language)
    known = groups.names(desk)
    if name not in known:
        typer.echo(voice.say("bind.unknown", key=name, keys=", ".join(known)), err=True)
        raise typer.Exit(2)
    if chat_id >= 0:  # a person, or a group's id without its beginning: cards would go to a private chat
        typer.echo(voice.say("bind.no_group", number=chat_id), err=True)
        raise typer.Exit(2)
    beside_the_bot(settings, _bound, name, chat_id, settings.language)
    typer.echo(voice.say("bind.done", key=groups.title(desk, name, voice.language)))


def write_draft(
    number: Annotated[int, typer.Argument(help="Number of a solved ticket.")],
    article: Annotated[bool, typer.Option("--article", help="Print its article instead.")] = False,
) -> None:
    """Print a solved ticket as a scenario with its test.

    With --article the article that it shows. Only reads; the bot may be running.
    """
    settings = settings_or_exit()
    desk, voice = (
        desk_or_exit(settings.desk_file, settings.language),
        speak.voice(terminal_language(settings.language)),
    )
    url = settings.database_url.get_secret_value()
    ticket = read_beside(url, store.peek, number)
    if not ticket.resolution:
        typer.echo(voice.say("draft.unsolved", number=number), err=True)
        raise typer.Exit(1)
    titles = read_beside(url, draft.titles_of, ticket, voice)
    now = clock.moment(settings.clock_url)
    text = draft.article_text(ticket, titles, now) if article else draft.text(desk, ticket, voice, titles)
    typer.echo(text, nl=False)


def _bound(unit: Unit[object], name: str, chat_id: int, language: str) -> None:
    chats.bind(unit, name, chat_id, is_forum=False, language=language)
    trail.note(unit, OPERATOR, AuditAction.CHAT, name, {"chat": chat_id})
    trail.announce(unit)
    placing.place(unit, name)


def words(
    remove: Annotated[
        str | None, typer.Option(help="A word, or a phrase an administrator added, that no longer counts.")
    ] = None,
    scenarios: File = Path("scenarios.yaml"),
    knowledge_base: Folder = Path("knowledge_base"),
) -> None:
    """List the company's words that the bot has learnt; with --remove, take one back.

    Prints scenario, word, weight, people, teams. To remove on SQLite the bot must not be running: /unlearn does the same.
    """
    if remove is not None:
        in_database(settings_or_exit(), _removed, remove)
    for word in router_for(scenarios, knowledge_base, learnt_now()).company.words:
        print(f"{word.scenario:<20}{word.said:<24}{word.weight:>6.2f}{word.people:>5}{word.teams:>4}")


def _removed(unit: Unit[None], word: str) -> None:
    if not phrasebook.remove(unit, word):
        sayings.remove(unit, word, None)
