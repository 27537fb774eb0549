"""Which chat is written to next. The first row of every chat is kept in memory, so a look costs what may be sent now, not what
waits."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select, update

from bot.storage import typed
from bot.storage.schema import OUTBOX_OPEN, outbox
from bot.storage.unit import Unit
from bot.telegram.outbox import ALARM, OutboxRow

COUNTED = 50  # rows of a chat: beyond it, all long backlogs are alike
AGAIN = 60  # seconds between two readings of everything, because other processes write rows too
# Looks between two readings of new rows while there is work; an idle sender reads them at each look.
EVERY = 16
MARGIN = 256  # row ids: transactions of other processes may end in another order than they began

# Built once: building a statement costs more than running it, and these run at every look.
_PER_CHAT: Any = {"partition_by": outbox.c.chat}
_IS_PENDING = outbox.c.state == "pending"
_ROW = (outbox.c.id, outbox.c.chat, outbox.c.priority, outbox.c.state, outbox.c.not_before)
_IN_ORDER = (
    select(
        *_ROW,
        func.row_number().over(**_PER_CHAT, order_by=(outbox.c.priority, outbox.c.id)).label("place"),
        func.count().over(**_PER_CHAT).label("backlog"),
        func.count().filter(_IS_PENDING).over(**_PER_CHAT).label("pending"),
    )
    .where(OUTBOX_OPEN)
    .subquery()
)
_HEADS = select(_IN_ORDER).where(_IN_ORDER.c.place == 1)
_OF_CHAT = (
    select(*_ROW)
    .where(OUTBOX_OPEN & (outbox.c.chat == bindparam("of_chat")))
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(COUNTED)
)
_NEW = select(*_ROW).where(outbox.c.id > bindparam("after")).order_by(outbox.c.id)
_NEWEST = select(func.max(outbox.c.id))
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("which", expanding=True)))
    .where(_IS_PENDING & (outbox.c.not_before <= bindparam("now")))
    .values(state="sending", attempts=outbox.c.attempts + 1)
    .returning(outbox)
)


class Waiting(NamedTuple):
    """A chat with more rows: the `not_before` (UTC seconds) of its first row, and whether that is an alert."""

    chat: str
    not_before: int
    urgent: bool


class Queue(NamedTuple):
    """The waiting rows of one priority: how many, and since when (UTC seconds) the oldest of them may be sent; None when all
    wait for a later moment."""

    priority: int
    rows: int
    since: int | None


_CREATED, _NOT_BEFORE = outbox.c.created_at, outbox.c.not_before
_SINCE = case((_NOT_BEFORE > _CREATED, _NOT_BEFORE), else_=_CREATED)
_SENDABLE = case((bindparam("now") >= _NOT_BEFORE, _SINCE))
_QUEUES = (
    select(outbox.c.priority, func.count(), func.min(_SENDABLE))
    .where(OUTBOX_OPEN)
    .group_by(outbox.c.priority)
)


def queues(tx: Connection, now: int) -> list[Queue]:
    """What waits, by priority; `now` is UTC seconds."""
    return [Queue(*row) for row in tx.execute(_QUEUES, {"now": now})]


@dataclass(frozen=True, slots=True)
class Head:
    """The first row of a chat; `backlog` counts its rows up to COUNTED, `more` says whether another one is pending."""

    id: int
    chat: str
    priority: int
    state: str
    not_before: int
    backlog: int
    more: bool

    @property
    def rank(self) -> tuple[int, int, int]:
        """Urgent first; among equals the chat with most rows: that empties a backlog in the least time."""
        return self.priority, -self.backlog, self.id

    @property
    def is_urgent(self) -> bool:
        return self.priority == ALARM

    @property
    def waits(self) -> bool:
        return self.more or self.state == "pending"


@dataclass(frozen=True, slots=True)
class Closed:
    """`busy` are chats with a row in flight or without limit left, `alarms_only` those whose last place is reserved for
    urgent rows."""

    busy: Collection[str] = ()
    alarms_only: Collection[str] = ()

    def keeps_out(self, head: Head) -> bool:
        return head.chat in self.busy or (head.chat in self.alarms_only and not head.is_urgent)


class Backlog:
    """The heads of all chats, in the order in which they may be sent."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}
        # An entry counts while it is about the present head of its chat.
        self._ready: list[tuple[tuple[int, int, int], int, Head]] = []
        self._later: list[tuple[int, int, Head]] = []
        self._serial = count()
        self._looks, self._newest, self._read_at = 0, 0, 0
        self._is_true = False  # False while a unit that changes it is not committed

    def committed(self) -> None:
        """The unit of the last `lease` has ended well; otherwise everything is read again."""
        self._is_true = True

    def lease(
        self, unit: Unit[object], changed: Collection[str], closed: Closed, most: int
    ) -> tuple[list[OutboxRow], list[Waiting]]:
        """Take the next rows to deliver, one per chat, urgent first, in order within a chat. Also returns which chats decide
        when to look again.

        `changed` are chats whose rows have changed since the last look; "" is all of them. A chat whose first row must wait
        (`not_before`) is not overtaken by its own later rows of the same priority.
        """
        self._catch_up(unit, changed)
        self._is_true = False
        chosen = self._choose(unit.now, closed, most)
        which = {"which": [head.id for head in chosen], "now": unit.now}
        rows = typed.every(OutboxRow, unit.tx.execute(_LEASE, which)) if chosen else []
        leased = {row.id: row for row in rows}
        for head in chosen:
            if head.id in leased:
                self._heads[head.chat] = replace(head, state="sending")
            else:
                self._read(unit.tx, head.chat)
        waiting = self._waiting(closed, [head.chat for head in chosen])
        return [leased[head.id] for head in chosen if head.id in leased], waiting

    def _catch_up(self, unit: Unit[object], changed: Collection[str]) -> None:
        self._looks += 1
        if not self._is_true or "" in changed or not 0 <= unit.now - self._read_at < AGAIN:
            self._read_all(unit)
            return
        for chat in changed:
            self._read(unit.tx, chat)
        if not changed or self._looks % EVERY == 0:
            for chat in self._of_others(unit.tx):
                self._read(unit.tx, chat)

    def _read_all(self, unit: Unit[object]) -> None:
        self._heads, self._ready, self._later = {}, [], []
        for row in unit.tx.execute(_HEADS).all():
            more = row.pending > (row.state == "pending")
            backlog = min(row.backlog, COUNTED)
            head = Head(row.id, row.chat, row.priority, row.state, row.not_before, backlog, more)
            self._file(head)
        self._newest, self._read_at = unit.tx.scalar(_NEWEST) or 0, unit.now

    def _read(self, tx: Connection, chat: str) -> None:
        rows = tx.execute(_OF_CHAT, {"of_chat": chat}).all()
        self._heads.pop(chat, None)
        if rows:
            first, more = rows[0], any(row.state == "pending" for row in rows[1:])
            self._file(Head(first.id, chat, first.priority, first.state, first.not_before, len(rows), more))

    def _of_others(self, tx: Connection) -> set[str]:
        """Chats in which another process has written since."""
        rows = tx.execute(_NEW, {"after": self._newest - MARGIN}).all()
        self._newest = max(self._newest, *(row.id for row in rows)) if rows else self._newest
        return {row.chat for row in rows if row.state == "pending" and self._is_news(row)}

    def _is_news(self, row: Any) -> bool:
        head = self._heads.get(row.chat)
        if head is None or (row.priority, row.id) < (head.priority, head.id):
            return True
        return row.id != head.id and not head.more

    def _file(self, head: Head) -> None:
        self._heads[head.chat] = head
        if head.state == "pending":
            heapq.heappush(self._later, (head.not_before, next(self._serial), head))

    def _choose(self, now: int, closed: Closed, most: int) -> list[Head]:
        while self._later and self._later[0][0] <= now:
            _, serial, head = heapq.heappop(self._later)
            heapq.heappush(self._ready, (head.rank, serial, head))
        chosen: list[Head] = []
        aside = []
        while self._ready and len(chosen) < most:
            entry = heapq.heappop(self._ready)
            head = entry[2]
            if self._heads.get(head.chat) is not head:
                continue
            if closed.keeps_out(head):
                aside.append(entry)
            else:
                chosen.append(head)
        for entry in aside:
            heapq.heappush(self._ready, entry)
        return chosen

    def _waiting(self, closed: Closed, leased: Collection[str]) -> list[Waiting]:
        """The closed chats, of the open ones the first, and of those that must wait the first."""
        chats = {*closed.busy, *closed.alarms_only, *leased}
        found = {chat: head for chat in chats if (head := self._heads.get(chat)) is not None and head.waits}
        for head in self._firsts(closed):
            found[head.chat] = head
        return [Waiting(head.chat, head.not_before, head.is_urgent) for head in found.values()]

    def _firsts(self, closed: Closed) -> Iterator[Head]:
        aside = []
        while self._ready:
            entry = self._ready[0]
            is_present = self._heads.get(entry[2].chat) is entry[2]
            if is_present and not closed.keeps_out(entry[2]):
                yield entry[2]
                break
            heapq.heappop(self._ready)
            if is_present:
                aside.append(entry)
        for entry in aside:
            heapq.heappush(self._ready, entry)
        while self._later:
            if self._heads.get(self._later[0][2].chat) is self._later[0][2]:
                yield self._later[0][2]
                break
            heapq.heappop(self._later)
