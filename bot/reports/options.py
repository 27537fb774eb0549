"""What the commands of reports read from their options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NoReturn

import typer

from bot.drawing import NoPicture
from bot.reports.pictures.album import poster
from bot.reports.pictures.plots import Plot, Theme
from bot.texts.speak import Voice


def day(text: str | None, option: str) -> date | None:
    """Raises typer.BadParameter for what is no day."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(text, option, "is not a day like 2026-11-01")


def refuse(written: str, option: str, fault: str) -> NoReturn:
    """Raises typer.BadParameter at the option."""
    raise typer.BadParameter(f"{written!r} {fault}", param_hint=option)


def poster_or_exit(plots: Sequence[Plot], theme: Theme, voice: Voice) -> bytes:
    """Plots as one PNG file; ends the command with a sentence when they cannot be drawn."""
    try:
        return poster(plots, theme)
    except NoPicture:
        typer.echo(voice.say("report.not_drawn"), err=True)
        raise typer.Exit(1) from None
