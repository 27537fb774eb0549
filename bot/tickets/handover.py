"""Giving a ticket away: to another team with a note, back with a reason.

The person who accepted it stays accountable (`owner_team`, `owner`) and keeps it on the card; the other team does the work.
"""

from __future__ import annotations

from typing import Any

from bot.config.config import Work
from bot.keys import PersonChat, TeamChat
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.telegram import chats, outbox, posts
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import absence, briefing, prompts, readers, round_robin, store, ticket_timers, transcript
from bot.tickets.actions import NoWords, move_up, refresh_desk, say_in_topic, team_chat, tell, thing
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import State, Ticket, move


def transfer(work: Work, ticket_id: int, person: Person, team: str, note: str) -> Line:
    """Give the ticket to `team` with a note. The accountable team keeps it on its card. Raises NoWords."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "transfer", thing(ticket))
    if not note.strip():
        raise NoWords
    move(ticket, "transfer")
    team = work.config.desk.today(Section.TEAMS, team)
    if (refusal := _not_there(work.config.desk, ticket, person, team)) is not None:
        return refusal
    if (missing := briefing.missing(work.config.desk, ticket)) is not None:
        briefing.ask(work, team_chat(work.tx, ticket), ticket, person, missing, briefing.Wish(team, note))
        return Line("transfer.first")
    said = Line("team.handed", {"who": person.name, "note": note})
    return _give(work, ticket, person.key, "transfer", team, note, said)


def offer(work: Work, ticket_id: int, team: str, share: int) -> bool:
    """Functional escalation: no one has taken the ticket in `share` per cent of the time, so `team` is offered it.

    Whose promise it is does not change. False when someone has it by now, or another team does.
    """
    ticket = store.get(work.tx, ticket_id)
    if ticket.state is not State.NEW or ticket.team == team or team not in work.config.desk.teams:
        return False
    said = Line("team.offered", {"share": share})
    _give(work, ticket, "timer", "transfer", team, None, said)
    return True


def give_back(work: Work, ticket_id: int, person: Person, reason: str) -> Line:
    """Return the ticket to the team that answers for it, with the reason. Raises NoWords."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "return", thing(ticket))
    if not reason.strip():
        raise NoWords
    if not ticket.is_away:
        return absence.release(work, ticket, person, reason)
    said = Line("team.returned", {"who": person.name, "note": reason})
    return _give(work, ticket, person.key, "return", ticket.accountable, reason, said)


def begin(work: Work, ticket: Ticket, person: Person, team: str, chat: str) -> Line:
    """A button names the team: what must be known first is asked for, then the note."""
    authorize(person, "transfer", thing(ticket))
    if (missing := briefing.missing(work.config.desk, ticket)) is not None:
        return briefing.ask(work, chat, ticket, person, missing, briefing.Wish(team))
    title = work.config.desk.team(team).title[chats.language(work.tx, chat)]
    line = Line("prompt.transfer", {"who": person.first_name, "value": title})
    return prompts.put(work, chat, ticket, person, "transfer", team, line)


def told(work: Work, ticket_id: int, person: Person, chat: str, value: str, words: str) -> Line:
    """A fact that was missing: it is on the card from now on. Then the next one, the note, or the hand-over itself."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "transfer", thing(ticket))
    ticket, wish = briefing.learn(work, ticket, person, value, words)
    team = work.config.desk.today(Section.TEAMS, wish.team)
    if (refusal := _not_there(work.config.desk, ticket, person, team)) is not None:
        return refusal
    if wish.note:
        return transfer(work, ticket_id, person, wish.team, wish.note)
    begin(work, ticket, person, team, chat)
    return Line("transfer.noted")


def _not_there(desk: Desk, ticket: Ticket, person: Person, team: str) -> Line | None:
    """Why the ticket cannot go to that team, as its engineer reads it; None when it can."""
    allowed = desk.may_go_to(ticket.category, ticket.team)

    def titled(name: str) -> str:
        return desk.team(name).title[person.language]

    teams = ", ".join(f"{titled(one)} ({one})" for one in allowed)
    if team == ticket.team:
        return Line("transfer.already", {"number": ticket.id, "team": titled(team)}, alert=True)
    if team not in desk.teams:
        return Line("transfer.unknown", {"team": team[:40], "teams": teams}, alert=True)
    if team not in allowed and not person.is_supervisor:
        return Line("transfer.not_by_instruction", {"teams": teams}, alert=True)
    return None


def _give(
    work: Work, ticket: Ticket, actor: str, action: str, team: str, note: str | None, said: Line
) -> Line:
    former, left, held_by = team_chat(work.tx, ticket), ticket.team, ticket.assignee
    moved: dict[str, Any] = {}
    day = ticket.wake_at if ticket.state in (State.WAITING, State.SCHEDULED) else None
    if ticket.state in (State.WAITING, State.SCHEDULED):
        operations.resumed(work, ticket.id, work.now)
        reason = "why.waited" if ticket.state is State.WAITING else "why.handed"
        moved = revised_eta.why(ticket.promise, revised_eta.given(work.tx, ticket), reason)
        ticket_timers.call_off(work.tx, ticket)
    values: dict[str, Any] = {
        "state": move(ticket, action).value,
        "team": team,
        "assignee": None,
        "note": note,
    }
    values |= {"question": None, "wake_at": None, "owner_team": ticket.accountable} | moved
    if not ticket.is_away and ticket.assignee is not None:
        values["owner"] = ticket.assignee
    earlier = transcript.conversation(work.tx, ticket.id)
    ticket = store.change(work.tx, ticket, **values)
    store.record(work, ticket.id, actor, action, {"team": team, "note": note})
    if ticket.is_away:
        operations.handed(work, ticket, team, work.now)
    else:
        operations.returned(work, ticket.id, work.now)
    if day is not None and day > work.now:
        _tell_day_is_off(work, ticket, day)
    told = moved or revised_eta.theirs_later(work.tx, ticket)
    tell(work, ticket, anew="promise" if told else None)
    move_up(work, left)
    outbox.show(work, former, "team_card", ticket.about, topic=ticket.about)
    if held_by is not None:
        refresh_desk(work, held_by)
    chat = team_chat(work.tx, ticket)
    if posts.find(work.tx, chat, prompts.TEAM_CARD, ticket.about) is not None or note is None:
        say_in_topic(work, ticket, said)  # an edit of a card notifies no one
    round_robin.offer(work, ticket)
    if chat != former and not transcript.fits_a_card(earlier):
        for said_before in earlier:
            transcript.show_again(work, ticket, chat, said_before)
    if ticket.is_away and chats.find(work.tx, TeamChat(team)) is None:
        briefing.tell_in_private(work, ticket, note or "-")
    voice = speak.voice(chats.language(work.tx, former))
    title = work.config.desk.team(ticket.accountable).title[voice.language]
    return Line("transfer.done" if ticket.is_away else "return.done", {"number": ticket.id, "team": title})


def _tell_day_is_off(work: Work, ticket: Ticket, day: int) -> None:
    """The other team does not wait for the day that the employee agreed to: both sides read so."""
    chat = PersonChat(ticket.requester)
    voice, desk = speak.voice(chats.language(work.tx, chat)), work.config.desk
    facts = {"number": ticket.id, "team": desk.team(ticket.team).title[voice.language]}
    when = voice.when(day, readers.zone_of(work, chat), work.now)
    outbox.line(work, chat, "schedule.off", facts | {"when": when})
    theirs = speak.voice(chats.language(work.tx, team_chat(work.tx, ticket)))
    say_in_topic(work, ticket, Line("team.day_off", {"when": theirs.when(day, desk.zone, work.now)}))
