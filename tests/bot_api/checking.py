"""Calls and answers, held against the Bot API's own declarations: see schema.json. A validator of what that file uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
FILE = Path(__file__).with_name("schema.json")
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@cache
def declared() -> Schema:
    found: Schema = json.loads(FILE.read_text("utf-8"))
    return found


def faults(value: Any, schema: Schema, place: str = "") -> Iterator[str]:
    """Where a value is not as declared. Fields that are not declared are faults too: they are misspelt, or newer."""
    if "$ref" in schema:
        yield from faults(value, declared()["definitions"][schema["$ref"].rpartition("/")[2]], place)
    elif "anyOf" in schema:
        tried = [list(faults(value, one, place)) for one in schema["anyOf"]]
        if all(tried):
            yield (
                min(tried, key=len)[0]
                if isinstance(value, dict)
                else f"{place}: {value!r} is none of the allowed"
            )
    elif "const" in schema:
        if value != schema["const"] or isinstance(value, bool) is not isinstance(schema["const"], bool):
            yield f"{place}: {value!r} is not {schema['const']!r}"
    elif "type" in schema:
        yield from _of_kind(value, schema, place)


def _of_kind(value: Any, schema: Schema, place: str) -> Iterator[str]:
    kind = schema["type"]
    accepted: Any = KINDS[kind]
    if not isinstance(value, accepted) or (kind == "number" and isinstance(value, bool)):
        yield f"{place}: {value!r} is no {kind}"
    elif kind == "array":
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], f"{place}[{number}]")
    elif kind == "object":
        known = schema.get("properties", {})
        yield from (f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name not in known:
                yield f"{place}: {name} is not declared"
            else:
                yield from faults(item, known[name], f"{place}.{name}")


def of_call(method: str, args: Schema) -> list[str]:
    """What is wrong with a call of the product."""
    declared_ = declared()["methods"].get(method)
    if declared_ is None:
        return [f"{method} is not declared"]
    return list(faults(args, declared_.get("params", {"type": "object"}), method))


def of_answer(method: str, result: Any) -> list[str]:
    """What is wrong with the result of a call that went well; of getUpdates every update is looked at."""
    return list(faults(result, declared()["methods"][method]["returns"], f"{method} ->"))
