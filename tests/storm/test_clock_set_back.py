"""A real process whose machine's clock is set back five hours (libfaketime): it reports that, and timers fire again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from bot.sla.check import load_desk
from bot.storage.db import open_database
from bot.storage.schema import outbox, people, timers
from bot.telegram import chats
from tests import children
from tests.escalation.company import ANNA, CHATS, opened
from tests.storm.test_ringing import DESK, SHORT
from tests.units import work

pytestmark = pytest.mark.processes
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
DOUBTS = 15  # seconds instead of ten minutes
SOON = 10  # seconds in which the administrators are notified
_FIRED = (timers.c.kind == "sla") & (timers.c.state == "fired")


def _notified(tx: Connection) -> bool:
    return "engine.back" in [row["line"] for row in tx.scalars(select(outbox.c.params)) if "line" in row]


def _company(tx: Connection) -> None:
    row = {"id": ANNA, "staff_id": "S-1", "name": "Anna", "roles": [], "profile": {}}
    tx.execute(insert(people).values(**row))
    for place, chat in enumerate(CHATS, start=1):
        chats.bind(work(tx, 0), chat, -1000 - place, is_forum=False)


async def test_a_real_clock_set_back_five_hours_is_noticed_and_believed(
    database_url: str, tmp_path: Path, at_length: bool
) -> None:
    if not at_length or FAKETIME is None:
        pytest.skip("runs in `make storm`, with libfaketime: apt-get install faketime")
    from_file, desk_file = tmp_path / "offset", tmp_path / "desk.yaml"
    desk_file.write_text(DESK.replace("TARGETS", SHORT), "utf-8")
    from_file.write_text("+5h", "utf-8")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(from_file)}
    steady = {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    db = open_database(database_url)
    command = [sys.executable, "-m", "tests.storm.ringing", database_url, str(desk_file), str(DOUBTS)]
    process = None
    try:
        await db.run(_company)
        process = children.begin(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | faked | steady
        )
        assert process.stdout.readline()
        await asyncio.sleep(8)
        from_file.write_text("+0", "utf-8")
        began = time.monotonic()
        while not await db.read(_notified):
            await asyncio.sleep(0.2)
            assert time.monotonic() - began < SOON, "nothing was said"
        said = time.monotonic() - began
        desk, _ = load_desk("desk.yaml", desk_file.read_text("utf-8"))
        assert desk is not None
        await db.run(lambda tx: opened(tx, desk, int(time.time())))
        while not await db.read(lambda tx: tx.scalars(select(timers.c.id).where(_FIRED)).all()):
            await asyncio.sleep(0.2)
            assert time.monotonic() - began < DOUBTS + SOON, "nothing fired"
        fired = time.monotonic() - began
        early = select(timers.c.id).where(_FIRED & (timers.c.fired_at < timers.c.fire_at))
        assert await db.read(lambda tx: tx.scalars(early).all()) == []
        assert fired >= DOUBTS - 1
        print(
            f"\nset back 5 h: the administrators were notified after {said:.1f} s, timers fired after {fired:.1f} s"
        )
    finally:
        if process is not None:
            children.end(process)
        await db.close()
