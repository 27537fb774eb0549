"""What the desk is run by: the files people wrote, as they are loaded now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.articles import Library
from bot.knowledge.route import Router
from bot.scenarios.language.program import Program
from bot.sla.policy import Desk


@dataclass(slots=True)
class House:
    """Swapped part by part when a file is reloaded; a unit of work takes the parts it needs once, at its beginning."""

    desk: Desk
    program: Program
    library: Library
    router: Router
    media: Path  # the folder that pictures of steps are named in
