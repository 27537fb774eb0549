"""Mass incidents that the bot declares by itself: of categories for which desk.yaml says `declared_by: bot`."""

from __future__ import annotations

from bot.config.config import Work
from bot.people import directory
from bot.people.directory import Person
from bot.problems import declaring
from bot.problems import outages as rows
from bot.problems.declaring import Suspicion
from bot.telegram import chats


def declare(work: Work, found: Suspicion) -> int | None:
    """Returns the outage; None where a supervisor has to decide: the file does not say so, an outage of the category is open
    already, or no one is there who could go on with it."""
    written = work.config.desk.file.categories.get(found.category)
    if written is None or written.declared_by != rows.BOT or not found.words:
        return None
    if any(one.category == found.category for one in rows.all_open(work.tx)):
        return None
    author = _supervisor(work)
    return declaring.declare_unasked(work, author, found) if author is not None else None


def _supervisor(work: Work) -> Person | None:
    """Who is asked for news: one whose private chat is open, if there is one."""
    known = [person for person in directory.staff(work.tx) if person.is_supervisor]
    return next((one for one in known if chats.is_open(work.tx, one.key)), next(iter(known), None))
