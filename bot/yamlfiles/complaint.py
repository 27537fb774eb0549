"""A complaint about a file: a code, a place and facts; the sentences are in each room's complaints.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as Folder
from typing import Any

import yaml

from bot.yamlfiles.document import Mark

ROOMS = Folder(__file__).resolve().parent.parent
_OWN = ROOMS / "yamlfiles" / "complaints.yaml"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault: E... (the file is refused) or W... (a warning); `hint` is the word probably meant."""

    code: str
    file: str
    mark: Mark
    facts: Mapping[str, Any] = field(default_factory=dict)
    hint: str | None = None

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W")


def sentence(complaint: Complaint, language: str) -> str:
    """The complaint as a sentence, with the hint if any."""
    entry = _catalogue().get(complaint.code)
    facts = {name: _worded(value, language) for name, value in complaint.facts.items()}
    said = _fill(_in(entry, language), facts) if entry else f"{complaint.code}: {facts}"
    return said + _fill(frame(language)["maybe"], {"hint": complaint.hint}) if complaint.hint else said


def explain(code: str, language: str) -> str | None:
    """What the code means and how to fix it, or None for an unknown code."""
    entry = _catalogue().get(code.upper())
    return str(_in(entry["explain"], language)).strip() if entry else None


def heading(code: str, language: str) -> str:
    """The sentence of a code, with names in place of facts. Raises KeyError for an unknown code."""
    return _fill(_in(_catalogue()[code.upper()], language), {})


def codes() -> list[str]:
    """Every code of every room, in order."""
    return sorted(_catalogue())


def frame(language: str) -> dict[str, str]:
    """The words around a complaint and inside it: "error", "warning", "there is no such file"."""
    found: dict[str, str] = _in(_file(_OWN)["frame"], language)
    return found


def pair(word: str) -> dict[str, str]:
    """One of those words in every language, as a fact of a complaint."""
    return {language: frame(language)[word] for language in _file(_OWN)["frame"]}


def _in(texts: Mapping[str, Any], language: str) -> Any:
    """Complaints are in Russian and English; other languages get English."""
    return texts.get(language) or texts["en"]


@cache
def _catalogue() -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for file in sorted(ROOMS.glob("*/complaints.yaml")):
        for code, entry in _file(file).items():
            if code != "frame":
                entries[code] = entry
    return entries


@cache
def _file(file: Folder) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(file.read_text("utf-8"), Loader=loader)
    return found


def _worded(value: Any, language: str) -> str:
    """A fact in words: lists become "a, b, c", a {ru:, en:} pair is chosen by language."""
    if isinstance(value, Mapping) and "en" in value:
        return str(_in(value, language))
    if isinstance(value, list | tuple | set | frozenset):
        items = (
            sorted(map(str, value)) if isinstance(value, set | frozenset) else [str(item) for item in value]
        )
        return ", ".join(items)
    return str(value)


class _Facts(dict[str, str]):
    """A missing fact is shown by its name instead of raising."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _fill(template: str, facts: Mapping[str, Any]) -> str:
    return template.format_map(_Facts(facts))


def each_once(complaints: Iterable[Complaint]) -> list[Complaint]:
    """The complaints in order of place, without duplicates."""
    seen: dict[tuple[Mark, str], Complaint] = {}
    for complaint in complaints:
        seen.setdefault((complaint.mark, complaint.code), complaint)
    return sorted(seen.values(), key=lambda complaint: (complaint.mark, complaint.code))
