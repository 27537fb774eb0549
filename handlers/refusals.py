"""What people read when a verb refuses: one sentence about the button they pressed, or about what they typed."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import Connection

from bot.config.config import Work
from bot.people.access import Refused
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.actions import NoWords
from bot.tickets.invocation import Misplaced, Misused
from bot.tickets.quotas import TooMany
from bot.tickets.store import NoSuchTicket, Outrun
from bot.tickets.ticket import IN_WORK, Impossible, State

Refusal = Refused | Impossible | Outrun | NoSuchTicket | NoWords | TooMany | Misused | Misplaced
REFUSALS: tuple[type[Refusal], ...] = get_args(Refusal)
# Words that answer a question of the bot which is settled by now: the state of the ticket would not explain the refusal.
SETTLED = {"approve": "decided", "deny": "decided", "rate": "rate"}


def pressed(error: Refusal) -> Line:
    """To the one who pressed a button; most of these buttons are older than what the ticket has become."""
    match error:
        case Refused():
            return Line(error.reason, alert=True)
        case Impossible():
            return Line(f"impossible.{error.state}", alert=True)
        case TooMany():
            return Line(error.reason, {"most": error.most}, alert=True)
        case NoWords():
            return Line("no.words", alert=True)
        case Outrun():
            return Line("outrun", alert=True)
        case NoSuchTicket() | Misused() | Misplaced():
            return Line("unknown.button", alert=True)


def typed(work: Work, error: Refusal) -> Line:
    """To the one who typed a command, or words that we asked for."""
    match error:
        case Refused():
            return Line(error.reason)
        case Impossible():
            return _impossible(work.tx, error)
        case TooMany():
            return Line(error.reason, {"most": error.most})
        case NoWords():
            return Line("no.words")
        case Outrun():
            return Line("refused.outrun")
        case NoSuchTicket():
            return Line("ticket.unknown", {"number": str(error.number)[:20]})
        case Misused():
            return Line(f"how.{error.name}", error.facts)
        case Misplaced():
            return Line("where.topic", {"name": error.name})


def _impossible(tx: Connection, error: Impossible) -> Line:
    facts: dict[str, object] = {"number": error.ticket}
    if error.state is State.MERGED:
        facts["into"] = next(number for number, kind in store.linked(tx, error.ticket) if kind == "duplicate")
    settled = SETTLED.get(error.action) if error.state in IN_WORK else None
    return Line(f"refused.{settled or error.state}", facts)
