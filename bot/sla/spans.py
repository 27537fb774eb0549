"""Deadlines with pauses: business time counts outside the pauses, which may touch, overlap, lie anywhere."""

from collections.abc import Iterable

from bot.sla.calendar import Calendar

Span = tuple[int, int]
"""[start, end) in UTC seconds."""


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted spans that neither touch nor overlap; empty ones are dropped."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def due(calendar: Calendar, start: int, target_s: int, pauses: Iterable[Span] = ()) -> int:
    """The earliest instant after `target_s` business seconds outside pauses. Raises BeyondCalendar."""
    running, left = start, target_s
    for pause, resume in merged(pauses):
        if resume <= running:
            continue
        if left <= 0:
            break
        # A pause may lie after the end of a calendar in which the work is done.
        worked = calendar.elapsed(running, min(max(running, pause), calendar.end))
        if worked >= left:
            break
        running, left = resume, left - worked
    return calendar.add(running, left)
