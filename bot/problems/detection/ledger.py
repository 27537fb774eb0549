"""Signals and their counts as rows. Hours are UTC hours since 1970; hours that are over are written down once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, func, insert, select, update

from bot.problems.detection.burst import LONGEST, Now, Sighted, doubtful, is_worth
from bot.problems.detection.days import DayKinds
from bot.problems.detection.signals import BurstKey, TroubleSign, keys_of
from bot.problems.detection.usual import HOUR, WEEK, WEEKS, Rhythm, Tally
from bot.problems.detection.watch import KeyEvidence
from bot.storage import kv
from bot.storage.schema import signal_keys, signals, tallies
from bot.storage.upsert import insert_for

ALL = 0  # the hour of a key's sum
MANY = 4  # signals of one person in an hour, from which on they count for nothing in that hour
SENDER = 10  # signals of one person in an hour that make them a sender for others, or a machine

# Built once: building a statement costs more than running it.
_KEEP = insert(signals).returning(signals.c.id)
_KEEP_KEYS = insert(signal_keys)
_SEEN = (
    select(
        signal_keys.c.key,
        signals.c.id,
        signals.c.at,
        signals.c.person,
        signals.c.wide,
        signals.c.candidate,
    )
    .join(signals, signals.c.id == signal_keys.c.signal)
    .where(signal_keys.c.key.in_(bindparam("keys", expanding=True)) & (signal_keys.c.at > bindparam("since")))
    .order_by(signal_keys.c.at, signal_keys.c.signal)
)
_USUAL = select(tallies).where(
    tallies.c.key.in_(bindparam("keys", expanding=True))
    & tallies.c.hour.in_(bindparam("hours", expanding=True))
)
_CROWD = (
    select(signals.c.person, func.count().label("sent"))
    .where(signals.c.at > bindparam("since"))
    .group_by(signals.c.person)
)
_TAKE = (
    update(signals)
    .where(signals.c.id.in_(bindparam("numbers", expanding=True)))
    .values(candidate=bindparam("taken_by"))
)


@dataclass(frozen=True, slots=True)
class SignalCounts:
    """What is counted of all signals: since which hour, up to which one, by hour of the week, how many were wide.

    `spent`: how often each hour of the week was counted. `senders`: people who sent as many in one hour as only machines
    do, and who asks for many others; with the hour of the last time, until which is forgotten.
    """

    first: int
    rolled: int
    hours: list[int]
    all: int = 0
    wide: int = 0
    spent: list[float] = field(default_factory=list)
    senders: dict[str, int] = field(default_factory=dict)

    @property
    def wide_part(self) -> float:
        return (self.wide + 1) / (self.all + 100)

    def rhythm(self, days: DayKinds) -> Rhythm:
        return Rhythm(self.first, self.hours, days, self.spent)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who wrote in the last hour: how many people, and who counts for nothing because they sent too much."""

    people: int
    mute: frozenset[int]


def crowd(tx: Connection, known: SignalCounts, at: int) -> Crowd:
    """Of the hour before a moment (UTC seconds)."""
    sent: dict[int, int] = {row.person: row.sent for row in tx.execute(_CROWD, {"since": at - HOUR})}
    mute = {person for person, many in sent.items() if many >= MANY}
    mute |= {int(person) for person in known.senders}
    return Crowd(sum(person not in mute for person in sent), frozenset(mute))


def keep(tx: Connection, signal: TroubleSign, ticket: int | None) -> tuple[int, tuple[BurstKey, ...]]:
    """Store a signal; returns its number and keys."""
    row = {
        "at": signal.at,
        "person": signal.person,
        "category": signal.category,
        "ticket": ticket,
        "site": signal.site,
        "floor": signal.floor,
        "wide": int(signal.wide),
    }
    number = int(tx.execute(_KEEP, row).scalar_one())
    keys = keys_of(signal)
    tx.execute(_KEEP_KEYS, [{"key": key.text, "at": signal.at, "signal": number} for key in keys])
    return number, keys


def evidence(
    tx: Connection,
    keys: Sequence[BurstKey],
    now: Now,
    mute: frozenset[int],
    standing: Collection[BurstKey],
) -> KeyEvidence:
    """What is known at a moment of those of these keys that are worth looking at, without what `mute` people sent. The
    counts of hours are read only for what may be too many, and for the keys of candidates that are `standing`."""
    names = {key.text: key for key in keys}
    sums = tx.execute(_USUAL, {"keys": list(names), "hours": [ALL]}).all()
    totals = dict.fromkeys(keys, 0) | {names[name]: people for name, _, people in sums}
    names = {name: key for name, key in names.items() if is_worth(now, key, Tally(totals[key], {}))}
    seen, free = _sighted(tx, names, now.at, mute)
    hot = doubtful(now, free, totals)
    hours: defaultdict[BurstKey, dict[int, float]] = defaultdict(dict)
    if wanted := [key.text for key in seen if key in hot or key in standing]:
        found = tx.execute(_USUAL, {"keys": wanted, "hours": now.rhythm.wanted(now.hour)}).all()
        for name, hour, people in found:
            hours[names[name]][hour] = people
    return KeyEvidence(seen, free, {key: Tally(totals[key], hours[key]) for key in seen}, hot)


def _sighted(
    tx: Connection, names: Mapping[str, BurstKey], at: int, mute: frozenset[int]
) -> tuple[dict[BurstKey, list[Sighted]], dict[BurstKey, list[Sighted]]]:
    """The signals of each key in the longest window: all of them, and those that belong to no candidate."""
    seen: dict[BurstKey, list[Sighted]] = {key: [] for key in names.values()}
    free: dict[BurstKey, list[Sighted]] = {key: [] for key in names.values()}
    by_name = {name: (seen[key], free[key]) for name, key in names.items()}
    every: dict[int, Sighted] = {}  # a signal has several of the keys
    found = tx.execute(_SEEN, {"keys": list(names), "since": at - LONGEST}).all()
    for name, number, then, person, wide, candidate in found:
        if person in mute:
            continue
        sighted = every.get(number)
        if sighted is None:
            sighted = every[number] = Sighted(number, then, person, bool(wide))
        seen_here, free_here = by_name[name]
        seen_here.append(sighted)
        if candidate is None:
            free_here.append(sighted)
    return seen, free


def take(tx: Connection, numbers: Iterable[int], candidate: int) -> None:
    """These signals belong to a candidate."""
    tx.execute(_TAKE, {"numbers": list(numbers), "taken_by": candidate})


def counts(tx: Connection, at: int, days: DayKinds) -> SignalCounts:
    """What is counted of all signals up to the hour of `at`; hours that are over are counted first, by one process."""
    hour = at // HOUR
    stored = kv.get(tx, kv.COUNTED)
    if stored and (known := _read(stored, hour)).rolled >= hour:
        return known
    known = _read(kv.hold(tx, kv.COUNTED), hour)
    if known.rolled < hour:
        known = _roll(tx, known, hour, days)
    kv.put(tx, kv.COUNTED, json.dumps(asdict(known)))
    return known


def _read(text: str | None, hour: int) -> SignalCounts:
    if not text:
        return SignalCounts(hour, hour, [0] * WEEK, spent=[0.0] * WEEK)
    known = SignalCounts(**json.loads(text))
    # What an earlier version has stored does not say how often each hour was counted: about once a week.
    return known if known.spent else replace(known, spent=[(known.rolled - known.first) / WEEK] * WEEK)


def _roll(tx: Connection, known: SignalCounts, hour: int, days: DayKinds) -> SignalCounts:
    """Write down the hours before this one; forget what is older than eight weeks."""
    begun, ended = known.rolled * HOUR, hour * HOUR
    inside = (signal_keys.c.at >= begun) & (signal_keys.c.at < ended)
    by_hour: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    joined = select(signal_keys.c.key, signal_keys.c.at, signals.c.person)
    for key, at, person in tx.execute(
        joined.join(signals, signals.c.id == signal_keys.c.signal).where(inside)
    ):
        by_hour[key, at // HOUR].add(person)
    _add(tx, {one: len(people) for one, people in by_hour.items()})
    _forget(tx, hour)
    hours, spent, rhythm = list(known.hours), list(known.spent), known.rhythm(days)
    found = tx.execute(
        select(signals.c.at, signals.c.person, signals.c.wide).where(
            (signals.c.at >= begun) & (signals.c.at < ended)
        )
    ).all()
    sent: Counter[tuple[str, int]] = Counter()
    for at, person, _ in found:
        sent[str(person), at // HOUR] += 1
    for passed in range(known.rolled, hour):
        spent[rhythm.slot(passed)] += 1
    for (_, passed), many in sent.items():
        hours[rhythm.slot(passed)] += min(many, MANY - 1)
    senders = {who: last for who, last in known.senders.items() if last > hour - WEEK * WEEKS}
    senders |= {who: passed for (who, passed), many in sorted(sent.items()) if many >= SENDER}
    return replace(
        known,
        rolled=hour,
        hours=hours,
        spent=spent,
        senders=senders,
        all=known.all + len(found),
        wide=known.wide + sum(one.wide for one in found),
    )


def _add(tx: Connection, people: dict[tuple[str, int], int]) -> None:
    if not people:
        return
    rows = [{"key": key, "hour": hour, "people": many} for (key, hour), many in people.items()]
    totals: defaultdict[str, int] = defaultdict(int)
    for (key, _), many in people.items():
        totals[key] += many
    rows += [{"key": key, "hour": ALL, "people": many} for key, many in totals.items()]
    tx.execute(_adding(tx.dialect.name), rows)


@cache
def _adding(dialect: str) -> Executable:
    row = insert_for(dialect, tallies)
    more = {"people": tallies.c.people + row.excluded.people}
    return row.on_conflict_do_update(index_elements=["key", "hour"], set_=more)


def _forget(tx: Connection, hour: int) -> None:
    """What is older than is looked back on."""
    old = hour - WEEK * WEEKS - 1
    past = (tallies.c.hour > ALL) & (tallies.c.hour < old)
    gone = tx.execute(
        select(tallies.c.key, func.sum(tallies.c.people)).where(past).group_by(tallies.c.key)
    ).all()
    if gone:
        tx.execute(delete(tallies).where(past))
        less = update(tallies).where((tallies.c.key == bindparam("of_key")) & (tallies.c.hour == ALL))
        less = less.values(people=tallies.c.people - bindparam("fewer"))
        tx.execute(less, [{"of_key": key, "fewer": int(many)} for key, many in gone])
        tx.execute(delete(tallies).where((tallies.c.hour == ALL) & (tallies.c.people <= 0)))
    tx.execute(delete(signal_keys).where(signal_keys.c.at < hour * HOUR - LONGEST - HOUR))
    tx.execute(delete(signals).where(signals.c.at < old * HOUR))
