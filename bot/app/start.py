"""What must be in order before the bot starts: the settings, the token, the files people write. No Telegram yet.

Separate from `bot/app/main.py` because importing aiogram takes seconds, and a missing token should be reported at once.
"""

from __future__ import annotations

from contextlib import suppress

import typer

from bot.app import names
from bot.app.files import open_files, router_of
from bot.app.reload import last_good
from bot.config.config import Config
from bot.errors import FirstlineError
from bot.knowledge.company.phrasebook import Learnt
from bot.observe import logs
from bot.settings import Settings
from bot.texts import speak
from bot.texts.terminal import terminal_language
from bot.yamlfiles import show
from bot.yamlfiles.environment import settings_or_exit


def prepare() -> tuple[Settings, Config]:
    """Run the bot with the settings in .env.

    Settings may also come from the environment; .env.example lists them. Exit code 2 when a setting or a file is wrong.
    \f
    This half returns what `bot.app.main.run` is given. It ends the command when something is wrong.
    """
    settings = settings_or_exit()
    if settings.bot_token is None:
        typer.echo(speak.voice(terminal_language(settings.language)).say("run.no_token"), err=True)
        raise typer.Exit(2)
    logs.begin(settings.log_level, settings.log_format, settings.secrets)
    files = {
        "desk": settings.desk_file,
        "scenarios": settings.scenarios_file,
        "articles": settings.knowledge_dir,
    }
    typer.echo(speak.voice(terminal_language(settings.language)).say("run.reading", **files), err=True)
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    with suppress(
        FirstlineError
    ):  # a database that is not there yet, or not upgraded: asked again once it is
        opened.complaints += names.beside(
            settings.database_url.get_secret_value(), settings.desk_file, opened
        )
    if opened.complaints:
        typer.echo(show(opened.complaints, opened.texts, settings.language), err=True)
    # A broken scenarios file stops no one who has had a good one: that is played, and the administrators are notified.
    elsewhere = [error for error in opened.errors if error.file != settings.scenarios_file.name]
    program = None if elsewhere else opened.program or last_good(settings, opened)
    if opened.desk is None or program is None or opened.library is None:
        raise typer.Exit(2)
    router = router_of(program, opened.library, Learnt())
    program = program.for_engineers(settings.engineers_language)
    return settings, Config(opened.desk, program, opened.library, router, settings.knowledge_dir)
