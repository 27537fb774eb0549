"""What the next one may learn from a solved ticket: its cause by one tap, and in words what helped."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Desk, Words
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing, button, rows
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, search, store
from bot.tickets.actions import NoWords, team_chat, tell, thing
from bot.tickets.buttons import data
from bot.tickets.ticket import State, Ticket

CARD = "afterword"
SOLVED = frozenset({State.RESOLVED, State.CLOSED})


def resolve(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, words: str, now: int) -> Line:
    """Solved; below it the question for one tap and one sentence, for neither of which anybody waits."""
    line = actions.resolve(tx, desk, ticket_id, engineer, words, now)
    ticket = store.peek(tx, ticket_id)
    outbox.show(tx, team_chat(tx, ticket), CARD, ticket.about, now, topic=ticket.about, anew="solved")
    return line


def cause(tx: Connection, desk: Desk, ticket_id: int, engineer: Person, place: int, now: int) -> Line:
    """One tap: what it was. The last tap counts."""
    ticket = _solved(tx, ticket_id, engineer)
    if ticket is None or place >= len(desk.file.causes):
        return Line("stale", alert=True)
    named = list(desk.file.causes)[place]
    ticket = store.change(tx, ticket, cause=named)
    store.record(tx, ticket.id, engineer.key, "cause", now, {"cause": named})
    _seen(tx, ticket, now)
    return Line("afterword.noted")


def helped(tx: Connection, ticket_id: int, engineer: Person, words: str, now: int) -> Line:
    """In words: what helped. Whoever has a similar ticket reads it on its card. Raises NoWords."""
    ticket = _solved(tx, ticket_id, engineer)
    if ticket is None:
        return Line("stale", alert=True)
    if not words.strip():
        raise NoWords
    ticket = store.change(tx, ticket, resolution=words.strip()[:1000])
    store.record(tx, ticket.id, engineer.key, "helped", now, {"words": words.strip()[:1000]})
    search.learn(tx, ticket)
    _seen(tx, ticket, now)
    tell(tx, ticket, now)
    return Line("afterword.noted")


def card(desk: Desk, tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The question; gone as soon as the ticket is not solved any more, or everything is said."""
    ticket, voice = store.peek(tx, int(about.partition(":")[2])), speak.voice(chats.language(tx, chat))
    if ticket.state not in SOLVED:
        return None
    buttons = [
        button(
            ("✓ " if name == ticket.cause else "") + Words(title)[voice.language],
            data("cause", ticket, place),
        )
        for place, (name, title) in enumerate(desk.file.causes.items())
    ]
    key = "afterword.said" if ticket.resolution else "afterword.ask"
    return Drawing(voice.html(key, number=ticket.id, words=ticket.resolution), rows(buttons, 2))


def _solved(tx: Connection, ticket_id: int, engineer: Person) -> Ticket | None:
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    return ticket if ticket.state in SOLVED else None


def _seen(tx: Connection, ticket: Ticket, now: int) -> None:
    """Everything said: the question goes. Something is still open: it shows what is known."""
    if ticket.cause is not None and ticket.resolution:
        outbox.hide(tx, team_chat(tx, ticket), CARD, ticket.about, now)
    else:
        outbox.show(tx, team_chat(tx, ticket), CARD, ticket.about, now, topic=ticket.about)
