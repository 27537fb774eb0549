"""Recalling a public message: by a button for some minutes, by /recall for two days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.config.config import Work
from bot.conversation.receipts import TAKEN_BACK, react
from bot.keys import RecallRef, RelayRef, TeamChat, TicketRef
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.telegram import outbox, posts
from bot.telegram.buttons import Recall
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts.speak import Line
from bot.tickets import prompts, store, transcript
from bot.tickets.actions import team_chat
from bot.tickets.ticket import Ticket
from bot.tickets.transcript import Relay
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "slip"
MINUTES = 5  # for which a public message has the button


def offer(work: Work, relay: Relay) -> None:
    """The card gets the recall button of an engineer's public message, for some minutes."""
    if relay.toward == "employee":
        timers.arm(
            work.tx, TIMER, TicketRef(relay.ticket), str(relay.id), work.now + MINUTES * 60, cycle=relay.id
        )


def latest(work: Work, ticket: Ticket) -> Relay | None:
    """The last public message that the card can take back: the employee has it, for some minutes only, and it was written
    in the chat of the card."""
    last = transcript.last_public(work.tx, ticket.id, work.now - MINUTES * 60)
    return last if last is not None and last.from_chat == team_chat(work.tx, ticket) else None


def show_card(work: Work, ticket: Ticket) -> None:
    """The team's card says what was said last: drawn behind the talk itself, so once for many words that come together."""
    prompts.redraw(work, team_chat(work.tx, ticket), ticket, priority=outbox.NEWS)


def offered(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The button was sent: store its message, to delete it in time."""
    if outcome.message_id is not None:
        posts.keep(work, row.chat, TIMER, row.about, outcome.message_id)
        timers.arm(work.tx, TIMER, f"{row.about}@{row.chat}", "away", work.now + MINUTES * 60)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """The minutes have passed: delete the button."""
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        if (ticket := TicketRef.among(row.ref)) is not None:
            show_card(work, store.peek(work.tx, ticket.number))
            continue
        about, _, chat = row.ref.partition("@")  # a message of version 0.1
        outbox.hide(work, chat, TIMER, about)


def readdress(work: Work, former: str, today: str) -> None:
    """The buttons in a chat which is called `today` from now on go in time all the same."""
    for chat, _, about in posts.of_cards(work.tx, (TIMER,)):
        if chat == former:
            timers.rename(work, TIMER, f"{about}@{former}", f"{about}@{today}")


def press(work: Work, pressed: Recall, person: Person) -> Line:
    """The button below a public message."""
    relay = transcript.find(work.tx, pressed.relay)
    if relay is None or relay.ticket != pressed.ticket:
        return Line("unknown.button", alert=True)
    return _take_back(work, person, relay)


def said_by(work: Work, person: Person, place: int, message_id: int) -> Line:
    """/recall as a reply to the message."""
    copies = transcript.of_source(work.tx, place, message_id)
    if not copies:
        return Line("recall.nothing")
    lines = [_take_back(work, person, relay) for relay in copies]
    return lines[-1]


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Delivery of a recall, reported below the message."""
    relay = transcript.get(work.tx, RecallRef.read(row.about).number)
    if not outcome.is_done:
        transcript.change(work.tx, relay.id, state="sent")
    _report(work, relay, is_done=outcome.is_done)


def _take_back(work: Work, person: Person, relay: Relay) -> Line:
    ticket = store.get(work.tx, relay.ticket)
    authorize(person, "recall", Object(team=_team_of(relay, ticket), author=relay.author))
    mates = transcript.of_album(work.tx, relay.from_place, relay.album) if relay.album else [relay]
    outbox.hide(work, relay.from_chat, TIMER, f"{TIMER}:{mates[0].id}")
    for one in mates:
        store.record(work, ticket.id, person.key, "recall", {"relay": one.id})
        transcript.change(work.tx, one.id, state="recalled")
        if one.to_message is not None:
            remove(work, one)
        elif outbox.take_back(work, one.to_chat, _about(one)):
            _report(work, one, is_done=True)
    show_card(work, ticket)
    return Line("recall.begun")


def _team_of(relay: Relay, ticket: Ticket) -> str:
    """The team in whose chat it was written: the ticket may have gone on to another since."""
    return TeamChat.read(relay.from_chat).name if TeamChat.names(relay.from_chat) else ticket.team


def _report(work: Work, relay: Relay, *, is_done: bool) -> None:
    """A sign below the message that went, a sentence below one that stays."""
    if is_done:
        react(work, relay.from_chat, relay.from_message, TAKEN_BACK)
        return
    how: dict[str, Any] = {"topic": TicketRef(relay.ticket), "answers": relay.from_message}
    outbox.line(work, relay.from_chat, "recall.failed", {}, **how)


def _about(relay: Relay) -> str:
    return (
        transcript.about_album(relay.from_place, relay.album, relay.ticket)
        if relay.album
        else RelayRef(relay.id)
    )


def remove(work: Work, relay: Relay) -> None:
    """Delete the copy on the other side; its author gets the result."""
    target = {"message_id": relay.to_message}
    about, topic = RecallRef(relay.id), TicketRef(relay.ticket)
    outbox.call(work, relay.to_chat, "deleteMessage", target, about=about, topic=topic)
