"""Cards of suspected mass incidents, as far as an outage has to know them: they say what became of the declaration."""

from __future__ import annotations

from sqlalchemy import select

from bot.config.config import Work
from bot.keys import SUPERVISORS, CandidateRef
from bot.storage.schema import candidates
from bot.telegram import outbox

CARD = "candidate"


def redraw(work: Work, outage_id: int) -> None:
    """The state of the outage changed: show it on the cards that led to it."""
    for number in work.tx.scalars(select(candidates.c.id).where(candidates.c.outage == outage_id)):
        outbox.show(work, SUPERVISORS, CARD, CandidateRef(number))
