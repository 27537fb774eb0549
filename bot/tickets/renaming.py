"""Open tickets follow what their names are called today (`renamed:` of desk.yaml). What has ended keeps the names it had."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from bot.config.config import Work
from bot.keys import PersonChat
from bot.sla.names import Section
from bot.sla.policy import OTHER, Desk
from bot.storage.schema import clocks, tickets
from bot.telegram import outbox
from bot.tickets import store
from bot.tickets.actions import team_chat
from bot.tickets.clocks import operations
from bot.tickets.ticket import OPEN, State, Ticket

NAMES = {
    "category": Section.CATEGORIES,
    "team": Section.TEAMS,
    "owner_team": Section.TEAMS,
    "priority": Section.PRIORITIES,
    "impact": Section.IMPACT,
    "urgency": Section.URGENCY,
}


def follow(work: Work) -> int:
    """Bring every open ticket to the names of today, each with a line in its history; returns how many had others."""
    going = store.hold(work.tx, _going(work))
    for ticket in going.values():
        _follow(work, ticket)
    return len(going)


def usable(desk: Desk, ticket: Ticket) -> dict[str, str]:
    """What must be written in a ticket that is opened again, so that it carries names in use: other columns keep theirs."""
    category = desk.category(ticket.category).id if desk.has(Section.CATEGORIES, ticket.category) else OTHER
    impact, urgency = (
        desk.measure(Section.IMPACT, ticket.impact),
        desk.measure(Section.URGENCY, ticket.urgency),
    )
    wanted = {
        "category": category,
        "team": _team(desk, ticket.team, category),
        "owner_team": _team(desk, ticket.accountable, category),
        "impact": impact,
        "urgency": urgency,
        "priority": desk.today(Section.PRIORITIES, ticket.priority)
        if desk.has(Section.PRIORITIES, ticket.priority)
        else desk.priority(impact, urgency, type=ticket.type, category=category),
    }
    return {column: name for column, name in wanted.items() if getattr(ticket, column) != name}


def _team(desk: Desk, name: str, category: str) -> str:
    return desk.team(name).id if desk.has(Section.TEAMS, name) else desk.category(category).team


def _former(desk: Desk, ticket: Ticket) -> dict[str, tuple[str, str]]:
    """Which columns carry a former name: that, and what it is called today."""
    kept = {column: getattr(ticket, column) for column in NAMES}
    named = {column: (name, desk.today(NAMES[column], name)) for column, name in kept.items()}
    return {column: (former, today) for column, (former, today) in named.items() if former != today}


def _going(work: Work) -> Sequence[int]:
    renamed = work.config.desk.file.renamed
    former = [tickets.c[column].in_(renamed.of(section)) for column, section in NAMES.items()]
    mine = tickets.c.state.in_([state.value for state in OPEN])
    return work.tx.scalars(select(tickets.c.id).where(mine & or_(*former)).order_by(tickets.c.id)).all()


def _follow(work: Work, ticket: Ticket) -> None:
    changed = _former(work.config.desk, ticket)
    was_away = ticket.is_away
    ticket = store.change(work.tx, ticket, **{column: today for column, (_, today) in changed.items()})
    store.record(work, ticket.id, "bot", "rename", {column: list(pair) for column, pair in changed.items()})
    _clocks_follow(work, ticket)
    if was_away and not ticket.is_away:  # the team that had it and the team that answers for it are one now
        operations.returned(work, ticket.id, work.now)
    if ticket.state is not State.APPROVAL:
        chat = team_chat(work.tx, ticket)
        outbox.show(work, chat, "team_card", ticket.about, topic=ticket.about, priority=outbox.NEWS)
    outbox.show(work, PersonChat(ticket.requester), "ticket_card", ticket.about, priority=outbox.NEWS)


def _clocks_follow(work: Work, ticket: Ticket) -> None:
    """The hours of a team inside the promise carry its name."""
    for former, today in work.config.desk.file.renamed.teams.items():
        mine = (clocks.c.ticket == ticket.id) & (clocks.c.scope == former)
        still = mine & clocks.c.state.in_(("running", "paused"))
        work.tx.execute(update(clocks).where(still).values(scope=today, rule=f"ola:{today}"))
