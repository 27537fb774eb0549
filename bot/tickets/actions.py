"""What can be done to a ticket. A verb is one transaction: read, check, decide, write, record, tell - in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.conversation import masking
from bot.errors import FirstlineError
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.texts.speak import Line
from bot.tickets import backlog_digest, consent, round_robin, search, store, ticket_timers
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import HELD, State, Ticket, move

SENDING = {  # kind of a file that a person sent -> (method, parameter) that sends it again by its id
    "photo": ("sendPhoto", "photo"),
    "document": ("sendDocument", "document"),
    "video": ("sendVideo", "video"),
    "voice": ("sendVoice", "voice"),
    "audio": ("sendAudio", "audio"),
}


NEAR = 5  # places in a queue that a card tells exactly


class NoWords(FirstlineError):
    """This needs words: a reason, or what the next one must know."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a ticket is opened with: a scenario's findings, or a person's own words."""

    category: str
    team: str
    summary: str
    type: str = "incident"
    impact: str = "one"
    urgency: str = "degraded"
    body: str = ""
    transcript: Sequence[tuple[str, str]] = ()
    tried: Sequence[str] = ()
    words: str = ""
    files: Sequence[tuple[str, str]] = ()
    run: int | None = None
    author: int | None = None
    summary_own: str | None = None
    tried_own: Sequence[str] = ()


def thing(ticket: Ticket) -> Object:
    """The ticket as far as authority goes."""
    return Object(ticket.team, ticket.requester, ticket.assignee, ticket.accountable)


def open_ticket(tx: Connection, desk: Desk, requester: Person, draft: Draft, now: int) -> Ticket:
    """Open a ticket, start its clocks, show it to both sides. A scenario run opens one ticket, whatever is retried.

    A team that has gone from the file since the draft was begun is not written to: its category's team gets the ticket.
    """
    authorize(requester, "open", Object())
    if draft.run is not None and (already := store.by_run(tx, draft.run)) is not None:
        return already
    team = draft.team if draft.team in desk.teams else desk.category(draft.category).team
    approvers = consent.approvers(tx, desk, draft.category, requester.id)
    priority = desk.priority(draft.impact, draft.urgency, type=draft.type, category=draft.category)
    ticket = store.create(
        tx,
        {
            "requester": requester.id,
            "run": draft.run,
            "type": draft.type,
            "category": draft.category,
            "summary": masking.hide(draft.summary),
            "body": masking.hide(draft.body),
            "transcript": [[question, masking.hide(answer)] for question, answer in draft.transcript],
            "tried": list(draft.tried),
            "words": masking.hide(draft.words),
            "impact": draft.impact,
            "urgency": draft.urgency,
            "priority": priority,
            "team": team,
            "owner_team": team,
            "author": draft.author,
            "summary_own": masking.hide(draft.summary_own) if draft.summary_own is not None else None,
            "tried_own": list(draft.tried_own),
            "state": (State.APPROVAL if approvers else State.NEW).value,
            "opened_at": now,
        },
    )
    actor = f"person:{draft.author or requester.id}"
    facts = {"priority": priority, "team": team, "state": ticket.state.value}
    store.record(tx, ticket.id, actor, "open", now, facts)
    search.learn(tx, ticket)
    if approvers:
        consent.ask(tx, desk, ticket, approvers[0], now)
    else:
        operations.open_all(tx, desk, ticket, now)
    tell(tx, ticket, now)
    backlog_digest.foresee(tx, desk, ticket, team_chat(tx, ticket), now)
    round_robin.offer(tx, desk, ticket, now)
    for kind, file_id in draft.files:
        if kind in SENDING:
            method, parameter = SENDING[kind]
            outbox.call(tx, team_chat(tx, ticket), method, {parameter: file_id}, now, topic=ticket.about)
    return ticket


def claim(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, now: int) -> Line:
    """Take the ticket. The first press wins; whoever comes later hears who was quicker."""
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "claim", thing(ticket))
    if ticket.assignee is not None and ticket.state in HELD:
        return _already_claimed(tx, ticket, engineer, now)
    state = move(ticket, "claim")
    ticket = store.change(tx, ticket, state=state.value, assignee=engineer.id, claimed_at=now)
    operations.claimed(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, engineer.key, "claim", now)
    tell(tx, ticket, now)
    move_up(tx, ticket.team, now)
    return Line("claim.won", {"number": ticket.id})


def ask(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, question: str, at: int) -> Ticket:
    """Ask the employee a question and wait for the answer: the only way an engineer stops the resolution clock.

    `at` is when the engineer wrote the question (UTC seconds): it counts as a human public reply of that moment.
    """
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "ask", thing(ticket))
    values = {"question": question, "wake_at": None, "promise": revised_eta.given(tx, ticket)}
    ticket = store.change(tx, ticket, state=move(ticket, "ask").value, **values)
    operations.replied(tx, desk, ticket.id, at)
    operations.paused(tx, desk, ticket.id, "waiting_user", at)
    store.record(tx, ticket.id, engineer.key, "ask", at, {"question": question})
    ticket_timers.wait_for_answer(tx, desk, ticket, at)
    tell(tx, ticket, at, anew="question")
    return ticket


def answered(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> Ticket:
    """The employee wrote while we waited for them: the clock runs again from their message on."""
    state, before = move(ticket, "answer"), ticket.promise
    operations.resumed(tx, desk, ticket.id, at)
    moved = revised_eta.why(before, revised_eta.given(tx, ticket), "why.waited")
    ticket = store.change(tx, ticket, state=state.value, question=None, **moved)
    store.record(tx, ticket.id, f"person:{ticket.requester}", "answer", at)
    ticket_timers.call_off(tx, ticket)
    tell(tx, ticket, at, anew="promise" if moved else None)
    return ticket


def resolve(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, words: str, now: int) -> Line:
    """The engineer says it is done. The employee is asked whether it is."""
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    state = move(ticket, "resolve")
    values = {"resolved_at": now, "resolution": words or None, "question": None, "wake_at": None}
    values |= {"promise": revised_eta.given(tx, ticket), "why": None}
    ticket = store.change(tx, ticket, state=state.value, assignee=ticket.assignee or engineer.id, **values)
    operations.resolved(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, engineer.key, "resolve", now, {"words": words})
    search.learn(tx, ticket)
    ticket_timers.close_by_itself(tx, desk, ticket, now)
    tell(tx, ticket, now, anew="resolved")
    return Line("resolve.done", {"number": ticket.id})


def confirm(tx: Connection, ticket_id: int, employee: Person, now: int) -> Line:
    """The employee says that it works: the only thing that counts as solved."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    values = {"closed_at": now, "outcome": "confirmed", "wake_at": None}
    ticket = store.change(tx, ticket, state=move(ticket, "confirm").value, **values)
    store.record(tx, ticket.id, employee.key, "confirm", now)
    ticket_timers.call_off(tx, ticket)
    tell(tx, ticket, now)
    close_topic(tx, ticket, now)
    return Line("confirm.done")


def cancel(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Line:
    """The employee does not need it any more."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "cancel", thing(ticket))
    values = {"closed_at": now, "outcome": "cancelled", "wake_at": None}
    ticket = store.change(tx, ticket, state=move(ticket, "cancel").value, **values)
    operations.cancelled(tx, desk, ticket.id, now)
    ticket_timers.call_off(tx, ticket)
    store.record(tx, ticket.id, employee.key, "cancel", now)
    tell(tx, ticket, now)
    move_up(tx, ticket.team, now)
    close_topic(tx, ticket, now)
    return Line("cancel.done", {"number": ticket.id})


def rate(tx: Connection, ticket_id: int, employee: Person, stars: int, now: int) -> Line:
    """One tap after the end: from one to five stars."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "rate", thing(ticket))
    move(ticket, "rate")
    ticket = store.change(tx, ticket, stars=max(1, min(5, stars)))
    store.record(tx, ticket.id, employee.key, "rate", now, {"stars": ticket.stars})
    tell(tx, ticket, now)
    return Line("rate.done")


def team_chat(tx: Connection, ticket: Ticket) -> str:
    """Where the work on a ticket is talked about: its team's chat, or the accountable team's where that one has none."""
    own = f"team:{ticket.team}"
    return f"team:{ticket.accountable}" if ticket.is_away and chats.find(tx, own) is None else own


def tell(tx: Connection, ticket: Ticket, now: int, *, anew: str | None = None) -> None:
    """All sides see the ticket as it stands now: who works, who answers for it, who asked.

    `anew` moves the employee's card to the end of their chat, so that they notice.
    """
    if ticket.state is not State.APPROVAL:
        outbox.show(tx, team_chat(tx, ticket), "team_card", ticket.about, now, topic=ticket.about)
    if ticket.is_away:
        outbox.show(tx, f"team:{ticket.accountable}", "team_card", ticket.about, now, topic=ticket.about)
    outbox.show(tx, f"person:{ticket.requester}", "ticket_card", ticket.about, now, anew=anew)


def move_up(tx: Connection, team: str, now: int) -> None:
    """Somebody left a team's queue: those behind see on their cards that they have come nearer."""
    for waiting in store.waiting(tx, team, NEAR):
        outbox.show(tx, f"person:{waiting.requester}", "ticket_card", waiting.about, now)


def say_in_topic(
    tx: Connection, ticket: Ticket, line: Line, now: int, *, priority: int = outbox.TALK
) -> None:
    """Say a line to the team, in the ticket's topic. The words are drawn at delivery, in the team's language."""
    outbox.line(tx, team_chat(tx, ticket), line.key, line.facts, now, topic=ticket.about, priority=priority)


def close_topic(tx: Connection, ticket: Ticket, now: int) -> None:
    """Tidy the team's chat: the topic of a finished ticket is closed after its last card."""
    outbox.call(
        tx, team_chat(tx, ticket), "closeForumTopic", {}, now, topic=ticket.about, about=f"topic:{ticket.id}"
    )


def _already_claimed(tx: Connection, ticket: Ticket, engineer: Person, now: int) -> Line:
    assert ticket.assignee is not None
    if ticket.assignee == engineer.id:
        return Line("claim.yours", {"number": ticket.id})
    winner = directory.get(tx, ticket.assignee)
    seconds = max(1, now - (ticket.claimed_at or now))
    return Line("claim.lost", {"who": winner.first_name, "seconds": seconds}, alert=True)
