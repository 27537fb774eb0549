"""An outage as rows: what was declared, who is affected, what was done and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.config.config import Work
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.names import InUse, Keeper, Section
from bot.storage import typed
from bot.storage.schema import outage_history, outage_people, outages
from bot.storage.upsert import insert
from bot.texts.speak import Line

TIMER = "outage"
DRAFT, OPEN, OVER, WITHDRAWN, DROPPED = "draft", "open", "over", "withdrawn", "dropped"
BOT = "bot"  # who declares where desk.yaml says so
WORKS, BROKEN = "works", "broken"


@dataclass(frozen=True, slots=True)
class OutageMember:
    """One person's answers to an outage. `ticket`: they are affected because this ticket of theirs was linked."""

    outage: int
    person: int
    joined_at: int | None
    passed_at: int | None
    verdict: str
    ticket: int | None = None

    @property
    def pressed(self) -> bool:
        """Whether they said themselves that it affects them."""
        return self.joined_at is not None and self.ticket is None


@dataclass(frozen=True, slots=True)
class Outage:
    """Times are UTC seconds; `state` is "draft", "open", "over", "withdrawn" or "dropped".

    `parent` is the ticket in which the work on it goes on, `rounds` how many messages in a row had nothing new, `note`
    what was written about it afterwards.
    """

    id: int
    category: str
    office: str
    floor: int | None
    words: str
    workaround: str | None
    next_at: int | None
    news: str
    state: str
    author: int
    asked: str
    asked_of: int | None
    question: int | None
    started_at: int
    changed_at: int
    ended_at: int | None
    parent: int | None = None
    rounds: int = 0
    note: str | None = None


def find(tx: Connection, outage_id: int) -> Outage | None:
    """An outage, locked for this unit of work."""
    return typed.first(Outage, tx.execute(select(outages).where(outages.c.id == outage_id).with_for_update()))


def peek(tx: Connection, outage_id: int) -> Outage | None:
    """An outage as it is now, for drawing; nothing is locked."""
    return typed.first(Outage, tx.execute(select(outages).where(outages.c.id == outage_id)))


def members(tx: Connection, outage_id: int) -> Sequence[OutageMember]:
    """What everybody has said about it, by person."""
    mine = select(outage_people).where(outage_people.c.outage == outage_id).order_by(outage_people.c.person)
    return typed.every(OutageMember, tx.execute(mine))


def all_open(tx: Connection) -> Sequence[Outage]:
    """Every open outage, oldest first."""
    return typed.every(
        Outage, tx.execute(select(outages).where(outages.c.state == "open").order_by(outages.c.id))
    )


def used(tx: Connection) -> Iterator[InUse]:
    """The categories that open outages are of, by the number of the outage."""
    for row in all_open(tx):
        yield InUse(Section.CATEGORIES, row.category, Keeper.OUTAGE, str(row.id))


def follow(work: Work) -> int:
    """Outages that are not over go with their category to its name of today; returns how many did."""
    renamed = work.config.desk.file.renamed.categories
    going = outages.c.category.in_(renamed) & outages.c.state.in_(("draft", "open"))
    rows = work.tx.execute(select(outages.c.id, outages.c.category).where(going).with_for_update()).all()
    for row in rows:
        today = renamed[row.category]
        work.tx.execute(update(outages).where(outages.c.id == row.id).values(category=today))
        record(work, row.id, "bot", "rename", {"category": [row.category, today]})
    return len(rows)


def latest_news(tx: Connection, outage_id: int) -> str:
    """What was last published about it since it was declared; "" when nothing was."""
    told = (outage_history.c.outage == outage_id) & (outage_history.c.action == "update")
    data = tx.scalar(select(outage_history.c.data).where(told).order_by(outage_history.c.id.desc()).limit(1))
    return str(data.get("words") or "") if data is not None else ""


def hit(tx: Connection, outage_id: int) -> int:
    """How many people said that it affects them too."""
    joined = (outage_people.c.outage == outage_id) & outage_people.c.joined_at.is_not(None)
    return tx.scalar(select(func.count()).select_from(outage_people).where(joined)) or 0


def of(tx: Connection, outage_id: int, person_id: int) -> OutageMember | None:
    """This person's answers to it, if any."""
    said = (outage_people.c.outage == outage_id) & (outage_people.c.person == person_id)
    return typed.first(OutageMember, tx.execute(select(outage_people).where(said)))


def join(work: Work, outage_id: int, person: Person) -> Line:
    """ "It affects me too": counted, gets all news, needs no ticket. Raises NotAllowed."""
    authorize(person, "open", Object())
    row = find(work.tx, outage_id)
    if row is None or row.state != "open":
        return Line("stale", alert=True)
    say(work.tx, outage_id, person, joined_at=work.now, ticket=None)
    return Line("outage.joined_short")


def pass_by(work: Work, outage_id: int, person: Person) -> None:
    """ "Mine is something else": this person does not see it again until there is news. Raises NotAllowed."""
    authorize(person, "open", Object())
    if find(work.tx, outage_id) is not None:
        say(work.tx, outage_id, person, passed_at=work.now)


def insert_row(tx: Connection, values: Mapping[str, Any]) -> Outage:
    """Keep a new outage."""
    number = tx.execute(insert(tx, outages).values(**values).returning(outages.c.id)).scalar_one()
    row = find(tx, int(number))
    assert row is not None
    return row


def is_declared_by_bot(tx: Connection, outage_id: int) -> bool:
    said = (outage_history.c.outage == outage_id) & (outage_history.c.action == "declare")
    return tx.scalar(select(outage_history.c.id).where(said & (outage_history.c.actor == BOT))) is not None


def change(
    work: Work, outage_id: int, person: Person, action: str, data: dict[str, Any], **values: Any
) -> None:
    """Change an outage and record who did it."""
    work.tx.execute(update(outages).where(outages.c.id == outage_id).values(changed_at=work.now, **values))
    record(work, outage_id, person.key, action, data)


def record(work: Work, outage_id: int, actor: str, action: str, data: dict[str, Any]) -> None:
    row = {"outage": outage_id, "at": work.now, "actor": actor, "action": action, "data": data}
    work.tx.execute(insert(work.tx, outage_history).values(**row))


def say(tx: Connection, outage_id: int, person: Person, **said: Any) -> None:
    row = insert(tx, outage_people).values(outage=outage_id, person=person.id, **said)
    tx.execute(row.on_conflict_do_update(index_elements=["outage", "person"], set_=said))
