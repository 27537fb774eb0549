"""The text of a file people write, or a complaint in their words about why it cannot be read."""

import sys
from pathlib import Path

from bot.yamlfiles.complaint import Complaint, pair
from bot.yamlfiles.document import Mark
from bot.yamlfiles.showing import show

# Error: the words of complaints.yaml for it. What is not here is said as the system says it.
_REASONS = {
    FileNotFoundError: "missing",
    PermissionError: "forbidden",
    IsADirectoryError: "folder",
    UnicodeDecodeError: "encoding",
}


def text_of(file: Path, name: str | None = None) -> str | Complaint:
    """The text without a byte order mark, or E102; `name` is what the complaint calls the file."""
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = _REASONS.get(type(error))
        problem = pair(reason) if reason else getattr(error, "strerror", None) or str(error)
        return Complaint("E102", name or str(file), Mark(1, 1), {"problem": problem})


def text_or_exit(file: Path, language: str) -> str:
    """The text; or E102 on standard error and the end of the command with code 2."""
    text = text_of(file)
    if isinstance(text, Complaint):
        print(show([text], {}, language), file=sys.stderr)
        raise SystemExit(2)
    return text
