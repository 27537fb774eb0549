"""Turns the TypeScript declarations of @gramio/types into tests/bot_api/schema.json. Run by hand when the Bot API has grown:

    npm pack @gramio/types && tar xzf gramio-types-*.tgz
    python -m tests.bot_api.declarations package

Reads out/objects.d.ts, out/params.d.ts and out/methods.d.ts, which are generated from the documentation of the Bot API.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
HERE = Path(__file__).parent
TOKEN = re.compile(r'"[^"]*"|[A-Za-z_][\w.]*|-?\d+|\{[^{}]*\}|[|\[\]()]')
PLAIN: dict[str, Schema] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "true": {"const": True},
    "false": {"const": False},
    "Blob": {},  # an uploaded file
}
# What the documentation says in a sentence, and the declarations leave out: a text is also a string, or an array of texts.
ALSO: dict[str, list[Schema]] = {
    "TelegramRichText": [
        {"type": "string"},
        {"type": "array", "items": {"$ref": "#/definitions/TelegramRichText"}},
    ]
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
KEYS = re.compile(r"Exclude<[^>]*>")  # the names of an object's fields
INTERFACE = re.compile(
    r"export interface (\w+) (?:extends [\w., ]+ )?\{(?:\}|\n(.*?)^\})", re.DOTALL | re.MULTILINE
)
ALIAS = re.compile(r"^export type (\w+) =\s*(.*?)(?=^export |\Z)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"^    (\w+)(\?)?:\s*(.*?)(?=^    \w+\??:|\Z)", re.DOTALL | re.MULTILINE)
METHOD = re.compile(r"^    (\w+): (CallAPI\w*)<\s*(.*?)\s*>$", re.DOTALL | re.MULTILINE)


class Words:
    """A type's tokens, read from the left: a union of arrays of names, literals and brackets."""

    def __init__(self, text: str) -> None:
        self._left = TOKEN.findall(text)

    def union(self) -> Schema:
        if self._left[:1] == ["|"]:
            self._left.pop(0)
        members = [self._array()]
        while self._left[:1] == ["|"]:
            self._left.pop(0)
            members.append(self._array())
        return members[0] if len(members) == 1 else {"anyOf": members}

    def _array(self) -> Schema:
        found = self._one()
        while self._left[:2] == ["[", "]"]:
            del self._left[:2]
            found = {"type": "array", "items": found}
        return found

    def _one(self) -> Schema:
        word = self._left.pop(0)
        if word == "(":
            found = self.union()
            assert self._left.pop(0) == ")"
            return found
        if word[0] == '"':
            return {"const": word[1:-1]}
        if word[0] == "{":  # { toString(): string }: a builder of the library, which is a string over HTTP
            return {"type": "string"}
        if word.lstrip("-").isdecimal():
            return {"const": int(word)}
        name = word.rpartition(".")[2]
        return PLAIN.get(name, {"$ref": f"#/definitions/{name}"})


def definitions(text: str) -> Iterator[tuple[str, Schema]]:
    """Every interface and every named union of a file."""
    text = KEYS.sub("string", COMMENT.sub("", text))
    for name, body in INTERFACE.findall(text):
        fields = FIELD.findall(body)
        required = [field for field, optional, _ in fields if not optional]
        yield (
            name,
            {
                "type": "object",
                "properties": {field: Words(kind).union() for field, _, kind in fields},
                **({"required": required} if required else {}),
            },
        )
    for name, kind in ALIAS.findall(text):
        found = Words(kind).union()
        yield name, {"anyOf": [*found["anyOf"], *ALSO[name]]} if name in ALSO else found


def methods(text: str) -> dict[str, Schema]:
    """What each method takes and returns."""
    found = {}
    for name, shape, inside in METHOD.findall(COMMENT.sub("", text)):
        takes, _, returns = inside.rpartition(",") if shape != "CallAPIWithoutParams" else ("", "", inside)
        found[name] = {"returns": Words(returns).union()} | (
            {"params": Words(takes).union()} if takes else {}
        )
    return found


def main(package: Path) -> None:
    about = json.loads((package / "package.json").read_text("utf-8"))
    out = package / "out"
    api = re.search(r"Bot API v([\d.]+) \(([\d.]+)\)", (out / "methods.d.ts").read_text("utf-8"))
    assert api is not None
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"The Bot API {api[1]} of {api[2]}, made from {about['name']} {about['version']} ({about['license']}: "
        f"LICENSE beside this file) by tests/bot_api/declarations.py",
        "methods": methods((out / "methods.d.ts").read_text("utf-8")),
        "definitions": {
            name: shape
            for file in ("objects.d.ts", "params.d.ts")
            for name, shape in definitions((out / file).read_text("utf-8"))
        },
    }
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    (HERE / "schema.json").write_text(text.replace('},"', '},\n"') + "\n", "utf-8")
    (HERE / "LICENSE").write_text((package / "LICENSE").read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
