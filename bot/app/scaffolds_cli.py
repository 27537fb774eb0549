"""`firstline new scenario`, `article`, `team`, `language`: a few questions, then files that pass `firstline check`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.app.files import open_files
from bot.clock import MachineClock
from bot.scenarios.language.scaffolds import NewScenario, article, inline, scenario_files
from bot.settings import Settings
from bot.sla.check import desk_or_exit, load_desk
from bot.texts import beginning, catalogues, speak
from bot.texts.speak import Voice
from bot.yamlfiles import nearest, show, text_or_exit
from bot.yamlfiles.bundle import folder_of, gathered_or_exit
from bot.yamlfiles.environment import settings_or_exit
from bot.yamlfiles.parts import read_scenarios
from bot.yamlfiles.sections import SectionIsElsewhere, added

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
ARTICLE = re.compile(r"(?=.{1,48}\Z)[a-z0-9]+(-[a-z0-9]+)*")
Given = Annotated[list[str] | None, typer.Option("--title", help="ru=... or en=...; may be repeated.")]


def new_scenario(
    name: Annotated[str, typer.Argument(help="Its id, in small Latin letters: coffee_machine.")],
    title: Given = None,
    advice: Annotated[
        list[str] | None, typer.Option(help="What to try first: ru=... or en=...; may be repeated.")
    ] = None,
    phrase: Annotated[
        list[str] | None, typer.Option(help="How people say it: ru=... or en=...; may be repeated.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="A category of desk.yaml.")] = None,
) -> None:
    """Write a scenario with its tests and phrases into the folder scenarios/.

    In a terminal it asks for what is not given. Files that are there are never written over. Exit code 2 when something
    is wrong.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if not NAME.fullmatch(name):
        raise typer.BadParameter(voice.say("new.bad_name", name=name))
    desk = desk_or_exit(settings.desk_file, settings.language)
    titles = _by_language(title) or _asked(voice, "new.ask_title")
    advices = _by_language(advice) or _asked(voice, "new.ask_advice")
    said = _by_language(phrase) or _asked(voice, "new.ask_phrases")
    category = category or _prompt(voice.say("new.ask_category", known=", ".join(desk.categories)))
    if category not in desk.categories:
        near = nearest(category, desk.categories) or ", ".join(desk.categories)
        raise typer.BadParameter(voice.say("new.no_category", name=category, near=near))
    phrases = {language: _parts(words) for language, words in said.items()}
    topic = NewScenario(name, titles, advices, phrases, category, desk.category(category).team)
    folder = Path(folder_of(settings.scenarios_file))
    _write({folder / file: text for file, text in scenario_files(topic).items()}, voice)
    _check(settings, voice)


def new_article(
    name: Annotated[str, typer.Argument(help="Its id: coffee-machine-clean.")],
    scenario: Annotated[str, typer.Option(help="The scenario that shows it.")],
    title: Given = None,
) -> None:
    """Write the frame of an article into knowledge_base/.

    In a terminal it asks for what is not given. A file that is there is never written over. Exit code 2 when something
    is wrong.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if not ARTICLE.fullmatch(name):
        raise typer.BadParameter(voice.say("new.bad_article", name=name))
    file = settings.scenarios_file
    document = read_scenarios(file.name, gathered_or_exit(file, settings.language)).document
    known = document.data.get("scenarios", {}) if document is not None else {}
    if document is not None and scenario not in known:
        near = nearest(scenario, known) or ", ".join(known)
        raise typer.BadParameter(voice.say("new.no_scenario", name=scenario, near=near))
    titles = _by_language(title) or _asked(voice, "new.ask_title")
    text = article(name, titles, scenario, datetime.fromtimestamp(MachineClock().now(), UTC).date())
    _write({settings.knowledge_dir / f"{name}.md": text}, voice)
    _check(settings, voice, "new.article_next")


def new_team(
    name: Annotated[str, typer.Argument(help="Its id, in small Latin letters: security.")],
    title: Given = None,
    category: Annotated[
        str | None, typer.Option(help="A new category whose tickets it gets, by its id; none without it.")
    ] = None,
    no_chat: Annotated[
        bool,
        typer.Option("--no-chat", help="It has no Telegram group: its people are written to in private."),
    ] = False,
) -> None:
    """Put a team, and with --category a category of its own, into desk.yaml.

    In a terminal it asks for what is not given. The other lines of the file stay as they are; nothing is written when
    the file would have a fault. Exit code 2 then.
    """
    settings = settings_or_exit()
    voice, file = speak.voice(settings.language), settings.desk_file
    for one in (name, category):
        if one is not None and not NAME.fullmatch(one):
            raise typer.BadParameter(voice.say("new.bad_name", name=one))
    text = text_or_exit(file, settings.language)
    titles = _by_language(title) or _asked(voice, "new.ask_team")
    if category is None and sys.stdin.isatty():
        category = _prompt(voice.say("new.ask_its_category"), "") or None
    words = inline(titles)
    chat = ", chat: none" if no_chat else ""
    remark = voice.say("new.team_remark" if not no_chat else "new.team_alone", name=name)
    try:
        text = added(text, "teams", [f"{name}: {{title: {words}{chat}}}   # {remark}"])
        if category is not None:
            lines = [
                f"{category}:   # {voice.say('new.category_remark')}",
                f"  title: {words}",
                f"  team: {name}",
            ]
            text = added(text, "categories", lines)
    except SectionIsElsewhere as fault:
        typer.echo(voice.say("new.no_section", file=file, section=fault.args[0]), err=True)
        raise typer.Exit(2) from fault
    _, complaints = load_desk(file.name, text)
    wrong = [one for one in complaints if not one.is_warning]
    if wrong:
        typer.echo(show(wrong, {file.name: text}, settings.language), err=True)
        raise typer.Exit(2)
    file.write_text(text, "utf-8")
    typer.echo(file)
    typer.echo(voice.say("new.team_next" if not no_chat else "new.team_next_alone", name=name), err=True)


def new_language(
    code: Annotated[str, typer.Argument(help="The code of the language: de, kk.")],
) -> None:
    """Write catalogues to translate into the folder texts/ beside desk.yaml.

    What is not translated is read in English. Files that are there are never written over. Exit code 2 when something is
    wrong.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if not catalogues.is_language(code) or code in catalogues.COMPLETE:
        raise typer.BadParameter(voice.say("new.bad_language", code=code))
    folder = settings.desk_file.parent / catalogues.OWN / code
    files = beginning.language_files(code)
    _write({folder / name: text for name, text in files.items()}, voice)
    typer.echo(voice.say("new.language_next", code=code, folder=folder), err=True)


def _by_language(given: list[str] | None) -> dict[str, str]:
    """`ru=...` and `en=...` as texts by language; one language said twice is two lines of it."""
    found: dict[str, str] = {}
    for one in given or ():
        language, sign, words = one.partition("=")
        if not sign or language not in speak.languages() or not words.strip():
            known = ", ".join(f"{code}=..." for code in sorted(speak.languages(), reverse=True))
            raise typer.BadParameter(f"{one!r}: {known}")
        found[language] = f"{found[language]}; {words.strip()}" if language in found else words.strip()
    return found


def _asked(voice: Voice, key: str) -> dict[str, str]:
    """The author's language first, for tickets are written in it; a language left empty gets no text."""
    languages = sorted(speak.languages(), key=lambda language: language != voice.language)
    found: Mapping[str, str] = {
        language: _prompt(voice.say(key, language=language), "" if language != voice.language else None)
        for language in languages
    }
    return {language: words for language, words in found.items() if words}


def _prompt(question: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter(question)
    return str(typer.prompt(question, default=default, show_default=False)).strip()


def _parts(words: str) -> list[str]:
    return [part.strip() for part in words.split(";") if part.strip()]


def _write(files: Mapping[Path, str], voice: Voice) -> None:
    there = [path for path in files if path.exists()]
    if there:
        typer.echo(voice.say("new.there", file=there[0]), err=True)
        raise typer.Exit(2)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        typer.echo(path)


def _check(settings: Settings, voice: Voice, further: str = "new.next") -> None:
    """What `firstline check` says of the files now, and what to do next."""
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    if opened.complaints:
        typer.echo(show(opened.complaints, opened.texts, voice.language), err=True)
    if opened.errors:
        raise typer.Exit(2)
    typer.echo(voice.say(further), err=True)
