"""What can be done to a ticket. Each verb is one transaction: read, check, decide, write, record, tell - in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import clocks, store
from bot.tickets.ticket import State, Ticket, move

SENDING = {  # kind of a file that a person sent -> (method, parameter) that sends it again by its id
    "photo": ("sendPhoto", "photo"),
    "document": ("sendDocument", "document"),
    "video": ("sendVideo", "video"),
    "voice": ("sendVoice", "voice"),
    "audio": ("sendAudio", "audio"),
}


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
    answers: dict[str, object] = field(default_factory=dict)


def thing(ticket: Ticket) -> Object:
    """The ticket as far as authority goes."""
    return Object(ticket.team, ticket.requester, ticket.assignee)


def open_ticket(tx: Connection, desk: Desk, requester: Person, draft: Draft, now: int) -> Ticket:
    """Open a ticket, start its clocks, show it to the team and to the employee. A scenario run opens one ticket, whatever is retried."""
    authorize(requester, "open", Object())
    if draft.run is not None and (already := store.by_run(tx, draft.run)) is not None:
        return already
    priority = desk.priority(draft.impact, draft.urgency, type=draft.type, category=draft.category)
    ticket = store.create(
        tx,
        {
            "requester": requester.id,
            "run": draft.run,
            "type": draft.type,
            "category": draft.category,
            "summary": draft.summary,
            "body": draft.body,
            "transcript": [list(pair) for pair in draft.transcript],
            "tried": list(draft.tried),
            "words": draft.words,
            "impact": draft.impact,
            "urgency": draft.urgency,
            "priority": priority,
            "team": draft.team,
            "state": State.NEW.value,
            "opened_at": now,
        },
    )
    clocks.open_all(tx, desk, ticket, now)
    store.record(tx, ticket.id, requester.key, "open", now, {"priority": priority, "team": draft.team})
    tell(tx, ticket, now)
    for kind, file_id in draft.files:
        if kind in SENDING:
            method, parameter = SENDING[kind]
            outbox.call(tx, team_chat(ticket), method, {parameter: file_id}, now, topic=ticket.about)
    return ticket


def claim(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, now: int) -> Line:
    """Take the ticket. The first press wins; whoever comes later hears who was quicker."""
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "claim", thing(ticket))
    if ticket.assignee is not None and ticket.state in (State.CLAIMED, State.WAITING):
        return _already_claimed(tx, ticket, engineer, now)
    state = move(ticket, "claim")
    ticket = store.change(tx, ticket, state=state.value, assignee=engineer.id, claimed_at=now)
    clocks.claimed(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, engineer.key, "claim", now)
    tell(tx, ticket, now)
    return Line("claim.won", {"number": ticket.id})


def ask(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, question: str, at: int) -> Ticket:
    """Ask the employee a question and wait for the answer: the only way an engineer stops the resolution clock.

    `at` is when the engineer wrote the question (UTC seconds): it counts as a human public reply of that moment.
    """
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "ask", thing(ticket))
    ticket = store.change(tx, ticket, state=move(ticket, "ask").value, question=question)
    clocks.replied(tx, desk, ticket.id, at)
    clocks.paused(tx, desk, ticket.id, "waiting_user", at)
    store.record(tx, ticket.id, engineer.key, "ask", at, {"question": question})
    tell(tx, ticket, at, anew="question")
    return ticket


def answered(tx: Connection, desk: Desk, ticket: Ticket, at: int) -> Ticket:
    """The employee wrote while we waited for them: the clock runs again from their message on."""
    ticket = store.change(tx, ticket, state=move(ticket, "answer").value, question=None)
    clocks.resumed(tx, desk, ticket.id, at)
    store.record(tx, ticket.id, f"person:{ticket.requester}", "answer", at)
    tell(tx, ticket, at)
    return ticket


def resolve(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, words: str, now: int) -> Line:
    """The engineer says it is done. The employee is asked whether it is."""
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    state = move(ticket, "resolve")
    ticket = store.change(
        tx, ticket, state=state.value, resolved_at=now, resolution=words or None, question=None
    )
    clocks.resolved(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, engineer.key, "resolve", now, {"words": words})
    tell(tx, ticket, now, anew="resolved")
    return Line("resolve.done", {"number": ticket.id})


def confirm(tx: Connection, ticket_id: int, employee: Person, now: int) -> Line:
    """The employee says that it works: the only thing that counts as solved."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    ticket = store.change(tx, ticket, state=move(ticket, "confirm").value, closed_at=now)
    store.record(tx, ticket.id, employee.key, "confirm", now)
    tell(tx, ticket, now)
    close_topic(tx, ticket, now)
    return Line("confirm.done")


def reject(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Line:
    """It does not work after all: back to the same engineer, on the same clock."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "reject", thing(ticket))
    ticket = store.change(tx, ticket, state=move(ticket, "reject").value, resolved_at=None)
    clocks.reopened(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, employee.key, "reject", now)
    tell(tx, ticket, now)
    who = directory.get(tx, ticket.assignee).first_name if ticket.assignee else ""
    say_in_topic(tx, ticket, Line("team.rejected", {"who": employee.first_name, "engineer": who}), now)
    return Line("reject.done")


def cancel(tx: Connection, desk: Desk, ticket_id: int, employee: Person, now: int) -> Line:
    """The employee does not need it any more."""
    ticket = store.get(tx, ticket_id)
    authorize(employee, "cancel", thing(ticket))
    ticket = store.change(tx, ticket, state=move(ticket, "cancel").value, closed_at=now)
    clocks.cancelled(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, employee.key, "cancel", now)
    tell(tx, ticket, now)
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


def take_control(tx: Connection, desk: Desk, ticket_id: int, supervisor: Person, now: int) -> Line:
    """A supervisor has seen the alert and watches this ticket now. The clock runs on."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "take_control", thing(ticket))
    ticket = store.change(tx, ticket, watcher=supervisor.id)
    clocks.acknowledged(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, supervisor.key, "take_control", now)
    tell(tx, ticket, now)
    outbox.show(tx, "supervisors", "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("control.taken", {"number": ticket.id})


def assign(tx: Connection, desk: Desk, ticket_id: int, chief: Person, engineer_id: int, now: int) -> Line:
    """A supervisor or the team's lead gives the ticket to somebody of the team."""
    ticket = store.get(tx, ticket_id)
    authorize(chief, "assign", thing(ticket))
    engineer = directory.get(tx, engineer_id)
    authorize(engineer, "claim", thing(ticket))
    values = {"state": move(ticket, "assign").value, "assignee": engineer.id}
    ticket = store.change(tx, ticket, **values, claimed_at=ticket.claimed_at or now)
    clocks.claimed(tx, desk, ticket.id, now)
    store.record(tx, ticket.id, chief.key, "assign", now, {"engineer": engineer.id})
    tell(tx, ticket, now)
    say_in_topic(tx, ticket, Line("team.assigned", {"engineer": engineer.name, "who": chief.name}), now)
    outbox.show(tx, "supervisors", "alert", ticket.about, now, priority=outbox.ALARM)
    return Line("assign.done", {"engineer": engineer.first_name, "number": ticket.id})


def call_assignee(tx: Connection, ticket_id: int, supervisor: Person, now: int) -> Line:
    """Call the one who works on it - or the whole team when nobody does - by name, in the ticket's topic."""
    ticket = store.get(tx, ticket_id)
    authorize(supervisor, "call", thing(ticket))
    called = [directory.get(tx, ticket.assignee)] if ticket.assignee else directory.engineers(tx, ticket.team)
    store.record(tx, ticket.id, supervisor.key, "call", now, {"people": [person.id for person in called]})
    mentions = ", ".join(f"@{person.username}" if person.username else person.name for person in called)
    say_in_topic(
        tx,
        ticket,
        Line("team.called", {"mentions": mentions, "who": supervisor.name, "number": ticket.id}),
        now,
    )
    return Line("call.done", {"names": ", ".join(person.first_name for person in called)})


def team_chat(ticket: Ticket) -> str:
    return f"team:{ticket.team}"


def tell(tx: Connection, ticket: Ticket, now: int, *, anew: str | None = None) -> None:
    """Both sides see the ticket as it stands now. `anew` moves the employee's card to the end of their chat, so that they notice."""
    outbox.show(tx, team_chat(ticket), "team_card", ticket.about, now, topic=ticket.about)
    outbox.show(tx, f"person:{ticket.requester}", "ticket_card", ticket.about, now, anew=anew)


def say_in_topic(
    tx: Connection, ticket: Ticket, line: Line, now: int, *, priority: int = outbox.TALK
) -> None:
    """Say a line to the team, in the ticket's topic. The words are drawn at delivery, in the team's language."""
    outbox.line(tx, team_chat(ticket), line.key, line.facts, now, topic=ticket.about, priority=priority)


def close_topic(tx: Connection, ticket: Ticket, now: int) -> None:
    """Tidy the team's chat: the topic of a finished ticket is closed after its last card."""
    outbox.call(
        tx, team_chat(ticket), "closeForumTopic", {}, now, topic=ticket.about, about=f"topic:{ticket.id}"
    )


def _already_claimed(tx: Connection, ticket: Ticket, engineer: Person, now: int) -> Line:
    assert ticket.assignee is not None
    if ticket.assignee == engineer.id:
        return Line("claim.yours", {"number": ticket.id})
    winner = directory.get(tx, ticket.assignee)
    seconds = max(1, now - (ticket.claimed_at or now))
    return Line("claim.lost", {"who": winner.first_name, "seconds": seconds}, alert=True)
