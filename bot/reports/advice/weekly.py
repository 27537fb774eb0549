"""The week's findings: offered to the supervisors, decided with one press, judged four weeks later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import Connection, insert, select, update

from bot.config.config import Work
from bot.keys import SUPERVISORS, FindingRef
from bot.people import departments
from bot.people.access import NotAllowed, Object, authorize
from bot.people.directory import Person
from bot.problems import causes
from bot.reports.advice.buttons import DraftOfFinding, ProblemOfFinding, RejectFinding
from bot.reports.advice.patterns import (
    DAY,
    DAYS,
    REQUESTER,
    STEP,
    WORDS,
    WeekPattern,
    look_back,
    measure,
    patterns,
)
from bot.storage import typed
from bot.storage.schema import advices, findings
from bot.telegram import outbox
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import store

CARD, DRAFT_CARD = "finding", "finding_draft"
OFFERED, PROBLEM, DRAFTED, REJECTED = "offered", "problem", "draft", "rejected"
REASONS = ("known", "expected", "small")
MOST = 5  # new ones a week: more are not read
SILENT = 90 * DAY  # for which a rejected one is not offered again
TITLE = 60  # characters of a person's words on a card
NAMED = 5  # tickets in a title
FindingButton = ProblemOfFinding | DraftOfFinding | RejectFinding


@dataclass(frozen=True, slots=True)
class WeeklyFinding:
    """As it is stored. Decimal numbers are text, instants UTC seconds, `cost` is money of four weeks. `now_count` and
    `now_cost` are what is left of it four weeks after it was accepted."""

    id: int
    kind: str
    about: str
    count: int
    usual: str
    hours: str
    cost: int
    tickets: str
    state: str
    found_at: int
    decided_by: int | None
    decided_at: int | None
    reason: str
    problem: int | None
    judged_at: int | None
    now_count: int | None
    now_cost: int | None

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.about}"

    @property
    def numbers(self) -> list[int]:
        """The tickets that are its evidence."""
        return [int(one) for one in json.loads(self.tickets)]


@dataclass(frozen=True, slots=True)
class WeekSeen:
    """What a week's letter was computed from: what is remarkable, and what is left of that which was accepted."""

    found: Sequence[WeekPattern]
    left: Sequence[tuple[int, WeekPattern]]


def look(work: Work) -> WeekSeen:
    """Computes what is to be offered and judged. Only reads."""
    past = look_back(work.tx, work.config.desk, work.now)
    silent = _silent(work)
    fresh = [one for one in patterns(past) if one.key not in silent][:MOST]
    return WeekSeen(fresh, [(row.id, measure(past, row.kind, row.about)) for row in _to_judge(work)])


def offer(work: Work, seen: WeekSeen) -> None:
    """Show the new ones to the supervisors, one card each; say of accepted ones what they brought."""
    silent = _silent(work)
    for one in seen.found:
        if one.key not in silent:
            outbox.show(work, SUPERVISORS, CARD, FindingRef(_keep(work, one)), priority=outbox.NEWS)
    due = {row.id for row in _to_judge(work)}
    for number, now in seen.left:
        if number in due:
            values = {"judged_at": work.now, "now_count": now.count, "now_cost": round(now.cost)}
            work.tx.execute(update(findings).where(findings.c.id == number).values(values))
            about = FindingRef(number)
            outbox.show(work, SUPERVISORS, CARD, about, priority=outbox.NEWS, anew=f"judged {work.now}")


def show_open(work: Work, chat: str) -> None:
    """Those that wait for a decision, at the end of a chat."""
    waits = (
        select(findings.c.id).where(findings.c.state == OFFERED).order_by(findings.c.id.desc()).limit(MOST)
    )
    for number in reversed(work.tx.scalars(waits).all()):
        outbox.show(work, chat, CARD, FindingRef(number), anew=f"listed {work.now}")


def find(tx: Connection, number: int) -> WeeklyFinding | None:
    """Locked for this unit of work."""
    mine = select(findings).where(findings.c.id == number).with_for_update()
    return typed.first(WeeklyFinding, tx.execute(mine))


def press(work: Work, person: Person, chat: str, pressed: FindingButton) -> Line:
    """Raises NotAllowed; nothing is changed then."""
    authorize(person, "outage", Object())
    if chat not in (SUPERVISORS, person.key):
        raise NotAllowed("outage", "unknown.chat")
    row = find(work.tx, pressed.finding)
    if row is None or row.state != OFFERED:
        return Line("stale", alert=True)
    match pressed:
        case ProblemOfFinding():
            number = causes.from_tickets(work, person, _title(work, row), row.numbers, chat)
            _decide(work, row, person, state=PROBLEM, problem=number)
            return Line("finding.problem_short", {"number": number})
        case DraftOfFinding():
            if row.kind != WORDS:
                return Line("stale", alert=True)
            _decide(work, row, person, state=DRAFTED)
            outbox.show(work, chat, DRAFT_CARD, FindingRef(row.id), anew=f"drafted {work.now}")
            return Line("finding.draft_short")
        case RejectFinding():
            if pressed.reason not in REASONS:
                return Line("stale", alert=True)
            _decide(work, row, person, state=REJECTED, reason=pressed.reason)
            return Line("finding.rejected_short")
        case _:
            assert_never(pressed)


def subject(work: Work, row: WeeklyFinding, language: str) -> str:
    """What it is about, in words."""
    desk = work.config.desk
    match row.kind:
        case "requester":
            number = int(row.about)
            return departments.names(work.tx, {number}).get(number, row.about)
        case "category" | "reopened" | "hours":
            return desk.category(row.about).title[language]
        case "words":
            return speak.voice(language).say("quoted", words=words_of(work.tx, row)[0])
    return row.about


def words_of(tx: Connection, row: WeeklyFinding) -> list[str]:
    """The first words of its tickets as they are kept now, each once; "-" where all were erased."""
    known = [one.words.strip() or one.summary for one in store.peek_all(tx, row.numbers)]
    lines = [speak.shortened(" ".join(one.split()), TITLE) for one in known if one.strip()]
    return list(dict.fromkeys(lines)) or ["-"]


def _title(work: Work, row: WeeklyFinding) -> str:
    """Without a name and without what employees wrote: a title outlives the erasure of a person."""
    language = work.config.program.defaults.language
    is_personal = row.kind in (REQUESTER, WORDS)
    about = ", ".join(map(str, row.numbers[:NAMED])) if is_personal else subject(work, row, language)
    return speak.voice(language).say(f"finding.title.{row.kind}", about=about)


def _decide(work: Work, row: WeeklyFinding, person: Person, **values: object) -> None:
    decided = {**values, "decided_by": person.id, "decided_at": work.now}
    work.tx.execute(update(findings).where(findings.c.id == row.id).values(decided))
    outbox.show(work, SUPERVISORS, CARD, FindingRef(row.id))


def _keep(work: Work, one: WeekPattern) -> int:
    values = {
        "kind": one.kind,
        "about": one.about,
        "count": one.count,
        "usual": f"{one.usual:.1f}",
        "hours": f"{one.hours:.1f}",
        "cost": round(one.cost),
        "tickets": json.dumps(one.tickets),
        "state": OFFERED,
        "found_at": work.now,
    }
    return int(work.tx.execute(insert(findings).values(values).returning(findings.c.id)).scalar_one())


def _silent(work: Work) -> set[str]:
    """The keys of those that wait for a decision, were accepted and not judged yet, or were rejected lately; steps accepted
    with /advice."""
    rejected = (findings.c.state == REJECTED) & (findings.c.decided_at > work.now - SILENT)
    waits = (findings.c.state != REJECTED) & findings.c.judged_at.is_(None)
    rows = work.tx.execute(select(findings).where(rejected | waits))
    taken = work.tx.scalars(select(advices.c.key).where(advices.c.key.startswith("step/")))
    return {row.key for row in typed.every(WeeklyFinding, rows)} | {
        f"{STEP}/{key.removeprefix('step/')}" for key in taken
    }


def _to_judge(work: Work) -> Sequence[WeeklyFinding]:
    """Accepted four weeks ago or earlier, and not judged."""
    accepted = findings.c.state.in_((PROBLEM, DRAFTED)) & findings.c.judged_at.is_(None)
    old = findings.c.decided_at <= work.now - DAYS * DAY
    return typed.every(WeeklyFinding, work.tx.execute(select(findings).where(accepted & old)))
