"""What the rules know about the file and its surroundings, and the complaints so far."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.scenarios.check.flow import Edge, graph_of
from bot.scenarios.language.program import Program
from bot.yamlfiles import Complaint, Document, nearest
from bot.yamlfiles.document import Path
from bot.yamlfiles.facts import Facts

# What is taken for known while desk.yaml cannot be read.
IMPACTS = ("one", "team", "site", "company")
URGENCIES = ("can_wait", "degraded", "blocked")


@dataclass(frozen=True, slots=True)
class Known:
    """Names that exist outside the file; None = not known, not checked."""

    teams: Collection[str] | None = None
    categories: Collection[str] | None = None
    articles: Collection[str] | None = None
    media: Collection[str] | None = None
    checks: Mapping[str, Collection[str]] | Collection[str] | None = None  # with their arguments, if known
    languages: Collection[str] | None = None
    impacts: Collection[str] = IMPACTS
    urgencies: Collection[str] = URGENCIES
    types: Collection[str] = ("incident", "request")
    facts: Facts | None = None


@dataclass(slots=True)
class Bench:
    """One file being checked. `broken` are malformed scenarios: they exist, but have no content."""

    program: Program
    document: Document
    known: Known
    broken: Collection[str] = ()
    complaints: list[Complaint] = field(default_factory=list)
    graphs: dict[str, dict[str, list[Edge]]] = field(default_factory=dict)
    wordings: int = 0
    """How many texts people read."""
    untranslated: dict[str, list[Path]] = field(default_factory=dict)
    """The texts without a translation by language."""

    def __post_init__(self) -> None:
        self.graphs = {id_: graph_of(self.program, item) for id_, item in self.program.scenarios.items()}

    def complain(
        self, code: str, path: Path, of: str = "value", hint: str | None = None, **facts: Any
    ) -> None:
        """Complain about a value or key of the file."""
        mark = self.document.mark(path, of)
        self.complaints.append(Complaint(code, self.document.name, mark, facts, hint))

    def complain_within(
        self, code: str, path: Path, source: str, line: int, near: str, hint: str | None = None, **facts: Any
    ) -> None:
        """Complain about a place inside a text: at `near` in its line, as exactly as the text's style allows."""
        lines = source.split("\n")
        text = lines[line - 1] if line <= len(lines) else ""
        column = max(text.find(near), 0) + 1 if near else 1
        mark = self.document.within(path, line, column)
        self.complaints.append(Complaint(code, self.document.name, mark, facts, hint))

    def unknown(self, code: str, path: Path, name: str, known: Collection[str] | None, **facts: Any) -> None:
        """Complain about a name that is not among the known ones."""
        if known is not None and name not in known:
            self.complain(code, path, hint=nearest(name, known), name=name, known=sorted(known), **facts)
