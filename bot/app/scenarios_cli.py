"""Commands about scenarios that need nothing but the file: graph, try, schema; and stats, which needs the database."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Concatenate, Literal, ParamSpec, TypeVar

import typer
from sqlalchemy import Connection

from bot import clock
from bot.drawing import NoPicture
from bot.knowledge.articles import load_library
from bot.reports.scenario_stats import scenarios, steps, traffic
from bot.reports.scenario_tables import scenario_lines, step_lines
from bot.scenarios.check.places import places, way_of
from bot.scenarios.check.rehearsal import Rehearsed
from bot.scenarios.check.walk import Walked, uncovered
from bot.scenarios.language.load import load
from bot.scenarios.language.program import Program
from bot.scenarios.language.schema import schema_text
from bot.scenarios.language.split import NotSplit, split
from bot.scenarios.library.graph import Traffic, chart, dot, mermaid, picture
from bot.scenarios.library.versions import kept_files
from bot.scenarios.play.terminal import Terminal, play
from bot.storage import readonly
from bot.texts import speak
from bot.texts.speak import Voice
from bot.yamlfiles import Document, show
from bot.yamlfiles.bundle import (
    files_of,
    folder_of,
    gathered,
    gathered_or_exit,
    joined,
    placed,
    put_back,
    texts,
)
from bot.yamlfiles.environment import settings_or_exit
from bot.yamlfiles.facts import Facts, facts_file, read_facts

P = ParamSpec("P")
T = TypeVar("T")

File = Annotated[Path, typer.Option("--scenarios", "--file", help="The scenarios file.")]
Language = Annotated[str, typer.Option(help="Language of the output: ru or en.")]
OneScenario = Annotated[
    str | None, typer.Argument(help="Id of one scenario, for its steps; by default all scenarios.")
]
Days = Annotated[int, typer.Option(help="Number of days to look back.", min=1)]


def graph(
    scenario: Annotated[str | None, typer.Argument(help="Id of one scenario; by default all.")] = None,
    format: Annotated[
        Literal["mermaid", "dot", "svg"], typer.Option(help="Output format; svg needs Graphviz.")
    ] = "mermaid",
    with_traffic: Annotated[
        bool, typer.Option("--traffic", help="Add how many people went each way; needs the database.")
    ] = False,
    days: Days = 30,
    language: Language = "ru",
    file: File = Path("scenarios.yaml"),
) -> None:
    """Draw scenarios; with --traffic, how many people went each way."""
    program = _program(file, language)
    for id_ in [_known(program, scenario, language)] if scenario else [item.id for item in program.menu]:
        history = _traffic(id_, days) if with_traffic else None
        if format == "mermaid":
            typer.echo(mermaid(program, id_, language, history))
        elif format == "dot":
            typer.echo(dot(program, id_, language, history))
        else:
            typer.echo(_svg(chart(program, id_, language, history), language))


def _svg(source: str, language: str) -> str:
    try:
        return picture(source, "svg").decode()
    except NoPicture:
        typer.echo(speak.voice(language).say("graph.not_drawn"), err=True)
        raise typer.Exit(1) from None


def try_out(
    scenario: Annotated[
        str | None, typer.Argument(help="Id of the scenario; by default it is asked for.")
    ] = None,
    language: Language = "ru",
    file: File = Path("scenarios.yaml"),
    knowledge: Annotated[
        Path, typer.Option("--knowledge", "--knowledge-base", help="The folder of articles.")
    ] = Path("knowledge_base"),
) -> None:
    """Play a scenario in the terminal."""
    facts = read_facts(facts_file(file, knowledge)).facts or Facts()
    program = replace(_program(file, language), facts=facts)
    library, _ = load_library(knowledge, facts)

    def read(article: str) -> str:
        found = library.get(article)
        return found.html(language) if found is not None else article

    if scenario is None:
        for item in program.menu:
            typer.echo(f"{item.id:<20}{program.title(item.id, language)}")
        scenario = typer.prompt(">", prompt_suffix=" ")
    try:
        play(program, _known(program, str(scenario), language), language, Terminal(input, typer.echo, read))
    except (EOFError, KeyboardInterrupt):
        typer.echo("")


def rollback(file: File = Path("scenarios.yaml"), language: Language = "ru") -> None:
    """Restore the previous good version of scenarios.yaml.

    The present file is kept beside it; a running bot loads the restored one without a restart.
    """
    voice = speak.voice(language)
    present = gathered(file)
    kept = [row for row in read_beside(kept_files) if row.source != present]
    if not kept:
        typer.echo(voice.say("rollback.none"), err=True)
        raise typer.Exit(1)
    backup = put_back(file, kept[0].source)
    typer.echo(voice.say("rollback.done", file=file, hash=kept[0].hash[:8], backup=backup))


def split_up(file: File = Path("scenarios.yaml"), language: Language = "ru") -> None:
    """Split scenarios.yaml into a folder of small files.

    A scenario, its tests and its phrases by language become files of the folder scenarios/; what is for all of them
    stays. Remarks are kept, and the program stays the same, so that talks in progress go on. The former file is kept
    beside it.
    """
    voice = speak.voice(language)
    if (there := files_of(file)) != []:
        typer.echo(voice.say("split.there", folder=there[0].parent), err=True)
        raise typer.Exit(2)
    text = gathered_or_exit(file, language)
    try:
        found = split(str(file), text)
    except NotSplit as error:
        typer.echo(voice.say("split.refused", file=file, line=error.line), err=True)
        raise typer.Exit(2) from None
    backup = put_back(file, joined(found.entry, found.files))
    typer.echo(voice.say("split.done", files=len(found.files), folder=folder_of(file), backup=backup))


def schema() -> None:
    """Print the JSON Schema of scenarios.yaml, for editors."""
    typer.echo(schema_text(), nl=False)


def stats(
    scenario: OneScenario = None,
    days: Days = 30,
    language: Language = "ru",
    file: File = Path("scenarios.yaml"),
) -> None:
    """How scenarios were used, or the steps of one of them."""
    program = _program(file, language)
    now = clock.moment(settings_or_exit().clock_url)
    since = now - days * 86400
    if scenario is None:
        lines = scenario_lines(read_beside(scenarios, program, since, now), language)
    else:
        lines = step_lines(read_beside(steps, since, now, _known(program, scenario, language)), language)
    typer.echo("\n".join(lines))


def rehearsal_lines(
    program: Program, document: Document, tested: Rehearsed, walked: Walked, voice: Voice, listed: bool
) -> list[str]:
    """What a rehearsal says at its end: how many tests and ways, and how much of the file they cover."""
    failed = sum(not complaint.is_warning for complaint in tested.complaints)
    ended = voice.say("test.failed" if failed else "test.passed", played=tested.played, failed=failed)
    untested, total = uncovered(program, tested.walked)
    unwalked, _ = uncovered(program, walked.walked)
    lines = [ended] + ([voice.say("test.not_routed", skipped=tested.skipped)] if tested.skipped else [])
    lines.append(voice.say("test.walks", walks=walked.walks, shown=walked.shown))
    covered = {"by_tests": total - len(untested), "by_walks": total - len(unwalked)}
    lines.append(voice.say("test.coverage", total=total, **covered))
    ways = untested if listed else [way for way in unwalked if way not in tested.walked]
    where = places(program, document) if ways else {}
    for id_, key, way in ways:
        step, out = f"{id_}/{key}", way_of(program, id_, key, way, voice)
        lines.append(voice.say("test.uncovered", place=where[step], step=step, way=out))
    return lines + ([voice.say("test.why_uncovered")] if ways else [])


def _program(file: Path, language: str) -> Program:
    text = gathered_or_exit(file, language)
    loaded = load(str(file), text)
    if loaded.program is None:
        complaints = placed(loaded.complaints, str(file), text)
        typer.echo(show(complaints, texts(str(file), text), language), err=True)
        raise typer.Exit(2)
    return loaded.program


def _known(program: Program, scenario: str, language: str) -> str:
    if scenario in program.scenarios:
        return scenario
    voice = speak.voice(language)
    known = ", ".join(program.scenarios)
    typer.echo(voice.say("stats.unknown", name=scenario, known=known), err=True)
    raise typer.Exit(2)


def _traffic(scenario: str, days: int) -> Traffic:
    now = clock.moment(settings_or_exit().clock_url)
    return traffic(read_beside(steps, now - days * 86400, now, scenario), scenario)


def read_beside(query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask the database of the settings beside a bot that may be running."""
    return readonly.read_beside(settings_or_exit().database_url.get_secret_value(), query, *args, **kwargs)
