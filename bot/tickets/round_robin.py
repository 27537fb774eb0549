"""Whose turn it is: a team that takes turns offers a new ticket to the next one on shift, and on when it is not taken."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.keys import TeamChat
from bot.people import directory
from bot.people.directory import Person
from bot.sla.absences import is_away
from bot.sla.clock import ClockState as ClockState
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.schema import history
from bot.telegram import chats, outbox
from bot.tickets import store, ticket_timers
from bot.tickets.clocks import clock_rows
from bot.tickets.ticket import UNCLAIMED, Ticket

ROUND_ROBIN = "round_robin"
BEGINS = (
    "open",
    "approve",
    "transfer",
    "return",
    "release",
    "requeue",
)  # after these everybody has a turn again
WAITS = ("claim", "ola_accept")  # the promise whose share decides how long a turn is


def offer(work: Work, ticket: Ticket) -> None:
    """Give the next one their turn at an unclaimed ticket. Anybody of the team may still take it: the first press wins.

    When everybody on shift has had a turn, no one is called again: the reminders of the promise go on.
    """
    team, chat = work.config.desk.file.teams.get(ticket.team), TeamChat(ticket.team)
    if team is None or team.assignment != ROUND_ROBIN or ticket.state not in UNCLAIMED:
        return
    ticket_timers.call_off(work.tx, ticket)
    had_turn = _offered(work.tx, ticket)
    there = [
        one for one in directory.engineers(work.tx, ticket.team) if is_there(work.config.desk, one, work.now)
    ]
    person = _next(work.tx, ticket.team, [one for one in there if one.id not in had_turn])
    if person is None or chats.find(work.tx, chat) is None:
        return
    until = _until(work, ticket, team.pass_on)
    store.record(work, ticket.id, "bot", "offer", {"engineer": person.id, "until": until})
    told = {"mention": person.mention, "number": ticket.id}
    outbox.line(work, chat, "round.yours", told, topic=ticket.about, priority=outbox.ALARM)
    if until is not None:
        ticket_timers.pass_on(work.tx, ticket, until)


def is_there(desk: Desk, person: Person, now: int) -> bool:
    """Whether someone is on shift: neither /off, nor away by the file."""
    return person.active and not person.profile.get("away") and not is_away(desk, person.staff_id, now)


def rename_team(tx: Connection, former: str, today: str) -> None:
    """A team that is called `today` from now on goes on with whose turn it is."""
    if (last := kv.get(tx, f"turn:{former}")) is not None:
        kv.claim(tx, f"turn:{today}", last)


def _next(tx: Connection, team: str, waiting: Sequence[Person]) -> Person | None:
    """The one after the person who had the last turn in this team, by staff id; whose turn it was is kept for the next ticket."""
    if not waiting:
        return None
    last = kv.hold(tx, f"turn:{team}")
    in_order = sorted(waiting, key=lambda one: one.staff_id)
    found = next((one for one in in_order if one.staff_id > last), in_order[0])
    kv.put(tx, f"turn:{team}", found.staff_id)
    return found


def _offered(tx: Connection, ticket: Ticket) -> set[int]:
    """Who has had a turn at this ticket since it came into the team's queue."""
    mine = history.c.ticket == ticket.id
    rows = tx.execute(
        select(history.c.action, history.c.data)
        .where(mine & history.c.action.in_(("offer", *BEGINS)))
        .order_by(history.c.id)
    ).all()
    had: set[int] = set()
    for row in rows:
        if row.action == "offer":
            had.add(row.data["engineer"])
        else:
            had.clear()
    return had


def _until(work: Work, ticket: Ticket, share: int) -> int | None:
    """When the turn is over: a share (per cent) of the time in which the ticket must be taken; None without such a promise."""
    running = clock_rows.of_ticket(work.tx, ticket.id, ClockState.RUNNING)
    kept = next((one for one in reversed(running) if one.clock.kind in WAITS), None)
    if kept is None:
        return None
    return work.config.desk.calendar(kept.calendar).add(work.now, max(60, kept.clock.target_s * share // 100))
