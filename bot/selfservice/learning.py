"""Messages that the router did not understand become phrases, with the author's consent and an administrator's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from bot.config.config import Config, Work
from bot.keys import ADMINS, LessonRef, PersonChat, WordsRef
from bot.knowledge import masking
from bot.knowledge.company import phrasebook, sayings
from bot.people import directory
from bot.people.access import NotAllowed, Object, authorize
from bot.people.directory import Person
from bot.selfservice import taught_words
from bot.selfservice.utterances import Utterance
from bot.storage import typed
from bot.storage.schema import lessons, teaching, utterances
from bot.storage.upsert import insert
from bot.telegram import buttons, chats, outbox
from bot.telegram.buttons import AddLesson, AddLessonTo, DeclineLesson, Teach, TeachNot
from bot.telegram.card import Drawing
from bot.telegram.former_buttons import FormerLesson
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "lessons"
ASK, LESSON = "teaching", "lesson"  # cards: the question to a person, one message of the digest
ASKED, YES, NO = "asked", "yes", "no"
KEPT, TOLD, ADDED, DECLINED = "kept", "told", "added", "declined"
ConsentButton = Teach | TeachNot
LessonButton = AddLesson | AddLessonTo | DeclineLesson | FormerLesson
LEARNT = Line("lessons.added")
MOST = 20  # messages of one digest; the others wait for the next
LATER = 3600  # seconds of work between the trouble and the question about its words


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message that was not understood."""

    id: int
    utterance: int
    person: int
    text: str
    scenario: str | None
    state: str
    at: int
    decided_by: int | None
    decided_at: int | None


def chosen(work: Work, person: Person, kept: Utterance, scenario: str | None) -> None:
    """A person has chosen a scenario for their message, or None for a ticket. A wrong prediction becomes a lesson."""
    answer = work.tx.scalar(select(teaching.c.answer).where(teaching.c.person == person.id))
    if answer == YES and scenario is not None and _is_own(kept):
        taught_words.begun(work, person, kept, scenario)
    if not _is_lesson(kept, scenario):
        return
    if answer is None:
        _answer(work, person, ASKED)
        _ask_later(work, kept)
    elif answer == YES:
        _keep(work, person, kept, scenario)


def ask(work: Work, person: Person) -> None:
    """/learning: whether this person's messages may be used, and a way to change it."""
    outbox.show(work, person.key, ASK, WordsRef(0), anew=f"asked {work.now}")


def press(work: Work, person: Person, pressed: ConsentButton) -> None:
    """The person agrees, from the message of the question on; or not, and their kept messages are deleted."""
    match pressed:
        case Teach():
            _answer(work, person, YES)
            mine = (utterances.c.id == pressed.utterance) & (utterances.c.person == person.id)
            kept = typed.first(Utterance, work.tx.execute(select(utterances).where(mine)))
            scenario = _scenario(kept)
            if kept is not None and kept.chosen is not None and _is_lesson(kept, scenario):
                _keep(work, person, kept, scenario)
            if kept is not None and scenario is not None and _is_own(kept):
                taught_words.begun(work, person, kept, scenario)
        case TeachNot():
            _answer(work, person, NO)
            sayings.forget(work.tx, person.id)
            _forget(work, person)
        case _:
            assert_never(pressed)
    outbox.show(work, person.key, ASK, WordsRef(pressed.utterance))


def question(work: Work, about: str, chat: str) -> Drawing:
    """The question, or the given answer, with the button that changes it."""
    number, voice = WordsRef.read(about).number, speak.voice(chats.language(work.tx, chat))
    person = PersonChat.read(chat).number
    answer = work.tx.scalar(select(teaching.c.answer).where(teaching.c.person == person))
    yes = button(voice.say("button.teach"), Teach(number))
    no = button(voice.say("button.teach_not"), TeachNot(number))
    if answer == YES:
        stop = button(voice.say("button.teach_no_more"), TeachNot(number))
        return Drawing(voice.html("teaching.yes"), [[stop]])
    if answer == NO:
        return Drawing(voice.html("teaching.no"), [[yes]])
    return Drawing(voice.html("teaching.ask"), [[yes, no]])


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Ask a person whether their words may be kept; on Monday morning, show the administrators what was not understood."""
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        if (words := WordsRef.among(row.ref)) is not None:
            _ask_now(work, words)
            continue
        waiting = typed.every(
            Lesson, work.tx.execute(select(lessons).where(lessons.c.state == KEPT).order_by(lessons.c.id))
        )
        if waiting:
            outbox.line(work, ADMINS, "lessons.head", {"count": len(waiting)})
        for lesson in waiting[:MOST]:
            work.tx.execute(update(lessons).where(lessons.c.id == lesson.id).values(state=TOLD))
            outbox.show(work, ADMINS, LESSON, LessonRef(lesson.id))
        if len(waiting) > MOST:
            _tell_on_monday(work)


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """One message of the digest, without personal data: the final choice, and whether it becomes a phrase."""
    lesson = typed.first(
        Lesson, work.tx.execute(select(lessons).where(lessons.c.id == LessonRef.read(about).number))
    )
    if lesson is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    known = lesson.scenario if _is_played(work.config, lesson.scenario) else None
    title = work.config.program.title(known, voice.language) if known else ""
    facts: dict[str, object] = {"text": masking.mask(work.tx, lesson.text), "title": title}
    if lesson.decided_by is not None:
        facts["who"] = directory.get(work.tx, lesson.decided_by).name
        return Drawing(voice.html(f"lesson.{lesson.state}", **facts))
    no = button(voice.say("button.lesson_no"), DeclineLesson(lesson.id))
    if not title:
        return Drawing(voice.html("lesson.ticket", **facts), [*_guesses(work.config, lesson, voice), [no]])
    add = button(voice.say("button.lesson_add", title=title), AddLesson(lesson.id))
    return Drawing(voice.html("lesson.scenario", **facts), [[add], [no]])


def _guesses(config: Config, lesson: Lesson, voice: Voice) -> Keyboard:
    """A message that ended in a ticket may still belong to a scenario: the nearest ones today."""
    menu = [item.id for item in config.program.menu]
    near = [scenario for scenario, _ in config.router.route(lesson.text).candidates if scenario in menu]
    titles = {scenario: config.program.title(scenario, voice.language) for scenario in near}
    return [
        [button(voice.say("button.lesson_add", title=title), AddLessonTo(lesson.id, scenario))]
        for scenario, title in titles.items()
    ]


def decide(work: Work, person: Person, chat: str | None, pressed: LessonButton) -> Line:
    """An administrator's decision on one message, with the scenario if its author chose none; the first press counts.

    Raises NotAllowed.
    """
    authorize(person, "teach", Object())
    if chat != ADMINS:
        raise NotAllowed("teach", "unknown.chat")
    told = (lessons.c.id == pressed.lesson) & (lessons.c.state == TOLD)
    lesson = typed.first(Lesson, work.tx.execute(select(lessons).where(told).with_for_update()))
    if lesson is None:
        return Line("lessons.already", alert=True)
    match pressed:
        case AddLesson():
            return _add(work, person, lesson, lesson.scenario or "")
        case AddLessonTo():
            return _add(work, person, lesson, pressed.scenario)
        case FormerLesson():
            return _list_changed(work, lesson)
        case DeclineLesson():
            _settle(work, person, lesson, state=DECLINED)
            return Line("lessons.declined")
        case _:
            assert_never(pressed)


def _add(work: Work, person: Person, lesson: Lesson, carried: str) -> Line:
    """The message becomes a phrase of this scenario."""
    scenario = buttons.named(carried, [item.id for item in work.config.program.menu])
    if scenario is None:
        return _list_changed(work, lesson)
    _settle(work, person, lesson, state=ADDED, scenario=scenario)
    if phrase := masking.without_mask(masking.mask(work.tx, lesson.text)):
        phrasebook.add(work, scenario, phrase, person.id)
    return LEARNT


def _settle(work: Work, person: Person, lesson: Lesson, **decided: str) -> None:
    values = {"decided_by": person.id, "decided_at": work.now} | decided
    work.tx.execute(update(lessons).where(lessons.c.id == lesson.id).values(values))
    outbox.show(work, ADMINS, LESSON, LessonRef(lesson.id))


def _list_changed(work: Work, lesson: Lesson) -> Line:
    """The scenario is no longer in use: show the message with the current ones, at the end of the chat."""
    outbox.show(work, ADMINS, LESSON, LessonRef(lesson.id), anew=f"changed {work.now}")
    return Line("list.changed", alert=True)


def sweep(work: Work, kept_s: int) -> None:
    """Delete lessons after `kept_s` seconds, decided or not."""
    work.tx.execute(delete(lessons).where(lessons.c.at < work.now - kept_s))


def _is_lesson(kept: Utterance, scenario: str | None) -> bool:
    """The person's own words that led nowhere, or to another scenario than predicted."""
    if not _is_own(kept):
        return False
    first = kept.candidates[0][0] if kept.candidates else None
    return bool(kept.decision == "none" or scenario != first)


def _is_own(kept: Utterance) -> bool:
    return kept.kind == "text" and kept.about is None and bool(kept.text.strip())


def _scenario(kept: Utterance | None) -> str | None:
    """The scenario that was chosen for the message; None when it was a ticket."""
    return None if kept is None or kept.chosen is None or ":" in kept.chosen else str(kept.chosen)


def _is_played(config: Config, scenario: str | None) -> bool:
    """Whether people can still begin this scenario."""
    return any(item.id == scenario for item in config.program.menu)


def _keep(work: Work, person: Person, kept: Utterance, scenario: str | None) -> None:
    row = {"utterance": kept.id, "person": person.id, "text": kept.text, "scenario": scenario}
    values = row | {"state": KEPT, "at": work.now}
    work.tx.execute(insert(work.tx, lessons).values(values).on_conflict_do_nothing())
    _tell_on_monday(work)


def _tell_on_monday(work: Work) -> None:
    """Arm the digest for the first business instant of the next week (the desk's first calendar)."""
    calendar = work.config.desk.usual
    today = calendar.local(work.now)
    day = (today + timedelta(days=7 - today.weekday())).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(work.config.desk.zone))
    monday = calendar.end_of(int(midnight.timestamp()), 1)
    timers.arm(work.tx, TIMER, "desk", "weekly", monday, cycle=monday)


def _ask_later(work: Work, kept: Utterance) -> None:
    """An hour of work after the trouble (the desk's first calendar): beside it the question would be in the way."""
    calendar = work.config.desk.usual
    at = calendar.add(work.now, LATER)
    timers.arm(work.tx, TIMER, WordsRef(kept.id), "ask", at, cycle=at)


def _ask_now(work: Work, words: WordsRef) -> None:
    row = select(utterances.c.person).where(utterances.c.id == words.number)
    person = work.tx.scalar(row)
    answer = work.tx.scalar(select(teaching.c.answer).where(teaching.c.person == person))
    if person is not None and answer == ASKED:  # not when /learning has answered it meanwhile
        outbox.show(work, PersonChat(person), ASK, words, anew="asked")


def _answer(work: Work, person: Person, answer: str) -> None:
    """Store the person's answer about their messages, and its time."""
    row = insert(work.tx, teaching).values(person=person.id, answer=answer, at=work.now)
    work.tx.execute(
        row.on_conflict_do_update(index_elements=["person"], set_={"answer": answer, "at": work.now})
    )


def _forget(work: Work, person: Person) -> None:
    """Delete the person's undecided kept messages, also from the digest."""
    open_ones = (lessons.c.person == person.id) & lessons.c.state.in_((KEPT, TOLD))
    for number in work.tx.scalars(select(lessons.c.id).where(open_ones & (lessons.c.state == TOLD))).all():
        outbox.hide(work, ADMINS, LESSON, LessonRef(number))
    work.tx.execute(delete(lessons).where(open_ones))
