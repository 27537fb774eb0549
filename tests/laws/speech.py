"""Doors do not send: every message is a row of the outbox, and aiogram's own ways to answer are not used."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineQuery, Message

from tests.source import Module, product

DOORS = "handlers"
METHODS = "aiogram.methods"  # the dispatcher sends a method that a handler returns
# Every method by which an aiogram object calls Telegram directly: answer, reply, edit_text, send_message ...
SPEAKS = {
    name
    for owner in (Bot, Message, CallbackQuery, InlineQuery)
    for name, member in vars(owner).items()
    if inspect.isfunction(member) and not name.startswith("_")
}
CARRIERS = {"bot", "message", "callback_query", "inline_query"}  # attributes that contain such an object


def doors_do_not_speak() -> Iterator[str]:
    for module in product():
        if module.room == DOORS:
            yield from _methods(module)
            yield from _calls(module)


def _methods(module: Module) -> Iterator[str]:
    for node, name in module.imports():
        if (
            name.startswith(METHODS + ".") and name != f"{METHODS}.TelegramMethod"
        ):  # the class a session names
            yield f"{module.at(node)}: {name}; write a row of the outbox"


def _calls(module: Module) -> Iterator[str]:
    given = _given_by_aiogram(module) | CARRIERS
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in SPEAKS:
            speaker = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            if speaker.lstrip("_") in given:
                yield f"{module.at(node)}: {ast.unparse(node)} calls Telegram; write a row of the outbox"


def _given_by_aiogram(module: Module) -> set[str]:
    """The parameters of a module's functions that are annotated with a class of aiogram."""
    classes = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aiogram"
        for alias in node.names
    }
    return {
        argument.arg
        for argument in ast.walk(module.tree)
        if isinstance(argument, ast.arg) and argument.annotation is not None
        for name in ast.walk(argument.annotation)
        if isinstance(name, ast.Name) and name.id in classes
    }
