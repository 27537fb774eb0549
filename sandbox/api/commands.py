"""setMyCommands, getMyCommands, deleteMyCommands."""

import json
import re
from typing import Any

from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.refusals import refuse
from sandbox.core.wire import JSON, TEXT, Args
from sandbox.core.world import Json, World
from sandbox.rules.gates import chat_of

METHODS = Methods()

NAME = re.compile(r"[a-z0-9_]{1,32}\Z")
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
SCOPED = {"scope": JSON, "language_code": TEXT}


def _key(world: World, args: Args) -> tuple[str, str]:
    scope: Any = args.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise refuse("scope", why='Can\'t find field "type"')
    if scope["type"] in CHAT_SCOPES:
        given = scope.get("chat_id", "")
        chat_of(world, int(given) if str(given).lstrip("-").isdigit() else given)
    elif scope["type"] not in SCOPES:
        raise refuse("scope", why="Unsupported type specified")
    return json.dumps(scope, sort_keys=True), args.get("language_code", "")


@METHODS.add("setMyCommands", _scoped=SCOPED, commands=JSON)
def set_my_commands(box: Box, args: Args) -> bool:
    given = args.get("commands")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise refuse("json_field", field="commands")
    if len(given) > 100:
        raise refuse("commands_many")
    commands = []
    for one in given:
        name = str(one.get("command", "")).lstrip("/")
        words = str(one.get("description", ""))
        if not NAME.match(name):
            raise refuse("command")
        if not 1 <= len(words) <= 256:
            raise refuse("command_words")
        commands.append({"command": name, "description": words})
    box.commands[_key(box.world, args)] = commands
    return True


@METHODS.add("getMyCommands", _scoped=SCOPED)
def get_my_commands(box: Box, args: Args) -> list[Json]:
    return box.commands.get(_key(box.world, args), [])


@METHODS.add("deleteMyCommands", _scoped=SCOPED)
def delete_my_commands(box: Box, args: Args) -> bool:
    box.commands.pop(_key(box.world, args), None)
    return True
