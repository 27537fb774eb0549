"""aiogram without its validators until they are needed. Import aiogram from here first, wherever it may be the first import.

`import aiogram` ends with a loop that builds the validators of 404 models, which takes two seconds and 100 MB. The bot
parses updates and calls Telegram by itself, so only `Update` is built; any other model is built when it is first used,
with the names aiogram would have given it. tests/telegram/test_lean_aiogram.py fails when aiogram does this otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_names: dict[str, object] = {}
_build = BaseModel.__dict__["model_rebuild"].__func__


def _later(
    _cls: type[BaseModel], /, *, _types_namespace: Mapping[str, object] | None = None, **_how: Any
) -> bool | None:
    _names.update(_types_namespace or {})
    return None


def _on_demand(
    cls: type[BaseModel], /, *, _types_namespace: Mapping[str, object] | None = None, **how: Any
) -> bool | None:
    built: bool | None = _build(cls, _types_namespace=_types_namespace or _names, **how)
    return built


BaseModel.model_rebuild = classmethod(_later)  # type: ignore[method-assign,assignment]
try:
    from aiogram import Bot, Dispatcher, Router
    from aiogram.methods import Response, TelegramMethod
    from aiogram.types import Update
    from aiogram.types.base import TelegramObject
finally:
    BaseModel.model_rebuild = classmethod(_build)  # type: ignore[method-assign,assignment]
for _model in (TelegramObject, TelegramMethod, Response):
    _model.model_rebuild = classmethod(_on_demand)  # type: ignore[method-assign,assignment]
Update.model_rebuild()

__all__ = ["Bot", "Dispatcher", "Router"]
