"""`firstline healthcheck`: ask the bot on this machine how it is. For containers, whose image has no curl."""

from __future__ import annotations

from typing import Annotated
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import typer

from bot.settings import Settings
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

WAIT = 5.0  # real seconds
EVERYWHERE = ("0.0.0.0", "::", "")


def healthcheck(
    ready: Annotated[
        bool, typer.Option("--ready", help="Ask whether work gets done, not only whether the process lives.")
    ] = False,
) -> None:
    """Ask the running bot whether it is well.

    Exit code 1 when it is not, or does not answer.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if settings.health_port == 0:
        typer.echo(voice.say("health.off"), err=True)
        raise typer.Exit(1)
    address = f"http://{_host(settings)}:{settings.health_port}/{'readyz' if ready else 'livez'}"
    try:
        with urlopen(address, timeout=WAIT) as answer:  # an address of the settings
            typer.echo(answer.read().decode(), nl=False)
    except HTTPError as refusal:
        typer.echo(refusal.read().decode(), nl=False, err=True)
        raise typer.Exit(1) from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        typer.echo(voice.say("health.silent", address=address, reason=reason), err=True)
        raise typer.Exit(1) from None


def _host(settings: Settings) -> str:
    host = "127.0.0.1" if settings.health_host in EVERYWHERE else settings.health_host
    return f"[{host}]" if ":" in host else host
