"""facts.yaml: what is true of one company - names, addresses, lead times - for scenarios and articles alike."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Mark
from bot.yamlfiles.files import text_of
from bot.yamlfiles.fitting import Authored, fit
from bot.yamlfiles.reading import nearest, read

FILE = "facts.yaml"  # beside scenarios.yaml and knowledge_base/
LONGEST = 100  # characters of one fact: a title with several must fit a card
USED = re.compile(r"\{\{\s*facts\.(\w+)\s*\}\}")
_SHAPE = re.compile(
    r"(?=.*#)(?=.*[^\W\d_]|.*@)[\w@# /.-]{2,40}"
)  # a number and a letter: a bare number names nothing
_MARKUP = re.compile(r"[*`<>\[\]{}\n]")

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Words = Annotated[str, Field(max_length=LONGEST)]


class NamesRead(Authored):
    """How names look on labels: `#` is a digit, `@` a letter, all else itself."""

    printer: list[str] = Field(default_factory=list)
    computer: list[str] = Field(default_factory=list)
    room: list[str] = Field(default_factory=list)


class FactsFile(Authored):
    """The file: each fact is one text, or one text per language."""

    names: NamesRead = NamesRead()
    facts: dict[Name, Words | Annotated[dict[str, Words], Field(min_length=1)]]


@dataclass(frozen=True)
class Names:
    """How the company's printers, computers and rooms are named."""

    printer: tuple[str, ...] = ()
    computer: tuple[str, ...] = ()
    room: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The facts by name, each by language; the language "" is for every language."""

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Names = Names()
    are_known: bool = True  # False: their file has an error, so no use of a fact is a fault of its own
    _spoken: dict[str, Mapping[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def spoken(self, language: str) -> Mapping[str, str]:
        """Every fact in a language; in the first one it is written in where that is missing."""
        if language not in self._spoken:  # asked for at every step that is drawn
            self._spoken[language] = {name: _in(words, language) for name, words in self.values.items()}
        return self._spoken[language]

    def filled(self, line: str, language: str) -> str:
        """A line of an article with its facts put in; an unknown one stays as it is written."""

        def value(found: re.Match[str]) -> str:
            words = self.values.get(found[1])
            return found[0] if words is None else _in(words, language)

        return USED.sub(value, line)

    def written_column(self, line: str, language: str, column: int) -> int:
        """The author's column for a `column` (from 1) of the filled line; inside a fact, where its use begins."""
        shift = 0
        for use in USED.finditer(line):
            begins, words = use.start() + shift, len(self.filled(use[0], language))
            if column - 1 < begins:
                break
            if column - 1 < begins + words:
                return use.start() + 1
            shift += words - len(use[0])
        return column - shift

    def unknown(self, file: str, line: str, number: int) -> list[Complaint]:
        """A complaint (E464) for each use of a fact that there is not."""
        return [
            Complaint(
                "E464",
                file,
                Mark(number, found.start(1) + 1),
                {"name": found[1], "known": sorted(self.values)},
                nearest(found[1], self.values),
            )
            for found in USED.finditer(line)
            if self.are_known and found[1] not in self.values
        ]


UNKNOWN = Facts(are_known=False)


@dataclass(frozen=True)
class FactsRead:
    """The facts, None when the file has an error; with its complaints and its text."""

    facts: Facts | None
    complaints: list[Complaint]
    text: str
    document: Document | None = None

    def unused(self, used: Collection[str]) -> list[Complaint]:
        """A warning (W462) for each fact that no scenario and no article uses."""
        document = self.document
        if self.facts is None or document is None:
            return []
        return [
            Complaint("W462", document.name, document.mark(("facts", name), of="key"), {"name": name})
            for name in self.facts.values
            if name not in used
        ]


def facts_file(scenarios: Path, knowledge: Path) -> Path:
    """Where the facts are: beside scenarios.yaml or, if it has none beside it, beside the folder of articles."""
    beside = scenarios.parent / FILE
    return beside if beside.is_file() else knowledge.resolve().parent / FILE


def read_facts(file: Path) -> FactsRead:
    """The facts of a file; none where there is no file."""
    if not file.is_file():
        return FactsRead(Facts(), [], "")
    text = text_of(file, file.name)
    if isinstance(text, Complaint):
        return FactsRead(None, [text], "")
    reading = read(file.name, text)
    if reading.document is None:
        return FactsRead(None, list(reading.complaints), text)
    found, misfits = fit(FactsFile, reading.document)
    complaints = [*reading.complaints, *misfits]
    if found is None:
        return FactsRead(None, complaints, text, reading.document)
    values = {name: {"": said} if isinstance(said, str) else said for name, said in found.facts.items()}
    complaints += _faults(reading.document, values)
    shapes = found.names
    complaints += _misshapen(reading.document, shapes)
    names = Names(tuple(shapes.printer), tuple(shapes.computer), tuple(shapes.room))
    sound = all(complaint.is_warning for complaint in complaints)
    return FactsRead(Facts(values, names) if sound else None, complaints, text, reading.document)


def _faults(document: Document, values: Mapping[str, Mapping[str, str]]) -> list[Complaint]:
    complaints = []
    for name, words in values.items():
        for language, said in words.items():
            mark = document.mark(("facts", name, language) if language else ("facts", name))
            if (wrong := _MARKUP.search(said)) is not None:
                facts = {"name": name, "sign": wrong[0].replace("\n", "\\n")}
                complaints.append(Complaint("E462", document.name, mark, facts))
            elif not said.strip():
                complaints.append(Complaint("W461", document.name, mark, {"name": name}))
    return complaints


def _misshapen(document: Document, names: NamesRead) -> list[Complaint]:
    kinds = {"printer": names.printer, "computer": names.computer, "room": names.room}
    return [
        Complaint(
            "E465", document.name, document.mark(("names", kind, place)), {"name": kind, "shape": shape}
        )
        for kind, shapes in kinds.items()
        for place, shape in enumerate(shapes)
        if _SHAPE.fullmatch(shape) is None
    ]


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words.get("") or next(iter(words.values()))
