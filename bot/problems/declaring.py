"""A supervisor declares an outage: typed with /outage, or from a card with everything filled in; and adds news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from bot.config.config import Config, Work
from bot.keys import SUPERVISORS, OutageRef, PersonChat, QuestionRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, places, rounds
from bot.problems import outages as verbs
from bot.problems.outages import Outage
from bot.problems.wording import Said, moment, understand, without_nothing
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import outages
from bot.storage.upsert import insert
from bot.telegram import outbox, posts, said
from bot.telegram.incoming import Incoming
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import readers
from bot.tickets.ticket import Ticket
from bot.timers import timers

DRAFT_CARD = "outage_draft"
LONGEST = 1000  # characters of an outage's text, or of its workaround


def declare(work: Work, person: Person, text: str) -> None:
    """/outage printing till 11:15 No printer on floor 3 prints. Workaround: ... Raises NotAllowed."""
    authorize(person, "outage", Object())
    name, _, rest = text.strip().partition(" ")
    category = _category(work.config.desk, name.strip(",:;"))
    if category is None:
        line = Line("outage.no_category", {"name": name[:40]}) if name else Line("how.outage")
        known = ", ".join(work.config.desk.categories)
        outbox.line(work, person.key, line.key, {**line.facts, "known": known})
        return
    said = understand(rest, readers.zone_of_person(work.config.desk, person), work.now)
    row = {
        "category": category,
        "office": _office(said, person),
        "floor": said.floor,
        "words": said.words[:LONGEST],
        "workaround": said.workaround,
        "next_at": said.next_at,
        "state": verbs.DRAFT,
        "author": person.id,
        "asked_of": person.id,
        "started_at": work.now,
        "changed_at": work.now,
    }
    if (same := _declared(work.tx, row)) is not None:
        outbox.line(work, person.key, "outage.already", {"number": same.id})
        outbox.show(work, person.key, "outage", OutageRef(same.id), anew=f"listed {work.now}")
        return
    _begin(work, person, row)


def _office(said: Said, person: Person) -> str:
    """A floor belongs to a site: without another word that of the writer."""
    return said.office.lower() or (places.site(person.office) if said.floor is not None else "")


def _declared(tx: Connection, row: Mapping[str, Any]) -> Outage | None:
    """The open outage that says the same of the same place."""
    for one in verbs.all_open(tx):
        there = (one.category, one.office, one.floor, _plain(one.words))
        if row["words"] and there == (row["category"], row["office"], row["floor"], _plain(row["words"])):
            return one
    return None


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .!")


def declare_for(work: Work, person: Person, ticket: Ticket) -> None:
    """Draft an outage with the facts of a ticket; it is shown to the supervisor with everything filled in. Raises
    NotAllowed."""
    requester = directory.get(work.tx, ticket.requester)
    begin_draft(
        work,
        person,
        Suspicion(
            category=ticket.category,
            office=places.site(requester.office),
            floor=places.floor_of(requester),
            words=ticket.summary,
            since=ticket.opened_at,
        ),
    )


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What is known before an outage is declared; `since` is UTC seconds, `office` "" where it may be anywhere."""

    category: str
    office: str
    floor: int | None
    words: str
    since: int


def begin_draft(work: Work, person: Person, found: Suspicion) -> int:
    """Draft an outage and show it to the supervisor, to be declared with one press. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = {
        "category": found.category,
        "office": found.office,
        "floor": found.floor,
        "words": found.words[:LONGEST],
        "workaround": "",
        "next_at": work.now + rounds.EVERY,
        "state": verbs.DRAFT,
        "author": person.id,
        "asked_of": person.id,
        "started_at": found.since,
        "changed_at": work.now,
    }
    number = _keep(work, person, row)
    outbox.show(work, person.key, DRAFT_CARD, OutageRef(number), anew=f"drafted {work.now}")
    return number


def announce(work: Work, outage_id: int, person: Person) -> Line:
    """The draft is declared as it is. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = verbs.find(work.tx, outage_id)
    if row is None or row.state != verbs.DRAFT or not row.words:
        return Line("stale", alert=True)
    if (same := _declared(work.tx, asdict(row))) is not None:
        return Line("outage.already", {"number": same.id}, alert=True)
    if row.next_at is None or row.next_at <= work.now:
        work.tx.execute(update(outages).where(outages.c.id == row.id).values(next_at=work.now + rounds.EVERY))
    if row.workaround is None:
        work.tx.execute(update(outages).where(outages.c.id == row.id).values(workaround=""))
    _go_on(work, outage_id, person)
    return Line("outage.announced")


def drop(work: Work, outage_id: int, person: Person) -> Line:
    """The draft is not declared. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = verbs.find(work.tx, outage_id)
    if row is None or row.state != verbs.DRAFT:
        return Line("stale", alert=True)
    verbs.change(work, outage_id, person, "drop", {}, state=verbs.DROPPED, asked="", question=None)
    timers.disarm(work.tx, verbs.TIMER, OutageRef(outage_id), reason="dropped")
    outbox.hide(work, PersonChat(row.author), DRAFT_CARD, OutageRef(outage_id))
    return Line("outage.dropped")


def _begin(work: Work, person: Person, row: Mapping[str, Any]) -> None:
    _go_on(work, _keep(work, person, row), person)


def _keep(work: Work, person: Person, row: Mapping[str, Any]) -> int:
    number = work.tx.execute(insert(work.tx, outages).values(**row).returning(outages.c.id)).scalar_one()
    verbs.record(work, int(number), person.key, "draft", {"category": row["category"]})
    rounds.expect_first(work, int(number))
    return int(number)


ASKED_IN = {
    "news": verbs.OPEN,
    "words": verbs.DRAFT,
    "workaround": verbs.DRAFT,
    "note": verbs.OVER,
}
"""What a button asks for, and the state in which it can be answered."""


def ask_for(work: Work, outage_id: int, person: Person, what: str) -> Line:
    """Ask a supervisor for news, for the words or the workaround of a draft, for the note after the end. Raises
    NotAllowed."""
    authorize(person, "outage", Object())
    row = verbs.find(work.tx, outage_id)
    if row is None or row.state != ASKED_IN[what]:
        return Line("stale", alert=True)
    _ask(work, row, person, what, Line(f"outage.ask.{what}", _facts(work.config.desk, row, person)))
    return Line("prompt.below")


def list_open(work: Work, person: Person) -> None:
    """/outages: the card of each open one. Raises NotAllowed."""
    authorize(person, "outage", Object())
    found = verbs.all_open(work.tx)
    for row in found:
        outbox.show(work, person.key, "outage", OutageRef(row.id), anew=f"listed {work.now}")
    if not found:
        outbox.line(work, person.key, "outage.none", {})


def answered(work: Work, person: Person, message: Incoming) -> bool:
    """Process the answer to a question about an outage; False when the message answers something else."""
    if not person.is_supervisor:
        return False
    row = _question(work.tx, person, message)
    if row is None:
        return False
    zone = readers.zone_of_person(work.config.desk, person)
    if row.asked == "note":
        return _noted(work, row, person, message.text.strip()[:LONGEST])
    values = _values(row, message.text.strip()[:LONGEST], zone, work.now)
    if not values:
        again = "outage.ask.again" if row.asked == "next" else f"outage.ask.{row.asked}"
        _ask(work, row, person, row.asked, Line(again, _facts(work.config.desk, row, person)))
        return True
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(asked="", question=None, **values))
    if (
        row.state == verbs.DRAFT
        and posts.find(work.tx, person.key, DRAFT_CARD, OutageRef(row.id)) is not None
    ):
        outbox.show(work, person.key, DRAFT_CARD, OutageRef(row.id), anew=f"changed {work.now}")
    else:
        _go_on(work, row.id, person)
    return True


def _noted(work: Work, row: Outage, person: Person, words: str) -> bool:
    if not words:
        _ask(work, row, person, "note", Line("outage.ask.note", _facts(work.config.desk, row, person)))
        return True
    verbs.change(work, row.id, person, "note", {"note": words}, note=words, asked="", question=None)
    for chat in {person.key, SUPERVISORS}:
        outbox.show(work, chat, "outage", OutageRef(row.id), anew=f"noted {work.now}")
    return True


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The question was sent: store its message."""
    outage_id = QuestionRef.read(row.about).number
    work.tx.execute(update(outages).where(outages.c.id == outage_id).values(question=outcome.message_id))


def _question(tx: Connection, person: Person, message: Incoming) -> Outage | None:
    """The outage whose question this message answers; of a duplicated question either copy may be answered."""
    waits = (outages.c.asked_of == person.id) & (outages.c.asked != "")
    known = select(outages).where(waits & (outages.c.question == message.reply_to)).with_for_update()
    row = typed.first(Outage, tx.execute(known))
    if row is not None or message.ours is None:
        return row
    for one in typed.every(Outage, tx.execute(select(outages).where(waits).with_for_update())):
        if said.under(tx, person.key, QuestionRef(one.id), message.ours):
            return one
    return None


def _values(row: Outage, text: str, zone: str, now: int) -> dict[str, Any]:
    """The values of an answer, its times in `zone`; empty when it does not answer the question."""
    if row.asked == "workaround":
        return {"workaround": without_nothing(text)}
    if row.asked == "next":
        next_at = moment(text, zone, now)
        return {"next_at": next_at} if next_at is not None else {}
    said = understand(text, zone, now, begins_with_time=False)
    if not said.words:
        return {}
    values: dict[str, Any] = {"news" if row.asked == "news" else "words": said.words}
    if row.asked == "news" or said.next_at is not None:
        values["next_at"] = said.next_at
    if said.workaround is not None:
        values["workaround"] = without_nothing(said.workaround)
    if row.asked == "words" and row.floor is None and said.floor is not None:
        values["floor"] = said.floor
    return values


def _go_on(work: Work, outage_id: int, person: Person) -> None:
    """Ask for the next missing part; announce the outage once it is complete."""
    row = verbs.find(work.tx, outage_id)
    assert row is not None
    missing = next((name for name, there in _parts(row).items() if not there), None)
    if missing is not None:
        _ask(work, row, person, missing, Line(f"outage.ask.{missing}", _facts(work.config.desk, row, person)))
        return
    was_draft = row.state == "draft"
    data = {
        "words": row.words if was_draft else row.news,
        "workaround": row.workaround,
        "next_at": row.next_at,
    }
    action = "declare" if was_draft else "update"
    verbs.change(work, outage_id, person, action, data, state=verbs.OPEN, news="", rounds=0)
    row = verbs.find(work.tx, outage_id)
    assert row is not None
    if was_draft:
        children.gather(work, children.open_parent(work, row, person))
        outbox.hide(work, person.key, DRAFT_CARD, OutageRef(row.id))
    rounds.tell_open(work, row, person)
    _say_when(work, row, person)
    if was_draft:
        line = _seen_in(work.config, row.category, person)
        outbox.line(work, person.key, line.key, line.facts)


def _say_when(work: Work, row: Outage, person: Person) -> None:
    """Whose clock is not the desk's reads how the time was understood."""
    zone = readers.zone_of_person(work.config.desk, person)
    if row.next_at is None or not readers.differs(work.config.desk, zone, row.next_at):
        return
    voice = speak.voice(person.language)
    when = readers.typed_time(work.config.desk, voice, zone, row.next_at, work.now)
    outbox.line(work, person.key, "outage.promised", {"when": when})


def _parts(row: Outage) -> dict[str, bool]:
    """The parts an outage needs before it is announced, in the order of asking."""
    return {
        "words": bool(row.words),
        "workaround": row.workaround is not None,
        "next": row.next_at is not None,
    }


def _ask(work: Work, row: Outage, person: Person, what: str, line: Line) -> None:
    values = {"asked": what, "asked_of": person.id, "question": None}
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(**values))
    outbox.line(work, person.key, line.key, line.facts, about=QuestionRef(row.id))


def _facts(desk: Desk, row: Outage, person: Person) -> dict[str, object]:
    return {"number": row.id, "category": desk.category(row.category).title[person.language]}


def _seen_in(config: Config, category: str, person: Person) -> Line:
    """Which scenarios show it: without any, the outage would reach no one."""
    shown = [
        item
        for item in config.program.menu
        if item.spec.banner and config.desk.today(Section.CATEGORIES, item.spec.banner) == category
    ]
    titles = ", ".join(f"«{config.program.title(item.id, person.language)}»" for item in shown)
    return (
        Line("outage.declared", {"scenarios": titles})
        if shown
        else Line("outage.unseen", {"category": category})
    )


def _category(desk: Desk, name: str) -> str | None:
    """A category by its id, or by its title in any language."""
    wanted = name.casefold()
    for category in desk.categories.values():
        titles = (category.title[code].casefold() for code in speak.languages())
        if wanted and wanted in (category.id, *titles):
            return category.id
    return None
