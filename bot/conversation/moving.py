"""Words that went to the wrong ticket are taken back there, so that they can go to the right one."""

from __future__ import annotations

from collections.abc import Collection

from bot.config.config import Work
from bot.keys import AlbumRef, RelayRef, TicketRef
from bot.people.access import authorize
from bot.people.directory import Person
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import store, transcript
from bot.tickets.actions import say_in_topic, thing


def take_back(work: Work, person: Person, ticket_id: int, place: int, messages: Collection[int]) -> bool:
    """Delete the copies of these messages from the ticket's topic, or never send them; the team reads that they were moved.

    `place` is the chat they were written in. False, and nothing is changed, while one of them is being sent. Raises NotAllowed.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(person, "write", thing(ticket))
    copies = [
        relay
        for number in messages
        for relay in transcript.of_source(work.tx, place, number)
        if relay.ticket == ticket_id and relay.toward == "team"
    ]
    if any(outbox.is_being_sent(work.tx, relay.to_chat, _about(relay)) for relay in copies):
        return False
    for relay in copies:
        _take_back(work, relay)
    store.record(work, ticket.id, person.key, "moved", {"messages": len(messages)})
    say_in_topic(work, ticket, Line("team.moved", {"who": person.name}))
    return True


def _about(relay: transcript.Relay) -> str:
    return AlbumRef.of(relay.from_place, relay.album, relay.ticket) if relay.album else RelayRef(relay.id)


def _take_back(work: Work, relay: transcript.Relay) -> None:
    """The row goes as well: the same message may be carried to another ticket of the same chat."""
    if relay.to_message is not None:
        target = {"message_id": relay.to_message}
        outbox.call(
            work, relay.to_chat, "deleteMessage", target, topic=TicketRef(relay.ticket), about="moved:"
        )
    else:
        outbox.take_back(work, relay.to_chat, _about(relay))
    transcript.forget(work.tx, relay.id)
