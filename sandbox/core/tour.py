"""A tour that a program outside gives on the page: what it says now, and what the page's reader asks of it."""

from dataclasses import dataclass, field

from sandbox.core.clock import Signal
from sandbox.core.world import Json

STATES = ("offered", "playing", "paused", "ended")
WISHES = ("play", "pause", "next", "stop")


@dataclass(slots=True)
class Tour:
    """`shown` is the guide's: title and captions by language, and where to look. `wish` is the reader's last one.

    `version` grows with every wish, so that the guide can wait for the next.
    """

    state: str = "offered"
    shown: Json = field(default_factory=dict)
    wish: str | None = None
    version: int = 0
    wished: Signal = field(default_factory=Signal)

    def picture(self) -> Json:
        return {**self.shown, "state": self.state, "wish": self.wish, "version": self.version}
