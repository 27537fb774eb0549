"""The declarations of the Bot API find what is wrong with a call or an answer, and cover what the product and the sandbox use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.api.dispatch import METHODS
from tests.bot_api.checking import declared, of_answer, of_call
from tests.bot_api.declarations import HERE, Words, definitions, methods

CHAT = {"id": 1, "type": "private", "first_name": "Anna"}
WRITTEN = {"message_id": 1, "date": 1, "chat": CHAT}


@pytest.mark.parametrize(
    ("method", "args", "fault"),
    [
        ("sendMessage", {"chat_id": 1, "text": "x"}, None),
        ("sendMessage", {"chat_id": "@desk", "text": "x", "parse_mode": "HTML"}, None),
        ("sendMessage", {"chat_id": 1}, "text is missing"),
        ("sendMessage", {"chat_id": 1, "text": "x", "thread": 5}, "thread is not declared"),
        ("sendMessage", {"chat_id": 1, "text": "x", "parse_mode": "html"}, "'html' is none of the allowed"),
        ("sendMessage", {"chat_id": 1, "text": "x", "disable_notification": 1}, "1 is no boolean"),
        ("sendMessage", {"chat_id": True, "text": "x"}, "True is none of the allowed"),
        ("getChat", {}, "chat_id is missing"),
        ("getMe", {}, None),
        ("sendMesage", {"chat_id": 1, "text": "x"}, "sendMesage is not declared"),
    ],
)
def test_a_call_is_held_against_its_declaration(method: str, args: dict[str, Any], fault: str | None) -> None:
    found = of_call(method, args)
    assert not found if fault is None else fault in found[0]


@pytest.mark.parametrize(
    ("method", "result", "fault"),
    [
        ("sendMessage", WRITTEN, None),
        ("deleteMessage", True, None),
        ("deleteMessage", 1, "1 is not True"),
        ("sendMessage", WRITTEN | {"chat": CHAT | {"type": "privat"}}, "'privat' is none of the allowed"),
        ("getUpdates", [{"update_id": 1, "message": WRITTEN}], None),
        ("getUpdates", [{"message": WRITTEN}], "update_id is missing"),
        ("getUpdates", [{"update_id": 1, "message": WRITTEN | {"txt": "x"}}], "txt is not declared"),
    ],
)
def test_an_answer_is_held_against_its_declaration(method: str, result: Any, fault: str | None) -> None:
    found = of_answer(method, result)
    assert not found if fault is None else fault in found[0]


def test_every_method_of_the_sandbox_is_declared() -> None:
    assert {method.name for method in METHODS.values()} <= set(declared()["methods"])


def test_every_reference_leads_to_a_definition_and_version_and_licence_are_named() -> None:
    text = (HERE / "schema.json").read_text("utf-8")
    known = {f"#/definitions/{name}" for name in declared()["definitions"]}

    def referred(part: Any) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(referred(one) for one in part.values()))
        return set().union(*(referred(one) for one in part)) if isinstance(part, list) else set()

    assert referred(json.loads(text)) <= known
    assert "@gramio/types 10.3.1 (MIT" in declared()["$comment"]
    assert "MIT License" in (HERE / "LICENSE").read_text("utf-8")


def test_declarations_are_read_with_comments_unions_and_empty_objects() -> None:
    text = """
/** A chat; "quoted" */
export interface Chat {
    /** Its id: a number */
    id: number | string
    kind?: ("a" | "b")[]
    names?: Exclude<keyof Update, "update_id">[]
}
export interface Hidden {}
export type Both =
    | Chat
    | Hidden
"""
    assert dict(definitions(text)) == {
        "Chat": {
            "type": "object",
            "properties": {
                "id": {"anyOf": [{"type": "number"}, {"type": "string"}]},
                "kind": {"type": "array", "items": {"anyOf": [{"const": "a"}, {"const": "b"}]}},
                "names": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["id"],
        },
        "Hidden": {"type": "object", "properties": {}},
        "Both": {"anyOf": [{"$ref": "#/definitions/Chat"}, {"$ref": "#/definitions/Hidden"}]},
    }
    assert methods(
        "    getMe: CallAPIWithoutParams<Objects.User>\n    go: CallAPI<\n        Params.Go,\n        true\n    >\n"
    ) == {
        "getMe": {"returns": {"$ref": "#/definitions/User"}},
        "go": {"params": {"$ref": "#/definitions/Go"}, "returns": {"const": True}},
    }
    assert Words("-1").union() == {"const": -1}
