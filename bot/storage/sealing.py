"""Seals stretches of the tickets' history in the audit trail, so that an altered row of it is found (T26).

A digest covers who did what to which ticket and when, and the data of the action without people's words: these may be
erased by age or on request, and the digest holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.storage import audit_trail
from bot.storage.audit_trail import BOT, AuditEntry
from bot.storage.personal import WORDS_IN_HISTORY
from bot.storage.schema import audit, history
from bot.storage.unit import Unit

SEALED = "sealed"
STRETCH = 1_000  # rows of history under one seal
SETTLED = 3600  # seconds after which no transaction adds a row with an earlier number


def seal(unit: Unit[object]) -> int:
    """Seal the next stretch; returns how many rows it has. A short one waits for a day, so that seals stay few."""
    after = _last(unit.tx)
    rows = unit.tx.execute(
        select(history.c.id, history.c.at)
        .where((history.c.id > after) & (history.c.at < unit.now - SETTLED))
        .order_by(history.c.id)
        .limit(STRETCH)
    ).all()
    if not rows or (len(rows) < STRETCH and rows[0].at > unit.now - 24 * SETTLED):
        return 0
    last = int(rows[-1].id)
    facts = {"after": after, "last": last, "digest": _digest(unit.tx, after, last)}
    audit_trail.write(unit, AuditEntry(BOT, SEALED, "history", facts))
    return len(rows)


def broken(tx: Connection) -> Sequence[tuple[int, int]]:
    """The stretches of history that are not what was sealed: after which row, up to which."""
    seals = tx.scalars(select(audit.c.facts).where(audit.c.action == SEALED).order_by(audit.c.id))
    return [
        (one["after"], one["last"])
        for one in seals.all()
        if _digest(tx, one["after"], one["last"]) != one["digest"]
    ]


def _last(tx: Connection) -> int:
    newest = select(audit.c.facts).where(audit.c.action == SEALED).order_by(audit.c.id.desc()).limit(1)
    found = tx.scalar(newest)
    return int(found["last"]) if found else 0


def _digest(tx: Connection, after: int, last: int) -> str:
    digest = hashlib.sha256()
    stretch = (history.c.id > after) & (history.c.id <= last)
    for row in tx.execute(select(history).where(stretch).order_by(history.c.id)):
        data = {key: value for key, value in row.data.items() if key not in WORDS_IN_HISTORY}
        plain = [row.id, row.ticket, row.at, row.actor, row.action, data]
        digest.update(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()
