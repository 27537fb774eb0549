"""Reloads scenarios: reads, checks and tests a file, and only then replaces the old one; otherwise says why not."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.check.rehearsal import RouteOne, run_tests
from bot.scenarios.check.walk import walk_all
from bot.scenarios.language.program import Program
from bot.scenarios.library.versions import keep_file, kept_files
from bot.storage.unit import Unit
from bot.yamlfiles import Complaint, show, text_of
from bot.yamlfiles.bundle import gathered, printed, texts

RouteOf = Callable[[Program], RouteOne]
"""Where words lead once this program is played: its phrases and tests come together."""

Snapshot = dict[Path, tuple[int, int]]
"""Every file with the time of its last change (nanoseconds) and its size."""

TOLD = 3500  # characters of a refusal in one message


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a check: a program that may be played, or the faults."""

    text: str
    name: str
    program: Program | None
    complaints: list[Complaint]

    def said(self, language: str) -> str:
        """The errors as a compiler prints them, as many as fit a message."""
        return told(self.complaints, texts(self.name, self.text), language)


def told(complaints: Sequence[Complaint], texts: Mapping[str, str], language: str) -> str:
    """The errors among complaints about these texts (by file name), as many as fit a message."""
    errors = [complaint for complaint in complaints if not complaint.is_warning]
    lines = show(errors, texts, language)
    return lines if len(lines) <= TOLD else lines[: lines.rfind("\n", 0, TOLD)] + "\n…"


def judge(name: str, text: str, known: Known, route_of: RouteOf | None = None) -> Verdict:
    """Check a text, play its tests and walk all paths. Takes seconds of processor time for a large file."""
    compiled = compile_scenarios(name, text, known)
    program, document = compiled.program, compiled.document
    if program is None or document is None:
        return Verdict(text, name, None, compiled.complaints)
    found = [
        *compiled.complaints,
        *run_tests(program, document, route_of(program) if route_of else None).complaints,
        *walk_all(program, document).complaints,
    ]
    sound = all(complaint.is_warning for complaint in found)
    return Verdict(text, name, program if sound else None, found)


def accept(unit: Unit[object], program: Program) -> None:
    """Store a file as valid; people in the middle of scenarios finish the versions they began with."""
    keep_file(unit, program)


def last_good(tx: Connection, name: str, known: Known) -> Program | None:
    """The newest stored file that still compiles: used by a start with a broken file."""
    compiled = (compile_scenarios(name, row.source, known).program for row in kept_files(tx))
    return next((program for program in compiled if program is not None), None)


def snapshot(folder: Path) -> Snapshot:
    """A fingerprint of a folder's files; any change of a file changes it."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(OSError):  # deleted meanwhile
            stat = path.stat()
            found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


class Watched:
    """A file, with those of its folder, that is checked for changes. Works with editors, git pull and mounted
    folders alike."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._hash = path, _hash(text)
        self._seen: tuple[tuple[str, int, int], ...] = ()

    def changed(self) -> str | None:
        """The new text, once, when the content has changed since the last check; a missing file is ignored."""
        before = self._hash
        text = self._read(self._seen)
        return None if text is None or self._hash == before else text

    def now(self) -> str | None:
        """The current text; None when the file is missing."""
        return self._read(None)

    def forget(self) -> None:
        """The text read last was not accepted: the next check reports it as a change again."""
        self._seen, self._hash = (), ""

    def expect(self, text: str) -> None:
        """Text that the bot itself is about to write is no change."""
        self._hash = _hash(text)

    def _read(self, but: tuple[tuple[str, int, int], ...] | None) -> str | None:
        seen = printed(self._path)
        if seen == but:
            return None
        text = gathered(self._path, read=_as_it_is)
        if isinstance(text, Complaint):
            return None
        self._seen, self._hash = seen, _hash(text)
        return text


def _as_it_is(path: Path, name: str | None = None) -> str | Complaint:
    """A text that is not UTF-8 is read all the same: its complaint then shows the place."""
    found = text_of(path, name)
    if isinstance(found, str) or not path.is_file():
        return found
    return path.read_text("utf-8-sig", errors="replace")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
