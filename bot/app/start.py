"""What must be in order before the bot starts: the settings, the token, the files people write. No Telegram yet.

It stands apart from `bot/app/main.py` because importing aiogram takes seconds, and whoever forgot the token hears so at once.
"""

from __future__ import annotations

from contextlib import suppress

import typer

from bot.app import names
from bot.app.files import open_files, router_of
from bot.app.reload import last_good
from bot.config.config import Config
from bot.errors import FirstlineError
from bot.observe import logs
from bot.settings import Settings
from bot.texts import speak
from bot.yamlfiles import show
from bot.yamlfiles.environment import settings_or_exit


def prepare() -> tuple[Settings, Config]:
    """The settings of the environment and .env, and what the files say. Exit 2 when they have faults."""
    settings = settings_or_exit()
    if settings.bot_token is None:
        typer.echo(speak.voice(settings.language).say("run.no_token"), err=True)
        raise typer.Exit(2)
    logs.begin(settings.log_level, settings.log_format, settings.secrets)
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    with suppress(
        FirstlineError
    ):  # a database that is not there yet, or not upgraded: asked again once it is
        opened.complaints += names.beside(
            settings.database_url.get_secret_value(), settings.desk_file, opened
        )
    if opened.complaints:
        typer.echo(show(opened.complaints, opened.texts, settings.language), err=True)
    # A broken scenarios file stops nobody who has had a good one: that is played, and the administrators are told.
    elsewhere = [error for error in opened.errors if error.file != settings.scenarios_file.name]
    program = None if elsewhere else opened.program or last_good(settings, opened)
    if opened.desk is None or program is None or opened.library is None:
        raise typer.Exit(2)
    router = router_of(program, opened.library, {})
    return settings, Config(opened.desk, program, opened.library, router, settings.knowledge_dir)
