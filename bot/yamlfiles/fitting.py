"""Fits a document to pydantic models; faults have the author's line and column."""

import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Strict, Tag, ValidationError

from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Mark, Path
from bot.yamlfiles.reading import nearest

Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item")

# A list in the file, a tuple in the model. After a BeforeValidator a plain tuple[...] would refuse the list.
Many = Annotated[tuple[Item, ...], Strict(False)]

# pydantic's error type -> our code. A model may raise PydanticCustomError("E3xx", ...): its type is the code.
_CODES = {
    "extra_forbidden": "E104",
    "missing": "E120",
    "string_type": "E121",
    "int_type": "E122",
    "int_from_float": "E122",
    "float_type": "E123",
    "bool_type": "E124",
    "list_type": "E125",
    "tuple_type": "E125",
    "dict_type": "E126",
    "model_type": "E126",
    "model_attributes_type": "E126",
    "mapping_type": "E126",
    "literal_error": "E127",
    "enum": "E127",
    "string_too_short": "E128",
    "string_too_long": "E129",
    "string_pattern_mismatch": "E130",
    "too_short": "E131",
    "too_long": "E132",
    "greater_than": "E133",
    "greater_than_equal": "E133",
    "less_than": "E134",
    "less_than_equal": "E134",
    "value_error": "E135",
    "assertion_error": "E135",
}
_WANTS_SOMETHING = {"E121", "E122", "E123", "E124", "E125", "E126"}


class Authored(BaseModel):
    """The base of every model of an authored file: unknown keys refused, immutable.

    A union of models uses a callable Discriminator whose Tags are in angle brackets ("<say>"), so that a tag in an
    error's location is never mistaken for a key of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)


def fit(
    model: type[Model], document: Document, at: Path = (), context: Any = None
) -> tuple[Model | None, list[Complaint]]:
    """The model filled from the document's part `at`, or None and every fault.

    Booleans, numbers and text are never converted to each other.
    """
    data = document.data
    for part in at:
        data = data[part]
    try:
        # By way of JSON: strict about scalars (Authored), yet lists may become the tuples that frozen models have.
        filled = model.model_validate_json(json.dumps(data, ensure_ascii=False), context=context)
    except ValidationError as error:
        return None, list(_complaints(model, error, document, at))
    return filled, []


def _complaints(
    model: type[BaseModel], error: ValidationError, document: Document, at: Path
) -> Iterator[Complaint]:
    errors = [(_place(document, at, item["loc"]), item) for item in error.errors(include_url=False)]
    unknown: dict[Path, list[str]] = {}
    for path, item in errors:
        if item["type"] == "extra_forbidden":
            unknown.setdefault(path[:-1], []).append(str(path[-1]))
    seen: set[tuple[Mark, str]] = set()
    for path, item in errors:
        if _damaged(document, path) or _only_counts_sound_ones(dict(item)):
            continue
        complaint = _complaint(model, document, at, path, dict(item))
        misspelled = unknown.get(path, []) if complaint.code == "E120" else []
        if (
            nearest(str(complaint.facts.get("key", "")), misspelled)
            or (complaint.mark, complaint.code) in seen
        ):
            continue  # the complaint about the unknown key beside it covers this
        seen.add((complaint.mark, complaint.code))
        yield complaint


def _only_counts_sound_ones(item: dict[str, Any]) -> bool:
    """pydantic calls a list too short when it does not count invalid items, which have complaints of their own."""
    written, least = item.get("input"), item.get("ctx", {}).get("min_length")
    return item["type"] == "too_short" and isinstance(written, list | dict) and len(written) >= (least or 0)


def _complaint(
    model: type[BaseModel], document: Document, at: Path, path: Path, item: dict[str, Any]
) -> Complaint:
    kind, loc = item["type"], item["loc"]
    code = _CODES.get(kind) or (kind if kind[:1] in "EW" and kind[1:].isdigit() else "E199")
    facts: dict[str, Any] = {**item.get("ctx", {}), "problem": item["msg"]}
    facts.setdefault("key", loc[-1] if loc else "")
    facts.setdefault("value", _short(item.get("input")))
    of, hint = "value", None
    if "at" in facts:  # the model's own validator names the key
        path, of = (*path, facts["at"]), "key"
    if kind == "extra_forbidden":
        known = sorted(_keys(model, loc[:-1]))
        of, hint, facts["known"] = "key", nearest(str(loc[-1]), known), known
    elif code == "E120":
        of = "key"
    elif code == "E127":
        allowed = [str(choice) for choice in _allowed(item)]
        facts["allowed"], hint = allowed, nearest(str(item.get("input")), allowed)
        if hint == str(item.get("input")):  # "1" for 1: only the quotes are wrong
            code, hint = "E122", None
    elif kind in _CODES and code in _WANTS_SOMETHING and item.get("input") is None:
        code, facts["key"] = (
            "E136",
            path[-1] if path else "",
        )  # not a step of pydantic's own, such as a choice of types
    elif code == "E121" and isinstance(item.get("input"), int | float):
        code = "E137"
    elif loc and loc[-1] == "[key]":
        of = "key"
    if code == "E137":  # the number as typed: 1.10, not 1.1
        facts["value"] = document.spot(path).raw
    if code == "E135":
        facts["problem"] = str(item.get("ctx", {}).get("error", item["msg"]))
    bounds = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
    facts["limit"] = next((facts[name] for name in bounds if name in facts), "")
    hint = facts.pop("hint", None) or hint
    return Complaint(code, document.name, document.mark(path, of), facts, hint)


def _place(document: Document, at: Path, loc: tuple[int | str, ...]) -> Path:
    """The document's path for an error's location, without union tags and pydantic's own steps."""
    path = at
    for part in loc:
        if (isinstance(part, str) and part.startswith("<")) or part == "[key]":
            continue
        if document.has((*path, part)):
            path = (*path, part)
    return path


def _damaged(document: Document, path: Path) -> bool:
    return any(document.spot(path[:end]).damaged for end in range(len(path) + 1))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _allowed(item: dict[str, Any]) -> list[str]:
    """The choices of a Literal or enum, parsed from pydantic's sentence "'a', 'b' or 'c'"."""
    expected = str(item.get("ctx", {}).get("expected", ""))
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ")]


def _keys(model: Any, loc: tuple[int | str, ...]) -> set[str]:
    """The keys a mapping at this location may have, found by walking the model as pydantic does."""
    kinds = [model]
    for part in loc:
        kinds = [inner for kind in kinds for inner in _step(kind, part)]
    found: set[str] = set()
    for kind in kinds:
        for plain in _plain_types(kind):
            if isinstance(plain, type) and issubclass(plain, BaseModel):
                found |= {field.alias or name for name, field in plain.model_fields.items()}
    return found


def _step(kind: Any, part: int | str) -> Iterator[Any]:
    if isinstance(part, str) and part.startswith("<"):
        yield from _tagged(kind, part)
        return
    for plain in _plain_types(kind):
        origin, inside = get_origin(plain), get_args(plain)
        if isinstance(plain, type) and issubclass(plain, BaseModel):
            for name, field in plain.model_fields.items():
                if (field.alias or name) == part:
                    yield field.annotation
        elif origin is dict and len(inside) == 2:
            yield inside[1]
        elif origin in (list, tuple, set, frozenset) and inside and isinstance(part, int):
            yield inside[0]


def _tagged(kind: Any, tag: str) -> Iterator[Any]:
    """The members of a union that have this tag; without tags, the kind itself."""
    if get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        tags = [note.tag for note in notes if isinstance(note, Tag)]
        if tags:
            if tag in tags:
                yield inner
        else:
            yield from _tagged(inner, tag)
    elif get_origin(kind) in (Union, types.UnionType):
        for member in get_args(kind):
            yield from _tagged(member, tag)


def _plain_types(kind: Any) -> Iterator[Any]:
    """The types a value may have here, without Annotated and Union around them."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _plain_types(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(kind):
            yield from _plain_types(member)
    else:
        yield kind
