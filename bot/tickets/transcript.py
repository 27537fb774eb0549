"""The words of a conversation as rows: where each was written, where its copy is, and which answers which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, func, select, update

from bot.config.config import Work
from bot.keys import AlbumRef, PersonChat, RelayRef, TicketRef
from bot.knowledge.masking import MASK
from bot.people import directory
from bot.storage import typed
from bot.storage.schema import history, relays, tickets
from bot.storage.upsert import insert_for
from bot.telegram import chats, outbox, posts
from bot.tickets.ticket import Ticket

KEPT = 200  # characters of a message that are kept for the card and the search
LONGEST = 4096  # characters of a text that is sent (Bot API)
LAST_TURN, BREATH = 20, 20  # messages that are moved together, seconds between two of them
ON_CARD = 1500  # characters of a talk that a card shows whole
TRANSCRIPT = 20  # the latest messages of both sides that a new team is shown
CANNED = "canned"  # the action in the history of words that the bot said for an engineer

# Built once: building a statement costs more than running it, and these run with every relayed message.
_ONE = select(relays).where(relays.c.id == bindparam("which"))
_CHANGE = update(relays).where(relays.c.id == bindparam("which"))
_OF_SOURCE = (
    select(relays)
    .where((relays.c.from_place == bindparam("place")) & (relays.c.from_message == bindparam("number")))
    .order_by(relays.c.id)
)
_OF_COPY = select(relays).where(
    (relays.c.to_place == bindparam("place")) & (relays.c.to_message == bindparam("number"))
)
_OF_TICKET = relays.c.ticket == bindparam("of_ticket")
_CONVERSATION = (
    select(relays)
    .where(_OF_TICKET & ((relays.c.toward == "team") | relays.c.state.not_in(("recalled", "failed"))))
    .order_by(relays.c.at.desc(), relays.c.id.desc())
    .limit(2 * TRANSCRIPT)
)
_CANNED = (
    select(history)
    .where((history.c.ticket == bindparam("of_ticket")) & (history.c.action == CANNED))
    .order_by(history.c.id)
)
_SPOKEN = (
    select(relays.c.toward, relays.c.author, func.max(relays.c.at))
    .where(_OF_TICKET)
    .group_by(relays.c.toward, relays.c.author)
)
_TO_EMPLOYEE = _OF_TICKET & (relays.c.toward == "employee")
_REACHED = (
    select(relays.c.id)
    .where(_TO_EMPLOYEE & (relays.c.author == bindparam("by")))
    .where(relays.c.state.not_in(("recalled", "failed")))
    .limit(1)
)
_LAST_PUBLIC = (
    select(relays)
    .where(_TO_EMPLOYEE & relays.c.state.in_(("sent", "in part")) & (relays.c.at > bindparam("since")))
    .order_by(relays.c.id.desc())
    .limit(1)
)


@cache
def _beginning(dialect: str) -> Executable:
    return insert_for(dialect, relays).on_conflict_do_nothing().returning(relays.c.id)


@dataclass(frozen=True, slots=True)
class Relay:
    """A message of one side and its copy for the other."""

    id: int
    ticket: int
    toward: str
    author: int
    role: str
    kind: str
    album: str | None
    from_chat: str
    from_place: int
    from_message: int
    to_chat: str
    to_place: int | None
    to_message: int | None
    state: str
    file: str | None
    edit: Any
    content: str
    at: int
    signature: str


def first_words(text: str) -> str:
    """What is kept of a message. Something hidden further on in it is not forgotten: the message is not copied as it was."""
    first = text[:KEPT]
    return f"{first}{MASK}" if MASK in text and MASK not in first else first


def begin(tx: Connection, values: Mapping[str, Any]) -> int | None:
    """A new word on its way; None when this message is on its way to that chat already."""
    number: int | None = tx.scalar(_beginning(tx.dialect.name), dict(values))
    return number


def get(tx: Connection, relay_id: int) -> Relay:
    return typed.one(Relay, tx.execute(_ONE, {"which": relay_id}))


def find(tx: Connection, relay_id: int) -> Relay | None:
    """The same for a number that anybody may have written on a button."""
    return typed.first(Relay, tx.execute(_ONE, {"which": relay_id}))


def change(tx: Connection, relay_id: int, **values: Any) -> None:
    tx.execute(_CHANGE, {"which": relay_id} | values)


def readdress(tx: Connection, former: str, address: str) -> None:
    """What was written in the chat `former`, or carried there, is reached at `address` from now on."""
    other = relays.alias()
    same = (other.c.from_place == relays.c.from_place) & (other.c.from_message == relays.c.from_message)
    carried = select(other.c.id).where(same & (other.c.to_chat == address)).exists()
    tx.execute(update(relays).where((relays.c.to_chat == former) & ~carried).values(to_chat=address))
    tx.execute(update(relays).where(relays.c.from_chat == former).values(from_chat=address))


def forget(tx: Connection, relay_id: int) -> None:
    tx.execute(delete(relays).where(relays.c.id == relay_id))


def of_source(tx: Connection, place: int, message_id: int) -> Sequence[Relay]:
    """The copies of a message, wherever it was written; several when the ticket went to another team."""
    return typed.every(Relay, tx.execute(_OF_SOURCE, {"place": place, "number": message_id}))


def of_copy(tx: Connection, place: int, message_id: int) -> Relay | None:
    """The word whose copy this message of the bot is."""
    return typed.first(Relay, tx.execute(_OF_COPY, {"place": place, "number": message_id}))


def of_album(tx: Connection, place: int, album: str) -> Sequence[Relay]:
    """What else of this album is on its way, or there already."""
    same = (relays.c.from_place == place) & (relays.c.album == album)
    return typed.every(Relay, tx.execute(select(relays).where(same).order_by(relays.c.from_message)))


def about_album(place: int, album: str, ticket_id: int) -> str:
    """What the copy of an album is about, for the outbox; a single word is "relay:4"."""
    return AlbumRef.of(place, album, ticket_id)


@dataclass(frozen=True, slots=True)
class CannedWord:
    """Words that the bot said to the employee for an engineer, by a canned reply; `id` is the row of history."""

    id: int
    author: int
    content: str
    at: int


def conversation(tx: Connection, ticket_id: int) -> Sequence[Relay | CannedWord]:
    """The latest words of both sides, oldest first, each once in whichever chats it has copies: the first one counts."""
    newest = typed.every(Relay, tx.execute(_CONVERSATION, {"of_ticket": ticket_id}))
    once = {(one.from_place, one.from_message): one for one in newest}
    said: list[Relay | CannedWord] = list(once.values())
    for row in tx.execute(_CANNED, {"of_ticket": ticket_id}):
        said.append(CannedWord(row.id, PersonChat.read(row.actor).number, row.data["text"], row.at))
    return sorted(said, key=lambda one: (one.at, one.id))[-TRANSCRIPT:]


@dataclass(frozen=True, slots=True)
class LastWords:
    """When someone last wrote to a side of a ticket, UTC seconds."""

    toward: str
    author: int
    at: int


def spoken(tx: Connection, ticket_id: int) -> Sequence[LastWords]:
    """Who has written in the ticket to which side, with their last words' time."""
    return typed.every(LastWords, tx.execute(_SPOKEN, {"of_ticket": ticket_id}))


def has_reached(tx: Connection, ticket_id: int, author: int) -> bool:
    """Whether the employee has read words of this engineer in the ticket, or will as soon as they are delivered."""
    return tx.scalar(_REACHED, {"of_ticket": ticket_id, "by": author}) is not None


def last_public(tx: Connection, ticket_id: int, since: int) -> Relay | None:
    """The newest message of an engineer that the employee has, if it was written after `since` (UTC seconds)."""
    return typed.first(Relay, tx.execute(_LAST_PUBLIC, {"of_ticket": ticket_id, "since": since}))


def latest(tx: Connection, requester: int) -> Relay | None:
    """The newest word of either side about the person's tickets. By their tickets, because chats have no index."""
    theirs = select(tickets.c.id).where(tickets.c.requester == requester)
    here = select(relays).where(relays.c.ticket.in_(theirs))
    return typed.first(Relay, tx.execute(here.order_by(relays.c.id.desc()).limit(1)))


def last_turn(tx: Connection, place: int, since: int) -> Sequence[Relay]:
    """What was last written in this private chat in one breath, oldest first, if it went to a ticket since (UTC seconds)."""
    mine = (relays.c.from_place == place) & (relays.c.toward == "team") & (relays.c.at >= since)
    rows = typed.every(
        Relay, tx.execute(select(relays).where(mine).order_by(relays.c.from_message.desc()).limit(LAST_TURN))
    )
    turn: dict[int, Relay] = {}
    before = rows[0] if rows else None
    for one in rows:
        if before is None or one.ticket != before.ticket or before.at - one.at > BREATH:
            break
        turn[one.from_message], before = one, one
    return list(reversed(turn.values()))


def ticket_of(tx: Connection, chat: str, place: int, message_id: int) -> int | None:
    """The ticket that a message of a chat belongs to: a card of it, its topic, or a word carried here."""
    post = posts.about_message(tx, chat, message_id)
    if post is not None and TicketRef.names(post.about):
        return TicketRef.read(post.about).number
    found = of_copy(tx, place, message_id)
    return int(found.ticket) if found is not None else None


def counterpart(tx: Connection, place: int, message_id: int, to_chat: str) -> int | None:
    """The message in `to_chat` that corresponds to this one: so an answer answers the same words on both sides."""
    for relay in of_source(tx, place, message_id):
        if relay.to_chat == to_chat and relay.to_message is not None:
            return int(relay.to_message)
    copied = of_copy(tx, place, message_id)
    target = chats.find(tx, to_chat)
    if copied is not None and target is not None and copied.from_place == target.chat_id:
        return int(copied.from_message)
    return None


def copied(kind: str, text: str, source: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The call that copies a message; one with something hidden in its words is sent with what is left of them."""
    if MASK not in text:
        return "copyMessage", dict(source)
    if kind in ("text", "rich"):
        return "sendMessage", {"text": text[:LONGEST]}
    return "copyMessage", source | {"caption": text}


def fits_a_card(said: Sequence[Relay | CannedWord]) -> bool:
    """Whether a card can show all of it: short texts, not too many."""
    texts = [one.content for one in said if isinstance(one, CannedWord) or one.kind == "text"]
    whole = len(texts) == len(said) and all(len(text) < KEPT for text in texts)
    return whole and sum(map(len, texts)) <= ON_CARD


def show_again(work: Work, ticket: Ticket, chat: str, said: Relay | CannedWord) -> None:
    """Show an earlier word in the chat of the team that has the ticket now; an engineer's is signed."""
    if isinstance(said, Relay) and said.toward == "team":
        _copy_again(work, ticket, chat, said)
    elif isinstance(said, CannedWord) or said.from_chat != chat:
        _sign_again(work, ticket, chat, said)


def _sign_again(work: Work, ticket: Ticket, chat: str, said: Relay | CannedWord) -> None:
    """A short text in one message with its author; anything else as a copy below a line that names them."""
    kind = "ready" if isinstance(said, CannedWord) else "word"
    topic, dedupe = ticket.about, f"repeated:{chat}:{kind}:{said.id}"
    who = directory.get(work.tx, said.author).name
    if isinstance(said, CannedWord) or (said.kind == "text" and len(said.content) < KEPT):
        outbox.line(
            work, chat, "team.said_before", {"who": who, "text": said.content}, topic=topic, dedupe=dedupe
        )
        return
    outbox.line(work, chat, "team.wrote_before", {"who": who}, topic=topic, dedupe=dedupe)
    source = {"from_chat_id": said.from_place, "message_id": said.from_message}
    method, params = copied(said.kind, said.content, source)
    outbox.call(work, chat, method, params, topic=topic, dedupe=f"{dedupe}:copy")


def _copy_again(work: Work, ticket: Ticket, chat: str, relay: Relay) -> None:
    values = {name: getattr(relay, name) for name in _SAME} | {"to_chat": chat}
    if (relay_id := begin(work.tx, values)) is not None:
        source = {"from_chat_id": relay.from_place, "message_id": relay.from_message}
        method, params = copied(relay.kind, relay.content, source)
        if relay.to_message is not None and (method, params) != ("copyMessage", source):
            # the copy has all the words without the secret, `content` only the first ones
            method, params = "copyMessage", {"from_chat_id": relay.to_place, "message_id": relay.to_message}
        about = RelayRef(relay_id)
        outbox.call(work, chat, method, params, about=about, topic=ticket.about)


_SAME = (
    *("ticket", "toward", "author", "role", "kind", "album", "from_chat", "from_place", "from_message"),
    *("file", "content", "at"),
)
