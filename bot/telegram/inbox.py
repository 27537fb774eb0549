"""The durable inbox: an update is stored raw and committed before it is confirmed (R1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, func, select, update

from bot.errors import FirstlineError
from bot.storage.schema import inbox
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for

_KIND = re.compile(r'\{(?:"update_id": \d+, )?"(\w+)"')
ATTEMPTS = 3  # then it becomes a dead letter and is reported

# Built once: building a statement costs more than running it, and these run at every update.
_WAITING = (inbox.c.update_id == bindparam("which")) & (inbox.c.state == "pending")
_FINISH = update(inbox).where(_WAITING).values(state="done", payload="")


@cache
def _storing(dialect: str) -> Executable:
    return insert_for(dialect, inbox).on_conflict_do_nothing().returning(inbox.c.update_id)


class AlreadyDone(FirstlineError):
    """This update was handled in another unit meanwhile; this unit must be rolled back."""


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """A raw update that waits. `lane` is the chat (or person) whose updates are handled in order."""

    update_id: int
    lane: int
    payload: str

    @property
    def kind(self) -> str:
        """ "message", "callback_query": the update's field beside its id, as `store` writes it."""
        named = _KIND.match(self.payload)
        return named[1] if named else "unknown"

    @property
    def raw(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.payload)
        return parsed


def is_update(raw: Any) -> bool:
    """Whether it can be stored: an object with an id that fits a row."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63 - 1


def lane(raw: dict[str, Any]) -> int:
    """The chat of an update, or its person if it has no chat; 0 for the few that have neither."""
    for value in raw.values():
        if not isinstance(value, dict):
            continue
        message = value.get("message")
        chat = value.get("chat") or (message.get("chat") if isinstance(message, dict) else None)
        who = chat or value.get("from") or value.get("user")
        if isinstance(who, dict) and isinstance(who.get("id"), int) and abs(who["id"]) < 2**63:
            return int(who["id"])
    return 0


def thread(raw: dict[str, Any]) -> int | None:
    """The topic of an update, if any."""
    message = raw.get("message") or (raw.get("callback_query") or {}).get("message") or {}
    return message.get("message_thread_id") if message.get("is_topic_message") else None


def holds_album(tx: Connection, place: int, album: str) -> bool:
    """Whether more messages of an album wait: Telegram delivers them one by one."""
    waiting = (inbox.c.lane == place) & (inbox.c.state == "pending")
    named = inbox.c.payload.contains(f'"media_group_id": "{album}"', autoescape=True)
    return tx.scalar(select(inbox.c.update_id).where(waiting & named).limit(1)) is not None


def store(unit: Unit[object], updates: Sequence[dict[str, Any]]) -> list[StoredUpdate]:
    """Store a batch of raw updates; repeated ones are stored once. Returns the new ones.

    The payload is plain ASCII, so that any database accepts zero characters and lone surrogates.
    """
    rows = {
        int(raw["update_id"]): StoredUpdate(int(raw["update_id"]), lane(raw), json.dumps(raw))
        for raw in updates
    }
    values = [
        {"update_id": row.update_id, "lane": row.lane, "received_at": unit.now, "payload": row.payload}
        for row in rows.values()
    ]
    fresh = set(unit.tx.scalars(_storing(unit.tx.dialect.name), values))
    return [row for number, row in rows.items() if number in fresh]


def finish(tx: Connection, update_id: int) -> None:
    """Mark an update as handled, in the unit that handled it. Raises AlreadyDone, which rolls the unit back (R8)."""
    if tx.execute(_FINISH, {"which": update_id}).rowcount != 1:
        raise AlreadyDone


def fail(tx: Connection, update_id: int, error: str) -> bool:
    """Count a failed try. True when it was the last one: the update becomes a dead letter."""
    which = {"which": update_id}
    failed = update(inbox).where(_WAITING).values(attempts=inbox.c.attempts + 1, error=error[:2000])
    tx.execute(failed, which)
    spent = update(inbox).where(_WAITING & (inbox.c.attempts >= ATTEMPTS)).values(state="dead")
    return tx.execute(spent, which).rowcount == 1


def waiting(tx: Connection) -> tuple[int, int | None]:
    """How many updates wait, and when the oldest of them was received, in UTC seconds."""
    asked = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state == "pending")
    row = tx.execute(asked).one()
    return row[0], row[1]


def rewrite(tx: Connection, update_id: int, payload: str) -> None:
    """What is kept of an update from now on."""
    tx.execute(update(inbox).where(inbox.c.update_id == update_id).values(payload=payload))


def pending(tx: Connection) -> Iterable[StoredUpdate]:
    """Waiting updates, oldest first: read once at the start; later ones come from the intake directly."""
    rows = select(inbox.c.update_id, inbox.c.lane, inbox.c.payload).where(inbox.c.state == "pending")
    return [StoredUpdate(*row) for row in tx.execute(rows.order_by(inbox.c.update_id))]
