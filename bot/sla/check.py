"""Checks desk.yaml as a whole: unknown names, unreachable rules, chains without a recipient."""

import pathlib
import sys
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from bot.keys import TeamChat
from bot.sla import zones
from bot.sla.calendar import Spec
from bot.sla.calendars import read_calendars
from bot.sla.chains import chain_of
from bot.sla.deskfile import (
    CategorySpec,
    ChainSpec,
    DeskFile,
    Duty,
    Ola,
    PriorityMatrix,
    QuietHours,
    Rule,
    RuleConditions,
)
from bot.sla.faults import DeskFaults
from bot.sla.lint import classes, coverage, replies
from bot.sla.lint.instructions import check_instructions
from bot.sla.names import Renamed, Section
from bot.sla.policy import BREACH, KINDS, Desk, desk_of
from bot.yamlfiles.complaint import Complaint, each_once
from bot.yamlfiles.document import Document, Path
from bot.yamlfiles.files import text_of, text_or_exit
from bot.yamlfiles.fitting import fit
from bot.yamlfiles.reading import nearest, read
from bot.yamlfiles.showing import show

Part = TypeVar("Part", bound=BaseModel)

WARNED_DAYS = 90
TYPES = ("incident", "request")
SERIES = tuple(kind for kind in KINDS if kind != "update")
"""The clocks of which a rule needs at least one; each is due no later than the next."""
SECTIONS = {"priority": "priorities", "type": "type", "category": "categories", "team": "teams"}
"""Where the values of a `when` are described."""


def load_desk(
    name: str, text: str, articles: Mapping[str, str] | None = None
) -> tuple[Desk | None, list[Complaint]]:
    """The desk of a file called `name`, or None; and all its faults.

    `articles` maps each article to its audience ("employee", "engineer"); without it, instructions are not checked.
    """
    reading = read(name, text)
    document = reading.document
    if document is None or not isinstance(document.data, dict):
        more = [] if document is None else [Complaint("E326", name, document.mark(()))]
        return None, [*reading.complaints, *more]
    specs, about_calendars = read_calendars(document)
    file, about_rest = fit(DeskFile, document)
    complaints = [*reading.complaints, *about_calendars, *about_rest]
    complaints += check(document, file, specs) if file is not None else check_parts(document)
    complaints += check_instructions(document, file, articles) if file is not None else []
    complaints = each_once(complaints)
    if file is None or any(not complaint.is_warning for complaint in complaints):
        return None, complaints
    return desk_of(file, specs), complaints


def desk_or_exit(file: pathlib.Path, language: str) -> Desk:
    """The desk of a file; with faults, prints them to standard error and exits with code 2."""
    name, text = str(file), text_or_exit(file, language)
    desk, complaints = load_desk(name, text)
    if desk is None:
        errors = [complaint for complaint in complaints if not complaint.is_warning]
        print(show(errors, {name: text}, language), file=sys.stderr)
        raise SystemExit(2)
    return desk


def desk_if_good(file: pathlib.Path) -> Desk | None:
    """The desk as the file is now; None with a fault, which `firstline check` names."""
    text = text_of(file, file.name)
    return None if isinstance(text, Complaint) else load_desk(file.name, text)[0]


def names_in(name: str, text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The teams and categories that a file names, be it as former ones, whatever else is wrong with it; empty for none."""
    document = read(name, text).document
    if document is None:
        return frozenset(), frozenset()
    faults = DeskFaults(document)
    teams, categories = (
        frozenset([*_names(faults, section), *_names(faults, "renamed", section)])
        for section in ("teams", "categories")
    )
    return teams, categories


def horizon(name: str, text: str, now: int) -> list[Complaint]:
    """Warnings about calendars that end within 90 days of `now` (UTC seconds): the next year has to be added in time."""
    document, specs = _calendars_in(name, text)
    if document is None:
        return []
    faults = DeskFaults(document)
    for spec in specs.values():
        left = spec.last.toordinal() - zones.local(now, ZoneInfo(spec.tz)).date().toordinal()
        if left < WARNED_DAYS:
            path: Path = ("calendars", spec.name)
            faults.add("W313", path, "key", name=spec.name, last=spec.last, days=max(0, left))
    return faults.in_order()


@lru_cache(maxsize=1)  # the bot checks every hour, and the file rarely changes
def _calendars_in(name: str, text: str) -> tuple[Document | None, Mapping[str, Spec]]:
    document = read(name, text).document
    if document is None or not isinstance(document.data, dict):
        return None, {}
    return document, read_calendars(document)[0]


def check(document: Document, file: DeskFile, specs: Mapping[str, Spec]) -> list[Complaint]:
    """Faults of a file that fits its models."""
    faults = DeskFaults(document)
    _categories(faults, file)
    _matrix(faults, file)
    _rules(faults, file, dict(enumerate(file.rules)), len(file.rules) - 1)
    sound = _chains(faults, file)
    _ola(faults, file)
    _quiet_and_duty(faults, file)
    _telling(faults, file)
    _renamed(faults, file)
    classes.judge(faults, file)
    replies.judge(faults, file)
    if not faults.found and all(name in specs for rule in file.rules for name in rule.calendar.values()):
        desk = desk_of(file, specs)
        _targets(faults, desk)
        classes.compare(faults, desk)
        coverage.hours(faults, desk)
        if all(name in specs for name in _calendars_of_teams(file)):
            coverage.fits(faults, desk)
    if sound:
        _silence(faults, file)
        coverage.chains(faults, file)
    return faults.in_order()


def check_parts(document: Document) -> list[Complaint]:
    """Unknown names in those parts of a broken file that fit by themselves, so that one fault does not hide another."""
    faults = DeskFaults(document)
    rules = _sound(document, "rules", Rule)
    nothing = PriorityMatrix.model_construct(priorities=(), impact=(), urgency=(), table={}, overrides=())
    parts: dict[str, Any] = {
        "categories": _sound(document, "categories", CategorySpec),
        "priority_matrix": _part(document, "priority_matrix", PriorityMatrix) or nothing,
        "clocks": dict.fromkeys(_names(faults, "clocks")),
        "chains": _sound(document, "chains", ChainSpec),
        "ola": _part(document, "ola", Ola),
        "quiet_hours": _part(document, "quiet_hours", QuietHours),
        "duty": _sound(document, "duty", Duty),
        "renamed": _part(document, "renamed", Renamed) or Renamed(),
    }
    file = DeskFile.model_construct(None, **parts)
    _categories(faults, file)
    _matrix(faults, file)
    _rules(faults, file, rules, len(document.data.get("rules") or ()) - 1)
    _chains(faults, file)
    _ola(faults, file)
    _quiet_and_duty(faults, file)
    _renamed(faults, file)
    return faults.in_order()


def _sound(document: Document, section: str, model: type[Part]) -> dict[Any, Part]:
    """The members of a section that fit by themselves."""
    members = document.data.get(section)
    keys = members if isinstance(members, dict) else range(len(members)) if isinstance(members, list) else ()
    fitted = ((key, fit(model, document, (section, key))[0]) for key in keys)
    return {key: found for key, found in fitted if found is not None}


def _part(document: Document, section: str, model: type[Part]) -> Part | None:
    return fit(model, document, (section,))[0] if section in document.data else None


def _names(faults: DeskFaults, *path: str) -> list[str]:
    """What a section names, be its members sound or not."""
    found = faults.at(path)
    return list(found) if isinstance(found, dict) else []


def _known(faults: DeskFaults, path: Path, written: str, known: Iterable[str], what: str) -> bool:
    """Complain unless `written` is one of the known names of this sort. With no names at all, that is the complaint."""
    known = list(known)
    if written in known or not known:
        return True
    faults.add("E330", path, "value", nearest(written, known), what=what, written=written, known=known)
    return False


def _categories(faults: DeskFaults, file: DeskFile) -> None:
    for name, category in file.categories.items():
        _known(faults, ("categories", name, "team"), category.team, _names(faults, "teams"), "teams")


def _matrix(faults: DeskFaults, file: DeskFile) -> None:
    matrix, path = file.priority_matrix, ("priority_matrix",)
    for impact, row in matrix.table.items():
        _known(faults, (*path, "table", impact), impact, matrix.impact, "impact")
        for urgency, priority in row.items():
            cell = (*path, "table", impact, urgency)
            _known(faults, cell, urgency, matrix.urgency, "urgency")
            _known(faults, cell, priority, matrix.priorities, "priorities")
    for impact in matrix.impact:
        for urgency in matrix.urgency:
            if urgency not in matrix.table.get(impact, {}):
                faults.add("E331", (*path, "table"), "key", impact=impact, urgency=urgency)
    for place, override in enumerate(matrix.overrides):
        here: Path = (*path, "overrides", place)
        if override.at_least is not None:
            _known(faults, (*here, "at_least"), override.at_least, matrix.priorities, "priorities")
        if (override.at_least is None) == (override.up is None):
            faults.add("E375", here)
        _when(faults, (*here, "when"), override.when, file)


def _when(faults: DeskFaults, path: Path, when: RuleConditions, file: DeskFile) -> None:
    choices: dict[str, Iterable[str]] = {
        "priority": file.priority_matrix.priorities,
        "type": TYPES,
        "category": _names(faults, "categories"),
        "team": _names(faults, "teams"),
    }
    for field, known in choices.items():
        for written in getattr(when, field) or ():
            _known(faults, (*path, field), written, known, SECTIONS[field])


def _rules(faults: DeskFaults, file: DeskFile, rules: Mapping[int, Rule], last: int) -> None:
    ids: set[str] = set()
    for place, rule in rules.items():
        path = ("rules", place)
        if rule.id in ids:
            faults.add("E332", (*path, "id"), written=rule.id)
        ids.add(rule.id)
        if (rule.when is None) != (place == last):
            faults.add("E333" if place == last else "E334", (*path, "id"), written=rule.id)
        if rule.when is not None:
            _when(faults, (*path, "when"), rule.when, file)
        _calendars_of_rule(faults, (*path, "calendar"), rule)
        _known(faults, (*path, "chain"), rule.chain, _names(faults, "chains"), "chains")
        if not any(map(rule.targets.of, SERIES)):
            faults.add("E345", (*path, "targets"), "key")
        for kind in KINDS:
            if rule.targets.of(kind) is not None and file.clocks and kind not in file.clocks:
                faults.add("E335", (*path, "targets", kind), "key", kind=kind)


def _calendars_of_rule(faults: DeskFaults, path: Path, rule: Rule) -> None:
    one_for_all = isinstance(faults.at(path), str)
    for kind, name in rule.calendar.items():
        here = path if one_for_all else (*path, kind)
        _known(faults, here, name, _names(faults, "calendars"), "calendars")
    if "default" not in rule.calendar:
        faults.add("E374", path, "key")


def _chains(faults: DeskFaults, file: DeskFile) -> bool:
    """Whether every `extends` refers to a chain and has no cycle."""
    sound = True
    for name, chain in file.chains.items():
        if chain.extends is not None:
            path = ("chains", name, "extends")
            sound &= _known(faults, path, chain.extends, _names(faults, "chains"), "chains")
            if _loops(name, file):
                faults.add("E336", path, written=chain.extends)
                sound = False
        if chain.functional is not None:
            place: Path = ("chains", name, "functional", "to_team")
            _known(faults, place, chain.functional.to_team, _names(faults, "teams"), "teams")
        marks = [threshold.at for threshold in chain.thresholds or ()]
        for number, at in enumerate(marks):
            if number and at <= marks[number - 1]:
                faults.add("E337", ("chains", name, "thresholds", number, "at"), written=at)
    return sound


def _loops(name: str, file: DeskFile) -> bool:
    seen, here = {name}, file.chains[name].extends
    while here is not None and here in file.chains:
        if here in seen:
            return True
        seen.add(here)
        here = file.chains[here].extends
    return False


def _ola(faults: DeskFaults, file: DeskFile) -> None:
    if file.ola is None:
        return
    path: Path = ("ola",)
    _known(faults, (*path, "chain"), file.ola.chain, _names(faults, "chains"), "chains")
    _by_priority(faults, (*path, "reserve"), file.ola.reserve, file)
    for name, team in file.ola.teams.items():
        here: Path = (*path, "teams", name)
        if name != "default":
            _known(faults, here, name, _names(faults, "teams"), "teams")
        for priority, calendar in team.calendar.items():
            place = (*here, "calendar", priority)
            _known(faults, place, calendar, _names(faults, "calendars"), "calendars")
        _by_priority(faults, (*here, "calendar"), team.calendar, file)
        _by_priority(faults, (*here, "resolve"), team.resolve, file)


def _quiet_and_duty(faults: DeskFaults, file: DeskFile) -> None:
    for team in file.duty:
        _known(faults, ("duty", team), team, _names(faults, "teams"), "teams")
    if file.quiet_hours is not None:
        path: Path = ("quiet_hours",)
        calendars = _names(faults, "calendars")
        _known(faults, (*path, "calendar"), file.quiet_hours.calendar, calendars, "calendars")
        _bypass(faults, path, file, file.quiet_hours.bypass)


def _telling(faults: DeskFaults, file: DeskFile) -> None:
    chats = ("supervisors", "bot-admins", *(TeamChat(team) for team in file.teams))
    _known(faults, ("no_recipient",), file.no_recipient, chats, "chats")
    _bypass(faults, ("notify",), file, file.notify.bypass)


def _renamed(faults: DeskFaults, file: DeskFile) -> None:
    """A former name has gone, and leads in one step to one that is there."""
    matrix = file.priority_matrix
    known: Mapping[Section, Collection[str]] = {
        Section.CATEGORIES: _names(faults, "categories"),
        Section.TEAMS: _names(faults, "teams"),
        Section.PRIORITIES: matrix.priorities,
        Section.IMPACT: matrix.impact,
        Section.URGENCY: matrix.urgency,
    }
    for section, names in known.items():
        renamed = file.renamed.of(section)
        for former, today in renamed.items():
            path = ("renamed", section.value, former)
            if former in names:
                faults.add("E359", path, "key", written=former, section=section.value)
            elif today in renamed:
                faults.add("E360", path, written=today, today=renamed[today])
            else:
                _known(faults, path, today, names, section.value)


def _bypass(faults: DeskFaults, path: Path, file: DeskFile, written: Iterable[str]) -> None:
    known = file.priority_matrix.priorities and (*file.priority_matrix.priorities, *file.categories)
    for number, name in enumerate(written):
        _known(faults, (*path, "bypass", number), name, known, "priorities, categories")


def _calendars_of_teams(file: DeskFile) -> set[str]:
    teams = file.ola.teams.values() if file.ola else ()
    return {calendar for team in teams for calendar in team.calendar.values()}


def _by_priority(faults: DeskFaults, path: Path, written: Mapping[str, str], file: DeskFile) -> None:
    for priority in written:
        known = file.priority_matrix.priorities and (
            "default",
            *file.priority_matrix.priorities,
            *file.categories,
        )
        _known(faults, (*path, priority), priority, known, "priorities, categories")
    if "default" not in written:
        faults.add("E339", path, "key")


def _silence(faults: DeskFaults, file: DeskFile) -> None:
    for name in file.chains:
        chain = chain_of(name, file.chains)
        if not any(threshold.at == BREACH for threshold in chain.thresholds):
            faults.add("E338", ("chains", name), "key", written=name)
        if chain.every is None:
            faults.add("W310", ("chains", name), "key", written=name)


def _targets(faults: DeskFaults, desk: Desk) -> None:
    for place, rule in enumerate(desk.file.rules):
        targets = desk.targets(rule)
        for sooner, later in pairwise(kind for kind in SERIES if kind in targets):
            same = rule.calendar_of(sooner) == rule.calendar_of(later)  # else the hours alone say nothing
            if same and targets[sooner] > targets[later]:
                faults.add("W311", ("rules", place, "targets", sooner), "key", sooner=sooner, later=later)
