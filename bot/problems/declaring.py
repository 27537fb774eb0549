"""/outage: a supervisor declares an outage and brings news of it; what is missing is asked for, one thing at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.config.config import House
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import outages as verbs
from bot.problems.wording import moment, understand, without_nothing
from bot.sla.policy import Desk
from bot.storage.schema import outages
from bot.storage.upsert import insert
from bot.telegram import outbox, said
from bot.telegram.incoming import Incoming
from bot.telegram.outbox import Outcome
from bot.texts import speak
from bot.texts.speak import Line

LONGEST = 1000  # characters of an outage's words, or of its workaround


def declare(tx: Connection, house: House, person: Person, text: str, now: int) -> None:
    """/outage printing till 11:15 No printer on floor 3 prints. Workaround: ... Raises Refused."""
    authorize(person, "outage", Object())
    name, _, rest = text.strip().partition(" ")
    category = _category(house.desk, name.strip(",:;"))
    if category is None:
        line = Line("outage.no_category", {"name": name[:40]}) if name else Line("outage.how")
        known = ", ".join(house.desk.categories)
        outbox.line(tx, person.key, line.key, {**line.facts, "known": known}, now)
        return
    said = understand(rest, house.desk.zone, now)
    row = {
        "category": category,
        "office": said.office.lower(),
        "floor": said.floor,
        "words": said.words[:LONGEST],
        "workaround": said.workaround,
        "next_at": said.next_at,
        "state": "draft",
        "author": person.id,
        "asked_of": person.id,
        "started_at": now,
        "changed_at": now,
    }
    number = tx.execute(insert(tx, outages).values(**row).returning(outages.c.id)).scalar_one()
    verbs.record(tx, int(number), person.key, "draft", {"category": category}, now)
    _go_on(tx, house, int(number), person, now)


def ask_for_news(tx: Connection, outage_id: int, person: Person, now: int) -> Line:
    """Somebody who looks after it has something to say. Raises Refused."""
    authorize(person, "outage", Object())
    row = verbs.find(tx, outage_id)
    if row is None or row.state != "open":
        return Line("stale", alert=True)
    _ask(tx, row, person, "news", Line("outage.ask.news", {"number": row.id}), now)
    return Line("prompt.below")


def list_open(tx: Connection, person: Person, now: int) -> None:
    """/outages: the card of each open one. Raises Refused."""
    authorize(person, "outage", Object())
    found = verbs.all_open(tx)
    for row in found:
        outbox.show(tx, person.key, "outage", f"outage:{row.id}", now, anew=f"listed {now}")
    if not found:
        outbox.line(tx, person.key, "outage.none", {}, now)


def answered(tx: Connection, house: House, person: Person, message: Incoming, now: int) -> bool:
    """Take the answer to a question about an outage; False when the message answers something else."""
    if not person.is_supervisor:
        return False
    row = _question(tx, person, message)
    if row is None:
        return False
    values = _values(house.desk, row, message.text.strip()[:LONGEST], now)
    if not values:
        again = "outage.ask.again" if row.asked == "next" else f"outage.ask.{row.asked}"
        _ask(tx, row, person, row.asked, Line(again, _facts(house.desk, row, person)), now)
        return True
    tx.execute(update(outages).where(outages.c.id == row.id).values(asked="", question=None, **values))
    _go_on(tx, house, row.id, person, now)
    return True


def heard(tx: Connection, row: Any, outcome: Outcome, _now: int) -> None:
    """The question stands there: remember where."""
    outage_id = int(row.about.partition(":")[2])
    tx.execute(update(outages).where(outages.c.id == outage_id).values(question=outcome.message_id))


def _question(tx: Connection, person: Person, message: Incoming) -> Row[Any] | None:
    """The outage whose question this message answers; one that Telegram holds twice may be answered at either place."""
    waits = (outages.c.asked_of == person.id) & (outages.c.asked != "") & (outages.c.state != "over")
    known = select(outages).where(waits & (outages.c.question == message.reply_to)).with_for_update()
    row = tx.execute(known).first()
    if row is not None or message.ours is None:
        return row
    for one in tx.execute(select(outages).where(waits).with_for_update()).all():
        if said.under(tx, person.key, f"question:{one.id}", message.ours):
            return one
    return None


def _values(desk: Desk, row: Row[Any], text: str, now: int) -> dict[str, Any]:
    """What an answer says; nothing when it does not answer."""
    if row.asked == "workaround":
        return {"workaround": without_nothing(text)}
    if row.asked == "next":
        next_at = moment(text, desk.zone, now)
        return {"next_at": next_at} if next_at is not None else {}
    said = understand(text, desk.zone, now)
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


def _go_on(tx: Connection, house: House, outage_id: int, person: Person, now: int) -> None:
    """Ask for the next thing that is missing; tell people once nothing is."""
    row = verbs.find(tx, outage_id)
    assert row is not None
    missing = next((name for name, there in _parts(row).items() if not there), None)
    if missing is not None:
        _ask(tx, row, person, missing, Line(f"outage.ask.{missing}", _facts(house.desk, row, person)), now)
        return
    was_draft = row.state == "draft"
    words = row.news or row.words
    data = {"words": words, "workaround": row.workaround, "next_at": row.next_at}
    action = "declare" if was_draft else "update"
    verbs.change(tx, outage_id, person, action, data, now, state="open", words=words, news="")
    row = verbs.find(tx, outage_id)
    assert row is not None
    verbs.tell_open(tx, row, person, now)
    if was_draft:
        line = _seen_in(house, row.category, person)
        outbox.line(tx, person.key, line.key, line.facts, now)


def _parts(row: Row[Any]) -> dict[str, bool]:
    """What an outage needs before people are told, in the order in which it is asked for."""
    return {
        "words": bool(row.words),
        "workaround": row.workaround is not None,
        "next": row.next_at is not None,
    }


def _ask(tx: Connection, row: Row[Any], person: Person, what: str, line: Line, now: int) -> None:
    values = {"asked": what, "asked_of": person.id, "question": None}
    tx.execute(update(outages).where(outages.c.id == row.id).values(**values))
    outbox.line(tx, person.key, line.key, line.facts, now, about=f"question:{row.id}")


def _facts(desk: Desk, row: Row[Any], person: Person) -> dict[str, object]:
    return {"number": row.id, "category": desk.category(row.category).title[person.language]}


def _seen_in(house: House, category: str, person: Person) -> Line:
    """Which scenarios show it: an outage that none shows would be declared to nobody."""
    shown = [item for item in house.program.menu if item.spec.banner == category]
    titles = ", ".join(f"«{house.program.title(item.id, person.language)}»" for item in shown)
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
