"""The folder of backups: their names, their checksums, and which of them are kept."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

NAME = re.compile(r"firstline-(\d{8}T\d{6}Z)\.(?:db|dump)")
STAMP = "%Y%m%dT%H%M%SZ"
CHECKSUM = ".sha256"


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup, made at `at` (UTC seconds); its size in bytes."""

    file: Path
    at: int
    size: int


def name(at: int, kind: str) -> str:
    """`kind` is "db" for a SQLite file, "dump" for an archive of pg_dump."""
    return f"firstline-{datetime.fromtimestamp(at, UTC).strftime(STAMP)}.{kind}"


def moment(file: Path) -> int | None:
    """When a backup of this name was made, in UTC seconds; None for a file of another name."""
    named = NAME.fullmatch(file.name)
    return None if named is None else int(datetime.strptime(named[1], STAMP).replace(tzinfo=UTC).timestamp())


def in_folder(folder: Path) -> list[Backup]:
    """The finished backups, oldest first. What is not named like one is left alone."""
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        if (at := moment(file)) is not None:
            found.append(Backup(file, at, file.stat().st_size))
    return sorted(found, key=lambda one: (one.at, one.file.name))


def spare(moments: Iterable[int], days: int, weeks: int) -> set[int]:
    """Which backups (UTC seconds) may go: all but the newest of each of the last `days` days and `weeks` weeks that have
    one. The newest of all always stays."""
    newest_first = sorted(set(moments), reverse=True)
    by_day: dict[date, int] = {}
    by_week: dict[tuple[int, int], int] = {}
    for at in newest_first:
        day = datetime.fromtimestamp(at, UTC).date()
        by_day.setdefault(day, at)
        by_week.setdefault(day.isocalendar()[:2], at)
    kept = {*list(by_day.values())[:days], *list(by_week.values())[:weeks], *newest_first[:1]}
    return set(newest_first) - kept


def rotate(folder: Path, days: int, weeks: int) -> None:
    """Delete the spare backups and their checksums."""
    every = in_folder(folder)
    going = spare((one.at for one in every), days, weeks)
    for one in every:
        if one.at in going:
            one.file.unlink(missing_ok=True)
            _checksum_of(one.file).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Make the folder, and delete what was begun in it and not finished."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("*.part"):
        leftover.unlink()


def finish(part: Path, file: Path) -> int:
    """Give a complete backup its name, once it is on the disk and its checksum too: no file of that name is half one.

    Only the owner may read it, because it holds what the database holds. Returns its size in bytes.
    """
    part.chmod(0o600)
    sync(part)
    checksum = _checksum_of(file)
    checksum.write_text(f"{digest(part)}  {file.name}\n", "utf-8")  # the form that `sha256sum -c` reads
    sync(checksum)
    part.replace(file)
    sync(file.parent)
    return file.stat().st_size


def is_unchanged(file: Path) -> bool:
    """Whether the file is what its checksum says; also True for a file without one."""
    checksum = _checksum_of(file)
    return not checksum.exists() or checksum.read_text("utf-8").split()[:1] == [digest(file)]


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _checksum_of(file: Path) -> Path:
    return file.with_name(file.name + CHECKSUM)


def sync(path: Path) -> None:
    """Write it to the disk: a file's content, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
