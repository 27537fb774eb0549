"""Looking through tickets by their words, offline: the stems of what was asked and what helped, rarer ones counting more."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, insert, select

from bot.knowledge.spelling import clean
from bot.knowledge.terms import stems
from bot.storage.schema import terms, tickets
from bot.tickets.invocation import DIGITS
from bot.tickets.store import peek_all
from bot.tickets.ticket import State, Ticket

MOST_TERMS = 60  # of one ticket: enough to find it again
MOST_ASKED = 12
NEAR_ENOUGH = 0.35  # share of the asked words' weight that a similar ticket must have
RECENT = 200  # candidates that are weighed

# Built once: building a statement costs more than running it, and every team card looks for similar tickets.
_ASKED = terms.c.term.in_(bindparam("asked", expanding=True))
_WEIGHTS = select(terms.c.term, func.count().label("n")).where(_ASKED).group_by(terms.c.term)


def _shared(wanted: ColumnElement[bool]) -> Select[tuple[int, str]]:
    """The tickets with these words that fit a condition, the newest first."""
    found = select(terms.c.ticket, terms.c.term).join(tickets, tickets.c.id == terms.c.ticket)
    return found.where(_ASKED & wanted).order_by(terms.c.ticket.desc()).limit(bindparam("most"))


_SOLVED = _shared(
    tickets.c.state.in_((State.CLOSED, State.RESOLVED))
    & tickets.c.resolution.is_not(None)
    & (tickets.c.id != bindparam("but"))
)
_ANY = _shared(tickets.c.id > bindparam("but"))


def learn(tx: Connection, ticket: Ticket) -> None:
    """Keep the stems of a ticket's words; once more when it is resolved, with what helped."""
    text = " ".join((ticket.summary, ticket.words, ticket.body, ticket.resolution or ""))
    found = _stems(text)[:MOST_TERMS]
    tx.execute(delete(terms).where(terms.c.ticket == ticket.id))
    if found:
        tx.execute(insert(terms), [{"term": term, "ticket": ticket.id} for term in found])


def similar(tx: Connection, ticket: Ticket, most: int = 3) -> Sequence[Ticket]:
    """Solved tickets that are said in the same words, and that say what helped; the nearest first."""
    asked = _stems(f"{ticket.summary} {ticket.words}")[:MOST_ASKED]
    shared = tx.execute(_SOLVED, {"asked": asked, "but": ticket.id, "most": RECENT * len(asked)})
    return _nearest(tx, asked, shared.all(), most, NEAR_ENOUGH)


def find(tx: Connection, text: str, most: int = 10) -> Sequence[Ticket]:
    """Any tickets with these words; a bare number finds that ticket."""
    number = text.strip()
    if number.isdecimal():
        return peek_all(tx, [int(number)]) if len(number) <= DIGITS else ()
    asked = _stems(text)[:MOST_ASKED]
    shared = tx.execute(_ANY, {"asked": asked, "but": 0, "most": RECENT * len(asked)})
    return _nearest(tx, asked, shared.all(), most, 0.0)


def _nearest(
    tx: Connection,
    asked: Sequence[str],
    shared: Sequence[Row[tuple[int, str]]],
    most: int,
    at_least: float,
) -> Sequence[Ticket]:
    if not shared:
        return []
    weights = _weights(tx, asked)
    scores: dict[int, float] = {}
    for row in shared:
        scores[row.ticket] = scores.get(row.ticket, 0.0) + weights[row.term]
    total = sum(weights.values())
    best = sorted(
        (number for number in scores if scores[number] >= at_least * total), key=lambda n: (-scores[n], -n)
    )
    return peek_all(tx, best[:most])


def _weights(tx: Connection, asked: Sequence[str]) -> dict[str, float]:
    """A word of few tickets says more than a word of many."""
    known = {row.term: row.n for row in tx.execute(_WEIGHTS, {"asked": asked})}
    return {term: 1.0 / math.log(2.0 + known.get(term, 0)) for term in asked}


def _stems(text: str) -> list[str]:
    return list(dict.fromkeys(stems(clean(text))))
