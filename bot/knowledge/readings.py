"""Searches and readings as rows: what was looked for, which article was shown to whom, and whether it helped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.storage import typed
from bot.storage.schema import readings, searches
from bot.storage.unit import Unit

SOUGHT = 30 * 86400  # seconds that words are kept which someone looked for: as long as first words are
READ = 365 * 86400  # seconds that it is kept who read what: a year of figures
BATCH = 500  # rows of either kind in one unit, as in bot/telegram/sweeping
_LATEST = (  # built once: it runs at every message
    select(readings)
    .where((readings.c.person == bindparam("whose")) & (readings.c.chat == bindparam("of_chat")))
    .where(readings.c.at >= bindparam("since"))
    .order_by(readings.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Search:
    """A look into the knowledge base."""

    id: int
    person: int
    chat: str
    ticket: int | None
    text: str
    message: int | None
    topic: str | None
    found: int | None
    at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An article shown to a person."""

    id: int
    article: str
    person: int
    chat: str
    search: int | None
    ticket: int | None
    sender: int | None
    at: int
    helped: int | None
    said_at: int | None
    opened: int | None


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """One article since some instant. `silent` is how many readers said neither yes nor no."""

    article: str
    read: int
    helped: int
    failed: int

    @property
    def silent(self) -> int:
        return self.read - self.helped - self.failed

    @property
    def share(self) -> float | None:
        """How many of those who said anything were helped; None when no one has said anything."""
        said = self.helped + self.failed
        return self.helped / said if said else None


def search(
    unit: Unit[object],
    person: int,
    chat: str,
    *,
    text: str = "",
    message: int | None = None,
    ticket: int | None = None,
    found: int | None = None,
) -> int:
    """Write down a look into the knowledge base; returns its number."""
    values = {"text": text, "message": message, "ticket": ticket, "found": found}
    row = {"person": person, "chat": chat, "at": unit.now} | values
    number = unit.tx.execute(insert(searches).values(row)).inserted_primary_key
    assert number is not None
    return int(number[0])


def find_search(tx: Connection, number: int) -> Search | None:
    return typed.first(Search, tx.execute(select(searches).where(searches.c.id == number)))


def search_beside(unit: Unit[object], person: int, chat: str, ticket: int) -> int:
    """The look into the knowledge base beside this ticket: one for each chat, its latest presser's."""
    beside = (searches.c.ticket == ticket) & (searches.c.chat == chat) & (searches.c.text == "")
    number = unit.tx.scalar(select(searches.c.id).where(beside))
    if number is None:
        return search(unit, person, chat, ticket=ticket)
    unit.tx.execute(
        update(searches).where(searches.c.id == number).values(person=person, topic=None, at=unit.now)
    )
    return int(number)


def leaf(tx: Connection, number: int, topic: str) -> None:
    """The card of this search shows this from now on: the articles of a topic, or every topic."""
    tx.execute(update(searches).where(searches.c.id == number).values(topic=topic))


def begin(
    unit: Unit[object],
    article: str,
    person: int,
    chat: str,
    *,
    search: int | None = None,
    ticket: int | None = None,
    sender: int | None = None,
) -> int:
    """Write down that an article is shown; the same one found by the same search is one reading. Returns its number."""
    if search is not None:
        same = (readings.c.search == search) & (readings.c.article == article)
        if (already := unit.tx.scalar(select(readings.c.id).where(same))) is not None:
            return int(already)
    row = {"article": article, "person": person, "chat": chat, "at": unit.now}
    row |= {"search": search, "ticket": ticket, "sender": sender}
    number = unit.tx.execute(insert(readings).values(row)).inserted_primary_key
    assert number is not None
    return int(number[0])


def get(tx: Connection, number: int) -> Reading | None:
    return typed.first(Reading, tx.execute(select(readings).where(readings.c.id == number)))


def latest(tx: Connection, person: int, chat: str, since: int) -> Reading | None:
    """What the person read last in this chat since then (UTC seconds), if they have not said yet whether it helped."""
    found = typed.first(Reading, tx.execute(_LATEST, {"whose": person, "of_chat": chat, "since": since}))
    return found if found is not None and found.helped is None and found.ticket is None else None


def waits_for_word(tx: Connection, ticket: int, article: str) -> bool:
    """Whether this article was sent from the ticket already and its reader has not said anything yet."""
    sent = (readings.c.ticket == ticket) & (readings.c.article == article) & readings.c.sender.is_not(None)
    return tx.scalar(select(readings.c.id).where(sent & readings.c.helped.is_(None)).limit(1)) is not None


def say(unit: Unit[object], number: int, person: int, *, helped: int) -> bool:
    """Keep the reader's word, once: False when it is not theirs to say, or was said already."""
    silent = (readings.c.id == number) & (readings.c.person == person) & readings.c.helped.is_(None)
    values = {"helped": helped, "said_at": unit.now}
    return unit.tx.execute(update(readings).where(silent).values(values)).rowcount == 1


def led_to(tx: Connection, number: int, ticket: int) -> None:
    """The article did not help and a ticket was opened instead."""
    tx.execute(update(readings).where(readings.c.id == number).values(opened=ticket))


def readdress(tx: Connection, former: str, address: str) -> None:
    """What was looked for and read in the chat `former` is reached at `address` from now on."""
    for table in (searches, readings):
        tx.execute(update(table).where(table.c.chat == former).values(chat=address))


def figures(tx: Connection, since: int) -> Sequence[ArticleFigures]:
    """Figures of every article shown to a reader since then (UTC seconds), the most read first; leafing beside a ticket
    is an engineer's work and not counted."""
    count = func.count()
    columns = select(
        readings.c.article,
        count,
        func.coalesce(func.sum(readings.c.helped), 0),
        func.count(readings.c.helped),
    )
    read = columns.where((readings.c.at >= since) & readings.c.chat.like("person:%"))
    rows = tx.execute(read.group_by(readings.c.article).order_by(count.desc(), readings.c.article)).all()
    return [ArticleFigures(article, n, int(yes), int(said) - int(yes)) for article, n, yes, said in rows]


def fruitless(tx: Connection, since: int, most: int = 10) -> Sequence[tuple[str, int]]:
    """What people looked for and no article spoke of, the most wanted first."""
    none = (searches.c.at >= since) & (searches.c.found == 0)
    texts = tx.scalars(select(searches.c.text).where(none)).all()
    # Folded here, because SQLite only folds the letters of English.
    return Counter(text.casefold() for text in texts).most_common(most)


def sweep(unit: Unit[object]) -> int:
    """Delete one batch of old rows of each kind; returns how many went. A reading may outlive the search that found it."""
    old = unit.tx.scalars(select(searches.c.id).where(searches.c.at < unit.now - SOUGHT).limit(BATCH)).all()
    unit.tx.execute(update(readings).where(readings.c.search.in_(old)).values(search=None))
    gone = unit.tx.execute(delete(searches).where(searches.c.id.in_(old))).rowcount
    read = select(readings.c.id).where(readings.c.at < unit.now - READ).limit(BATCH)
    return gone + unit.tx.execute(delete(readings).where(readings.c.id.in_(read))).rowcount
