"""`.env` and the process's environment: settings, or every fault at its line and column, secrets hidden."""

import io
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv.parser import Binding, parse_stream
from pydantic import ValidationError

from bot.settings import Settings
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Mark
from bot.yamlfiles.files import text_of
from bot.yamlfiles.reading import nearest
from bot.yamlfiles.showing import show

ENVIRONMENT = "environment"  # shown instead of a file for a value from the environment
_CODES = {
    "literal_error": "E505",
    "int_parsing": "E506",
    "greater_than_equal": "E506",
    "less_than_equal": "E506",
}


@dataclass(slots=True)
class EnvironmentRead:
    """Settings or complaints, and the texts to show the complaints with (secrets masked)."""

    settings: Settings | None = None
    complaints: list[Complaint] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def read_settings(file: Path) -> EnvironmentRead:
    """The settings from the environment and `file`; a missing file counts as empty."""
    told = EnvironmentRead()
    text = text_of(file, file.name) if file.exists() else ""
    if isinstance(text, Complaint):
        told.complaints.append(text)
        return told
    lines = _lines(text)
    marks = _marks(lines, file.name, told.complaints)
    given = {
        name: value for name, value in os.environ.items() if name.lower() in Settings.model_fields and value
    }
    for number, (name, value) in enumerate(sorted(given.items()), 1):
        marks[name.lower()] = (ENVIRONMENT, Mark(number, len(name) + 2))
        told.texts[ENVIRONMENT] = told.texts.get(ENVIRONMENT, "") + f"{name}={_masked(name, value)}\n"
    told.texts[file.name] = "".join(_shown(binding) for binding, _, _ in lines)
    try:
        settings = Settings(_env_file=file)
    except ValidationError as error:
        told.complaints += [_complaint(dict(item), marks, file.name) for item in error.errors()]
    else:
        told.settings = None if told.complaints else settings
    return told


def settings_or_exit(file: Path = Path(".env"), language: str = "ru") -> Settings:
    """The settings; with faults, prints them to standard error and exits with code 2."""
    told = read_settings(file)
    if told.settings is None:
        print(show(told.complaints, told.texts, language), file=sys.stderr)
        raise SystemExit(2)
    return told.settings


def _lines(text: str) -> list[tuple[Binding, Mark, Mark]]:
    """dotenv's bindings by line, with the places of names and values."""
    seen = []
    for binding in parse_stream(io.StringIO(text)):
        whole, line = binding.original.string, binding.original.line
        start = whole.find(binding.key) if binding.key else len(whole) - len(whole.lstrip())
        before = whole[:start]
        name = Mark(line + before.count("\n"), start - before.rfind("\n"))
        rest = whole[start + len(binding.key or "") :]
        gap = len(rest) - len(rest.lstrip(" =\"'")) if binding.value is not None else 0
        value = Mark(name.line, name.column + len(binding.key or "") + gap)
        seen.append((binding, name, value))
    return seen


def _marks(
    lines: list[tuple[Binding, Mark, Mark]], file: str, complaints: list[Complaint]
) -> dict[str, tuple[str, Mark]]:
    """The place of each setting's value; complains about lines without effect and repeated names."""
    marks: dict[str, tuple[str, Mark]] = {}
    for binding, name, value in lines:
        key = (binding.key or "").lower()
        if binding.error or (binding.key and binding.value is None):
            complaints.append(Complaint("E507", file, name))
        elif key in marks:
            complaints.append(
                Complaint("E508", file, name, {"name": binding.key, "line": marks[key][1].line})
            )
        elif key:
            marks[key] = (file, value if key in Settings.model_fields else name)
    return marks


def _complaint(item: dict[str, Any], marks: Mapping[str, tuple[str, Mark]], file: str) -> Complaint:
    name, kind = str(item["loc"][0]), str(item["type"])
    facts: dict[str, Any] = {"name": name.upper(), "problem": item["msg"]}
    where, mark = marks.get(name, (file, Mark(1, 1)))
    if kind == "extra_forbidden":
        known = [setting.upper() for setting in Settings.model_fields]
        return Complaint("E504", where, mark, facts, nearest(name.upper(), known))
    facts["allowed"] = str(item.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
    return Complaint(kind if kind[:1] == "E" else _CODES.get(kind, "E509"), where, mark, facts)


def _is_open(name: str) -> bool:
    """Whether a value may be shown: only of a known setting that is no secret. An unknown one may be a token."""
    known = Settings.model_fields.get(name.lower())
    return known is not None and "SecretStr" not in str(known.annotation)


def _masked(name: str, value: str) -> str:
    return value if _is_open(name) else "*" * len(value)


def _shown(binding: Binding) -> str:
    """The line as complaints show it."""
    whole = binding.original.string
    if binding.error or (binding.key and binding.value is None):
        return re.sub(r"\S", " ", whole)
    if not binding.key or _is_open(binding.key):
        return whole
    start = whole.find(binding.key) + len(binding.key)
    return whole[:start] + re.sub(r"[^\s=]", "*", whole[start:])
