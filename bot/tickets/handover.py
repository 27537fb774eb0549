"""Giving a ticket away: to another team with a note, back with a reason.

Whoever accepted it stays accountable (`owner_team`, `owner`) and keeps it on the card; the other team does the work.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.texts.speak import Line
from bot.tickets import absence, briefing, prompts, round_robin, store, ticket_timers, transcript
from bot.tickets.actions import NoWords, move_up, say_in_topic, team_chat, tell, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import State, Ticket, move


def transfer(
    tx: Connection, desk: Desk, ticket_id: int, person: Person, team: str, note: str, now: int
) -> Line:
    """Give the ticket to `team` with a note. The accountable team keeps it on its card. Raises NoWords."""
    ticket = store.get(tx, ticket_id)
    authorize(person, "transfer", thing(ticket))
    if not note.strip():
        raise NoWords
    if team not in desk.teams or team == ticket.team:
        return Line("transfer.nowhere", alert=True)
    allowed = desk.may_go_to(ticket.category, ticket.team)
    if team not in allowed and not person.is_supervisor:
        return Line("transfer.not_by_instruction", {"teams": ", ".join(allowed)}, alert=True)
    if (missing := briefing.missing(desk, ticket)) is not None:
        briefing.ask(tx, team_chat(tx, ticket), ticket, person, missing, briefing.Wish(team, note), now)
        return Line("transfer.first")
    said = Line("team.handed", {"who": person.name, "note": note})
    return _give(tx, desk, ticket, person.key, "transfer", team, note, said, now)


def offer(tx: Connection, desk: Desk, ticket_id: int, team: str, share: int, now: int) -> bool:
    """Functional escalation: nobody has taken the ticket in `share` per cent of the time, so `team` is offered it.

    Whose promise it is does not change. False when somebody has it by now, or another team does.
    """
    ticket = store.get(tx, ticket_id)
    if ticket.state is not State.NEW or ticket.team == team or team not in desk.teams:
        return False
    said = Line("team.offered", {"share": share})
    _give(tx, desk, ticket, "timer", "transfer", team, None, said, now)
    return True


def give_back(tx: Connection, desk: Desk, ticket_id: int, person: Person, reason: str, now: int) -> Line:
    """Return the ticket to the team that answers for it, with the reason. Raises NoWords."""
    ticket = store.get(tx, ticket_id)
    authorize(person, "return", thing(ticket))
    if not reason.strip():
        raise NoWords
    if not ticket.is_away:
        return absence.release(tx, desk, ticket, person, reason, now)
    said = Line("team.returned", {"who": person.name, "note": reason})
    return _give(tx, desk, ticket, person.key, "return", ticket.accountable, reason, said, now)


def begin(tx: Connection, desk: Desk, ticket: Ticket, person: Person, team: str, chat: str, now: int) -> Line:
    """A button names the team: what must be known first is asked for, then the note."""
    authorize(person, "transfer", thing(ticket))
    if (missing := briefing.missing(desk, ticket)) is not None:
        briefing.ask(tx, chat, ticket, person, missing, briefing.Wish(team), now)
    else:
        line = Line("prompt.transfer", {"who": person.first_name, "value": team})
        prompts.put(tx, chat, ticket, person, "transfer", team, line, now)
    return Line("prompt.below")


def told(
    tx: Connection, desk: Desk, ticket_id: int, person: Person, chat: str, value: str, words: str, now: int
) -> Line:
    """A fact that was missing: it stands on the card from now on. Then the next one, the note, or the hand-over itself."""
    ticket = store.get(tx, ticket_id)
    authorize(person, "transfer", thing(ticket))
    ticket, wish = briefing.learn(tx, ticket, person, value, words, now)
    if wish.note:
        return transfer(tx, desk, ticket_id, person, wish.team, wish.note, now)
    begin(tx, desk, ticket, person, wish.team, chat, now)
    return Line("transfer.noted")


def _give(
    tx: Connection,
    desk: Desk,
    ticket: Ticket,
    actor: str,
    action: str,
    team: str,
    note: str | None,
    said: Line,
    now: int,
) -> Line:
    former, left = team_chat(tx, ticket), ticket.team
    moved: dict[str, Any] = {}
    if ticket.state in (State.WAITING, State.SCHEDULED):
        operations.resumed(tx, desk, ticket.id, now)
        moved = revised_eta.why(ticket.promise, revised_eta.given(tx, ticket), "why.waited")
        ticket_timers.call_off(tx, ticket)
    values: dict[str, Any] = {
        "state": move(ticket, action).value,
        "team": team,
        "assignee": None,
        "note": note,
    }
    values |= {"question": None, "wake_at": None, "owner_team": ticket.accountable} | moved
    if not ticket.is_away and ticket.assignee is not None:
        values["owner"] = ticket.assignee
    earlier = transcript.of_employee(tx, ticket.id, former)
    ticket = store.change(tx, ticket, **values)
    store.record(tx, ticket.id, actor, action, now, {"team": team, "note": note})
    if ticket.is_away:
        operations.handed(tx, desk, ticket, team, now)
    else:
        operations.returned(tx, desk, ticket.id, now)
    told = moved or revised_eta.theirs_later(tx, ticket)
    tell(tx, ticket, now, anew="promise" if told else None)
    move_up(tx, left, now)
    outbox.show(tx, former, "team_card", ticket.about, now, topic=ticket.about)
    say_in_topic(tx, ticket, said, now)
    round_robin.offer(tx, desk, ticket, now)
    for relay in earlier:
        transcript.copy_again(tx, ticket, team_chat(tx, ticket), relay, now)
    if ticket.is_away and chats.find(tx, f"team:{team}") is None:
        briefing.tell_in_private(tx, desk, ticket, note or "-", now)
    return Line("transfer.done", {"number": ticket.id})
