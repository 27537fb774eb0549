"""The walk through the steps of `firstline setup`, and how it ends."""

from __future__ import annotations

import typer

from bot.app.setup.bot_line import BotLine
from bot.app.setup.dialogue import Dialogue, Left
from bot.app.setup.steps import Setup
from bot.settings import Settings
from bot.texts import speak
from bot.texts.terminal import terminal_language


def walk(settings: Settings) -> None:
    """Set up what `bot.app.setup.cli` has read the settings of. Exit code 1 when it was left or something has to be cured."""
    dialogue = Dialogue(speak.voice(terminal_language(settings.language)))
    try:
        with BotLine() as line:
            is_well = Setup(settings, dialogue, line).run()
    except (Left, KeyboardInterrupt):
        dialogue.show("")
        dialogue.say("setup.left")
        raise typer.Exit(1) from None
    if not is_well:
        raise typer.Exit(1)
