"""The articles that fit a ticket, for its engineers and for the employee."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.config.config import Config, Work
from bot.knowledge.articles import ENGINEERS, Article, Audience
from bot.knowledge.search import finder
from bot.sla.policy import OTHER
from bot.storage.schema import runs
from bot.tickets.ticket import Ticket

MOST = 8  # articles beside a ticket


def fitting(work: Work, ticket: Ticket, audiences: frozenset[Audience]) -> Sequence[Article]:
    """The articles that desk.yaml names for a ticket's category, then those of its scenario or category by similarity
    to its words; if there are none or its topic is unknown, the most similar of all. Instructions come first."""
    asked = f"{ticket.summary} {ticket.words}".strip()
    near = finder(work.config.library, audiences).find(asked, MOST)
    own = [
        one for name in _scenarios(work, ticket) for one in work.config.library.of_scenario(name, audiences)
    ]
    places = {one.id: place for place, one in enumerate(near)}
    own.sort(key=lambda one: places.get(one.id, MOST))
    named = [
        one
        for name in _named(work.config, ticket)
        if (one := work.config.library.get(name or "")) is not None
    ]
    led = [one for one in named if one.front.audience in audiences]
    others = own if ticket.category != OTHER else [*near, *own]
    listed = list({one.id: one for one in [*led, *others]}.values()) or list(near)
    return sorted(listed, key=lambda one: (one not in led, one.front.audience not in ENGINEERS))[:MOST]


def _named(config: Config, ticket: Ticket) -> tuple[str | None, ...]:
    """The instructions of the ticket's category for solving and for handing over."""
    category = config.desk.file.categories.get(ticket.category)
    return (category.solve_by, category.hand_over_by) if category is not None else ()


def _scenarios(work: Work, ticket: Ticket) -> list[str]:
    """The scenario that a ticket came from, or else every scenario of its category."""
    told = (
        work.tx.scalar(select(runs.c.scenario).where(runs.c.id == ticket.run))
        if ticket.run is not None
        else None
    )
    if told is not None:
        return [told]
    return [item.id for item in work.config.program.menu if item.spec.category == ticket.category]
