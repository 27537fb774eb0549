"""The buttons of a team's card: the next moves, by what is done most, and for some minutes the way back of the last word."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import recall
from bot.keys import TeamChat
from bot.telegram.buttons import (
    AskEmployee,
    Claim,
    DeclareOutage,
    GiveBack,
    OfferWorkaround,
    OpenGuides,
    OpenMore,
    OpenReplies,
    OpenTeams,
    Recall,
    Resolve,
    ShowSimilar,
)
from bot.telegram.keyboard import Keyboard, button
from bot.texts.speak import Voice
from bot.tickets import search
from bot.tickets.actions import team_chat
from bot.tickets.ticket import HELD, IN_WORK, OPEN, UNCLAIMED, Ticket


def of(work: Work, ticket: Ticket, voice: Voice, *, wants_workaround: bool) -> Keyboard:
    """Who has the ticket asks and resolves; who has not yet claims it."""
    guide = button(voice.say("button.guide"), OpenGuides(ticket.id))
    give = button(voice.say("button.give"), OpenTeams(ticket.id))
    more = button(voice.say("button.more"), OpenMore(ticket.id))
    back = _way_back(work, ticket, voice)
    if ticket.state in IN_WORK and is_hosted(work.tx, ticket):
        return [[button(voice.say("button.take_back"), GiveBack(ticket.id)), guide, more], *back]
    outage = (
        [[button(voice.say("button.declare_outage"), DeclareOutage(ticket.id))]] if ticket.mass_hint else []
    )
    if ticket.state in UNCLAIMED:
        return [[button(voice.say("button.claim"), Claim(ticket.id), "success"), give, guide], *outage, *back]
    if ticket.state not in HELD:
        return back if ticket.state in OPEN else []
    ask = button(voice.say("button.ask"), AskEmployee(ticket.id))
    ready = (
        [button(voice.say("more.canned"), OpenReplies(ticket.id))] if work.config.desk.file.replies else []
    )
    if search.similar(work.tx, ticket, 1):
        ready.append(button(voice.say("more.similar"), ShowSimilar(ticket.id)))
    around = (
        [[button(voice.say("button.workaround"), OfferWorkaround(ticket.id))]] if wants_workaround else []
    )
    return [
        [ask, button(voice.say("button.resolve"), Resolve(ticket.id), "success")],
        *([ready] if ready else []),
        [give, guide, more],
        *outage,
        *around,
        *back,
    ]


def is_hosted(tx: Connection, ticket: Ticket) -> bool:
    """Whether the team at work has no chat, so that the accountable one leads the talk."""
    return ticket.is_away and team_chat(tx, ticket) == TeamChat(ticket.accountable)


def _way_back(work: Work, ticket: Ticket, voice: Voice) -> Keyboard:
    slip = recall.latest(work, ticket)
    return [] if slip is None else [[button(voice.say("button.recall"), Recall(ticket.id, slip.id))]]
