"""A supervisor declares an outage: typed with /outage, or from a card with everything filled in; and adds news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from bot.config.config import Config, Work
from bot.keys import SUPERVISORS, OutageRef, PersonChat, QuestionRef
from bot.people import directory, pending_question
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, places, rounds, suspicions
from bot.problems import outages as verbs
from bot.problems.outages import Outage
from bot.problems.wording import Said, moment, understand, without_nothing
from bot.sla.names import Section
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import outages
from bot.storage.upsert import insert
from bot.telegram import chats, outbox, posts, said
from bot.telegram.incoming import Incoming
from bot.telegram.outbox import OutboxRow, Outcome
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import readers
from bot.tickets.ticket import Ticket
from bot.timers import timers

DRAFT_CARD = "outage_draft"
LONGEST = 1000  # characters of an outage's text, or of its workaround


def declare(work: Work, person: Person, text: str, chat: str) -> None:
    """/outage printing till 11:15 No printer on floor 3 prints. Workaround: ...; typed in `chat`, where the bot goes on.
    Raises NotAllowed."""
    authorize(person, "outage", Object())
    name, _, rest = text.strip().partition(" ")
    category = _category(work.config.desk, name.strip(",:;"))
    if category is None:
        line = Line("outage.no_category", {"name": name[:40]}) if name else Line("how.outage")
        known = ", ".join(work.config.desk.categories)
        outbox.line(work, chat, line.key, {**line.facts, "known": known})
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
        outbox.line(work, chat, "outage.already", {"number": same.id})
        outbox.show(work, chat, "outage", OutageRef(same.id), anew=f"listed {work.now}")
        return
    _go_on(work, _keep(work, person, row), person, chat)


def _office(said: Said, person: Person) -> str:
    """A floor belongs to a site: without another word that of the writer."""
    return said.office or (places.site_name(person.office) if said.floor is not None else "")


def _declared(tx: Connection, row: Mapping[str, Any]) -> Outage | None:
    """The open outage that says the same of the same place."""
    for one in verbs.all_open(tx):
        there = (one.category, places.site(one.office), one.floor, _plain(one.words))
        here = (row["category"], places.site(row["office"]), row["floor"], _plain(row["words"]))
        if row["words"] and there == here:
            return one
    return None


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .!")


def declare_for(work: Work, person: Person, ticket: Ticket, chat: str) -> None:
    """Draft an outage with the facts of a ticket; it is shown in `chat` with everything filled in. Raises NotAllowed."""
    requester = directory.get(work.tx, ticket.requester)
    begin_draft(
        work,
        person,
        Suspicion(
            category=ticket.category,
            office=places.site_name(requester.office),
            floor=places.floor_of(requester),
            words=ticket.summary,
            since=ticket.opened_at,
        ),
        chat,
    )


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What is known before an outage is declared; `since` is UTC seconds, `office` "" where it may be anywhere."""

    category: str
    office: str
    floor: int | None
    words: str
    since: int


def begin_draft(work: Work, person: Person, found: Suspicion, chat: str) -> int:
    """Draft an outage and show it in `chat`, to be declared with one press. Raises NotAllowed."""
    authorize(person, "outage", Object())
    number = _keep(work, person, _filled_in(work, person, found))
    show_draft(work, number, chat)
    return number


def _filled_in(work: Work, person: Person, found: Suspicion) -> Mapping[str, Any]:
    return {
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


def declare_unasked(work: Work, author: Person, found: Suspicion) -> int:
    """The bot declares it, as desk.yaml wants; what follows is asked of `author`, a supervisor."""
    values = {**_filled_in(work, author, found), "state": verbs.OPEN}
    row = verbs.insert_row(work.tx, values)
    data = {"words": row.words, "workaround": row.workaround, "next_at": row.next_at}
    verbs.record(work, row.id, verbs.BOT, "declare", data)
    children.begin_together(work, children.open_parent(work, row, author, verbs.BOT))
    rounds.tell_open(work, row, SUPERVISORS)
    return row.id


def show_draft(work: Work, outage_id: int, chat: str) -> None:
    """At the end of a chat."""
    outbox.show(work, chat, DRAFT_CARD, OutageRef(outage_id), anew=f"drafted {work.now}")


def announce(work: Work, outage_id: int, person: Person, chat: str) -> Line:
    """The draft is declared as it is; what follows is said in `chat`. Raises NotAllowed."""
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
    _go_on(work, outage_id, person, chat)
    return Line("outage.announced")


def drop(work: Work, outage_id: int, person: Person) -> Line:
    """The draft is not declared. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = verbs.find(work.tx, outage_id)
    if row is None or row.state != verbs.DRAFT:
        return Line("stale", alert=True)
    verbs.change(work, outage_id, person, "drop", {}, state=verbs.DROPPED, asked="", question=None)
    timers.disarm(work.tx, verbs.TIMER, OutageRef(outage_id), reason="dropped")
    _put_away(work, row)
    return Line("outage.dropped")


def _put_away(work: Work, row: Outage) -> None:
    """A draft is decided: its card goes, and the card of the suspicion shows it."""
    for chat in (PersonChat(row.author), SUPERVISORS):
        outbox.hide(work, chat, DRAFT_CARD, OutageRef(row.id))
    suspicions.redraw(work, row.id)


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


def ask_for(work: Work, outage_id: int, person: Person, what: str, chat: str) -> Line:
    """Ask a supervisor in `chat` for news, for the words or the workaround of a draft, for the note after the end. Raises
    NotAllowed."""
    authorize(person, "outage", Object())
    row = verbs.find(work.tx, outage_id)
    if row is None or row.state != ASKED_IN[what]:
        return Line("stale", alert=True)
    _ask(work, row, person, what, chat)
    return Line("prompt.below")


def list_open(work: Work, person: Person, chat: str) -> None:
    """/outages: the card of each open one. Raises NotAllowed."""
    authorize(person, "outage", Object())
    found = verbs.all_open(work.tx)
    for row in found:
        outbox.show(work, chat, "outage", OutageRef(row.id), anew=f"listed {work.now}")
    if not found:
        outbox.line(work, chat, "outage.none", {})


def answered(work: Work, person: Person, message: Incoming, chat: str) -> bool:
    """Process the reply to a question about an outage; False when the message answers something else."""
    row = _question(work.tx, person, message, chat) if person.is_supervisor else None
    return row is not None and _take(work, row, person, message.text, chat)


def answered_by_words(work: Work, person: Person, outage_id: int, text: str) -> bool:
    """The next words in the private chat answer what was asked there; False when nothing waits for them any more."""
    row = verbs.find(work.tx, outage_id)
    waits = row is not None and row.asked != "" and row.asked_of == person.id and person.is_supervisor
    return row is not None and waits and _take(work, row, person, text, person.key)


def _take(work: Work, row: Outage, person: Person, text: str, chat: str) -> bool:
    zone = readers.zone_of_person(work.config.desk, person)
    if row.asked == "note":
        return _noted(work, row, person, text.strip()[:LONGEST], chat)
    values = _values(row, text.strip()[:LONGEST], zone, work.now)
    if not values:
        _ask(work, row, person, row.asked, chat, again=True)
        return True
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(asked="", question=None, **values))
    if row.state == verbs.DRAFT and posts.find(work.tx, chat, DRAFT_CARD, OutageRef(row.id)) is not None:
        outbox.show(work, chat, DRAFT_CARD, OutageRef(row.id), anew=f"changed {work.now}")
    else:
        _go_on(work, row.id, person, chat)
    return True


def _noted(work: Work, row: Outage, person: Person, words: str, chat: str) -> bool:
    if not words:
        _ask(work, row, person, "note", chat)
        return True
    verbs.change(work, row.id, person, "note", {"note": words}, note=words, asked="", question=None)
    for one in dict.fromkeys((chat, SUPERVISORS)):
        outbox.show(work, one, "outage", OutageRef(row.id), anew=f"noted {work.now}")
    return True


def heard(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The question was sent: store its message."""
    outage_id = QuestionRef.read(row.about).number
    work.tx.execute(update(outages).where(outages.c.id == outage_id).values(question=outcome.message_id))


def _question(tx: Connection, person: Person, message: Incoming, chat: str) -> Outage | None:
    """The outage whose question this message answers; of a duplicated question either copy may be answered."""
    waits = (outages.c.asked_of == person.id) & (outages.c.asked != "")
    known = select(outages).where(waits & (outages.c.question == message.reply_to)).with_for_update()
    row = typed.first(Outage, tx.execute(known))
    if row is not None and said.asked_in(tx, QuestionRef(row.id)) not in (None, chat):
        return None  # a message of another chat has the same number
    if row is not None or message.ours is None:
        return row
    for one in typed.every(Outage, tx.execute(select(outages).where(waits).with_for_update())):
        if said.under(tx, chat, QuestionRef(one.id), message.ours):
            return one
    return None


def _values(row: Outage, text: str, zone: str, now: int) -> dict[str, str | int | None]:
    """The values of an answer, its times in `zone`; empty when it does not answer the question."""
    if row.asked == "workaround":
        return {"workaround": without_nothing(text)}
    if row.asked == "next":
        next_at = moment(text, zone, now)
        return {"next_at": next_at} if next_at is not None else {}
    said = understand(text, zone, now, begins_with_time=False)
    if not said.words:
        return {}
    values: dict[str, str | int | None] = {"news" if row.asked == "news" else "words": said.words}
    if row.asked == "news" or said.next_at is not None:
        values["next_at"] = said.next_at
    if said.workaround is not None:
        values["workaround"] = without_nothing(said.workaround)
    if row.asked == "words" and row.floor is None and said.floor is not None:
        values["floor"] = said.floor
    return values


def _go_on(work: Work, outage_id: int, person: Person, chat: str) -> None:
    """Ask in `chat` for the next missing part; announce the outage once it is complete."""
    row = verbs.find(work.tx, outage_id)
    assert row is not None
    missing = next((name for name, there in _parts(row).items() if not there), None)
    if missing is not None:
        _ask(work, row, person, missing, chat)
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
        children.begin_together(work, children.open_parent(work, row, person))
        _put_away(work, row)
    rounds.tell_open(work, row, chat)
    _say_when(work, row, person, chat)
    if was_draft:
        line = _seen_in(work.config, row.category, chats.language(work.tx, chat))
        outbox.line(work, chat, line.key, line.facts)


def _say_when(work: Work, row: Outage, person: Person, chat: str) -> None:
    """Whose clock is not the desk's reads how the time was understood."""
    zone = readers.zone_of_person(work.config.desk, person)
    if row.next_at is None or not readers.differs(work.config.desk, zone, row.next_at):
        return
    voice = speak.voice(chats.language(work.tx, chat))
    when = readers.typed_time(work.config.desk, voice, zone, row.next_at, work.now)
    outbox.line(work, chat, "outage.promised", {"when": when})


def _parts(row: Outage) -> dict[str, bool]:
    """The parts an outage needs before it is announced, in the order of asking."""
    return {
        "words": bool(row.words),
        "workaround": row.workaround is not None,
        "next": row.next_at is not None,
    }


def _ask(work: Work, row: Outage, person: Person, what: str, chat: str, *, again: bool = False) -> None:
    """In the private chat the next words answer it, too; in the supervisors' chat only a reply does, for there people talk
    with each other."""
    values = {"asked": what, "asked_of": person.id, "question": None}
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(**values))
    title = work.config.desk.category(row.category).title[chats.language(work.tx, chat)]
    key = "outage.ask.again" if again and what == "next" else f"outage.ask.{what}"
    outbox.line(work, chat, key, {"number": row.id, "category": title}, about=QuestionRef(row.id))
    if chat == person.key:
        pending_question.put(work, person.id, QuestionRef(row.id))


def _seen_in(config: Config, category: str, language: str) -> Line:
    """Which scenarios show it: without any, the outage would reach no one."""
    shown = [
        item
        for item in config.program.menu
        if item.spec.banner and config.desk.today(Section.CATEGORIES, item.spec.banner) == category
    ]
    voice = speak.voice(language)
    titles = ", ".join(voice.say("quoted", words=config.program.title(item.id, language)) for item in shown)
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
