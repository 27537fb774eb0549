"""An outage from its declaration to its end: permissions, affected people, messages and their times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.config.config import Work
from bot.keys import SUPERVISORS, OutageRef, PersonChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.names import InUse, Keeper, Section
from bot.sla.policy import OTHER
from bot.storage import typed
from bot.storage.schema import outage_history, outage_people, outages
from bot.storage.upsert import insert
from bot.telegram import outbox
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions
from bot.tickets.actions import Draft
from bot.timers.timers import Timer, arm, disarm, settle

TIMER = "outage"
NEWS = "news"  # the timer's only key: the next promised message
WORKS, BROKEN = "works", "broken"


@dataclass(frozen=True, slots=True)
class OutageMember:
    """One person's answers to an outage."""

    outage: int
    person: int
    joined_at: int | None
    passed_at: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Times are UTC seconds; `state` is "open" or "over"."""

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


def find(tx: Connection, outage_id: int) -> Outage | None:
    """An outage, locked for this unit of work."""
    return typed.first(Outage, tx.execute(select(outages).where(outages.c.id == outage_id).with_for_update()))


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
    going = outages.c.category.in_(renamed) & (outages.c.state != "over")
    rows = work.tx.execute(select(outages.c.id, outages.c.category).where(going).with_for_update()).all()
    for row in rows:
        today = renamed[row.category]
        work.tx.execute(update(outages).where(outages.c.id == row.id).values(category=today))
        record(work, row.id, "bot", "rename", {"category": [row.category, today]})
    return len(rows)


def hit(tx: Connection, outage_id: int) -> int:
    """How many people said that it affects them too."""
    joined = (outage_people.c.outage == outage_id) & outage_people.c.joined_at.is_not(None)
    return tx.scalar(select(func.count()).select_from(outage_people).where(joined)) or 0


def of(tx: Connection, outage_id: int, person_id: int) -> OutageMember | None:
    """This person's answers to it, if any."""
    said = (outage_people.c.outage == outage_id) & (outage_people.c.person == person_id)
    return typed.first(OutageMember, tx.execute(select(outage_people).where(said)))


def tell_open(work: Work, row: Outage, person: Person) -> None:
    """It was declared, or there is news: send it to affected people, show the card to supervisors, arm the next message."""
    if row.next_at is not None:
        arm(work.tx, TIMER, OutageRef(row.id), NEWS, row.next_at, cycle=row.next_at)
    _tell_people(work, row.id)
    outbox.show(work, person.key, "outage", OutageRef(row.id), anew=f"told {work.now}")
    outbox.show(work, SUPERVISORS, "outage", OutageRef(row.id), anew=f"told {work.now}")


def end(work: Work, outage_id: int, person: Person) -> Line:
    """It is over: all affected people are notified and asked whether it works. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = find(work.tx, outage_id)
    if row is None or row.state != "open":
        return Line("stale", alert=True)
    change(
        work,
        outage_id,
        person,
        "end",
        {"hit": hit(work.tx, outage_id)},
        state="over",
        ended_at=work.now,
        asked="",
    )
    disarm(work.tx, TIMER, OutageRef(outage_id), reason="over")
    _tell_people(work, outage_id)
    outbox.hide(work, person.key, "outage_over", OutageRef(outage_id))
    for chat in {person.key, PersonChat(row.author), SUPERVISORS}:
        outbox.show(work, chat, "outage", OutageRef(outage_id))
    return Line("outage.ended")


def join(work: Work, outage_id: int, person: Person) -> Line:
    """ "Mine too": counted, gets all news, needs no ticket. Raises NotAllowed."""
    authorize(person, "open", Object())
    row = find(work.tx, outage_id)
    if row is None or row.state != "open":
        return Line("stale", alert=True)
    _say(work.tx, outage_id, person, joined_at=work.now)
    return Line("outage.joined_short")


def pass_by(work: Work, outage_id: int, person: Person) -> None:
    """ "Mine is something else": this person does not see it again until there is news. Raises NotAllowed."""
    authorize(person, "open", Object())
    if find(work.tx, outage_id) is not None:
        _say(work.tx, outage_id, person, passed_at=work.now)


def judge(work: Work, outage_id: int, person: Person, verdict: str) -> Line:
    """After the end: it works for this person, or a ticket is opened for them, once. Raises NotAllowed."""
    authorize(person, "open", Object())
    row, said = find(work.tx, outage_id), of(work.tx, outage_id, person.id)
    if row is None or row.state != "over" or said is None or said.joined_at is None:
        return Line("stale", alert=True)
    if said.verdict:
        return Line("already.passed", alert=True)
    _say(work.tx, outage_id, person, verdict=verdict)
    outbox.show(work, person.key, "outage_news", OutageRef(outage_id))
    if verdict == WORKS:
        return Line("outage.glad")
    is_known = work.config.desk.has(Section.CATEGORIES, row.category)
    category = work.config.desk.category(row.category if is_known else OTHER)
    desk, own = speak.voice(work.config.program.defaults.language), speak.voice(person.language)
    draft = Draft(
        category=category.id,
        team=category.team,
        summary=desk.say("outage.still", words=row.words)[:200],
        summary_own=own.say("outage.still", words=row.words)[:200],
    )
    actions.open_ticket(work, person, draft)
    return Line("outage.ticket")


def ring(work: Work, due: Sequence[Timer]) -> None:
    """The next promised message is due: remind its declarer, or all supervisors."""
    for timer in due:
        row = find(work.tx, OutageRef.read(timer.ref).number)
        if row is None or row.state != "open" or row.next_at != timer.fire_at:
            settle(work, timer.id, "skipped", "not due any more")
            continue
        settle(work, timer.id, "fired")
        author = directory.get(work.tx, row.author)
        chat = author.key if author.active and author.is_supervisor else SUPERVISORS
        outbox.line(work, chat, "outage.due", {"number": row.id}, priority=outbox.ALARM)
        outbox.show(work, chat, "outage", OutageRef(row.id), anew=f"due {row.next_at}")
        record(work, row.id, "timer", "due", {})


def change(
    work: Work, outage_id: int, person: Person, action: str, data: dict[str, Any], **values: Any
) -> None:
    """Change an outage and record who did it."""
    work.tx.execute(update(outages).where(outages.c.id == outage_id).values(changed_at=work.now, **values))
    record(work, outage_id, person.key, action, data)


def record(work: Work, outage_id: int, actor: str, action: str, data: dict[str, Any]) -> None:
    row = {"outage": outage_id, "at": work.now, "actor": actor, "action": action, "data": data}
    work.tx.execute(insert(work.tx, outage_history).values(**row))


def _say(tx: Connection, outage_id: int, person: Person, **said: Any) -> None:
    row = insert(tx, outage_people).values(outage=outage_id, person=person.id, **said)
    tx.execute(row.on_conflict_do_update(index_elements=["outage", "person"], set_=said))


def _tell_people(work: Work, outage_id: int) -> None:
    """One message to each, with a low priority: many messages at once must not delay conversations."""
    joined = (outage_people.c.outage == outage_id) & outage_people.c.joined_at.is_not(None)
    for person_id in work.tx.scalars(
        select(outage_people.c.person).where(joined).order_by(outage_people.c.person)
    ):
        chat, about = PersonChat(person_id), OutageRef(outage_id)
        outbox.show(work, chat, "outage_news", about, priority=outbox.NEWS, anew=f"news {work.now}")
