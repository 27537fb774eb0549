"""The outbox: messages to send, per chat and in order. Verbs write here; only the sender sends (R2, R3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, Executable, bindparam, case, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.keys import ChatRef
from bot.storage import typed
from bot.storage.db import savepoint, signal
from bot.storage.schema import OUTBOX_CARD, OUTBOX_OPEN, outbox
from bot.storage.schema import posts as posted
from bot.storage.unit import Unit
from bot.storage.upsert import insert_for
from bot.telegram import posts
from bot.telegram.keyboard import Key, markup

SIGNAL = "outbox"  # of a commit that wrote rows; with the chat, or "" for all of them
UNATTACHED = "unattached"  # the reason of a row that was sent without the reply it was to be
SPEAKING = ("send%", "copy%", "forward%")  # methods that make a message; the others change one, or tidy up
EPHEMERAL = "ephemeral_message_parameters"  # of a message that one member of a group reads (Bot API 10.3)
TIDY = "tidy"  # what a call is about that only keeps a chat in order: no one misses it when it fails
ALARM, TALK, NEWS, LIVE, ORDER = 0, 5, 9, 11, 12
"""Priorities: an escalation overtakes talk, a digest lets everybody pass. What waits for its moment holds up all behind it in
its chat, so boards, which change seldom, come late, and what only keeps a chat in order comes last."""

_IS_PENDING = outbox.c.state == "pending"
# Built once: building a statement costs more than running it, and these run at every tap. Every query that does not
# use the id has OUTBOX_OPEN, otherwise the database scans all rows ever sent.
_END = update(outbox).where((outbox.c.id == bindparam("which")) & (outbox.c.state == "sending"))
_SAME_CARD = (
    (outbox.c.chat == bindparam("of_chat"))
    & (outbox.c.card == bindparam("of_card"))
    & (outbox.c.about == bindparam("of_about"))
)
_UNSHOW = update(outbox).where(_SAME_CARD & OUTBOX_CARD)
_NEWER = select(outbox.c.id).where(_SAME_CARD & OUTBOX_CARD & (outbox.c.id != bindparam("which"))).limit(1)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message for a chat: one call of `method`, or a `card` that is shown or hidden. Times are UTC seconds."""

    id: int
    dedupe: str | None
    chat: str
    kind: str
    about: str
    card: str | None
    topic: str | None
    method: str | None
    params: Any
    priority: int
    state: str
    not_before: int
    expires_at: int | None
    attempts: int
    created_at: int
    done_at: int | None
    message_id: int | None
    reason: str | None

    @property
    def its_card(self) -> str:
        assert self.card is not None
        return self.card

    @property
    def its_method(self) -> str:
        assert self.method is not None
        return self.method


@cache
def _calling(dialect: str) -> Executable:
    return insert_for(dialect, outbox).on_conflict_do_nothing()


@cache
def _showing(dialect: str, *taken_over: str) -> Executable:
    """Insert a card's row. A waiting row for the same card gets the more urgent priority and the named columns instead."""
    row = insert_for(dialect, outbox)
    urgent = case((outbox.c.priority > row.excluded.priority, row.excluded.priority), else_=outbox.c.priority)
    # A waiting row is updated even if nothing changes: the lock keeps the sender from leasing it, and drawing it from
    # the state before this transaction, until this transaction ends.
    return row.on_conflict_do_update(
        index_elements=["chat", "card", "about"],
        index_where=OUTBOX_CARD,
        set_={"priority": urgent} | {name: row.excluded[name] for name in taken_over},
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a try: "sent", "dropped" because it is outdated, "dead" because it can never be sent, or
    "pending" again; and why. `message_ids` are all messages of one call, in order."""

    state: str
    message_id: int | None = None
    reason: str | None = None
    message_ids: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Telegram did it, now or before."""
        return self.state == "sent"


def call(
    unit: Unit[object],
    chat: str,
    method: str,
    params: Mapping[str, Any],
    *,
    about: str = "",
    topic: str | None = None,
    priority: int = TALK,
    dedupe: str | None = None,
    not_before: int = 0,
    expires_at: int | None = None,
) -> None:
    """Queue one Bot API call with frozen parameters to `chat`, our key of it ("person:7", "team:network").

    `chat_id` and the topic's id are filled in at delivery. A second row with the same `dedupe` is not inserted.
    `not_before` and `expires_at` are UTC seconds.
    """
    row = {
        "dedupe": dedupe,
        "chat": chat,
        "kind": "call",
        "about": about,
        "topic": topic,
        "method": method,
        "params": dict(params),
        "priority": priority,
        "not_before": not_before,
        "expires_at": expires_at,
        "created_at": unit.now,
    }
    unit.tx.execute(_calling(unit.tx.dialect.name), row)
    signal(unit.tx, SIGNAL, chat)


def say(
    unit: Unit[object],
    chat: str,
    text: str,
    *,
    keyboard: Sequence[Sequence[Key]] = (),
    **how: Any,
) -> None:
    """Queue `text` (Telegram HTML) with inline buttons. `how` is as in `call`."""
    params: dict[str, Any] = {
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard:
        params["reply_markup"] = markup(keyboard)
    call(unit, chat, "sendMessage", params, **how)


def line(
    unit: Unit[object],
    chat: str,
    key: str,
    facts: Mapping[str, object],
    *,
    keyboard: Sequence[Sequence[Key]] = (),
    answers: int | None = None,
    thread: int | None = None,
    only_for: int | None = None,
    **how: Any,
) -> None:
    """Queue a sentence of the catalogues, said in the chat's language at delivery.

    `answers` is a message of that chat to reply to, `thread` a topic's id, `only_for` the account that alone reads it in a
    group; the rest is as in `call`. A fact that is
    Markup stays Markup, such as a mention link; a ChatRef is said as people call that chat.
    """
    params: dict[str, Any] = {
        "line": key,
        "facts": dict(facts),
        "link_preview_options": {"is_disabled": True},
    }
    if marked := [name for name, fact in facts.items() if isinstance(fact, Markup)]:
        params["marked"] = marked
    if titled := [name for name, fact in facts.items() if isinstance(fact, ChatRef)]:
        params["titled"] = titled
    if answers is not None:
        params["reply_parameters"] = {"message_id": answers, "allow_sending_without_reply": True}
    if thread is not None:
        params["message_thread_id"] = thread
    if only_for is not None:
        params[EPHEMERAL] = {"receiver_user_id": only_for}
    if keyboard:
        params["reply_markup"] = markup(keyboard)
    call(unit, chat, "sendMessage", params, **how)


def show(
    unit: Unit[object],
    chat: str,
    card: str,
    about: str,
    *,
    topic: str | None = None,
    priority: int = TALK,
    anew: str | None = None,
    not_before: int = 0,
) -> None:
    """Show `card` of `about` in `chat`, drawn at delivery: edited in place, or sent if it is not there yet.

    `anew` = a reason to move the card to the end of the chat ("the person wrote below it"): someone looks for it now, so it
    no longer waits. Ten calls before the next delivery are one edit; the first of them decides `not_before` (UTC seconds).
    """
    cards = [(chat, card, about)]
    show_all(unit, cards, topic=topic, priority=priority, anew=anew, not_before=not_before)


def show_all(
    unit: Unit[object],
    cards: Sequence[tuple[str, str, str]],
    *,
    topic: str | None = None,
    priority: int = TALK,
    anew: str | None = None,
    not_before: int = 0,
) -> None:
    """Show many cards - chat, card, about - in one statement, each as `show` does."""
    if not cards:
        return
    common: dict[str, Any] = {"kind": "card", "topic": topic, "priority": priority, "created_at": unit.now}
    common["not_before"] = not_before
    common["params"] = {"anew": anew} if anew else {}
    rows = [{"chat": chat, "card": card, "about": about} | common for chat, card, about in cards]
    unit.tx.execute(_showing(unit.tx.dialect.name, *(["params", "not_before"] if anew else [])), rows)
    for chat in {chat for chat, _, _ in cards}:
        signal(unit.tx, SIGNAL, chat)


def gather(
    unit: Unit[object],
    chat: str,
    about: str,
    source: Mapping[str, Any],
    *,
    not_before: int,
    topic: str | None = None,
) -> None:
    """Copy one more message of an album: messages waiting under the same `about` are sent as one copyMessages.

    All of it waits until `not_before` (UTC seconds) of the latest message. Messages that come later are sent
    separately. `source` has from_chat_id and message_id.
    """
    same = OUTBOX_OPEN & (outbox.c.chat == chat) & (outbox.c.about == about) & _IS_PENDING
    latest = select(outbox.c.id, outbox.c.params).where(same).order_by(outbox.c.id.desc()).limit(1)
    waiting = unit.tx.execute(latest.with_for_update()).first()
    if waiting is None:
        params = {"from_chat_id": source["from_chat_id"], "message_ids": [source["message_id"]]}
        call(unit, chat, "copyMessages", params, about=about, not_before=not_before, topic=topic)
        return
    numbers = sorted({*waiting.params["message_ids"], source["message_id"]})
    values = {"params": dict(waiting.params) | {"message_ids": numbers}, "not_before": not_before}
    unit.tx.execute(update(outbox).where(outbox.c.id == waiting.id).values(values))
    signal(unit.tx, SIGNAL, chat)


def take_back(unit: Unit[object], chat: str, about: str) -> bool:
    """Delete the row waiting under `about`. False when it is sent or being sent."""
    waiting = OUTBOX_OPEN & (outbox.c.chat == chat) & (outbox.c.about == about) & _IS_PENDING
    values = {"state": "dropped", "done_at": unit.now, "reason": "taken back"}
    return unit.tx.execute(update(outbox).where(waiting).values(values)).rowcount > 0


def is_being_sent(tx: Connection, chat: str, about: str) -> bool:
    """Whether what was said under `about` is on its way at this moment: it can neither be unsaid nor deleted yet.

    What waits is locked: it cannot be leased before this unit ends.
    """
    mine = OUTBOX_OPEN & (outbox.c.chat == chat) & (outbox.c.about == about)
    return "sending" in tx.scalars(select(outbox.c.state).where(mine).with_for_update()).all()


def wipe(unit: Unit[object], row_id: int) -> None:
    """What a row said was secret, and is said: forget it."""
    unit.tx.execute(update(outbox).where(outbox.c.id == row_id).values(params={}))


def show_again(unit: Unit[object], chat: str, about: str) -> None:
    """The topic of `about` is lost: show its cards again, in a new topic, before other rows."""
    for card in posts.forget_topic(unit.tx, chat, about):
        show(unit, chat, card, about, topic=about, priority=ALARM)


def hide(unit: Unit[object], chat: str, card: str, about: str) -> None:
    """Delete a card from a chat, in order: after it was shown, if it is being sent now."""
    hidden = {"state": "dropped", "done_at": unit.now, "reason": "hidden"}
    unit.tx.execute(_UNSHOW, {"of_chat": chat, "of_card": card, "of_about": about} | hidden)
    values = {"chat": chat, "kind": "hide", "card": card, "about": about, "created_at": unit.now}
    unit.tx.execute(outbox.insert(), values | {"method": "deleteMessage", "params": {}})
    signal(unit.tx, SIGNAL, chat)


def hiding(tx: Connection) -> set[tuple[str, str, str]]:
    """The cards to be deleted: chat, card, about."""
    going = select(outbox.c.chat, outbox.c.card, outbox.c.about).where(
        OUTBOX_OPEN & (outbox.c.kind == "hide")
    )
    return {(row.chat, row.card, row.about) for row in tx.execute(going)}


def drop_waiting(unit: Unit[object], lasting: Collection[str]) -> int:
    """After a restore: what waited at the moment of the backup has most probably been said since. Drop the messages that
    wait, and the cards that are not in their chat yet; returns their number.

    Cards named in `lasting` are kept: work cannot go on without them, so a second copy is the lesser fault. Cards that are
    in their chat are kept too, for they are edited.
    """
    makes_a_message = (outbox.c.kind == "call") & or_(*(outbox.c.method.like(one) for one in SPEAKING))
    same = (posted.c.chat == outbox.c.chat) & (posted.c.card == outbox.c.card)
    same &= posted.c.about == outbox.c.about
    is_new = (
        (outbox.c.kind == "card")
        & outbox.c.card.not_in(lasting)
        & ~select(posted.c.chat).where(same).exists()
    )
    values = {"state": "dropped", "done_at": unit.now, "reason": "restored"}
    waiting = update(outbox).where(OUTBOX_OPEN & (makes_a_message | is_new))
    return unit.tx.execute(waiting.values(values)).rowcount


def reclaim(tx: Connection) -> int:
    """At a sender's start: release the rows leased by its predecessor. Returns their number."""
    half_sent = typed.every(
        OutboxRow, tx.execute(select(outbox).where(OUTBOX_OPEN & (outbox.c.state == "sending")))
    )
    for row in half_sent:
        _put_back(tx, row, {})
    signal(tx, SIGNAL)
    return len(half_sent)


def settle(unit: Unit[object], row_id: int, outcome: Outcome) -> bool:
    """Store the outcome of a leased row. False when it is not leased any more."""
    ended = {
        "which": row_id,
        "state": outcome.state,
        "done_at": unit.now,
        "message_id": outcome.message_id,
        "reason": outcome.reason,
    }
    return unit.tx.execute(_END, ended).rowcount == 1


def postpone(tx: Connection, row: OutboxRow, not_before: int, reason: str) -> None:
    """Release a leased row until `not_before` (UTC seconds); time and reason are stored, so they survive a restart."""
    _put_back(tx, row, {"not_before": not_before, "reason": reason})
    signal(tx, SIGNAL, row.chat)


def hurry(tx: Connection, reason: str, chat: str | None = None) -> None:
    """Rows that wait for `reason`, in one chat or in all, may be sent now."""
    waiting = OUTBOX_OPEN & _IS_PENDING & (outbox.c.reason == reason)
    if chat is not None:
        waiting &= outbox.c.chat == chat
    tx.execute(update(outbox).where(waiting).values(not_before=0))
    signal(tx, SIGNAL, chat or "")


def hurry_all(unit: Unit[object]) -> None:
    """Rows that wait for a later moment may be tried now; what Telegram's limits forbid still waits."""
    waiting = OUTBOX_OPEN & _IS_PENDING & (outbox.c.not_before > unit.now)
    unit.tx.execute(update(outbox).where(waiting).values(not_before=0))
    signal(unit.tx, SIGNAL)


def _put_back(tx: Connection, row: OutboxRow, values: Mapping[str, Any]) -> None:
    """Release a leased row: it is pending again, or dropped if a newer row for the same card waits.

    On PostgreSQL such a row may be inserted at this moment by another transaction: then the index refuses, once that one
    has ended.
    """
    ended = {"which": row.id, **values}
    same = {"of_chat": row.chat, "of_card": row.card, "of_about": row.about, "which": row.id}
    if row.kind == "card" and tx.scalar(_NEWER, same) is not None:
        tx.execute(_END, ended | {"state": "dropped"})
        return
    try:
        with savepoint(tx):
            tx.execute(_END, ended | {"state": "pending"})
    except IntegrityError:
        tx.execute(_END, ended | {"state": "dropped"})
