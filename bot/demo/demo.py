"""`firstline demo`: a small company with its own Telegram. Sandbox and bot are two processes that talk over HTTP."""

from __future__ import annotations

import tempfile
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.demo import stage
from bot.demo.guide import Guide
from bot.demo.script import script
from bot.demo.stage import Cast, Extra, StageGroup
from bot.sla.check import desk_or_exit
from bot.texts import speak
from bot.yamlfiles import read

COMPANY = Path(__file__).with_name("company.yaml")


def demo(
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8081,
    speed: Annotated[float, typer.Option(help="How many times faster than real time its clock runs.")] = 1.0,
    data: Annotated[
        Path | None, typer.Option(help="Folder for the demo's database; by default it is thrown away.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    language: Annotated[str, typer.Option(help="Language of the demo: ru or en.")] = "ru",
) -> None:
    """Try everything in the browser: a small company with its own Telegram.

    Needs no token and no settings. Ctrl-C ends it.
    """
    voice = speak.voice(language)
    if stage.taken(port):
        typer.echo(voice.say("demo.port_taken", port=port, command="demo"), err=True)
        raise typer.Exit(1)
    desk = desk_or_exit(Path("desk.yaml"), voice.language)
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-demo-")))
        here = stage.opened(stack, folder, port, desk, company_of(voice.language), voice)
        stage.post(f"{here.root}/sim/clock", {"speed": speed, "zone": desk.zone})
        page = f"{here.root}/?lang={voice.language}"
        typer.echo(voice.say("demo.ready", address=page))
        if browser:
            webbrowser.open(page)
        guide = Guide(here.root, script(), voice)
        guide.offer()
        stage.watch(here.sandbox, here.bot, each=guide.look)
        typer.echo(voice.say("demo.ended"))


def company_of(language: str) -> Cast:
    """The company's people, the strangers and the groups, in `language`."""
    document = read(COMPANY.name, COMPANY.read_text("utf-8")).document
    assert document is not None, "company.yaml is ours and is read in a test"

    def called(fields: dict[str, Any]) -> dict[str, Any]:
        return {
            key: value.get(language, value["en"]) if isinstance(value, dict) else value
            for key, value in fields.items()
        }

    people, strangers, chats = (
        [called(one) for one in document.data[kind]] for kind in ("people", "strangers", "chats")
    )
    return Cast(
        [Extra(**one) for one in people],
        [StageGroup(**one) for one in chats],
        [Extra(**one) for one in strangers],
    )
