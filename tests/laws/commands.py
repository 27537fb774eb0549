"""The command line: what the module of a command may import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.source import known, named, reach

TABLE = "bot.app.cli"
LIBRARIES = {"aiogram", "apscheduler"}  # of the running bot; aiogram takes seconds to import


def a_command_starts_without_the_library_of_telegram() -> Iterator[str]:
    """What comes after "then" is imported when the first function has returned, so it may be the bot itself."""
    table = known().get(TABLE)
    for node in ast.walk(table.tree) if table else ():
        place = re.match(r"([\w.]+):\w+", str(node.value)) if isinstance(node, ast.Constant) else None
        if place and table and place[1] in known():
            for module in reach(known()[place[1]]):
                if found := LIBRARIES & {name.split(".")[0] for name in named(module)}:
                    yield f"{table.at(node)}: {place[1]} reaches {', '.join(found)} through {module.path}"
