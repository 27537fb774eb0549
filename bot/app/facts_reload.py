"""facts.yaml changes while the bot runs: scenarios and articles are read again with it, together or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.app.files import Opened, known_names, router_of
from bot.config.config import Config, Current, Work
from bot.keys import ADMINS
from bot.knowledge import search
from bot.knowledge.articles import Library, load_library
from bot.knowledge.company import phrasebook
from bot.observe import metrics
from bot.scenarios.language.program import Program
from bot.scenarios.library import reload
from bot.storage.audit_trail import BOT
from bot.storage.unit import Units
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.yamlfiles import Complaint, bundle
from bot.yamlfiles.facts import read_facts

log = structlog.get_logger()


@dataclass(frozen=True)
class _Judged:
    """What the files would be with the new facts; no program or library when something is wrong."""

    program: Program | None
    library: Library
    errors: list[Complaint]


class FactsReloader:
    """Looks after facts.yaml, beside the scenarios and articles that name its facts."""

    def __init__(
        self, current: Current, units: Units[Config], file: Path, language: str, turn: asyncio.Lock
    ) -> None:
        """`turn` is that of scenarios and articles: one router is made of both."""
        self._current, self._units = current, units
        self._file, self._language, self._turn = file, language, turn
        self._seen = self._print()

    async def look(self) -> None:
        """Look at the file once; the administrators read what came of a change."""
        async with self._turn:
            seen = await asyncio.to_thread(self._print)
            if seen == self._seen:
                return
            judged = await asyncio.to_thread(self._judge)
            if judged.program is None:
                log.warning("facts.refused", errors=len(judged.errors))
                metrics.refused("facts")
                why = await asyncio.to_thread(self._said, judged.errors)
                await self._units.run(_tell, Line("reload.facts_refused", {"why": why}))
            elif judged.program.facts != self._current.config.program.facts:
                await self._take(judged.program, judged.library)
            self._seen = seen  # last: what could not be taken is a change at the next look again

    async def _take(self, program: Program, library: Library) -> None:
        program = program.for_engineers(self._current.config.program.engineers)
        learnt = await self._units.read(phrasebook.learnt)
        router = await asyncio.to_thread(router_of, program, library, learnt)
        await asyncio.to_thread(search.warm, library)
        self._current.change(program=program, library=library, router=router)
        metrics.reloaded("facts")
        log.info("facts.reloaded", facts=len(program.facts.values))
        await self._units.run(_tell, Line("reload.facts_done", {"facts": len(program.facts.values)}))
        facts = {"hash": f"+{len(program.facts.values)}"}
        await self._units.run(trail.note, BOT, AuditAction.RELOADED, self._file.name, facts)

    def _judge(self) -> _Judged:
        config, found = self._current.config, read_facts(self._file)
        if found.facts is None:
            return _Judged(None, config.library, found.complaints)
        library, complaints = load_library(config.media, found.facts)
        known = known_names(Opened(config.desk, None, library, found.facts), config.media)
        verdict = reload.judge(config.program.name, config.program.source, known)
        errors = [one for one in (*complaints, *verdict.complaints) if not one.is_warning]
        return _Judged(None if errors else verdict.program, library, errors)

    def _said(self, errors: list[Complaint]) -> str:
        files = (self._file, *self._current.config.media.glob("*.md"))
        texts = {path.name: path.read_text("utf-8", errors="replace") for path in files if path.is_file()}
        program = self._current.config.program
        return reload.told(errors, texts | bundle.texts(program.name, program.source), self._language)

    def _print(self) -> tuple[int, int] | None:
        """The time of the file's last change (nanoseconds) and its size; None without a file."""
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


def _tell(work: Work, line: Line) -> None:
    outbox.line(work, ADMINS, line.key, line.facts)
