"""`firstline new policy`: a service level to start from, with the author's zone and hours, printed or put into a desk file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import FirstlineError
from bot.sla import windows
from bot.sla.check import load_desk
from bot.sla.policies import presets
from bot.sla.production import FILES
from bot.texts import speak
from bot.texts.speak import Voice
from bot.yamlfiles.environment import read_settings
from bot.yamlfiles.files import text_or_exit
from bot.yamlfiles.reading import nearest
from bot.yamlfiles.showing import show
from bot.yamlfiles.zone_names import is_zone

HOLIDAYS = (*FILES, "none")


def new_policy(
    name: Annotated[str | None, typer.Argument(help="Which one; without it they are listed.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the calendars: Europe/Berlin.")] = None,
    hours: Annotated[str | None, typer.Option(help="Hours from Monday to Friday: 09:00-18:00.")] = None,
    holidays: Annotated[str | None, typer.Option(help="Production calendar: ru or none.")] = None,
    desk: Annotated[Path | None, typer.Option(help="Put it into a copy of this file.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write here instead of printing; a new file.")] = None,
) -> None:
    """Start a policy from a published one.

    Prints its sections of desk.yaml; with --desk the whole file. In a terminal it asks for what is not given.
    """
    settings = read_settings(Path(".env")).settings
    voice = speak.voice("ru" if settings is None else settings.language)
    if name is None:
        _list()
        if not sys.stdin.isatty():
            return
        name = _asked(voice.say("new_policy.which"), presets.names()[0], _policy)
        zone = zone or _asked(voice.say("new_policy.zone"), "Europe/Moscow", _zone)
        hours = hours or _asked(voice.say("new_policy.hours"), "09:00-18:00", _hours)
        holidays = holidays or _asked(voice.say("new_policy.holidays"), HOLIDAYS[0], _holidays)
    block = presets.adapted(
        presets.block(_policy(name)),
        None if zone is None else _zone(zone),
        None if hours is None else _hours(hours),
        None if holidays is None else _holidays(holidays),
    )
    text = block if desk is None else presets.applied(text_or_exit(desk, voice.language), block)
    code = 0 if desk is None else _checked(output or desk, text, voice)
    _give(text, output, voice)
    raise typer.Exit(code)


def _list() -> None:
    for name in presets.names():
        typer.echo(f"{name}\t{presets.about(name)}")


def _asked(question: str, default: str, read: Callable[[str], str]) -> str:
    return str(typer.prompt(question, default=default, value_proc=read))


def _policy(written: str) -> str:
    if written not in presets.names():
        near = nearest(written, presets.names())
        raise typer.BadParameter(f"no policy {written!r}; {near or ', '.join(presets.names())}?")
    return written


def _zone(written: str) -> str:
    if not is_zone(written):
        raise typer.BadParameter(f"no time zone {written!r}: Europe/Berlin")
    return written


def _hours(written: str) -> str:
    try:
        windows.window(written)
    except FirstlineError:
        raise typer.BadParameter(f"no hours {written!r}: 09:00-18:00") from None
    return written


def _holidays(written: str) -> str:
    if written not in HOLIDAYS:
        raise typer.BadParameter(f"no production calendar {written!r}: {' or '.join(HOLIDAYS)}")
    return written


def _checked(file: Path, text: str, voice: Voice) -> int:
    """Show what `firstline check` would say of the new file; 2 when it is wrong."""
    found, complaints = load_desk(file.name, text)
    if complaints:
        typer.echo(show(complaints, {file.name: text}, voice.language), err=True)
    return 2 if found is None else 0


def _give(text: str, output: Path | None, voice: Voice) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:  # an existing file is never written over
            file.write(text)
    except FileExistsError:
        raise typer.BadParameter(f"{output} exists; name a new file") from None
    typer.echo(voice.say("new_policy.written", file=output), err=True)
