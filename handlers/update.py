"""A stored update as aiogram's types. What this aiogram does not know is left out, and all the rest is read.

Telegram adds members to its unions about monthly; a model that refuses one would lose the words beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import structlog
from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

# Without these it is not known who did what, or where: such an update is not read in part.
_NEEDED = frozenset({
    "update_id", "id", "from", "sender_chat", "chat", "date", "message_id", "data", "user", "query",
    "old_chat_member", "new_chat_member",
})  # fmt: skip
# A forwarded message stays one: words of others are neither answers nor commands.
_INSTEAD = {
    key: {"type": "hidden_user", "sender_user_name": "…", "date": 0} for key in ("forward_origin", "origin")
}
_ROUNDS = 5  # what is left out may show the next fault
log = structlog.get_logger()

Place = tuple[int | str, ...]


def read(raw: Mapping[str, Any], bot: Bot) -> Update:
    """Raises ValidationError when what is wrong cannot be left out."""
    given = raw
    for _ in range(_ROUNDS):
        try:
            return Update.model_validate(given, context={"bot": bot})
        except ValidationError as error:
            left = deepcopy(given)
            places = {_in(left, fault["loc"]) for fault in error.errors(include_input=False)}
            if any(len(place) < 2 or place[-1] in _NEEDED for place in places):
                raise
            for place in sorted(places, key=_last_first, reverse=True):
                _leave_out(left, place)
            log.warning("update.left_out", update_id=raw.get("update_id"), fields=sorted(map(_named, places)))
            given = left
    return Update.model_validate(given, context={"bot": bot})


def _in(raw: Any, location: Sequence[int | str]) -> Place:
    """The part of `location` that the update has: pydantic adds the names of unions and of missing fields."""
    place: list[int | str] = []
    for step in location:
        known = step in raw if isinstance(raw, dict) else isinstance(raw, list) and isinstance(step, int)
        if not known:
            break
        place.append(step)
        raw = raw[step]
        if step in _INSTEAD:
            break
    return tuple(place)


def _leave_out(raw: Any, place: Place) -> None:
    for step in place[:-1]:
        raw = raw[step]
    last = place[-1]
    if isinstance(raw, list):
        raw[:] = [one for index, one in enumerate(raw) if index != last]
    elif last in _INSTEAD:
        raw[last] = dict(_INSTEAD[str(last)])
    else:
        # Its name stays: a message of an unknown kind is still something to copy.
        raw[f"unread_{last}"] = raw.pop(last) is not None


def _last_first(place: Place) -> tuple[int, tuple[tuple[bool, int | str], ...]]:
    """The order for leaving out: deepest first, and the last of a list first, so that the others keep their places."""
    return len(place), tuple((isinstance(step, int), step) for step in place)


def _named(place: Place) -> str:
    return ".".join(str(step) for step in place if isinstance(step, str))
