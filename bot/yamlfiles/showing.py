"""Shows complaints: for people like a compiler, with the line and a caret; for programs as JSON."""

import json
import unicodedata
from collections.abc import Mapping, Sequence

from bot.yamlfiles.complaint import Complaint, frame, sentence

WIDEST = 110  # columns of the shown source line


def show(complaints: Sequence[Complaint], texts: Mapping[str, str], language: str) -> str:
    """Every complaint as `file:line:column: error[E104]: ...`, its line and a caret, in order of place."""
    words = frame(language)
    parts = []
    for complaint in sorted(complaints, key=_order):
        severity = words["warning"] if complaint.is_warning else words["error"]
        line, column = complaint.mark
        head = (
            f"{complaint.file}:{line}:{column}: {severity}[{complaint.code}]: {sentence(complaint, language)}"
        )
        source = _source(texts.get(complaint.file, ""), line)
        parts.append("\n".join([head, *_pointed(source, column)]) if source.strip() else head)
    return "\n".join(parts)


def as_json(complaints: Sequence[Complaint], language: str) -> str:
    """For CI: one JSON object with counts and a list, in order of place."""
    listed = [
        {
            "file": complaint.file,
            "line": complaint.mark.line,
            "column": complaint.mark.column,
            "severity": "warning" if complaint.is_warning else "error",
            "code": complaint.code,
            "message": sentence(complaint, language),
            "hint": complaint.hint,
        }
        for complaint in sorted(complaints, key=_order)
    ]
    errors = sum(item["severity"] == "error" for item in listed)
    found = {"errors": errors, "warnings": len(listed) - errors, "complaints": listed}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _order(complaint: Complaint) -> tuple[str, int, int, str]:
    return (complaint.file, complaint.mark.line, complaint.mark.column, complaint.code)


def _source(text: str, line: int) -> str:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _pointed(source: str, column: int) -> list[str]:
    """The source line, cut around the column when it is long, and a caret under the column."""
    source = source[: column + WIDEST]  # a line may be megabytes long
    source = "".join(
        " " if character == "\t" or not character.isprintable() else character for character in source
    )
    start = max(0, column - WIDEST * 3 // 4) if len(source) > WIDEST else 0
    shown = (
        ("…" if start else "")
        + source[start : start + WIDEST]
        + ("…" if start + WIDEST < len(source) else "")
    )
    before = ("…" if start else "") + source[start : column - 1]
    width = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)
    return [f"  {shown}", f"  {' ' * width}^"]
