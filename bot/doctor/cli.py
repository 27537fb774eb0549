"""`firstline doctor`: what is wrong with this installation, and how to cure it."""

from __future__ import annotations

import asyncio

import aiohttp
import typer

from bot.doctor import finding, records
from bot.doctor.examination import Installation, examine
from bot.doctor.finding import Diagnosis, Finding
from bot.doctor.records import Records
from bot.errors import FirstlineError
from bot.settings import Settings
from bot.sla.check import desk_if_good
from bot.storage.migrate import SchemaIsNewer
from bot.storage.readonly import NotReady, read_beside
from bot.telegram.api import Api
from bot.telegram.clock_client import clock_of
from bot.texts import speak
from bot.texts.speak import Voice
from bot.texts.terminal import terminal_language
from bot.yamlfiles.environment import settings_or_exit


def doctor() -> None:
    """Find what an installation lacks: token, groups, rights, people, clock, disk; each with its cure.

    Asks Telegram by calls that change nothing, and only reads the database; the bot may be running or not. Exit code 1
    when something has to be cured.
    """
    settings = settings_or_exit()
    voice = speak.voice(terminal_language(settings.language))
    found = Diagnosis(voice)
    known = _records(settings, found)
    if settings.bot_token is None:
        found.fault("no_token")
    else:
        found.all += asyncio.run(_examined(settings, known, voice))
    typer.echo("\n".join(finding.lines(found.all, voice)))
    if not finding.is_well(found.all):
        raise typer.Exit(1)


async def _examined(settings: Settings, known: Records | None, voice: Voice) -> list[Finding]:
    assert settings.bot_token is not None
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        clock, _ = await clock_of(session, settings.clock_url)
        api = Api(session, settings.telegram_api_root, settings.bot_token.get_secret_value())
        return await examine(
            Installation(settings, api, clock, desk_if_good(settings.desk_file), known), voice
        )


def _records(settings: Settings, found: Diagnosis) -> Records | None:
    try:
        return read_beside(settings.database_url.get_secret_value(), records.look)
    except NotReady:
        found.fault("no_database")
    except SchemaIsNewer as error:
        found.fault("newer_database", text=error)
    except FirstlineError as error:
        found.fault("database", text=error)
    return None
