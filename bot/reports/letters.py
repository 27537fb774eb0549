"""Figures that come by themselves: the morning digest for supervisors, Monday's letter to the heads.

A timer only notes that a letter is due. It is computed and painted outside any transaction, then queued together with
its note's removal: a crash in between sends it at the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog

from bot.config.config import Config, Work
from bot.keys import SUPERVISORS, ReportRef
from bot.people import directory
from bot.reports.advice import weekly
from bot.reports.advice.weekly import WeekSeen
from bot.reports.asked import CARD
from bot.reports.insight.days import period_of
from bot.reports.insight.figures import Measured
from bot.reports.insight.measuring import measured
from bot.reports.insight.telling import amount, attained
from bot.reports.pictures import album
from bot.reports.pictures.charts import Easel
from bot.reports.pictures.seen import Seen, look
from bot.sla.policy import Desk
from bot.storage import kv
from bot.storage.db import signal
from bot.storage.unit import Units
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets.chronicle.standing import DueToday, standing
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = SIGNAL = "letters"
MORNING, MONDAY = KINDS = ("morning", "monday")
HEAD = "head"
WEEKS = 8  # on the picture
MOST = 10  # numbers of tickets in one line
AHEAD = 30  # days in which an open one is looked for
log = structlog.get_logger()


def arm(work: Work) -> None:
    """Arm the next letter of each kind that desk.yaml has a time for. Arming twice is arming once."""
    for kind in KINDS:
        at = _next(work.config.desk, kind, work.now)
        if at is not None:
            timers.arm(work.tx, TIMER, kind, f"{at}", at)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Note which letters are due; one whose time has been taken out of desk.yaml is not."""
    timers.settle_all(work, [row.id for row in rows], "fired")
    for kind in {row.ref for row in rows}:
        if _time(work.config.desk, kind) is not None:
            kv.put(work.tx, _note(kind), str(work.now))
            signal(work.tx, SIGNAL)
    arm(work)


def _note(kind: str) -> str:
    return f"letter_due_{kind}"


def _time(desk: Desk, kind: str) -> time | None:
    times = desk.file.reports
    written = times.morning if kind == MORNING else times.monday
    return time.fromisoformat(written) if written is not None else None


def _next(desk: Desk, kind: str, now: int) -> int | None:
    """The next open day's time of a kind; for Monday's letter the first open day of a week."""
    of_day = _time(desk, kind)
    if of_day is None:
        return None
    calendar = desk.usual
    today = calendar.local(now).date()
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        at = int(datetime.combine(day, of_day, calendar.zone).timestamp())
        if at > now and _is_open(desk, day) and (kind == MORNING or _begins_week(desk, day)):
            return at
    return None


def _is_open(desk: Desk, day: date) -> bool:
    return bool(desk.usual.spec.plan(day))


def _begins_week(desk: Desk, day: date) -> bool:
    return not any(_is_open(desk, day - timedelta(days=before)) for before in range(1, day.weekday() + 1))


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is written from. `week` are the figures of the last full week, or of yesterday in the morning."""

    kind: str
    chats: tuple[tuple[str, str], ...]
    period: Measured
    seen: Seen
    standing: DueToday
    week: WeekSeen | None = None

    @property
    def is_empty(self) -> bool:
        """Whether a morning has nothing to say: no ticket is open, none came or was solved yesterday."""
        nothing = not (self.period.backlog.open or self.period.tickets or self.period.resolved)
        return self.kind == MORNING and nothing and self.standing == DueToday((), (), (), ())


class Letters:
    """Writes the letters that are due; `busy` while one is being written."""

    def __init__(self, units: Units[Config], changed: Callable[[], None]) -> None:
        self._units, self._changed = units, changed
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def begin(self) -> None:
        """Arm the next ones, and write what was due before the last end."""
        self._units.db.listen(SIGNAL, self._wake)
        await self._units.run(arm)
        self._wake()

    async def stop(self) -> None:
        """Leave what is under way: its note says that it is due."""
        for task in self._tasks:
            task.cancel()

    def _wake(self) -> None:
        task = asyncio.create_task(self._write(), name="letters")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed()
        if not task.cancelled() and task.exception() is not None:
            log.error("letter.failed", exc_info=task.exception())

    async def _write(self) -> None:
        for letter in await self._units.read(gathered):
            desk = self._units.config.desk
            said = [
                (chat, *await asyncio.to_thread(written, letter, desk, language))
                for chat, language in letter.chats
                if not letter.is_empty
            ]
            await self._units.run(send, letter, said)


def gathered(work: Work) -> list[Letter]:
    """The letters that are due and not sent, with all they are written from."""
    return [_gather(work, kind) for kind in KINDS if kv.get(work.tx, _note(kind))]


def _gather(work: Work, kind: str) -> Letter:
    desk, tx = work.config.desk, work.tx
    today = desk.usual.local(work.now).date()
    monday = today - timedelta(days=today.weekday())
    first, last = monday - timedelta(weeks=1), monday - timedelta(days=1)
    if kind == MORNING:  # the backlog is that of last midnight
        first = last = today - timedelta(days=1)
        seen = look(tx, desk, None, period_of(desk, first, last))
        of_period = seen.found
    else:
        seen = look(tx, desk, None, period_of(desk, monday - timedelta(weeks=WEEKS), today))
        of_period = measured(tx, desk, period_of(desk, first, last))
    midnight = period_of(desk, today, today).stop
    keys = [SUPERVISORS]
    if kind == MONDAY:
        keys = [str(person.key) for person in directory.staff(tx) if HEAD in person.roles]
    languages = tuple((key, chats.language(tx, key)) for key in keys)
    week = weekly.look(work) if kind == MONDAY else None
    return Letter(kind, languages, of_period, seen, standing(tx, desk, work.now, midnight), week)


def written(letter: Letter, desk: Desk, language: str) -> tuple[str, ReportRef | None]:
    """The words of a letter, and its picture."""
    picture = "backlog" if letter.kind == MORNING else "sla"
    cards = album.paint(Easel(letter.seen, desk, speak.voice(language)), desk.file.reports.theme, [picture])
    return worded(letter, desk, language), next(iter(cards), None)


def worded(letter: Letter, desk: Desk, language: str) -> str:
    """The words of a letter as HTML."""
    voice = speak.voice(language)
    return _morning(letter, voice) if letter.kind == MORNING else _monday(letter, desk, voice)


def send(work: Work, letter: Letter, said: Sequence[tuple[str, str, ReportRef | None]]) -> None:
    """Queue a letter, and what was found of the week, unless it was sent meanwhile; one for no chat is over."""
    kind = letter.kind
    due = kv.get(work.tx, _note(kind))
    if not due:
        return
    kv.put(work.tx, _note(kind), "")
    for chat, words, card in said:
        outbox.say(work, chat, words, priority=outbox.NEWS, dedupe=f"letter:{kind}:{due}:{chat}")
        if card is not None:
            outbox.show(work, chat, CARD, card, anew=f"letter {due}", priority=outbox.NEWS)
    if letter.week is not None:
        weekly.offer(work, letter.week)


def _morning(letter: Letter, voice: Voice) -> str:
    now, before = letter.standing, letter.period
    lines = [str(voice.html("letter.morning"))]
    for name in ("overdue", "due_today", "unclaimed", "long_paused"):
        numbers = getattr(now, name)
        if numbers:
            more = "…" if len(numbers) > MOST else ""
            listed = ", ".join(map(str, numbers[:MOST])) + more
            lines.append(str(voice.html(f"letter.{name}", n=len(numbers), list=listed)))
    if len(lines) == 1:
        lines.append(str(voice.html("letter.calm")))
    facts = {"opened": before.tickets, "resolved": before.resolved}
    lines.append(str(voice.html("letter.yesterday", **facts)))
    return "\n".join(lines)


def _monday(letter: Letter, desk: Desk, voice: Voice) -> str:
    week = letter.period
    lines = [str(voice.html("letter.monday"))]
    resolution = [one for one in week.attainment if one.kind == "resolution"]
    met, total = sum(one.met for one in resolution), sum(one.met + one.missed for one in resolution)
    if not total:
        return "\n".join([*lines, str(voice.html("letter.quiet_week"))])
    tenths = round(10 * met / total)
    key = "letter.in_time" if total >= 10 else "letter.in_time.few"
    facts = {"tenths": tenths, "share": attained(voice, resolution), "met": met, "total": total}
    lines.append(str(voice.html(key, **facts)))
    most = max(week.money.by_category, key=lambda one: one.tickets, default=None)
    dear = max(week.money.by_category, key=lambda one: one.cost, default=None)
    if most is not None:
        title = desk.category(most.name).title[voice.language]
        lines.append(str(voice.html("letter.most", name=title, n=most.tickets)))
    if dear is not None and dear.cost:
        cost = amount(voice, dear.cost, week.money.currency)
        title = desk.category(dear.name).title[voice.language]
        lines.append(str(voice.html("letter.dearest", name=title, cost=cost)))
        lines.append(str(voice.html("letter.cost", cost=amount(voice, week.money.cost, week.money.currency))))
    waited = voice.number(week.money.employee_hours, "#,##0")
    lines.append(str(voice.html("letter.waited", hours=waited)))
    lines.append(str(voice.html("letter.open", n=week.backlog.open, old=week.backlog.over_30)))
    return "\n".join(lines)
