"""Every refusal of the sandbox; the table is `refusals.yaml`, with the source of each."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from sandbox.core.facts import Loader


@dataclass(frozen=True, slots=True)
class Refusal:
    code: int
    words: str
    source: str


class ApiError(Exception):
    """A refusal of the Bot API."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}

FILE = files(__package__) / "refusals.yaml"
REFUSALS: dict[str, Refusal] = {
    name: Refusal(**told) for name, told in yaml.load(FILE.read_text("utf-8"), Loader=Loader).items()
}


def spell(code: int, words: str) -> str:
    """The description in the official server's form (S Client.cpp:71-205)."""
    prefix = PREFIXES.get(code)
    if not words:
        return prefix or str(code)
    if prefix is None:
        return words
    raw = len(words) >= 2 and (words[1] == "_" or words[1].isupper())
    return f"{prefix}: {words if raw else words[0].lower() + words[1:]}"


def refuse(name: str, **facts: Any) -> ApiError:
    """The exception for a refusal of the table, its text filled with `facts`."""
    refusal = REFUSALS[name]
    words = refusal.words.format(**facts) if facts else refusal.words
    parameters = None
    if name == "flood":
        parameters = {"retry_after": int(facts["seconds"])}
    return ApiError(refusal.code, spell(refusal.code, words), parameters)


def upgraded(new_chat: int) -> ApiError:
    """A call to a basic group that has become a supergroup: carries the new id."""
    refusal = REFUSALS["upgraded"]
    return ApiError(refusal.code, spell(refusal.code, refusal.words), {"migrate_to_chat_id": new_chat})
