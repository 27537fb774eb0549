"""A suspected mass incident: brought up to the supervisors with its reasons, and what they decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.config.config import Work
from bot.keys import SUPERVISORS, CandidateRef, OutageRef, PersonChat
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, declaring, places, suspicions, unasked
from bot.problems import outages as rows
from bot.problems.declaring import Suspicion
from bot.problems.detection import ledger
from bot.problems.detection.burst import Burst, Now
from bot.problems.detection.days import DayKinds
from bot.problems.detection.signals import BurstKey, TroubleSign
from bot.problems.detection.watch import Belonging, KeyEvidence, OpenCandidate, judge
from bot.storage import typed
from bot.storage.schema import candidates, signals
from bot.telegram import outbox, posts
from bot.texts.speak import Line
from bot.tickets import store

CARD = suspicions.CARD
OPEN, DECLARED, MERGED, REJECTED, QUIET = "open", "declared", "merged", "rejected", "quiet"
LEARNT = 7 * 86_400  # seconds for which a false alarm makes its key dearer ...
DEARER = 1.5  # ... by this factor
HASHED = 10  # characters of a word's hash: what people wrote is not kept for counting
DAY = 86_400
KEPT = 8
_KINDS: dict[tuple[str, int], DayKinds] = {}  # by the calendar's hash: a day's kind is computed once
# Built once: building a statement costs more than running it.
_LISTED = (
    select(candidates)
    .where(
        (candidates.c.state.in_((OPEN, DECLARED, MERGED)) & (candidates.c.last_at > bindparam("lately")))
        | ((candidates.c.state == REJECTED) & (candidates.c.decided_at > bindparam("learnt")))
    )
    .order_by(candidates.c.id)
)


@dataclass(frozen=True, slots=True)
class MassCandidate:
    """Times are UTC seconds. `people` came in `window_s` when it was last brought up; `usual` is a decimal number."""

    id: int
    key: str
    state: str
    people: int
    window_s: int
    usual: str
    began_at: int
    raised_at: int
    last_at: int
    outage: int | None
    decided_by: int | None
    decided_at: int | None

    @property
    def about(self) -> BurstKey:
        return BurstKey.read(self.key)


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One sign of trouble as it is stored."""

    id: int
    at: int
    person: int
    category: str
    ticket: int | None
    site: str
    floor: int | None
    wide: int
    candidate: int | None


def hashed(stem: str) -> str:
    """A word as a key has it."""
    return sha256(stem.encode()).hexdigest()[:HASHED]


def note(work: Work, signal: TroubleSign, ticket: int | None = None, *, known: bool = False) -> None:
    """Count a signal; if it makes too many, bring that up to the supervisors, once. `known`: it belongs to an outage that
    people know of, and is only counted."""
    days = _days(work)
    counted = ledger.counts(work.tx, work.now, days)
    number, keys = ledger.keep(work.tx, signal, ticket)
    if known:
        return
    listed = _known(work.tx, work.now)
    dearer = {one.key: DEARER for one in listed if one.state == REJECTED}
    crowd = ledger.crowd(work.tx, counted, work.now)
    now = Now(work.now, counted.rhythm(days), counted.wide_part, dearer, crowd.people)
    standing = [_standing(work.tx, one) for one in listed if one.state != REJECTED]
    evidence = ledger.evidence(work.tx, keys, now, crowd.mute, [one.key for one in standing])
    _apply(work, number, judge(now, evidence, standing), evidence)


def _apply(work: Work, number: int, verdict: Belonging, evidence: KeyEvidence) -> None:
    for one in verdict.closed:
        still = (candidates.c.id == one) & (candidates.c.state == OPEN)
        if work.tx.execute(update(candidates).where(still).values(state=QUIET)).rowcount:
            outbox.show(work, SUPERVISORS, CARD, CandidateRef(one))
    if verdict.joined is not None:
        mine = verdict.joined
        ledger.take(work.tx, verdict.burst.signals if verdict.burst is not None else [number], mine)
        values: dict[str, int] = {"last_at": work.now}
        if verdict.grown:
            values |= {"raised_at": work.now}
        work.tx.execute(update(candidates).where(candidates.c.id == mine).values(values))
        anew = f"grown {work.now}" if verdict.grown else None
        outbox.show(work, SUPERVISORS, CARD, CandidateRef(mine), anew=anew)
    elif verdict.burst is not None:
        _bring_up(work, verdict.burst, evidence)


def _bring_up(work: Work, burst: Burst, evidence: KeyEvidence) -> None:
    began = min(one.at for one in evidence.free[burst.key] if one.signal in set(burst.signals))
    values = {
        "key": burst.key.text,
        "state": OPEN,
        "people": burst.people,
        "window_s": max(60, work.now - began),
        "usual": f"{burst.usual * max(60, work.now - began) / burst.window_s:.2f}",
        "began_at": began,
        "raised_at": work.now,
        "last_at": work.now,
    }
    number = int(work.tx.execute(insert(candidates).values(values).returning(candidates.c.id)).scalar_one())
    ledger.take(work.tx, burst.signals, number)
    _declare_unasked(work, number)
    outbox.show(
        work, SUPERVISORS, CARD, CandidateRef(number), priority=outbox.ALARM, anew=f"raised {work.now}"
    )


def _declare_unasked(work: Work, number: int) -> None:
    """Where desk.yaml says so, and most of the reports are of one category."""
    row = find(work.tx, number)
    assert row is not None
    found = suspicion(work, row)
    listed = [one.category for one in of_candidate(work.tx, number)]
    if 2 * listed.count(found.category) <= len(listed):
        return
    outage = unasked.declare(work, found)
    if outage is not None:
        values = {"state": DECLARED, "outage": outage, "decided_at": work.now}
        work.tx.execute(update(candidates).where(candidates.c.id == number).values(values))


def declare(work: Work, number: int, person: Person, chat: str) -> Line:
    """A supervisor believes it: the draft of an outage, filled in, below the card. A draft that is there already is shown
    again. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = find(work.tx, number)
    if row is None or not is_undecided(work.tx, row):
        return Line("stale", alert=True)
    known = rows.find(work.tx, row.outage) if row.outage is not None else None
    if known is not None and known.state == rows.DRAFT:
        declaring.show_draft(work, known.id, chat)
        outbox.show(work, SUPERVISORS, CARD, CandidateRef(number))
    else:
        outage = declaring.begin_draft(work, person, suspicion(work, row), chat)
        _decide(work, number, person, DECLARED, outage)
    return Line("mass.below")


def is_undecided(tx: Connection, row: MassCandidate) -> bool:
    """Whether the three things can still be done: also while its draft has reached no chat, and when it was dropped."""
    if row.state != DECLARED or row.outage is None:
        return row.state in (OPEN, QUIET)
    draft = rows.peek(tx, row.outage)
    if draft is None or draft.state != rows.DRAFT:
        return draft is not None and draft.state == rows.DROPPED
    places = (SUPERVISORS, PersonChat(draft.author))
    about = OutageRef(draft.id)
    return all(posts.find(tx, chat, declaring.DRAFT_CARD, about) is None for chat in places)


def reject(work: Work, number: int, person: Person) -> Line:
    """A supervisor: no mass incident. For a week its key has to be more unlikely. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row = find(work.tx, number)
    if row is None or not is_undecided(work.tx, row):
        return Line("stale", alert=True)
    _decide(work, number, person, REJECTED, None)
    return Line("candidate.rejected_short")


def merge(work: Work, number: int, outage: int, person: Person) -> Line:
    """A supervisor: it belongs to an outage that is open. Its tickets become part of it. Raises NotAllowed."""
    authorize(person, "outage", Object())
    row, known = find(work.tx, number), rows.find(work.tx, outage)
    if row is None or not is_undecided(work.tx, row) or known is None or known.state != rows.OPEN:
        return Line("stale", alert=True)
    _decide(work, number, person, MERGED, outage)
    for one in of_candidate(work.tx, number):
        if one.ticket is not None and children.attach(work, known, store.get(work.tx, one.ticket)):
            children.tell_linked(work, known, one.ticket)
    return Line("candidate.merged_short", {"number": outage})


def suspicion(work: Work, row: MassCandidate) -> Suspicion:
    """What is known, for the draft: the place only where all who reported share it."""
    found = of_candidate(work.tx, row.id)
    listed = [one.category for one in found]
    category = max(dict.fromkeys(listed), key=listed.count)
    sites = {one.site for one in found if one.site}
    floors = {one.floor for one in found}
    site = row.about.site or (sites.pop() if len(sites) == 1 else "")
    floor = row.about.floor if row.about.floor is not None else None
    if floor is None and site and len(floors) == 1:
        floor = next(iter(floors))
    tickets = store.peek_all(work.tx, [one.ticket for one in found if one.ticket is not None])
    words = next((one.summary for one in tickets if one.category == category), "")
    offices = [directory.get(work.tx, one.person).office for one in found if one.site == site]
    office = places.site_name(offices[0]) if offices and site else site
    return Suspicion(category, office, floor, words, row.began_at)


def find(tx: Connection, number: int) -> MassCandidate | None:
    """A candidate, locked for this unit of work."""
    mine = select(candidates).where(candidates.c.id == number).with_for_update()
    return typed.first(MassCandidate, tx.execute(mine))


def of_candidate(tx: Connection, number: int) -> Sequence[SignalRow]:
    """Its signals, the oldest first."""
    mine = select(signals).where(signals.c.candidate == number).order_by(signals.c.at, signals.c.id)
    return typed.every(SignalRow, tx.execute(mine))


def _known(tx: Connection, now: int) -> Sequence[MassCandidate]:
    """Those that may take signals, and false alarms that still make their keys dearer."""
    return typed.every(MassCandidate, tx.execute(_LISTED, {"lately": now - DAY, "learnt": now - LEARNT}))


def _standing(tx: Connection, one: MassCandidate) -> OpenCandidate:
    found = of_candidate(tx, one.id)
    people = frozenset(row.person for row in found)
    first = frozenset(row.person for row in found if row.at <= one.raised_at)
    return OpenCandidate(one.id, one.about, one.raised_at, one.last_at, people, first)


def _decide(work: Work, number: int, person: Person, state: str, outage: int | None) -> None:
    values = {"state": state, "outage": outage, "decided_by": person.id, "decided_at": work.now}
    work.tx.execute(update(candidates).where(candidates.c.id == number).values(values))
    outbox.show(work, SUPERVISORS, CARD, CandidateRef(number))


def _days(work: Work) -> DayKinds:
    """The kinds of days of the desk's calendar, in its zone as it is at this moment."""
    calendar = work.config.desk.usual
    ahead = datetime.fromtimestamp(work.now, UTC).astimezone(calendar.zone).utcoffset()
    shift = round(ahead.total_seconds() / 3600) if ahead is not None else 0
    mine = (calendar.hash, shift)
    if mine not in _KINDS:
        if len(_KINDS) > KEPT:
            _KINDS.clear()
        _KINDS[mine] = DayKinds(shift, lambda day: bool(calendar.spec.plan(day)))
    return _KINDS[mine]


def reporters(tx: Connection, row: MassCandidate) -> list[tuple[SignalRow, Person]]:
    """The first signal of each person, a ticket before others, with its author."""
    first: dict[int, SignalRow] = {}
    for one in of_candidate(tx, row.id):
        known = first.setdefault(one.person, one)
        if known.ticket is None and one.ticket is not None:
            first[one.person] = one
    return [(one, directory.get(tx, one.person)) for one in first.values()]
