"""The files people write - desk.yaml, scenarios.yaml, knowledge_base/ - read and checked against each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.config.config import Config
from bot.knowledge import search
from bot.knowledge.articles import EMPLOYEES, Library, load_library
from bot.knowledge.calibrate import calibrated
from bot.knowledge.company.phrasebook import Learnt, Overlay
from bot.knowledge.company.weighing import NO_WORDS, CompanyWords, weigh
from bot.knowledge.entries import entries_of, phrases_of
from bot.knowledge.index import Entry
from bot.knowledge.route import Router, build
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import IMPACTS, URGENCIES, Known
from bot.scenarios.language.program import Program
from bot.scenarios.library.check_functions import REGISTRY, parameters
from bot.sla.check import load_desk, names_in
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.texts import catalogues, speak
from bot.yamlfiles import Complaint, Document, text_of
from bot.yamlfiles.bundle import gathered, texts
from bot.yamlfiles.facts import FILE, UNKNOWN, Facts, Names, facts_file, read_facts

NAMED = re.compile(r"\bfacts\.(\w+)")


@dataclass(slots=True)
class Opened:
    """What was read, and every complaint about all of it; a part is missing when its file cannot be used."""

    desk: Desk | None = None
    program: Program | None = None
    library: Library | None = None
    facts: Facts | None = None
    document: Document | None = None  # scenarios.yaml with its marks, for what is found out by playing it
    # What the files name, even where they cannot be used: a fault in one file is no reason for others in another.
    teams: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    broken_articles: frozenset[str] = frozenset()
    complaints: list[Complaint] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def router(self) -> Router:
        """The router over the scenarios and articles that were read."""
        assert self.program is not None
        assert self.library is not None
        return router_of(self.program, self.library, Learnt())

    @property
    def errors(self) -> list[Complaint]:
        return [complaint for complaint in self.complaints if not complaint.is_warning]


def router_of(program: Program, library: Library, learnt: Learnt) -> Router:
    """The router over these scenarios and articles; phrases learnt since move its thresholds, too."""
    entries = tuple(entries_of(_scenarios(program), library, learnt.phrases))
    company = weigh(learnt.sayings, entries, learnt.removed) if learnt.sayings else NO_WORDS
    router = _built(entries, company, program.facts.names)
    return calibrated(router) if learnt.phrases else router


@lru_cache(maxsize=1)
def _built(entries: tuple[Entry, ...], company: CompanyWords, names: Names) -> Router:
    """One router for those who judge a file and those who then play it: it takes seconds to train."""
    return build(entries, company=company, names=names)


def said_by(program: Program) -> Overlay:
    """The phrases of the file a program was made from."""
    return phrases_of(_scenarios(program))


def _scenarios(program: Program) -> Mapping[str, Any]:
    """What the router learns from, as the file says it; reading the file again would take 0.2 s of every start."""
    specs = {name: scenario.spec for name, scenario in program.scenarios.items()}
    return {
        name: {"title": spec.title, "phrases": list(spec.phrases), "retire": spec.retire}
        for name, spec in specs.items()
    }


def leads_to(router: Router, text: str) -> str | None:
    """The scenario that words start or are asked about first; None when they lead to the menu or are small talk."""
    return router.leads_to(text)


def open_files(desk: Path, scenarios: Path, knowledge: Path) -> Opened:
    """Read all three; complaints of all of them come at once."""
    opened = Opened()
    speak.look_in(desk.parent / catalogues.OWN)
    read = read_facts(facts_file(scenarios, knowledge))
    opened.facts, opened.texts[FILE] = read.facts, read.text
    opened.complaints += read.complaints
    opened.library, about_articles = load_library(knowledge, read.facts or UNKNOWN)
    written = {path.stem for path in knowledge.glob("*.md")}
    opened.broken_articles = frozenset(written - {article.id for article in opened.library.all()})
    if (text := _text(desk, opened)) is not None:
        said = dict.fromkeys(opened.broken_articles, "engineer") | audiences(opened.library)
        opened.desk, complaints = load_desk(desk.name, text, said)
        opened.teams, opened.categories = names_in(desk.name, text)
        opened.complaints += complaints
    opened.complaints += about_articles
    if (text := _bundle(scenarios, opened)) is not None:
        compiled = compile_scenarios(scenarios.name, text, known_names(opened, knowledge))
        opened.program, opened.document = compiled.program, compiled.document
        opened.complaints += compiled.complaints
        opened.complaints += read.unused(facts_used(text, knowledge))
    for complaint in opened.complaints:
        if complaint.file not in opened.texts and (knowledge / complaint.file).is_file():
            opened.texts[complaint.file] = (knowledge / complaint.file).read_text("utf-8", errors="replace")
    return opened


def facts_used(scenarios: str, knowledge: Path) -> set[str]:
    """The facts that scenarios and articles name."""
    articles = (path.read_text("utf-8", errors="replace") for path in knowledge.glob("*.md"))
    return {name for text in (scenarios, *articles) for name in NAMED.findall(text)}


def audiences(library: Library) -> dict[str, str]:
    """For whom each article is written, by its id."""
    return {article.id: article.front.audience for article in library.all()}


def known_names(opened: Opened, knowledge: Path) -> Known:
    """The names that scenarios may use; None where the file that defines them could not be read."""
    desk, library = opened.desk, opened.library
    inside = knowledge.resolve()
    files = [
        path for path in knowledge.rglob("*") if path.is_file() and path.resolve().is_relative_to(inside)
    ]
    media = {path.relative_to(knowledge).as_posix() for path in files}
    shown = {article.id for article in library.all(EMPLOYEES)} if library else set()
    return Known(
        teams=_nameable(desk, Section.TEAMS, desk.with_chats()) if desk else opened.teams or None,
        categories=_nameable(desk, Section.CATEGORIES) if desk else opened.categories or None,
        articles=opened.broken_articles | shown if library else None,
        media=frozenset(media),
        checks={name: parameters(name) for name in REGISTRY},
        languages=frozenset(catalogues.begun()),
        impacts=_nameable(desk, Section.IMPACT) if desk else IMPACTS,
        urgencies=_nameable(desk, Section.URGENCY) if desk else URGENCIES,
        facts=opened.facts if opened.facts is not None or opened.program is None else opened.program.facts,
    )


def _nameable(desk: Desk, section: Section, names: Collection[str] | None = None) -> frozenset[str]:
    """The names of a section, or those given of it, and what they were called before: one file changes before the other."""
    names = desk.names(section) if names is None else names
    former = (name for name, today in desk.file.renamed.of(section).items() if today in names)
    return frozenset([*names, *former])


def _bundle(path: Path, opened: Opened) -> str | None:
    text = gathered(path)
    if isinstance(text, Complaint):
        opened.complaints.append(text)
        return None
    opened.texts |= texts(path.name, text)
    return text


def _text(path: Path, opened: Opened) -> str | None:
    text = text_of(path)
    if isinstance(text, Complaint):
        opened.complaints.append(text)
        return None
    opened.texts[path.name] = text
    return text


def warm(config: Config) -> None:
    """Build what takes seconds and would otherwise be built for the first person who searches or writes."""
    search.warm(config.library)
    config.router.warm()
