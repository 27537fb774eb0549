"""What the next one may learn from a solved ticket: its cause by one tap, and in words what helped.

The team's card asks; up to version 0.2 a message below it did, whose buttons and answers still count.
"""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import TicketRef
from bot.people.access import authorize
from bot.people.directory import Person
from bot.sla.policy import Words
from bot.telegram import chats, outbox, posts
from bot.telegram.buttons import SetCause, named
from bot.telegram.card import Drawing
from bot.telegram.desk.buttons import SayLevelOne
from bot.telegram.keyboard import Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import actions, search, store, ticket_timers
from bot.tickets.actions import NoWords, team_chat, tell, thing
from bot.tickets.ticket import Impossible, State, Ticket

CARD = "afterword"
SOLVED = frozenset({State.RESOLVED, State.CLOSED})


def set_cause(work: Work, pressed: SetCause, engineer: Person) -> Line:
    """One tap: what it was. The last tap counts."""
    ticket = _solved(work.tx, pressed.ticket, engineer)
    if ticket is None:
        return Line("stale", alert=True)
    cause = named(pressed.cause, work.config.desk.file.causes)
    if cause is None:
        _seen(work, ticket)
        return Line("list.changed", alert=True)
    ticket = store.change(work.tx, ticket, cause=cause)
    store.record(work, ticket.id, engineer.key, "cause", {"cause": cause})
    _seen(work, ticket)
    return Line("afterword.noted")


def set_level_one(work: Work, pressed: SayLevelOne, engineer: Person) -> Line:
    """One tap on a ticket that was handed over: whether its first team could have solved it. The last tap counts."""
    ticket = _solved(work.tx, pressed.ticket, engineer)
    if ticket is None:
        return Line("stale", alert=True)
    store.record(work, ticket.id, engineer.key, "level_one", {"could": int(bool(pressed.could))})
    _seen(work, ticket)
    return Line("afterword.noted")


def show_causes(work: Work, ticket_id: int, engineer: Person) -> Line:
    """A button of version 0.1 named a place in the list of its message: that message again, with the causes of today."""
    ticket = _solved(work.tx, ticket_id, engineer)
    if ticket is None:
        return Line("stale", alert=True)
    outbox.show(work, team_chat(work.tx, ticket), CARD, ticket.about, topic=ticket.about, anew="asked")
    return Line("list.changed", alert=True)


def helped(work: Work, ticket_id: int, engineer: Person, words: str) -> Line:
    """In words: what helped. It is shown on the cards of similar tickets. Raises NoWords and Impossible."""
    ticket = store.get(work.tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    if ticket.state not in SOLVED:
        raise Impossible("afterword", ticket.state, ticket.id)
    if not words.strip():
        raise NoWords
    ticket = store.change(work.tx, ticket, resolution=words.strip()[:1000])
    store.record(work, ticket.id, engineer.key, "helped", {"words": words.strip()[:1000]})
    search.learn(work.tx, ticket)
    _seen(work, ticket)
    tell(work, ticket)
    if ticket.state is State.CLOSED:
        ticket_timers.call_off(work.tx, ticket)
        actions.close_topic(work, ticket)
    return Line("afterword.noted")


def asks(work: Work, ticket: Ticket) -> bool:
    """Whether the team's card asks: someone of the desk solved it, something is not said yet, and it is not days ago."""
    if ticket.state not in SOLVED or ticket.assignee is None or (ticket.cause and ticket.resolution):
        return False
    return ticket.closed_at is None or work.now < ticket.closed_at + ticket_timers.AFTERWORD


def question(work: Work, ticket: Ticket, voice: Voice) -> Drawing:
    """What is asked, and the causes to tap."""
    buttons = [
        button(
            ("✓ " if name == ticket.cause else "") + Words(title)[voice.language],
            SetCause(ticket.id, name),
        )
        for name, title in work.config.desk.file.causes.items()
    ]
    key = "afterword.said" if ticket.resolution else "afterword.ask"
    text = voice.html(key, number=ticket.id, words=ticket.resolution)
    return Drawing(text, [*rows(buttons, 2), *_level_one(work, ticket, voice)])


def _level_one(work: Work, ticket: Ticket, voice: Voice) -> Keyboard:
    """Whether the first team could have solved it; asked where another team did."""
    if not ticket.is_away:
        return []
    said = store.latest_facts(work.tx, ticket.id, "level_one").get("could")
    answers = ((1, "button.level_one.could"), (0, "button.level_one.could_not"))
    return [
        [
            button(("✓ " if said == could else "") + voice.say(key), SayLevelOne(ticket.id, could))
            for could, key in answers
        ]
    ]


def give_up(work: Work, ticket: Ticket) -> None:
    """No one has said it for days: the card asks no more."""
    chat = team_chat(work.tx, ticket)
    outbox.show(work, chat, "team_card", ticket.about, topic=ticket.about)
    if posts.find(work.tx, chat, CARD, ticket.about) is not None:
        outbox.hide(work, chat, CARD, ticket.about)


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The message of version 0.2; gone as soon as the ticket is not solved any more, or everything is said."""
    ticket, voice = (
        store.peek(work.tx, TicketRef.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    return question(work, ticket, voice) if ticket.state in SOLVED else None


def _solved(tx: Connection, ticket_id: int, engineer: Person) -> Ticket | None:
    ticket = store.get(tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    return ticket if ticket.state in SOLVED else None


def _seen(work: Work, ticket: Ticket) -> None:
    """The card shows what is known. The message of version 0.2 does too, and goes when everything is said."""
    chat = team_chat(work.tx, ticket)
    outbox.show(work, chat, "team_card", ticket.about, topic=ticket.about)
    if posts.find(work.tx, chat, CARD, ticket.about) is None:
        return
    if ticket.cause is not None and ticket.resolution:
        outbox.hide(work, chat, CARD, ticket.about)
    else:
        outbox.show(work, chat, CARD, ticket.about, topic=ticket.about)
