"""A person asks for a human beside an open ticket: its team is notified, the person reads who was called and by when."""

from __future__ import annotations

from bot.config.config import Work
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.telegram import outbox
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import readers, store
from bot.tickets.actions import say_in_topic, thing
from bot.tickets.clocks import operations
from bot.tickets.ticket import IN_WORK, State, Ticket

AGAIN = 10 * 60  # seconds: a second wish within them only says who was called
KINDS = ("response", "workaround", "resolution")  # what the person was promised


def raise_hand(work: Work, person: Person, ticket_id: int) -> Line:
    """Notify the team of the ticket; returns what the person reads. Raises NotAllowed."""
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "write", thing(ticket))
    called = directory.get(work.tx, ticket.assignee) if ticket.assignee is not None else None
    voice = speak.voice(person.language)
    team = work.config.desk.team(ticket.team).title[voice.language]
    facts = {"number": ticket.id, "who": called.name if called is not None else team}
    if work.now - store.last(work.tx, ticket.id, "hand") < AGAIN:
        return Line("hand.again", facts)
    store.record(work, ticket.id, person.key, "hand")
    mention = called.mention if called is not None else ""
    said = Line("team.hand", {"who": person.name, "mention": mention})
    say_in_topic(work, ticket, said, priority=outbox.ALARM)
    due = _due(work, ticket)
    if due is None:
        return Line("hand.raised", facts)
    by = voice.until(due, readers.zone_of_person(work.config.desk, person), work.now)
    return Line("hand.raised_by", facts | {"due": by})


def tell_how_it_goes(work: Work, person: Person, ticket_id: int, message: int) -> None:
    """Who asks "any news?" reads where their ticket is and what is promised: one line, not oftener than every few minutes.

    A solved ticket's card says it already.
    """
    ticket = store.get(work.tx, ticket_id)
    if ticket.state not in IN_WORK or work.now - store.last(work.tx, ticket.id, "news") < AGAIN:
        return
    store.record(work, ticket.id, "bot", "news")
    voice, zone = speak.voice(person.language), readers.zone_of_person(work.config.desk, person)
    team = work.config.desk.team(ticket.team).title[voice.language]
    called = directory.get(work.tx, ticket.assignee).first_name if ticket.assignee is not None else team
    facts = {"number": ticket.id, "who": called, "due": _promise(work, ticket, voice, zone)}
    if ticket.state is State.SCHEDULED and ticket.wake_at is not None:
        facts["due"] = voice.when(ticket.wake_at, zone, work.now)
    state = ticket.state.value if ticket.state is State.SCHEDULED else "held" if ticket.assignee else "queue"
    outbox.line(work, person.key, f"news.{state}", facts, answers=message)


def _promise(work: Work, ticket: Ticket, voice: Voice, zone: str) -> str:
    """What is promised next, or instead of what was missed; in the employee's language."""
    due = _due(work, ticket)
    if due is not None:
        return voice.say("news.due", due=voice.until(due, zone, work.now))
    if ticket.promise is not None and ticket.promise > work.now:
        return voice.say("news.instead", due=voice.until(ticket.promise, zone, work.now))
    return voice.say("news.late")


def _due(work: Work, ticket: Ticket) -> int | None:
    """The nearest promise that still runs and is not broken, UTC seconds."""
    seen = operations.view(work.tx, ticket.id)
    running = (seen[kind].due_at for kind in KINDS if kind in seen and seen[kind].state == "running")
    return min((due for due in running if due is not None and due > work.now), default=None)
