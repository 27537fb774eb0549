"""Erlang C: waiting in a queue with random arrivals, exponential handling times and several servers (M/M/c)."""

from __future__ import annotations

import math


def must_wait(servers: int, load: float) -> float:
    """The probability that an arrival waits; `load` in erlangs = arrival rate × mean handling time. 1 when overloaded."""
    if load >= servers:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion: no factorial, no overflow
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, load: float, handling: float) -> float:
    """The mean wait in the unit of `handling`; infinite when overloaded."""
    return math.inf if load >= servers else must_wait(servers, load) * handling / (servers - load)


def done_within(servers: int, load: float, handling: float, limit: float) -> float:
    """The probability that waiting and handling together take at most `limit`, in the unit of `handling`; 0 when
    overloaded."""
    if load >= servers:
        return 0.0
    wait, spare, per = must_wait(servers, load), servers - load, 1 / handling
    if math.isclose(spare, 1.0):
        late = math.exp(-per * limit) * (1 + wait * per * limit)
    else:
        late = math.exp(-per * limit) * (1 + wait * (1 - math.exp(-per * (spare - 1) * limit)) / (spare - 1))
    return 1 - late
