"""Calendars and policies by which deadlines were computed, kept permanently by the hash that clocks store."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.sla.calendar import Calendar, compiled, spec_of
from bot.sla.policy import Desk
from bot.storage.schema import desk_versions
from bot.storage.upsert import insert


def remember(work: Work) -> None:
    """Store this desk's calendars and policy, unless stored already."""
    policy = {
        "kind": "policy",
        "name": "",
        "spec": work.config.desk.file.model_dump(mode="json", exclude={"calendars"}),
    }
    rows = [policy | {"hash": work.config.desk.policy_hash, "loaded_at": work.now}]
    for name in work.config.desk.specs:
        calendar = work.config.desk.calendar(name)
        spec = {"kind": "calendar", "name": name, "spec": calendar.spec.meant()}
        rows.append(spec | {"hash": calendar.hash, "loaded_at": work.now})
    work.tx.execute(insert(work.tx, desk_versions).on_conflict_do_nothing(), rows)


def calendar_of(tx: Connection, desk: Desk, name: str, version: str) -> Calendar:
    """The calendar `name` in a version; today's when that version was not stored."""
    today = desk.calendar(name)
    if today.hash == version:
        return today
    row = tx.execute(select(desk_versions.c.spec).where(desk_versions.c.hash == version)).first()
    return today if row is None else _compiled(name, json.dumps(row.spec))


@lru_cache(maxsize=32)
def _compiled(name: str, written: str) -> Calendar:
    """Compiling takes milliseconds, and one ticket needs the same version several times."""
    return compiled(spec_of(name, json.loads(written)))
