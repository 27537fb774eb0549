"""The configuration: the loaded files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge.articles import Library
from bot.knowledge.route import Router
from bot.scenarios.language.program import Program
from bot.sla.policy import Desk
from bot.storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Config:
    """One snapshot. A reload makes another; a unit of work keeps the one it began with."""

    desk: Desk
    program: Program
    library: Library
    router: Router
    media: Path  # the folder of the steps' pictures


class Current:
    """Holds the snapshot in force."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def change(
        self,
        *,
        desk: Desk | None = None,
        program: Program | None = None,
        library: Library | None = None,
        router: Router | None = None,
    ) -> None:
        """Replace parts of the snapshot, all at once."""
        now = self.config
        self.config = replace(
            now,
            desk=desk or now.desk,
            program=program or now.program,
            library=library or now.library,
            router=router or now.router,
        )


Work = Unit[Config]
