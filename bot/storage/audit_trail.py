"""The audit trail: who did what to accounts, rights, chats and files. Rows are added, never changed (T26).

Each row carries the SHA-256 of itself and of the row before it, so an altered, deleted or inserted row is found by
`verify`. Rows name people by our numbers. What would identify them is in `personal`, which only an erasure empties; its
salted hash is part of the chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, null, select

from bot.storage import kv
from bot.storage.schema import audit
from bot.storage.unit import Unit

HEAD = "audit_head"  # the newest link, so that a deleted end is found too
BATCH = 1_000  # rows read at once
OPERATOR, BOT = "operator", "bot"  # actors that are no people: the command line, the bot itself


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is to be recorded. `about` is a key ("person:9") or the name of a file; `facts` identify no person."""

    actor: str
    action: str
    about: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A recorded entry. `at` is UTC seconds."""

    id: int
    at: int
    entry: AuditEntry
    link: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What `verify` found: how many rows, the newest link, and the rows at which the chain is broken."""

    rows: int
    head: str
    broken: tuple[int, ...]
    cut: bool  # rows at the end are missing
    witnessed: bool  # the link that was noted elsewhere is among them

    @property
    def holds(self) -> bool:
        return not self.broken and not self.cut and self.witnessed


def write(unit: Unit[object], entry: AuditEntry) -> int:
    """Add a row in the transaction of the action itself; returns its number."""
    before = kv.hold(unit.tx, HEAD)  # locked: rows of several transactions are chained one after another
    personal = {**entry.personal, "salt": secrets.token_hex(16)} if entry.personal else None
    what = {"at": unit.now, "actor": entry.actor, "action": entry.action, "about": entry.about}
    row = {**what, "facts": dict(entry.facts), "seal": _digest(personal) if personal else ""}
    link = _link(before, row)
    kv.put(unit.tx, HEAD, link)
    added = audit.insert().values(**row, personal=personal or null(), link=link)
    key = unit.tx.execute(added).inserted_primary_key
    assert key is not None
    return int(key[0])


def newest(tx: Connection, most: int) -> Sequence[AuditRow]:
    """The last rows, newest first."""
    return [_row(row) for row in tx.execute(select(audit).order_by(audit.c.id.desc()).limit(most)).mappings()]


def between(tx: Connection, since: int, until: int) -> Sequence[AuditRow]:
    """The rows of this span (UTC seconds, the end excluded), oldest first."""
    span = (audit.c.at >= since) & (audit.c.at < until)
    return [_row(row) for row in tx.execute(select(audit).where(span).order_by(audit.c.id)).mappings()]


def verify(tx: Connection, witness: str = "") -> ChainCheck:
    """Follow the chain from its beginning. `witness` is the beginning of a link that was noted elsewhere before."""
    before, broken, count, witnessed = "", [], 0, not witness
    for row in _every(tx):
        count += 1
        if not _holds(before, row):
            broken.append(row["id"])
        before = row["link"]
        witnessed = witnessed or before.startswith(witness)
    return ChainCheck(count, before, tuple(broken), (kv.get(tx, HEAD) or "") != before, witnessed)


def _holds(before: str, row: RowMapping) -> bool:
    personal = row["personal"]
    sealed = personal is None or row["seal"] == _digest(personal)
    return bool(sealed and row["link"] == _link(before, row))


def _every(tx: Connection) -> Iterator[RowMapping]:
    last = 0
    while (
        rows := tx.execute(select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(BATCH))
        .mappings()
        .all()
    ):
        yield from rows
        last = rows[-1]["id"]


def _link(before: str, row: Mapping[str, Any] | RowMapping) -> str:
    names = ("at", "actor", "action", "about", "facts", "seal")
    return _digest([before, *(row[name] for name in names)])


def _digest(value: object) -> str:
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _row(row: RowMapping) -> AuditRow:
    personal = {key: value for key, value in (row["personal"] or {}).items() if key != "salt"}
    entry = AuditEntry(row["actor"], row["action"], row["about"], row["facts"], personal)
    return AuditRow(row["id"], row["at"], entry, row["link"])
