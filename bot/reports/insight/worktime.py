"""Business seconds of many spans at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.sla.calendar import Calendar
from bot.tickets.chronicle.stays import Seconds


def spent(calendar: Calendar, begins: Sequence[int] | Seconds, ends: Sequence[int] | Seconds) -> Seconds:
    """`Calendar.spent` of each pair of UTC seconds."""
    found: Seconds = np.maximum(0, _passed(calendar, ends) - _passed(calendar, begins))
    return found


def _passed(calendar: Calendar, moments: Sequence[int] | Seconds) -> Seconds:
    at = np.clip(np.asarray(moments, np.int64), calendar.begin, calendar.end)
    opens, closes = np.asarray(calendar.opens, np.int64), np.asarray(calendar.closes, np.int64)
    totals = np.asarray(calendar.totals, np.int64)
    which = np.searchsorted(opens, at, "right") - 1
    passed = totals[which] - closes[which] + np.minimum(at, closes[which])
    return np.where(which < 0, 0, passed)
