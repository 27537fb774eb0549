"""Tickets whose deadline lies past the end of a calendar: who asks and the administrators read of it daily until it is
extended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import ADMINS, CalendarRef, PersonChat
from bot.telegram import outbox
from bot.tickets import store
from bot.tickets.clocks import clock_rows
from bot.tickets.ticket import IN_WORK
from bot.timers import timers
from bot.timers.timers import Timer

LISTED = 10  # numbers in the administrators' message


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "no_deadline": notify, and again tomorrow while there are such tickets."""
    for row in rows:
        name = CalendarRef.read(row.ref).name
        timers.settle(work, row.id, "fired")
        numbers = clock_rows.without_deadline(work.tx, name)
        if not numbers or name not in work.config.desk.specs:
            continue
        calendar = work.config.desk.calendar(name)
        clock_rows.remind_tomorrow(work, calendar, work.now)
        listed = ", ".join(map(str, numbers[:LISTED])) + (" …" if len(numbers) > LISTED else "")
        facts = {"calendar": name, "last": calendar.spec.last.isoformat(), "numbers": listed}
        outbox.line(
            work, ADMINS, "no_deadline.admins", facts, dedupe=f"{clock_rows.NO_DEADLINE}:{name}:{row.key}"
        )
        _tell_requesters(work, numbers, row.key)


def _tell_requesters(work: Work, numbers: Sequence[int], day: str) -> None:
    theirs: defaultdict[int, list[int]] = defaultdict(list)
    for number in numbers:
        ticket = store.peek(work.tx, number)
        if ticket.state in IN_WORK:
            theirs[ticket.requester].append(number)
    for person, mine in theirs.items():
        facts = {"numbers": ", ".join(map(str, mine))}
        chat = PersonChat(person)
        outbox.line(
            work, chat, "no_deadline.requester", facts, dedupe=f"{clock_rows.NO_DEADLINE}:{chat}:{day}"
        )
