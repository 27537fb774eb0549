"""How much one person may write: a bucket of tokens each, so that nobody's flood becomes everybody's wait (T19)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SWEEP = 1_000  # buckets: from so many on, those that are full again are forgotten
MINUTE = 60.0


class QuotaVerdict(Enum):
    """What becomes of a message: taken; not taken, and its writer is told so; not taken, for they know."""

    TAKEN = "taken"
    WARNED = "warned"
    DROPPED = "dropped"


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float  # steady second at which `left` was true
    album: str | None = None  # the last one: all of it has the fate of its first message
    verdict: QuotaVerdict = QuotaVerdict.TAKEN
    warned: bool = False


class Quota:
    """Counts what each account writes. It forgets at a restart, which favours the writer."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: int, per_minute: int, steady: float, album: str | None = None) -> QuotaVerdict:
        """One more message of `who` at this steady second, when `per_minute` of them are allowed."""
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
