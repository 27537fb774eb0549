"""Duplicates of the bot's messages: Telegram's answer was lost, the message was sent again, and the first one's id is
unknown.

To readers both look the same. So a reply to the first is treated as a reply to the known one: a card is recognised by
its buttons, a question by its text, a copied message by its text or file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select, update

from bot.config.config import Work
from bot.conversation.exchange import PROMPT
from bot.keys import PersonChat, PromptRef, TicketRef
from bot.people.directory import Person
from bot.storage import typed
from bot.storage.schema import posts, prompts, relays
from bot.telegram import chats, outbox, said
from bot.telegram import posts as posted
from bot.telegram.buttons import (
    AgreeToDay,
    Approve,
    AskEmployee,
    Button,
    Claim,
    Confirm,
    DeclineDay,
    Deny,
    HowToWrite,
    OfTicket,
    OpenMore,
    ReopenTicket,
    SetCause,
    parse,
)
from bot.telegram.card import unmarked
from bot.telegram.desk.buttons import SayLevelOne
from bot.telegram.former_buttons import FormerCause
from bot.telegram.incoming import SERVICE, Incoming, Ours
from bot.texts import speak
from bot.tickets import resolution
from bot.tickets import transcript as words
from bot.tickets.transcript import Relay

COPY = "copy"  # what the row is about that deletes one
TEAM_CARD, TICKET_CARD = "team_card", "ticket_card"
# A button that only one card of a ticket has. Alerts, menus and receipts have others, or none.
_CARD_WITH: dict[type[Button], str] = {
    **dict.fromkeys((Claim, AskEmployee, OpenMore, SetCause, SayLevelOne), TEAM_CARD),
    **dict.fromkeys((HowToWrite, Confirm, ReopenTicket), TICKET_CARD),
    **dict.fromkeys((Approve, Deny), "approval"),
    **dict.fromkeys((AgreeToDay, DeclineDay), "schedule"),
    FormerCause: resolution.CARD,
}


def known(work: Work, chat: str, person: Person, message: Incoming) -> Incoming:
    """The message as a reply to the known copy, if it replies to an unknown one."""
    ours, number = message.ours, message.reply_to
    if ours is None or number is None or _is_known(work.tx, chat, message.place, number):
        return message
    ticket_id = (
        words.ticket_of(work.tx, chat, message.place, message.thread) if message.thread is not None else None
    )
    for found in (
        _card(work, chat, ours, number),
        _prompt(work.tx, chat, ours, ticket_id),
        _question(work.tx, chat, person, ours, number),
        _word(work.tx, chat, message.place, ours, ticket_id, number),
    ):
        if found is not None:
            return replace(message, reply_to=found)
    return message


def _is_known(tx: Connection, chat: str, place: int, number: int) -> bool:
    if posted.about_message(tx, chat, number) is not None or words.of_copy(tx, place, number) is not None:
        return True
    ours = select(prompts.c.id).where((prompts.c.chat == chat) & (prompts.c.message == number))
    return tx.scalar(ours.limit(1)) is not None


def _card(work: Work, chat: str, ours: Ours, number: int) -> int | None:
    for card, about in _cards_with(ours.data):
        post = posted.find(work.tx, chat, card, about)
        if post is not None:
            _remove(work, chat, number)
            return int(post.message_id)
        if card in (TEAM_CARD, TICKET_CARD):  # not sent again yet: then this one is the card
            posted.keep(work, chat, card, about, number)
            return number
    return None


def pressed(work: Work, chat: str, button: Button, number: int) -> None:
    """A button was pressed on the message `number`: if that is a copy of a card whose place is known, it goes."""
    for card, about in _cards_with([button.pack()]):
        post = posted.find(work.tx, chat, card, about)
        if post is not None and post.message_id != number and not _is_post(work.tx, chat, number):
            _remove(work, chat, number)


def _is_post(tx: Connection, chat: str, number: int) -> bool:
    return posted.about_message(tx, chat, number) is not None


def _remove(work: Work, chat: str, number: int) -> None:
    """Delete a copy that was found, so that no third one reads it. Telegram refuses after two days: then it stays, and works."""
    dedupe = f"{COPY}:{chat}:{number}"
    outbox.call(work, chat, "deleteMessage", {"message_id": number}, about=f"{COPY}:{number}", dedupe=dedupe)


def _cards_with(data: Sequence[str]) -> set[tuple[str, str]]:
    """The cards that have such buttons, and their objects."""
    buttons = [button for one in data if isinstance(button := parse(one), OfTicket)]
    return {(_CARD_WITH[type(one)], TicketRef(one.ticket)) for one in buttons if type(one) in _CARD_WITH}


def _prompt(tx: Connection, chat: str, ours: Ours, ticket_id: int | None) -> int | None:
    """The prompt that an engineer replies to with the question for the employee."""
    open_ones = (posts.c.chat == chat) & (posts.c.card == PROMPT)
    if ticket_id is not None:
        open_ones &= posts.c.about == TicketRef(ticket_id)
    for post in tx.execute(select(posts.c.about, posts.c.message_id).where(open_ones)).all():
        text = speak.voice(chats.language(tx, chat)).html(
            "ask.prompt", number=TicketRef.read(post.about).number
        )
        if unmarked(str(text)) == ours.text:
            return int(post.message_id)
    return None


def _question(tx: Connection, chat: str, person: Person, ours: Ours, number: int) -> int | None:
    """A pending question to this person."""
    mine = (prompts.c.chat == chat) & (prompts.c.person == person.id)
    for row in tx.execute(select(prompts.c.id, prompts.c.message).where(mine)).all():
        if not said.under(tx, chat, PromptRef(row.id), ours):
            continue
        if row.message is None:
            tx.execute(update(prompts).where(prompts.c.id == row.id).values(message=number))
        return int(row.message or number)
    return None


def _word(
    tx: Connection, chat: str, place: int, ours: Ours, ticket_id: int | None, number: int
) -> int | None:
    """A message copied to this chat. If two tickets have the same text, neither is chosen: a guess could reach the
    wrong person."""
    if ours.kind == SERVICE or ours.data:
        return None
    toward = "employee" if PersonChat.names(chat) else "team"
    same = (relays.c.to_chat == chat) & (relays.c.toward == toward) & (relays.c.kind == ours.kind)
    line, _, below = ours.text.partition("\n")
    plain = (relays.c.signature == "") & (relays.c.content == words.first_words(ours.text))
    signed = (relays.c.signature == line) & (relays.c.content == words.first_words(below))
    same &= (plain | signed) & (relays.c.file == ours.file)
    same &= relays.c.to_message.is_(None) | ((relays.c.to_place == place) & (relays.c.to_message > number))
    if ticket_id is not None:
        same &= relays.c.ticket == ticket_id
    rows = typed.every(Relay, tx.execute(select(relays).where(same).order_by(relays.c.id)))
    if len({row.ticket for row in rows}) != 1:
        return None
    if rows[0].to_message is None:
        words.change(tx, rows[0].id, to_message=number, to_place=place)
    return int(rows[0].to_message or number)
