"""The bot that follows this clock: whether it is busy, and its next due instant."""

from dataclasses import dataclass

from sandbox.core.clock import SandboxClock, Signal
from sandbox.core.world import Json


@dataclass(slots=True)
class FollowerReport:
    busy: bool
    next_due: float | None
    version: int


class Follower:
    """The follower's last report; one made before the clock last moved proves nothing."""

    def __init__(self, clock: SandboxClock, stirred: Signal) -> None:
        self.clock = clock
        self.report: FollowerReport | None = None
        self._stirred = stirred

    def hear(self, busy: bool, next_due: float | None, version: int) -> None:
        self.report = FollowerReport(busy, next_due, version)
        self._stirred.fire()

    @property
    def at_work(self) -> bool:
        """False without a follower."""
        report = self.report
        return report is not None and (report.busy or report.version < self.clock.version)

    @property
    def next_due(self) -> float | None:
        return self.report.next_due if self.report is not None else None

    def picture(self) -> Json | None:
        if self.report is None:
            return None
        report = self.report
        return {
            "busy": report.busy,
            "next_due": report.next_due,
            "version": report.version,
            "at_work": self.at_work,
        }
