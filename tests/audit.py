"""The pinned packages against known vulnerabilities: `make audit`, and a step of `make check`.

An advisory service is asked. Where it cannot be reached, deploy/audit.json is read, which is what the last audit heard; the
step then says since when nothing was audited, and never that all is well. `make audit ARGS=--write` notes what was heard.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "deploy/audit.json"
LOCKS = ("requirements.lock", "requirements-dev.lock")
SERVICE = "https://api.osv.dev/v1/querybatch"
WAIT = 10.0  # real seconds for its answer
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)
BASE = re.compile(r"^ARG BASE=(\S+)", re.MULTILINE)
WRITE = "--write"


class OutOfReach(Exception):
    """The service did not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was audited, and when (a day as ISO writes it; None: never).

    `pins` are the versions that were asked about, `found` the ids of advisories about them, `accepted` says of an id why it
    does no harm here. `base` is the image whose digest was compared with its registry on the day `base_on`.
    """

    source: str = ""
    note: str = ""
    audited_on: str | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Sequence[str]] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    base_on: str | None = None


def pinned(*locks: str) -> dict[str, str]:
    """The version of each package in the texts of lock files."""
    return {name: version for lock in locks for name, version in PIN.findall(lock)}


def ask(pins: Mapping[str, str], service: str = SERVICE) -> dict[str, list[str]]:
    """The ids of advisories by package, in one request. Raises OutOfReach."""
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in pins.items()
    ]
    request = Request(
        service, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urlopen(request, timeout=WAIT) as answer:
            results = json.load(answer)["results"]
        found = {
            name: sorted(one["id"] for one in result.get("vulns", ()))
            for name, result in zip(pins, results, strict=True)
        }
    except (URLError, OSError) as error:
        raise OutOfReach(str(getattr(error, "reason", error))) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutOfReach(f"an answer that is none: {error!r}") from error
    return {name: ids for name, ids in found.items() if ids}


def harmful(found: Mapping[str, Sequence[str]], pins: Mapping[str, str], record: Record) -> list[str]:
    """A line for each advisory that is not accepted."""
    return [
        f"{name} {pins[name]}: {one}"
        for name, ids in found.items()
        for one in ids
        if one not in record.accepted
    ]


def stale(pins: Mapping[str, str], record: Record, today: date, why: str) -> Iterator[str]:
    """What is said where no service could be asked."""
    yield f"NOT AUDITED NOW: the advisory service cannot be reached ({why})."
    if record.audited_on is None:
        yield f"No version in the lock files was ever audited. {record.note}".rstrip()
        return
    days = (today - date.fromisoformat(record.audited_on)).days
    known = sum(record.pins.get(name) == version for name, version in pins.items())
    yield (
        f"Not audited since {record.audited_on} ({days} days; {record.source}): {known} of {len(pins)} packages have"
        " the versions of that day, the others were never audited."
    )


def of_image(dockerfile: str, record: Record) -> str:
    """Whether the digest in the Dockerfile is known to be one of the registry's."""
    (base,) = BASE.findall(dockerfile)
    if record.base_on is None or record.base != base:
        return "NOT VERIFIED: the digest of the base image was never compared with its registry (docs/operations.md)."
    return f"The digest of the base image was compared with its registry on {record.base_on}."


def audit(root: Path, today: date, service: str = SERVICE, *, write: bool = False) -> tuple[list[str], int]:
    """What to print, and the exit code: 1 when an advisory that is not accepted names a pinned version."""
    pins = pinned(*((root / lock).read_text("utf-8") for lock in LOCKS))
    file = root / RECORD.relative_to(ROOT)
    record = read(file.read_text("utf-8"))
    try:
        found: Mapping[str, Sequence[str]] = ask(pins, service)
    except OutOfReach as error:
        said = list(stale(pins, record, today, str(error)))
        found = {name: ids for name, ids in record.found.items() if record.pins.get(name) == pins.get(name)}
    else:
        said = [f"Audited now: {len(pins)} packages."]
        if write:
            heard = Record(
                service, "", today.isoformat(), pins, found, record.accepted, record.base, record.base_on
            )
            file.write_text(json.dumps(asdict(heard), indent=2, sort_keys=True) + "\n", "utf-8")
    bad = harmful(found, pins, record)
    said += [f"VULNERABLE: {line}" for line in bad]
    return [*said, of_image((root / "deploy/Dockerfile").read_text("utf-8"), record)], int(bool(bad))


def read(text: str) -> Record:
    given: dict[str, Any] = json.loads(text)
    return Record(**given)


if __name__ == "__main__":
    lines, code = audit(ROOT, datetime.now(UTC).date(), write=WRITE in sys.argv[1:])
    print("\n".join(lines))
    sys.exit(code)
