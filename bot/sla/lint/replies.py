"""Checks canned replies: an employee reads them as they are, so a misspelt placeholder must not get there."""

import re

from bot.sla.deskfile import DeskFile
from bot.sla.faults import DeskFaults
from bot.sla.written import Words
from bot.yamlfiles.document import Path
from bot.yamlfiles.reading import nearest

FILLED_IN = ("name", "number", "engineer")
LONGEST = 3500  # characters: with a name and a signature it fits a message of Telegram
_HOLE = re.compile(r"\{\s*([^{}\s]+)\s*\}")


def judge(faults: DeskFaults, file: DeskFile) -> None:
    """Complain about what is filled in with nothing, and about what Telegram would not take."""
    for name, words in file.replies.items():
        for path, text in _texts(name, words):
            for hole in _HOLE.findall(text):
                if hole not in FILLED_IN:
                    faults.add("E346", path, hint=nearest(hole, FILLED_IN), written=hole, known=FILLED_IN)
            if len(text) > LONGEST:
                faults.add("E347", path, count=len(text), most=LONGEST)


def _texts(name: str, words: Words) -> list[tuple[Path, str]]:
    path: Path = ("replies", name)
    return (
        [(path, words)] if isinstance(words, str) else [((*path, one), text) for one, text in words.items()]
    )
