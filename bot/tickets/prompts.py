"""A question of the bot to one person: the answer to that very message does what they began ("why do you hand it over?").

In a group the ticket's card asks, and has the menus: a row without a message is on the card for `LIFE`, and is answered by
a reply to the card or by the person's next words in the topic. In a private chat no one should have to point at our question:
the next words are the answer too, if they come soon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, bindparam, delete, insert, select, update

from bot.config.config import Work
from bot.keys import SUPERVISORS, CardRef, PromptRef, TeamChat, TicketRef
from bot.people import pending_question
from bot.people.directory import Person
from bot.storage import typed
from bot.storage.schema import prompts
from bot.telegram import outbox, posts
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts.speak import Line
from bot.tickets.ticket import Ticket
from bot.timers import timers
from bot.timers.timers import Timer

TEAM_CARD, ALERT = "team_card", "alert"
ON_CARD = frozenset({"ask", "transfer", "know", "return", "prioritize", "hush", "schedule", "workaround"})
"""The questions that a card can ask; `prompt.<action>` are their sentences."""
MENU = "menu"
"""The action of a row that is an open menu; its value is the menu's name."""
LIFE = 15 * 60  # seconds that a menu or a question is on a card
TIMER = "lapse"
"""The kind of timer that takes from a card what no one has answered."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to one person."""

    id: int
    chat: str
    ticket: int
    person: int
    action: str
    value: str
    message: int | None
    at: int


def put(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str, line: Line) -> Line:
    """Ask `person` in `chat`; the answer comes back as `action` with `value`. The card of the ticket asks, where there is one;
    elsewhere `line` does. Returns where to look for it, the answer to a press."""
    if action in ON_CARD and stand(work, chat, ticket, person, action, value):
        return Line("prompt.on_card")
    number = _insert(work, chat, ticket, person, action, value)
    outbox.line(work, chat, line.key, line.facts, topic=ticket.about, about=PromptRef(number))
    if chat == person.key:
        pending_question.put(work, person.id, PromptRef(number))
    return Line("prompt.below")


def stand(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str) -> bool:
    """Put a question or a menu on the ticket's card in `chat`, in place of the person's last one and of any menu. False when no
    card is there."""
    if (card := _carrier(work.tx, chat, ticket.about)) is None:
        return False
    former = _ON_CARD & ((prompts.c.person == person.id) | (prompts.c.action == MENU))
    where = {"of_chat": chat, "of_ticket": ticket.id}
    work.tx.execute(delete(prompts).where(former), where)
    _insert(work, chat, ticket, person, action, value)
    timers.arm(
        work.tx, TIMER, CardRef.of(chat, card, ticket.about), "", work.now + LIFE, cycle=work.now + LIFE
    )
    _redraw(work, chat, card, ticket.about)
    return True


def standing(work: Work, chat: str, ticket_id: int) -> Sequence[Prompt]:
    """What is on the ticket's card in `chat` now, oldest first."""
    where = {"of_chat": chat, "of_ticket": ticket_id, "since": work.now - LIFE}
    return typed.every(Prompt, work.tx.execute(_IN_ORDER, where))


def clear(work: Work, chat: str, ticket: Ticket) -> None:
    """Take the questions and the menu off the card."""
    where = {"of_chat": chat, "of_ticket": ticket.id}
    if work.tx.execute(delete(prompts).where(_ON_CARD), where).rowcount:
        redraw(work, chat, ticket)


def redraw(work: Work, chat: str, ticket: Ticket, *, priority: int = outbox.TALK) -> None:
    """Show the ticket's card in `chat` as it is now."""
    if (card := _carrier(work.tx, chat, ticket.about)) is not None:
        _redraw(work, chat, card, ticket.about, priority)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """No one has answered: the card shows its own buttons again."""
    for row in rows:
        timers.settle(work, row.id, "fired")
        chat, card, about = CardRef.read(row.ref).parts
        if posts.find(work.tx, chat, card, about) is not None:
            _redraw(work, chat, card, about)


def _carrier(tx: Connection, chat: str, about: str) -> str | None:
    card = TEAM_CARD if TeamChat.names(chat) else ALERT if chat == SUPERVISORS else None
    return card if card is not None and posts.find(tx, chat, card, about) is not None else None


def _redraw(work: Work, chat: str, card: str, about: str, priority: int = outbox.TALK) -> None:
    outbox.show(work, chat, card, about, topic=about if card == TEAM_CARD else None, priority=priority)


# Built once: building a statement costs more than running it, and these run with every relayed message.
_ON_CARD = (
    (prompts.c.chat == bindparam("of_chat"))
    & (prompts.c.ticket == bindparam("of_ticket"))
    & prompts.c.message.is_(None)
    & prompts.c.action.in_((*ON_CARD, MENU))
)
_STANDING = select(prompts).where(_ON_CARD & (prompts.c.at > bindparam("since")))
_IN_ORDER = _STANDING.order_by(prompts.c.id)
_THEIRS = prompts.c.person == bindparam("whose")
_ON_CARD_OF = _STANDING.where(_THEIRS & (prompts.c.action != MENU))
_BELOW = select(prompts).where(
    _THEIRS & (prompts.c.chat == bindparam("of_chat")) & (prompts.c.message == bindparam("number"))
)
_NUMBERED = select(prompts).where(_THEIRS & (prompts.c.id == bindparam("number")))


def _insert(work: Work, chat: str, ticket: Ticket, person: Person, action: str, value: str) -> int:
    values = {
        "chat": chat,
        "ticket": ticket.id,
        "person": person.id,
        "action": action,
        "value": value,
        "at": work.now,
    }
    number = work.tx.execute(insert(prompts).values(values)).inserted_primary_key
    assert number is not None
    return int(number[0])


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The question is there: remember where."""
    prompt_id = PromptRef.read(row.about).number
    work.tx.execute(update(prompts).where(prompts.c.id == prompt_id).values(message=outcome.message_id))


def readdress(tx: Connection, former: str, address: str) -> None:
    """Questions asked in the chat `former` are answered at `address` from now on."""
    tx.execute(update(prompts).where(prompts.c.chat == former).values(chat=address))


def answered(work: Work, chat: str, person: Person, reply_to: int | None) -> Prompt | None:
    """What this answer was asked for, once; None when it answers no question of the bot to this person."""
    if reply_to is None:
        return None
    found = _take(work.tx, person, _BELOW, {"of_chat": chat, "number": reply_to})
    if found is not None:
        return found
    post = posts.about_message(work.tx, chat, reply_to)
    if post is None or post.card not in (TEAM_CARD, ALERT):
        return None
    return answered_on_card(work, chat, person, TicketRef.read(post.about).number)


def answered_on_card(work: Work, chat: str, person: Person, ticket_id: int) -> Prompt | None:
    """The question to this person on the ticket's card, once: their next words in its topic answer it."""
    where = {"of_chat": chat, "of_ticket": ticket_id, "since": work.now - LIFE}
    return _take(work.tx, person, _ON_CARD_OF, where)


def awaited_by(tx: Connection, person: Person, asked: str) -> Prompt | None:
    """The question that the next words are awaited for, once; None when it has been answered."""
    return _take(tx, person, _NUMBERED, {"number": PromptRef.read(asked).number})


def action_of(tx: Connection, asked: str) -> str | None:
    """What the question is for, without answering it."""
    return tx.scalar(select(prompts.c.action).where(prompts.c.id == PromptRef.read(asked).number))


def _take(tx: Connection, person: Person, which: Executable, where: Mapping[str, object]) -> Prompt | None:
    found = typed.first(Prompt, tx.execute(which, {"whose": person.id, **where}))
    if found is not None:
        tx.execute(delete(prompts).where(prompts.c.id == found.id))
    return found
