"""`firstline preview`: a draft on the sandbox's page, in both languages, with the place of each step under it."""

from __future__ import annotations

import tempfile
import time
import webbrowser
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer

from bot.app.files import open_files
from bot.demo import stage
from bot.demo.demo import company_of
from bot.demo.screens import note, places_in, screens
from bot.demo.stage import Cast, Extra, RunningStage, StageGroup
from bot.keys import ADMINS, SUPERVISORS, TeamChat
from bot.settings import Settings
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.telegram.buttons import StartScenario
from bot.texts import speak
from bot.texts.speak import Voice
from bot.yamlfiles import show
from bot.yamlfiles.bundle import printed
from bot.yamlfiles.environment import settings_or_exit

RUSSIAN, BOSS, ENGLISH, CHIEF, ADMIN = 1001, 1002, 1003, 1021, 1031  # of company.yaml
FIRST_ENGINEER, FIRST_GROUP = 1101, -1001000000001
LOOK = 0.7  # real seconds between two looks
TAKEN_IN = 4.0  # real seconds in which the bot has noticed a change and judged it


def preview(
    scenario: Annotated[
        str | None, typer.Argument(help="Id of the scenario to begin with; by default the menu.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8082,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Play the files as they are now on the sandbox's page, in Russian and English.

    A save is taken at once; faults are shown above the page and here. Under each step is its place in the file, at a
    click the way to it. Needs no token and no database; Ctrl-C ends it.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if stage.taken(port):
        typer.echo(voice.say("demo.port_taken", port=port, command="preview"), err=True)
        raise typer.Exit(1)
    typer.echo(
        voice.say("preview.begins"), err=True
    )  # what follows takes seconds, on a slow machine half a minute
    desk = desk_or_exit(settings.desk_file, settings.language)
    watched = PreviewedFiles(settings, voice)
    if watched.faults():
        raise typer.Exit(2)
    if scenario is not None and scenario not in watched.menu:
        typer.echo(voice.say("stats.unknown", name=scenario, known=", ".join(watched.menu)), err=True)
        raise typer.Exit(2)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-preview-")))
        here = stage.opened(stack, folder, port, desk, cast(desk, voice), voice)
        stage.post(f"{here.root}/sim/clock", {"speed": 1, "zone": desk.zone})
        columns = f"employee.me={RUSSIAN}&team.private&team.me={ENGLISH}&supervisors.chat={FIRST_GROUP}"
        page = f"{here.root}/?lang={voice.language}&{columns}"
        typer.echo(voice.say("preview.ready", address=page))
        if browser:
            webbrowser.open(page)
        for reader in (RUSSIAN, ENGLISH):
            begin(here, reader, scenario)
        stage.watch(here.sandbox, here.bot, every=LOOK, each=lambda: watched.look(here))
        typer.echo(voice.say("demo.ended"))


def cast(desk: Desk, voice: Voice) -> Cast:
    """A reader of each language and their manager, an engineer and a group for every team of the desk, who is in charge."""
    known = {person.id: person for person in company_of("ru").people}
    people = [known[one] for one in (RUSSIAN, BOSS, ENGLISH)]
    people += [replace(known[CHIEF], roles="supervisor head"), known[ADMIN]]
    chats: list[StageGroup] = []
    for place, team in enumerate(desk.with_chats()):
        title = desk.team(team).title[voice.language]
        name = voice.say("preview.engineer", team=title)
        engineer = Extra(
            FIRST_ENGINEER + place, name, "engineer", voice.language, f"S-{place}", roles=f"lead:{team}"
        )
        people.append(engineer)
        chats.append(StageGroup(TeamChat(team), FIRST_GROUP - place, title, True, [CHIEF], [engineer.id]))
    for key, chief in ((SUPERVISORS, CHIEF), (ADMINS, ADMIN)):
        title = voice.say("preview.supervisors" if key == SUPERVISORS else "preview.admins")
        chats.append(StageGroup(key, FIRST_GROUP - len(chats), title, False, [], [chief]))
    return Cast(people, chats)


def begin(here: RunningStage, reader: int, scenario: str | None) -> None:
    """This reader opens the menu, and from it the scenario."""
    stage.post(f"{here.root}/sim/send", {"from": reader, "text": "/start"})
    stage.get(f"{here.root}/sim/idle?timeout=10")
    if scenario is not None:
        last = stage.get(f"{here.root}/sim/chats/{reader}/messages?limit=1")[0]["message_id"]
        data = StartScenario(scenario, 0).pack()
        stage.post(f"{here.root}/sim/press", {"from": reader, "message_id": last, "data": data})


@dataclass(slots=True)
class PreviewedFiles:
    """The files of the settings as they were read last, and what is written under the messages."""

    settings: Settings
    voice: Voice
    menu: list[str] = field(default_factory=list)
    _changed_at: float | None = None
    _print: tuple[tuple[str, int, int], ...] = ()
    _places: dict[str, str] = field(default_factory=dict)
    _noted: dict[tuple[int, int], str] = field(default_factory=dict)

    def faults(self) -> str:
        """Read the files; prints what is wrong with them, and returns the errors."""
        settings = self.settings
        self._print = self._printed()
        opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
        if opened.complaints:
            typer.echo(show(opened.complaints, opened.texts, self.voice.language), err=True)
        if opened.program is not None:
            self.menu = [item.id for item in opened.program.menu]
            self._places = places_in(settings.scenarios_file)
        return show(opened.errors, opened.texts, self.voice.language)

    def look(self, here: RunningStage) -> None:
        """Once: note where steps are written; after a save read the files, and begin again once the bot has them."""
        with suppress(OSError):  # a part is ending
            if self._printed() != self._print:
                found = self.faults()
                stage.post(f"{here.root}/sim/note", {"text": found})
                self._changed_at = None if found else time.monotonic()
                if not found:
                    typer.echo(self.voice.say("preview.taken"))
            if self._changed_at is not None and time.monotonic() - self._changed_at > TAKEN_IN:
                self._changed_at = None
                for reader, scenario in self._played(here).items():
                    stage.post(f"{here.root}/sim/send", {"from": reader, "text": "/cancel"})
                    begin(here, reader, scenario if scenario in self.menu else None)
            self._note(here)

    def _note(self, here: RunningStage) -> None:
        for screen in read_beside(here.database, screens):
            written = note(screen, self._places, self.settings.knowledge_dir)
            if self._noted.get((screen.account, screen.message)) != written:
                self._noted[screen.account, screen.message] = written
                body = {"chat": screen.account, "message_id": screen.message, "text": written}
                stage.post(f"{here.root}/sim/note", body)

    def _played(self, here: RunningStage) -> dict[int, str]:
        """The scenario that each reader has begun last."""
        begun = {
            screen.account: screen.steps[0].partition("/")[0]
            for screen in read_beside(here.database, screens)
        }
        return {reader: begun[reader] for reader in (RUSSIAN, ENGLISH) if reader in begun}

    def _printed(self) -> tuple[tuple[str, int, int], ...]:
        settings = self.settings
        folder = settings.knowledge_dir
        others = [
            settings.desk_file,
            settings.scenarios_file.with_name("facts.yaml"),
            *sorted(folder.rglob("*")),
        ]
        found = [
            (str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for path in others if path.is_file()
        ]
        return (*printed(settings.scenarios_file), *found)
