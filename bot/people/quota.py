"""A token bucket per person, so that one person's flood does not delay others (T19)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SWEEP = 1_000  # buckets: above this number full ones are deleted
MINUTE = 60.0


class QuotaVerdict(Enum):
    """What to do with a message: accept it; refuse and warn; refuse silently, after the warning."""

    TAKEN = "taken"
    WARNED = "warned"
    DROPPED = "dropped"


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float  # steady second of `left`
    album: str | None = None  # the last one: the whole album is treated as its first message
    verdict: QuotaVerdict = QuotaVerdict.TAKEN
    warned: bool = False


class Quota:
    """Counts each account's messages. A restart resets it."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: int, per_minute: int, steady: float, album: str | None = None) -> QuotaVerdict:
        """Count a message of `who` at this steady second, with `per_minute` allowed."""
        bucket = self._buckets.get(who)
        if bucket is None:
            self._forget_the_quiet(steady)
            bucket = self._buckets[who] = _Bucket(per_minute, steady)
        if album is not None and album == bucket.album:
            return QuotaVerdict.DROPPED if bucket.verdict is QuotaVerdict.WARNED else bucket.verdict
        bucket.left = min(per_minute, bucket.left + (steady - bucket.at) * per_minute / MINUTE)
        bucket.at, bucket.album = steady, album
        bucket.warned = bucket.warned and bucket.left < per_minute - 1
        bucket.verdict = self._decide(bucket)
        return bucket.verdict

    @staticmethod
    def _decide(bucket: _Bucket) -> QuotaVerdict:
        if bucket.left >= 1 and not bucket.warned:
            bucket.left -= 1
            return QuotaVerdict.TAKEN
        if bucket.warned:
            return QuotaVerdict.DROPPED
        bucket.warned = True
        return QuotaVerdict.WARNED

    def _forget_the_quiet(self, steady: float) -> None:
        if len(self._buckets) < SWEEP:
            return
        for who in [who for who, bucket in self._buckets.items() if steady - bucket.at > MINUTE]:
            del self._buckets[who]
