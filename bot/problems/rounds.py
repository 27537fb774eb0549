"""The messages of an outage: the first word, then one every half an hour, even if nothing is new.

Its declarer is reminded before each; when the time comes and no one has said anything, the bot says that there is
no news and when the next message comes. One person gets one message per update.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from bot.config.config import Work
from bot.keys import SUPERVISORS, OutageRef, PersonChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, talking
from bot.problems import outages as rows
from bot.problems.outages import DRAFT, OPEN, OVER, TIMER, Outage
from bot.storage.schema import outages
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.timers.timers import Timer, arm, settle

FIRST = 15 * 60  # seconds from the draft until people are to know
EVERY = 30 * 60  # seconds between two messages
NOTICE = 5 * 60  # seconds before a promised message in which its author is reminded
UNTOLD, REMIND, NEWS, NOTE = "untold", "remind", "news", "note"  # the keys of the timers
NOTE_REMINDERS = 3  # of a note that is not written, one each working day


def expect_first(work: Work, outage_id: int) -> None:
    """A draft was begun: by then it is declared, or its author and the supervisors hear of it."""
    arm(work.tx, TIMER, OutageRef(outage_id), UNTOLD, work.now + FIRST, cycle=work.now)


def tell_open(work: Work, row: Outage, chat: str) -> None:
    """It was declared in `chat`, or there is news: people read it, supervisors see the card, the next message is armed."""
    _expect_next(work, row)
    tell_people(work, row.id)
    for one in dict.fromkeys((chat, SUPERVISORS)):
        outbox.show(work, one, "outage", OutageRef(row.id), anew=f"told {work.now}")


def nothing_new(work: Work, outage_id: int, person: Person) -> Line:
    """A supervisor: nothing is new. Everybody affected reads that, and when the next message comes. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = rows.find(work.tx, outage_id)
    if row is None or row.state != OPEN:
        return Line("stale", alert=True)
    _say_nothing_new(work, row, person.key)
    return Line("outage.same_told")


def tell_people(work: Work, outage_id: int) -> None:
    """One message to each, with a low priority: many messages at once must not delay conversations. Whose ticket was
    solved meanwhile reads no more."""
    done = children.waits_for_none(work.tx, outage_id)
    for member in rows.members(work.tx, outage_id):
        if member.joined_at is not None and member.person not in done:
            chat, about = PersonChat(member.person), OutageRef(outage_id)
            outbox.show(work, chat, "outage_news", about, priority=outbox.NEWS, anew=f"news {work.now}")


def expect_note(work: Work, outage_id: int, turn: int = 1) -> None:
    """It is over: a working day later its author is reminded of the note, unless it is written by then."""
    calendar = work.config.desk.usual
    arm(work.tx, TIMER, OutageRef(outage_id), NOTE, calendar.end_of(work.now, calendar.day_s), cycle=turn)


def ring(work: Work, due: Sequence[Timer]) -> None:
    """Due rows of kind "outage": what is not due any more is passed over."""
    for timer in due:
        row = rows.find(work.tx, OutageRef.read(timer.ref).number)
        if row is None or not _is_due(row, timer):
            settle(work, timer.id, "skipped", "not due any more")
            continue
        settle(work, timer.id, "fired")
        match timer.key:
            case "untold":
                _remind(work, row, "outage.untold", also=SUPERVISORS)
                rows.record(work, row.id, "timer", "untold", {})
            case "remind":
                _remind(work, row, "outage.due")
                rows.record(work, row.id, "timer", "due", {})
            case "note":
                _remind(work, row, "outage.note_due")
                if timer.cycle < NOTE_REMINDERS:
                    expect_note(work, row.id, timer.cycle + 1)
            case _:
                _say_nothing_new(work, row, "timer")


def _is_due(row: Outage, timer: Timer) -> bool:
    if timer.key == UNTOLD:
        return row.state == DRAFT
    if timer.key == NOTE:
        return row.state == OVER and not row.note
    return row.state == OPEN and row.next_at is not None and row.next_at == timer.cycle


def _expect_next(work: Work, row: Outage) -> None:
    """Arm the next promised message, and the reminder before it."""
    if row.next_at is None:
        return
    about, left = OutageRef(row.id), row.next_at - work.now
    arm(work.tx, TIMER, about, REMIND, row.next_at - min(NOTICE, max(left, 0) // 2), cycle=row.next_at)
    arm(work.tx, TIMER, about, NEWS, row.next_at, cycle=row.next_at)


def _remind(work: Work, row: Outage, line: str, also: str | None = None) -> None:
    author = directory.get(work.tx, row.author)
    chat = talking.chat_of(work.tx, author) if author.active and author.is_supervisor else SUPERVISORS
    card = "outage_draft" if row.state == DRAFT else "outage"
    for one in dict.fromkeys((chat, also or chat)):
        outbox.line(work, one, line, {"number": row.id}, priority=outbox.ALARM)
        outbox.show(work, one, card, OutageRef(row.id), anew=f"due {work.now}")


def _say_nothing_new(work: Work, row: Outage, actor: str) -> None:
    values = {"rounds": row.rounds + 1, "next_at": work.now + EVERY, "changed_at": work.now}
    work.tx.execute(update(outages).where(outages.c.id == row.id).values(values))
    rows.record(work, row.id, actor, "nothing", {"next_at": work.now + EVERY})
    told = rows.find(work.tx, row.id)
    assert told is not None
    _expect_next(work, told)
    tell_people(work, row.id)
    for chat in {talking.chat_of(work.tx, directory.get(work.tx, row.author)), SUPERVISORS}:
        outbox.show(work, chat, "outage", OutageRef(row.id))
