"""`firstline split`: one scenarios.yaml as a folder of small files, with its remarks, and proof that nothing changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from bot.errors import FirstlineError
from bot.scenarios.language.load import load
from bot.scenarios.language.program import Program
from bot.texts import speak
from bot.yamlfiles.bundle import joined
from bot.yamlfiles.document import Document, Path

Part = TypeVar("Part", str, int)
ROUTES = "menu"  # tests of words that lead to the menu
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SCHEMA = re.compile(r"(# yaml-language-server: \$schema=)\./(.+)")
_ITEM = re.compile(r"\s*-\s")


class NotSplit(FirstlineError):
    """The file cannot be split: it has faults, or is not written in blocks. `line` is where, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


@dataclass(frozen=True)
class Split:
    """The entry that is left and the files of its folder, by their names."""

    entry: str
    files: Mapping[str, str]


def split(name: str, text: str) -> Split:
    """The files that say together what one says. Raises NotSplit; a program that would differ is never returned."""
    before = load(name, text)
    if before.program is None or before.document is None:
        raise NotSplit(before.complaints[0].mark.line if before.complaints else 1)
    found = _Cutter(before.document, before.program).cut()
    after = load(name, joined(found.entry, found.files)).program
    if after is None or not _same(before.program, after):
        raise NotSplit(1)
    return found


def _same(before: Program, after: Program) -> bool:
    """Whether running talks go on: equal versions, phrases and tests."""
    if before.scenarios.keys() != after.scenarios.keys() or _shown(before) != _shown(after):
        return False
    pairs = [(before.scenarios[id_], after.scenarios[id_]) for id_ in before.scenarios]
    specs = all(
        one.hash == two.hash and sorted(one.spec.phrases) == sorted(two.spec.phrases) for one, two in pairs
    )
    return specs and sorted(map(str, before.tests)) == sorted(map(str, after.tests))


def _shown(program: Program) -> list[str]:
    return [scenario.id for scenario in program.scenarios.values() if not scenario.is_part]


class _Cutter:
    """Cuts a file along the lines of its scenarios, tests and phrases."""

    def __init__(self, document: Document, program: Program) -> None:
        self.document, self.program = document, program
        self.lines = document.text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.files: dict[str, str] = {}
        self.taken: set[int] = set()  # indices of lines that have left the entry

    def cut(self) -> Split:
        scenarios = self._blocks(("scenarios",), list(self.document.data["scenarios"]))
        for id_, (start, end) in scenarios:
            body = self._body(str(id_), start, end)
            self.files[f"{id_}.yaml"] = "\n".join([*self._schema(), "scenarios:", *body, ""])
        tests = self._tests()
        for id_, lines in tests.items():
            self.files[f"{id_}.tests.yaml"] = "\n".join([*self._schema(), "tests:", *lines, ""])
        left = [line for number, line in enumerate(self.lines) if number not in self.taken]
        return Split("\n".join([*_trimmed(left), "", *self._menu(), ""]), self.files)

    def _menu(self) -> list[str]:
        """The order that scenarios had in the one file, for a folder has none."""
        remark = speak.voice(self.program.defaults.language).say("split.menu")
        return ["menu:" + f"   # {remark}", *(f"  - {id_}" for id_ in _shown(self.program))]

    def _schema(self) -> list[str]:
        """The line by which editors find the schema, as it reads from inside the folder."""
        return [found.expand(r"\1../\2") for found in [_SCHEMA.match(self.lines[0])] if found is not None]

    def _blocks(self, path: Path, parts: list[Part]) -> list[tuple[Part, tuple[int, int]]]:
        """The lines (from, to) of each entry of a mapping or list, with the remarks before it; the heading leaves, too."""
        heading = self._line(path)
        starts: list[int] = [self._with_remarks(self._line((*path, part)), heading + 1) for part in parts]
        if any(one >= two for one, two in pairwise(starts)):
            raise NotSplit(starts[0] + 1)  # two on one line
        end = self._end(path)
        self.taken |= set(range(heading, end))
        return list(zip(parts, zip(starts, [*starts[1:], end], strict=True), strict=True))

    def _line(self, path: Path) -> int:
        return self.document.mark(path, "key").line - 1

    def _with_remarks(self, line: int, first: int) -> int:
        while line > first and self.lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return line

    def _end(self, path: Path) -> int:
        """The line after a section: where the next heading begins, or the end of the file."""
        start = self._line(path)
        later = [self._line((key,)) for key in self.document.data if self._line((key,)) > start]
        return self._with_remarks(min(later), start) if later else len(self.lines)

    def _body(self, id_: str, start: int, end: int) -> list[str]:
        """The lines of a scenario without its phrases, which become files."""
        path = ("scenarios", id_, "phrases")
        if not self.document.has(path) or not self.document.data["scenarios"][id_]["phrases"]:
            return _trimmed(self.lines[start:end])
        first = self._line(path)
        others = [self._line(("scenarios", id_, key)) for key in self.document.data["scenarios"][id_]]
        after = min((line for line in others if line > first), default=end)
        after = self._with_remarks(after, first + 1)
        self._phrases(id_, first, after)
        return _trimmed([*self.lines[start:first], *self.lines[after:end]])

    def _phrases(self, id_: str, first: int, after: int) -> None:
        said = self.document.data["scenarios"][id_]["phrases"]
        at = {
            self.document.mark(("scenarios", id_, "phrases", number)).line - 1: str(phrase)
            for number, phrase in enumerate(said)
        }
        if len(at) < len(said):  # several on a line: no remark is certain to be of one
            at = dict(enumerate(map(str, said), first))
        for language, lines in _by_language(self._spoken(at, first, after)).items():
            self.files[f"{id_}.{language}.txt"] = "\n".join([*lines, ""])

    def _spoken(self, at: Mapping[int, str], first: int, after: int) -> Iterator[str]:
        """Each phrase, and each remark on a line of its own."""
        for line in range(first, max(after, max(at) + 1)):
            if line in at:
                yield at[line]
            elif line < after and self.lines[line].lstrip().startswith("#"):
                yield self.lines[line].strip()

    def _tests(self) -> dict[str, list[str]]:
        cases = self.document.data.get("tests") or []
        found: dict[str, list[str]] = {}
        if not cases:
            return found
        for number, (start, end) in self._blocks(("tests",), list(range(len(cases)))):
            if not any(_ITEM.match(line) for line in self.lines[start:end]):
                raise NotSplit(start + 1)
            case = cases[number]
            about = case.get("scenario") or case.get("to") or ROUTES
            found.setdefault(about, []).extend(_trimmed(self.lines[start:end]))
        return found


def _by_language(lines: Iterator[str]) -> dict[str, list[str]]:
    """Phrases by the script they are written in; a remark goes with the phrase after it."""
    found: dict[str, list[str]] = {}
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if not line.startswith("#"):
            found.setdefault("ru" if _CYRILLIC.search(line) else "en", []).extend(waiting)
            waiting = []
    return found


def _trimmed(lines: list[str]) -> list[str]:
    """Without the blank lines at the end."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines
