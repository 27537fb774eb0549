"""A loop of the bot that fails begins again after a pause; one that goes on failing, or hangs, ends the process for its
supervisor. What it must never be is alive but idle."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.clock import Machine
from bot.config.config import Work
from bot.errors import FirstlineError
from bot.keys import ADMINS, RawChat
from bot.knowledge import masking
from bot.observe.health import Readiness
from bot.telegram import chats, inbox, outbox
from bot.telegram.inbox import StoredUpdate

PAUSES = (
    1.0,
    5.0,
    15.0,
)  # real seconds before a loop begins again; after the last one it may not fail any more
STEADY = 60.0  # real seconds of work after which former failures are forgotten
LOOK = 5.0  # real seconds between two looks at the loops
STALLED = 300.0  # real seconds for which a loop may be late while the database answers
log = structlog.get_logger()

Run = Callable[[], Awaitable[None]]
"""Work until cancelled; returning is an end as well."""


async def kept(part: str, run: Run, report: Callable[[str, str], Awaitable[None]]) -> None:
    """Run a loop, again after each failure. `report(part, error)` notifies the administrators; it must not fail.

    Raises the error of a loop that fails a fourth time without a minute of work in between, and a FirstlineError at once.
    """
    machine, failures = Machine(), 0
    while True:
        began = machine.steady()
        try:
            await run()
        except FirstlineError:
            raise  # said on purpose: trying again would not help
        except Exception as error:
            failures = 1 if machine.steady() - began >= STEADY else failures + 1
            if failures > len(PAUSES):
                raise
            log.critical("part.failed", part=part, failures=failures, exc_info=True)
            await report(part, f"{type(error).__name__}: {error}".splitlines()[0][:300])
            await asyncio.sleep(PAUSES[failures - 1])
        else:
            return


def say_it_began_again(work: Work, part: str, error: str) -> None:
    """To the administrators, once an hour for each part."""
    facts = {"part": part, "error": error}
    outbox.line(work, ADMINS, "part.failed", facts, dedupe=f"part:{part}:{work.now // 3600}")


def say_it_failed(work: Work, stored: StoredUpdate, error: str) -> None:
    """Tell the author that their message could not be handled, and the administrators why. What is kept of it has no secrets."""
    inbox.rewrite(work.tx, stored.update_id, json.dumps(masking.hide_all(stored.raw)))
    key = RawChat(stored.lane) if stored.lane > 0 else chats.name(work.tx, stored.lane)
    if key is not None:
        thread = inbox.thread(stored.raw)
        outbox.line(work, key, "failed.kindly", {}, thread=thread, dedupe=f"failed:{stored.update_id}")
    facts = {"update": stored.update_id, "error": error.splitlines()[0][:300] if error else "?"}
    outbox.line(work, ADMINS, "failed.admin", facts, dedupe=f"failed-admin:{stored.update_id}")


class Watch:
    """Finds a loop that neither works nor fails. `look` gives every sign, `loops` are the names of those that must beat."""

    def __init__(self, look: Callable[[], Awaitable[Readiness]], loops: Sequence[str]) -> None:
        self._look, self._loops, self._machine = look, loops, Machine()
        self._late_since: dict[str, float] = {}

    async def run(self) -> None:
        """Look for ever. Raises FirstlineError when a loop has stalled."""
        while True:
            await asyncio.sleep(LOOK)
            self.judge(await self._look())

    def judge(self, seen: Readiness) -> None:
        """Take in one look at the signs. While the database is away every loop waits for it, and none has stalled."""
        late = {name for name in self._loops if any(line.startswith(f"LATE {name}:") for line in seen.lines)}
        if any(line.startswith("LATE database") for line in seen.lines):
            late = set()
        now = self._machine.steady()
        self._late_since = {name: self._late_since.get(name, now) for name in late}
        for name, since in self._late_since.items():
            if now - since >= STALLED:
                raise FirstlineError(f"The {name} has done nothing for {now - since:.0f} s.")
