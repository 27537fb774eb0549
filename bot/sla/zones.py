"""Local wall time to UTC seconds, including repeated and skipped hours."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_EPOCH = date(1970, 1, 1).toordinal()


def instant(day: date, minute: int, zone: ZoneInfo, *, closing: bool = False) -> int:
    """UTC seconds at which the clocks of `zone` show `minute` of `day` (past 1440: the next day's).

    A repeated hour opens at its first and closes at its second occurrence; a window that closes where that hour begins
    has none of it. A skipped minute is the moment of the jump.
    """
    if minute >= 1440:
        day, minute = day + _DAY * (minute // 1440), minute % 1440
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    first, second = int(wall.timestamp()), int(wall.replace(fold=1).timestamp())
    if first > second:
        return _jump(zone, second, first)
    return second if closing and _is_repeated(wall - _MINUTE) else first


def _is_repeated(wall: datetime) -> bool:
    return wall.replace(fold=0).timestamp() < wall.replace(fold=1).timestamp()


def steady_midnights(first: date, last: date, zone: ZoneInfo) -> Iterator[int | None]:
    """UTC seconds of each date's midnight, or None when the clocks change within two days of it.

    From such a midnight every minute of the date is sixty seconds on, so a calendar of twenty years compiles in
    milliseconds.
    """
    days = range(first.toordinal(), last.toordinal() + 3)
    offsets = [datetime.combine(date.fromordinal(day), time(), zone).utcoffset() for day in days]
    for day, now, tomorrow, after in zip(days, offsets, offsets[1:], offsets[2:], strict=False):
        assert now is not None
        steady = now == tomorrow == after
        yield (day - _EPOCH) * 86400 - int(now.total_seconds()) if steady else None


def _jump(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second in (before, after] whose offset differs from that of `before`."""
    old = local(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if local(middle, zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def local(at: int, zone: ZoneInfo) -> datetime:
    """The wall clock of `zone` at the instant `at` (UTC seconds), aware of its offset."""
    return datetime.fromtimestamp(at, zone)


def changes_clocks(zone: ZoneInfo, first: date, last: date) -> bool:
    """Whether the offset of `zone` changes between the two dates (checked on the first of every month)."""
    month, offsets = first.replace(day=1), set()
    while month <= last:
        offsets.add(datetime.combine(month, time(12), zone).utcoffset())
        month = (month + _DAY * 32).replace(day=1)
    return len(offsets) > 1


def read(text: str, zone: ZoneInfo) -> int:
    """UTC seconds of an ISO instant; without an offset it is the wall time of `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.astimezone(UTC).timestamp())


def iso(at: int, zone: ZoneInfo) -> str:
    """The instant as ISO 8601 with the zone's offset at that time."""
    return local(at, zone).isoformat()
