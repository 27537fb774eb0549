"""The outbox: what shall be said, to which chat, in which order. A verb writes here; only the sender speaks (R2, R3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, text, update

from bot.storage.db import signal
from bot.storage.schema import outbox
from bot.storage.upsert import insert
from bot.telegram import posts

ALARM, TALK, NEWS = 0, 5, 9
"""Priorities: an escalation overtakes talk, a digest lets everybody pass."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: "sent", "dropped" because it was no longer worth saying, "dead" because it never can be said, or
    "pending" again; and why. `message_ids` are all that one call made, in order, where it makes several messages.
    """

    state: str
    message_id: int | None = None
    reason: str | None = None
    message_ids: tuple[int, ...] = ()

    @property
    def is_done(self) -> bool:
        """Telegram did it, or it was done already."""
        return self.state == "sent"


def call(
    tx: Connection,
    chat: str,
    method: str,
    params: Mapping[str, Any],
    now: int,
    *,
    about: str = "",
    topic: str | None = None,
    priority: int = TALK,
    dedupe: str | None = None,
    not_before: int = 0,
    expires_at: int | None = None,
) -> None:
    """Say something frozen: one Bot API call to `chat`, our own key of it ("person:7", "team:network").

    `chat_id` and the topic's id are filled in at delivery. Saying the same `dedupe` twice is saying it once.
    `not_before` and `expires_at` are UTC seconds.
    """
    row = insert(tx, outbox).values(
        dedupe=dedupe,
        chat=chat,
        kind="call",
        about=about,
        topic=topic,
        method=method,
        params=dict(params),
        priority=priority,
        not_before=not_before,
        expires_at=expires_at,
        created_at=now,
    )
    tx.execute(row.on_conflict_do_nothing())
    signal(tx, "outbox")


def say(
    tx: Connection,
    chat: str,
    text: str,
    now: int,
    *,
    keyboard: Sequence[Sequence[Mapping[str, str]]] = (),
    **how: Any,
) -> None:
    """Say `text` (Telegram HTML) with inline buttons. `how` is as in `call`."""
    params: dict[str, Any] = {
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard:
        params["reply_markup"] = {"inline_keyboard": keyboard}
    call(tx, chat, "sendMessage", params, now, **how)


def line(
    tx: Connection,
    chat: str,
    key: str,
    facts: Mapping[str, object],
    now: int,
    *,
    keyboard: Sequence[Sequence[Mapping[str, str]]] = (),
    answers: int | None = None,
    thread: int | None = None,
    **how: Any,
) -> None:
    """Say a sentence of the catalogues in the language that the chat reads when its turn comes.

    `answers` is a message of that chat to reply to, `thread` a topic by its number; the rest is as in `call`.
    """
    params: dict[str, Any] = {"line": key, "facts": dict(facts)}
    if answers is not None:
        params["reply_parameters"] = {"message_id": answers, "allow_sending_without_reply": True}
    if thread is not None:
        params["message_thread_id"] = thread
    if keyboard:
        params["reply_markup"] = {"inline_keyboard": keyboard}
    call(tx, chat, "sendMessage", params, now, **how)


def show(
    tx: Connection,
    chat: str,
    card: str,
    about: str,
    now: int,
    *,
    topic: str | None = None,
    priority: int = TALK,
    anew: str | None = None,
) -> None:
    """Let `chat` see `card` of `about` as it is when its turn comes: edited in place, or sent when it is not there yet.

    `anew` = a reason to move the card to the end of the chat ("the person wrote below it"). Ten calls before the sender
    comes round are one edit.
    """
    row = insert(tx, outbox).values(
        chat=chat,
        kind="card",
        card=card,
        about=about,
        topic=topic,
        priority=priority,
        params={"anew": anew} if anew else {},
        created_at=now,
    )
    # As text: PostgreSQL finds the partial index only while it sees the values, not once the plan is a generic one.
    waiting = text("state = 'pending' AND kind = 'card'")
    # A row that waits already is written again even where nothing in it changes: it must not be leased, and drawn from the
    # state before this transaction, until this transaction has ended.
    values: dict[str, Any] = {
        "priority": case((outbox.c.priority > priority, priority), else_=outbox.c.priority)
    }
    if anew:
        values["params"] = row.excluded.params
    tx.execute(
        row.on_conflict_do_update(index_elements=["chat", "card", "about"], index_where=waiting, set_=values)
    )
    signal(tx, "outbox")


def gather(tx: Connection, chat: str, about: str, source: Mapping[str, Any], now: int, **how: Any) -> None:
    """Copy one more message of an album: what still waits under the same `about` goes as one copyMessages.

    It waits two seconds for the rest, which Telegram hands over message by message. What comes later still goes after it,
    never into it. `source` has from_chat_id and message_id.
    """
    same = (outbox.c.chat == chat) & (outbox.c.about == about) & (outbox.c.state == "pending")
    latest = select(outbox.c.id, outbox.c.params).where(same).order_by(outbox.c.id.desc()).limit(1)
    waiting = tx.execute(latest.with_for_update()).first()
    if waiting is None:
        params = {"from_chat_id": source["from_chat_id"], "message_ids": [source["message_id"]]}
        call(tx, chat, "copyMessages", params, now, about=about, not_before=now + 2, **how)
        return
    numbers = sorted({*waiting.params["message_ids"], source["message_id"]})
    params = dict(waiting.params) | {"message_ids": numbers}
    tx.execute(update(outbox).where(outbox.c.id == waiting.id).values(params=params))


def take_back(tx: Connection, chat: str, about: str, now: int) -> bool:
    """Unsay what waits under `about`. False when it is said already, or is being said at this moment."""
    waiting = (outbox.c.chat == chat) & (outbox.c.about == about) & (outbox.c.state == "pending")
    values = {"state": "dropped", "done_at": now, "reason": "taken back"}
    return tx.execute(update(outbox).where(waiting).values(values)).rowcount > 0


def show_again(tx: Connection, chat: str, about: str, now: int) -> None:
    """The topic about `about` is lost: what stood in it is shown again, in a new one, ahead of whatever else waits."""
    for card in posts.forget_topic(tx, chat, about):
        show(tx, chat, card, about, now, topic=about, priority=ALARM)


def hide(tx: Connection, chat: str, card: str, about: str, now: int) -> None:
    """Take a card away from a chat, in its turn: after it was shown, if it is on its way there now."""
    same = (outbox.c.chat == chat) & (outbox.c.card == card) & (outbox.c.about == about)
    waiting = same & (outbox.c.kind == "card") & (outbox.c.state == "pending")
    tx.execute(update(outbox).where(waiting).values(state="dropped", done_at=now, reason="hidden"))
    values = {"chat": chat, "kind": "hide", "card": card, "about": about, "created_at": now}
    tx.execute(insert(tx, outbox).values(**values, method="deleteMessage", params={}))
    signal(tx, "outbox")


def lease(tx: Connection, now: int, busy: Collection[str], most: int) -> list[Row[Any]]:
    """Take the next rows to deliver, one per chat, urgent first, never out of order inside a chat.

    `busy` are the chats that have a row under way or have spent their limit. A chat whose first row must wait
    (`not_before`) is not overtaken by its own later rows of the same priority. Among equals the chat with most to say goes
    first: that drains a backlog in the least time (performance.md 6).
    """
    heads = select(
        outbox.c.id,
        func.row_number()
        .over(partition_by=outbox.c.chat, order_by=(outbox.c.priority, outbox.c.id))
        .label("place"),
        func.count().over(partition_by=outbox.c.chat).label("backlog"),
    ).where(outbox.c.state.in_(("pending", "sending")))
    if busy:
        heads = heads.where(outbox.c.chat.not_in(busy))
    head = heads.subquery()
    ready = (head.c.place == 1) & (outbox.c.state == "pending") & (outbox.c.not_before <= now)
    first = select(outbox).join(head, head.c.id == outbox.c.id).where(ready)
    rows = list(tx.execute(first.order_by(outbox.c.priority, head.c.backlog.desc(), outbox.c.id).limit(most)))
    if rows:
        ids = [row.id for row in rows]
        leased = update(outbox).where(outbox.c.id.in_(ids))
        tx.execute(leased.values(state="sending", attempts=outbox.c.attempts + 1))
    return rows


def reclaim(tx: Connection) -> int:
    """A sender starts: what its predecessor left half-sent is sent again. Returns how many rows that was."""
    half_sent = select(outbox.c.id, outbox.c.chat, outbox.c.card, outbox.c.about, outbox.c.kind)
    count = 0
    for row in tx.execute(half_sent.where(outbox.c.state == "sending")).all():
        # A newer row for the same card may wait already: the older one then has nothing to add.
        state = "dropped" if row.kind == "card" and _card_waits(tx, row) else "pending"
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(state=state))
        count += 1
    return count


def settle(tx: Connection, row_id: int, now: int, outcome: Outcome) -> bool:
    """Record how a leased row ended. False when it is not leased any more."""
    leased = (outbox.c.id == row_id) & (outbox.c.state == "sending")
    values = {
        "state": outcome.state,
        "done_at": now,
        "message_id": outcome.message_id,
        "reason": outcome.reason,
    }
    return tx.execute(update(outbox).where(leased).values(values)).rowcount == 1


def postpone(tx: Connection, row: Row[Any], not_before: int, reason: str) -> None:
    """Put a leased row back until `not_before` (UTC seconds); a restart does not forget it, nor why it waits."""
    state = "dropped" if row.kind == "card" and _card_waits(tx, row) else "pending"
    leased = (outbox.c.id == row.id) & (outbox.c.state == "sending")
    tx.execute(update(outbox).where(leased).values(state=state, not_before=not_before, reason=reason))
    signal(tx, "outbox")


def hurry(tx: Connection, reason: str) -> None:
    """What waits for `reason` need not wait any longer."""
    waiting = (outbox.c.state == "pending") & (outbox.c.reason == reason)
    tx.execute(update(outbox).where(waiting).values(not_before=0))
    signal(tx, "outbox")


def waiting(tx: Connection) -> list[tuple[str, int]]:
    """The chats that have something to be said, each with the `not_before` of its earliest row."""
    rows = select(outbox.c.chat, func.min(outbox.c.not_before)).where(outbox.c.state == "pending")
    return [(chat, not_before) for chat, not_before in tx.execute(rows.group_by(outbox.c.chat))]


def _card_waits(tx: Connection, row: Any) -> bool:
    same = (outbox.c.chat == row.chat) & (outbox.c.card == row.card) & (outbox.c.about == row.about)
    waiting = (outbox.c.state == "pending") & (outbox.c.kind == "card") & (outbox.c.id != row.id)
    return tx.scalar(select(outbox.c.id).where(same & waiting).limit(1)) is not None
