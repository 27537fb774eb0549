"""A file and the files of the folder beside it as one text, so that they are kept, compared and put back as one.

`scenarios.yaml` may have a folder `scenarios/`. A bundle is the text of the entry and then of every file of that
folder, each after a line that names it. An entry without a folder is its own text, unchanged.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath

from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Mark
from bot.yamlfiles.files import text_of
from bot.yamlfiles.showing import show

TAKEN = (".yaml", ".yml", ".txt")
_HEAD = "#@file "
_SPLIT = re.compile(rf"^{_HEAD}(.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its name as complaints show it, its text, and the line of the bundle that its first line is."""

    name: str
    text: str
    first_line: int


def joined(entry: str, files: Mapping[str, str]) -> str:
    """The bundle of an entry and its files (by their path inside the folder)."""
    if not files:
        return entry
    texts = [_ended(entry), *(f"{_HEAD}{name}\n{_ended(files[name])}" for name in sorted(files))]
    return "".join(texts)


def parts(name: str, bundle: str) -> tuple[Part, ...]:
    """The entry and its files. `name` is what complaints call the entry."""
    pieces = _SPLIT.split(bundle)
    found = [Part(name, pieces[0], 1)]
    line = 1 + pieces[0].count("\n")
    for inner, text in zip(pieces[1::2], pieces[2::2], strict=True):
        found.append(Part(str(folder_of(PurePosixPath(name)) / inner), text, line + 1))
        line += 1 + text.count("\n")
    return tuple(found)


def texts(name: str, bundle: str) -> dict[str, str]:
    """The text of every part by its name, to show complaints with."""
    return {part.name: part.text for part in parts(name, bundle)}


def placed(complaints: Iterable[Complaint], name: str, bundle: str) -> list[Complaint]:
    """Complaints about the bundle's lines as complaints about the lines of its files."""
    if _HEAD not in bundle:
        return list(complaints)
    found = parts(name, bundle)
    return [_placed(complaint, found) if complaint.file == name else complaint for complaint in complaints]


def folder_of(entry: PurePath) -> PurePath:
    """The folder whose files belong to an entry: `scenarios/` beside `scenarios.yaml`."""
    return entry.parent / entry.stem


def files_of(entry: Path) -> list[Path]:
    """The files of an entry's folder that count, in order: no hidden ones, no copies that editors leave."""
    folder = Path(folder_of(entry))
    found = (path for path in folder.rglob("*") if path.suffix in TAKEN and path.is_file())
    inside = ((path, path.relative_to(folder).parts) for path in found)
    return sorted(
        path for path, names in inside if not any(part.startswith((".", "~", "#")) for part in names)
    )


def gathered(
    entry: Path, name: str | None = None, read: Callable[[Path, str | None], str | Complaint] = text_of
) -> str | Complaint:
    """The bundle on disk, or E102 for the first file that cannot be read; `name` is what it calls the entry."""
    text = read(entry, name)
    if isinstance(text, Complaint):
        return text
    files = {}
    for path in files_of(entry):
        inner = path.relative_to(folder_of(entry)).as_posix()
        said = read(path, f"{folder_of(entry).name}/{inner}")
        if isinstance(said, Complaint):
            return said
        files[inner] = said
    return joined(text, files)


def gathered_or_exit(entry: Path, language: str) -> str:
    """The bundle; or E102 on standard error and the end of the command with code 2."""
    text = gathered(entry)
    if isinstance(text, Complaint):
        print(show([text], {}, language), file=sys.stderr)
        raise SystemExit(2)
    return text


def printed(entry: Path) -> tuple[tuple[str, int, int], ...]:
    """The time of the last change (nanoseconds) and the size of the entry and of each of its files."""
    found = []
    for path in (entry, *files_of(entry)):
        with suppress(OSError):  # deleted meanwhile
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def put_back(entry: Path, bundle: str) -> Path:
    """Write a bundle over the files; what they hold goes beside them under `.before`. Returns the entry's copy.

    Raises OSError; also for a part that would lie outside the folder, before anything is touched.
    """
    whole, *files = parts(entry.name, bundle)
    inside = Path(folder_of(entry)).resolve()
    for part in files:
        if not (entry.parent / part.name).resolve().is_relative_to(inside):
            raise PermissionError(part.name)
    kept = entry.with_suffix(entry.suffix + ".before")
    if entry.is_file():
        kept.write_bytes(entry.read_bytes())
    for path in files_of(entry):
        path.replace(path.with_suffix(path.suffix + ".before"))
    for part in files:
        path = entry.parent / part.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(part.text, "utf-8")
    entry.write_text(whole.text, "utf-8")  # last: a bot that looks meanwhile sees the change when it is whole
    return kept


def _placed(complaint: Complaint, found: tuple[Part, ...]) -> Complaint:
    part = _part_at(complaint.mark.line, found)
    mark = Mark(complaint.mark.line - part.first_line + 1, complaint.mark.column)
    facts = complaint.facts
    if isinstance(line := facts.get("line"), int):  # another place that the sentence names
        other = _part_at(line, found)
        here = line - other.first_line + 1
        facts = {**facts, "line": here if other is part else f"{other.name}:{here}"}
    return replace(complaint, file=part.name, mark=mark, facts=facts)


def _part_at(line: int, found: tuple[Part, ...]) -> Part:
    return next(part for part in reversed(found) if part.first_line <= line or part is found[0])


def _ended(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain if plain.endswith("\n") or not plain else plain + "\n"
