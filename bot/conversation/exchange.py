"""The conversation between an employee and the team: every message is copied, and its author learns the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import edits, recall, signature
from bot.conversation.receipts import DELIVERED, KEPT_INSIDE, react
from bot.keys import AlbumRef, PersonChat, RelayRef, TicketRef
from bot.knowledge import masking
from bot.people import directory
from bot.people.access import allows, authorize
from bot.people.directory import Person
from bot.problems import extents
from bot.telegram import chats, inbox, outbox, posts
from bot.telegram.incoming import UNCOPYABLE, Incoming
from bot.telegram.outbox import OutboxRow, Outcome
from bot.telegram.refusals import never_copied, one_kind_only
from bot.texts.speak import Line
from bot.tickets import absence, store, transcript
from bot.tickets.actions import answered, ask, claim, open_topic, say_in_topic, team_chat, tell, thing, touch
from bot.tickets.clocks import operations
from bot.tickets.ticket import OPEN, UNCLAIMED, State, Ticket, move
from bot.tickets.transcript import Relay

INSIDE, WORDS, QUESTION = "inside", "words", "question"
REST_OF_ALBUM, NO_REST = 60, 2  # seconds: for albums of which messages are in the inbox, and for others
PROMPT = "ask_prompt"  # the card "reply to this with your question"


def from_employee(work: Work, employee: Person, ticket_id: int, message: Incoming) -> Ticket:
    """Copy the employee's message to the ticket's topic; it answers a waiting question.

    The time of writing counts, not of processing (`now`, UTC seconds): after an outage these differ.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "write", thing(ticket))
    if not carry(work, ticket, employee.key, employee, message):
        return ticket
    extents.hear(work, ticket, message.text)
    if ticket.state is State.WAITING:
        ticket = absence.back_if_absent(work, answered(work, ticket, message.at))
    elif ticket.state is State.RESOLVED:
        outbox.show(work, employee.key, "ticket_card", ticket.about, anew="wrote")
    return ticket


def from_team(work: Work, engineer: Person, chat: str, ticket_id: int, message: Incoming) -> None:
    """A message in a ticket's topic: a note by default; goes to the employee as a reply to their message or to the
    card.

    A person without a right to the ticket may write there, and reads once that it is not stored. A reply to the
    prompt of "ask" asks the question. An album counts as one message: its first part decides.
    """
    ticket = store.get(work.tx, ticket_id)
    target = _what_is_answered(work.tx, ticket, chat, message)
    if target == INSIDE and not allows(engineer, "note", thing(ticket)):
        told: dict[str, Any] = {
            "dedupe": f"bystander:{ticket.id}:{engineer.id}",
            "answers": message.message_id,
        }
        outbox.line(work, chat, "note.not_taken", {"who": engineer.first_name}, topic=ticket.about, **told)
        return
    if target == INSIDE:
        store.record(work.at(message.at), ticket.id, engineer.key, "note", {"message": message.message_id})
        react(work, chat, message.message_id, KEPT_INSIDE)
        return
    if ticket.state not in OPEN:
        outbox.line(
            work, chat, "reply.ended", {"number": ticket.id}, topic=ticket.about, answers=message.message_id
        )
        return
    if target == PROMPT:
        ask(work, ticket.id, engineer, message.text, message.at)
        posts.forget(work.tx, chat, PROMPT, ticket.about)
    elif not _goes_on(work.tx, message):
        ticket, is_news = _count(work, ticket, engineer, message.at)
        # The team's card is drawn when the words have arrived; the employee's shows none of them.
        (tell if is_news else touch)(work, ticket)
    carry(work, ticket, chat, engineer, message, role=QUESTION if target == PROMPT else WORDS)


def put_question(work: Work, engineer: Person, chat: str, ticket_id: int, message: Incoming) -> None:
    """The message that the card asked the engineer for: it goes to the employee, whose answer is waited for."""
    ticket = ask(work, ticket_id, engineer, message.text, message.at)
    carry(work, ticket, chat, engineer, message, role=QUESTION)


def replied(work: Work, ticket: Ticket, engineer: Person, at: int) -> Ticket:
    """A public human reply: stops the response clock; the first unasked reply also claims the ticket."""
    ticket, _ = _count(work, ticket, engineer, at)
    tell(work, ticket)
    return ticket


def _count(work: Work, ticket: Ticket, engineer: Person, at: int) -> tuple[Ticket, bool]:
    """The same without telling anyone; also whether the cards of the ticket say something else now."""
    authorize(engineer, "reply", thing(ticket))
    before = ticket.state
    if ticket.state in UNCLAIMED and ticket.team in engineer.teams:
        claim(work, ticket.id, engineer)
        ticket = store.get(work.tx, ticket.id)
    state = move(ticket, "reply")
    if state is not ticket.state:
        ticket = store.change(work.tx, ticket, state=state.value)
    kept = operations.replied(work, ticket.id, at)
    store.record(work.at(at), ticket.id, engineer.key, "reply")
    return ticket, kept or ticket.state is not before


def carry(
    work: Work, ticket: Ticket, chat: str, author: Person, message: Incoming, *, role: str = WORDS
) -> bool:
    """Copy a message from `chat` to the other side. False when that is impossible; its author has been notified."""
    employee, team = PersonChat(ticket.requester), team_chat(work.tx, ticket)
    toward, to_chat = ("team", team) if PersonChat.names(chat) else ("employee", employee)
    if message.kind in UNCOPYABLE:
        how: dict[str, Any] = {"topic": ticket.about, "answers": message.message_id}
        outbox.line(work, chat, f"uncopyable.{toward}", {"number": ticket.id}, **how)
        return False
    values = {
        "ticket": ticket.id,
        "toward": toward,
        "author": author.id,
        "role": role,
        "kind": message.kind,
        "album": message.album,
        "from_chat": chat,
        "from_place": message.place,
        "from_message": message.message_id,
        "to_chat": to_chat,
        "file": message.file,
        "content": transcript.first_words(message.text),
        "at": message.at,
    }
    values["signature"] = _signature(work, ticket, author, message, values)
    mates = transcript.of_album(work.tx, message.place, message.album) if message.album else ()
    relay_id = transcript.begin(work.tx, values)
    if relay_id is None:
        return True
    if toward == "team":
        open_topic(work, ticket)
    if toward == "team" and posts.find(work.tx, to_chat, "team_card", ticket.about) is None:
        outbox.show(work, to_chat, "team_card", ticket.about, topic=ticket.about)
    source = {"from_chat_id": message.place, "message_id": message.message_id}
    if message.album and masking.MASK not in message.text:
        if not mates:
            _announce_album(work, ticket, to_chat, author)
        pause = REST_OF_ALBUM if inbox.holds_album(work.tx, message.place, message.album) else NO_REST
        about = transcript.about_album(message.place, message.album, ticket.id)
        outbox.gather(work, to_chat, about, source, not_before=work.now + pause, topic=ticket.about)
    else:
        method, params = _copy(message, str(values["signature"]), source)
        params = {**params, **_answering(work.tx, to_chat, message)}
        outbox.call(work, to_chat, method, params, about=RelayRef(relay_id), topic=ticket.about)
    return True


def _signature(
    work: Work, ticket: Ticket, author: Person, message: Incoming, values: Mapping[str, object]
) -> str:
    if values["toward"] != "employee" or message.album:
        return ""
    line = signature.wanted(work, ticket, author, always=values["role"] == QUESTION)
    return line if signature.fits(message.kind, message.text, line) else ""


def _copy(message: Incoming, line: str, source: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """The call that copies a message, with the line that names its author if there is one."""
    if not line:
        return transcript.copied(message.kind, message.text, dict(source))
    text, entities = signature.above(line, message.text, message.entities)
    if message.kind == "text":
        return "sendMessage", {"text": text, "entities": entities}
    return "copyMessage", {**source, "caption": text, "caption_entities": entities}


def show_to_team(work: Work, ticket: Ticket, message: Incoming) -> None:
    """Show the team a forwarded message: its original author is not part of the conversation."""
    source = {"from_chat_id": message.place, "message_id": message.message_id}
    method, params = transcript.copied(message.kind, message.text, source)
    outbox.call(work, team_chat(work.tx, ticket), method, params, topic=ticket.about)


def ticket_of_topic(
    tx: Connection, chat: str, place: int, thread: int | None, reply_to: int | None
) -> int | None:
    """The ticket of a message in a team's chat: by its topic, or without topics by the message it replies to."""
    for message_id in (thread, reply_to):
        if (
            message_id is not None
            and (found := transcript.ticket_of(tx, chat, place, message_id)) is not None
        ):
            return found
    return None


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Delivery of a message: its author gets a sign, or the reason why it did not arrive and what can be done."""
    relay = transcript.get(work.tx, RelayRef.read(row.about).number)
    if outcome.message_id is None:
        _failed(work, [relay], outcome.reason)
        return
    _arrived(work, relay, outcome.message_id)
    if outcome.reason == outbox.UNATTACHED:
        _name_the_ticket(work, relay, outcome.message_id)
    react(work, relay.from_chat, relay.from_message, DELIVERED)
    recall.offer(work, relay)
    recall.show_card(work, store.peek(work.tx, relay.ticket))


def album_heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Delivery of an album, which is delivered whole; if parts were deleted meanwhile, Telegram only returns fewer ids."""
    album = AlbumRef.read(row.about)
    sent = [
        relay
        for number in row.params["message_ids"]
        for relay in transcript.of_source(work.tx, album.place, number)
        if relay.to_chat == row.chat and relay.ticket == album.ticket
    ]
    if not sent:
        return
    if not outcome.message_ids:
        _failed(work, sent, outcome.reason)
        return
    for relay, message_id in zip(sent, outcome.message_ids, strict=False):
        _arrived(work, relay, message_id)
    if len(outcome.message_ids) < len(sent):
        _arrived_in_part(work, sent, len(outcome.message_ids))
    react(work, sent[0].from_chat, sent[0].from_message, DELIVERED)
    recall.offer(work, sent[0])
    recall.show_card(work, store.peek(work.tx, sent[0].ticket))


def _arrived(work: Work, relay: Relay, message_id: int) -> None:
    place = chats.find(work.tx, relay.to_chat)
    assert place is not None
    state = "recalled" if relay.state == "recalled" else "sent"
    transcript.change(work.tx, relay.id, state=state, to_message=message_id, to_place=place.chat_id)
    if state == "recalled":
        recall.remove(work, transcript.get(work.tx, relay.id))
    elif relay.edit is not None:
        edits.send(work, transcript.get(work.tx, relay.id), relay.edit)


def _name_the_ticket(work: Work, relay: Relay, message_id: int) -> None:
    """A copy that could not be a reply: in a group without topics a line below it names the ticket."""
    place = chats.find(work.tx, relay.to_chat)
    if place is not None and place.is_group and not place.is_forum:
        facts = {"number": relay.ticket, "who": directory.get(work.tx, relay.author).name}
        outbox.line(work, relay.to_chat, "copy.of", facts, answers=message_id)


def _arrived_in_part(work: Work, sent: list[Relay], count: int) -> None:
    """The copies cannot be matched to the originals then: they can be recalled, but not edited."""
    first = sent[0]
    for relay in sent:
        if transcript.get(work.tx, relay.id).state != "recalled":
            transcript.change(work.tx, relay.id, state="in part")
    store.record(work, first.ticket, "bot", "undelivered", {"relay": first.id, "missing": len(sent) - count})
    facts = {"number": first.ticket, "count": count, "all": len(sent)}
    how: dict[str, Any] = {"topic": TicketRef(first.ticket), "answers": first.from_message}
    outbox.line(work, first.from_chat, "undelivered.part", facts, priority=outbox.ALARM, **how)


def _failed(work: Work, sent: list[Relay], reason: str | None) -> None:
    """Tell the author below the message that it was not delivered, with a way out."""
    if all(relay.state == "recalled" for relay in sent):
        return
    first, ticket = sent[0], store.get(work.tx, sent[0].ticket)
    for relay in sent:
        transcript.change(work.tx, relay.id, state="failed")
        store.record(work, ticket.id, "bot", "undelivered", {"relay": relay.id, "reason": reason})
    facts = {"number": ticket.id, "reason": reason or ""}
    how: dict[str, Any] = {"topic": ticket.about, "priority": outbox.ALARM, "answers": first.from_message}
    key = _why_not(reason or "", first.toward) or f"undelivered.{first.toward}"
    outbox.line(work, first.from_chat, key, facts, **how)


def kind_refused(work: Work, ticket_id: int, reason: str) -> bool:
    """The first words of a ticket have a part that cannot get into the team's chat because of its kind: tell the
    requester what they can send instead. False when it is not the kind."""
    if (key := _why_not(reason, "team")) is None:
        return False
    ticket = store.get(work.tx, ticket_id)
    author = directory.get(work.tx, ticket.author or ticket.requester)
    outbox.line(work, author.key, key, {"number": ticket.id}, priority=outbox.ALARM)
    return True


def _why_not(reason: str, toward: str) -> str | None:
    """The sentence about a refusal of the kind of a message; the same message would be refused again."""
    if one_kind_only(reason):
        return f"undelivered.kind.{toward}"
    return f"uncopyable.{toward}" if never_copied(reason) else None


def _goes_on(tx: Connection, message: Incoming) -> bool:
    """Whether this is a later message of an album whose first one was a reply."""
    return bool(message.album and transcript.of_album(tx, message.place, message.album))


def _answering(tx: Connection, to_chat: str, message: Incoming) -> dict[str, Any]:
    """What the copy replies to on the other side, with the same quote."""
    if message.reply_to is None:
        return {}
    found = transcript.counterpart(tx, message.place, message.reply_to, to_chat)
    if found is None:
        return {}
    reply: dict[str, Any] = {"message_id": found, "allow_sending_without_reply": True}
    if message.quote is not None:
        reply |= {"quote": message.quote.text, "quote_position": message.quote.position}
        reply |= {"quote_entities": list(message.quote.entities)} if message.quote.entities else {}
    return {"reply_parameters": reply}


def _announce_album(work: Work, ticket: Ticket, to_chat: str, author: Person) -> None:
    """An album cannot be a reply, so in a group without topics a line before it names the ticket."""
    place = chats.find(work.tx, to_chat)
    if place is not None and place.is_group and not place.is_forum:
        say_in_topic(work, ticket, Line("album.of", {"number": ticket.id, "who": author.name}))


def _what_is_answered(tx: Connection, ticket: Ticket, chat: str, message: Incoming) -> str:
    if message.album:
        mates = transcript.of_album(tx, message.place, message.album)
        if mates and mates[0].ticket == ticket.id:
            return WORDS
    if message.reply_to is None:
        return INSIDE
    post = posts.about_message(tx, chat, message.reply_to)
    if post is not None and post.about == ticket.about and post.card in ("team_card", PROMPT):
        return str(post.card)
    found = transcript.of_copy(tx, message.place, message.reply_to)
    is_theirs = found is not None and found.ticket == ticket.id and found.toward == "team"
    return WORDS if is_theirs else INSIDE
