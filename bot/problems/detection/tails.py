"""How unlikely a count is, given what is usual: pure arithmetic."""

from __future__ import annotations

from math import comb, lgamma, log, log10

PRIOR = 0.3  # reports that are assumed of a key before any were seen ...
OVER = 1.0  # ... in so many slots


def unlikeliness(count: int, seen: float, slots: float, exposure: float) -> float:
    """-log10 of the probability of `count` or more events in `exposure` slots after `seen` in `slots`.

    A Poisson tail whose mean is not known exactly: the rate has a gamma distribution, so the count has a negative
    binomial one. With much history it is the Poisson tail; with little it asks for more.
    """
    shape, rate = seen + PRIOR, slots + OVER
    lost = rate / (rate + exposure)
    if count <= shape * (1 - lost) / lost:
        return 0.0
    log_lost, log_kept = log(lost), log(1 - lost)
    term = lgamma(count + shape) - lgamma(shape) - lgamma(count + 1) + shape * log_lost + count * log_kept
    total, each, number = 1.0, 1.0, count
    while each > 1e-9 * total:
        each *= (number + shape) / (number + 1) * (1 - lost)
        number += 1
        total += each
    return -(term + log(total)) / log(10)


def unlikely_share(count: int, of: int, share: float) -> float:
    """-log10 of the probability that `count` or more of `of` have what this share of all has: a binomial tail."""
    chance = sum(comb(of, one) * share**one * (1 - share) ** (of - one) for one in range(count, of + 1))
    return -log10(max(chance, 1e-300))
