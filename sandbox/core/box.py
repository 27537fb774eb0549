"""All state of one running sandbox, which can be reset."""

import asyncio
import secrets
import string
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

from sandbox.core.calls import Calls
from sandbox.core.clock import SandboxClock, Signal
from sandbox.core.events import Events
from sandbox.core.faults import Faults
from sandbox.core.files import Files, Upload
from sandbox.core.flood import Flood, FloodLimits
from sandbox.core.follower import Follower
from sandbox.core.polling import PollingServer
from sandbox.core.queries import Queries
from sandbox.core.tour import Tour
from sandbox.core.updates import Updates
from sandbox.core.webhook import Webhook
from sandbox.core.world import Json, World

TOKEN_TAIL = 35


@dataclass(frozen=True, slots=True)
class Beginning:
    """A sandbox's initial state; `start` is the first virtual instant in unix seconds, None for now."""

    token: str
    start: float | None = None
    speed: float = 1.0
    limits: FloodLimits = field(default_factory=FloodLimits)
    name: str = "Firstline"
    username: str = "firstline_sandbox_bot"


# Executes a Bot API call by its lower-case name, its raw fields and its uploads
Execute = Callable[["Box", str, Json, dict[str, Upload]], Awaitable[object]]


def new_token() -> str:
    """A token of the usual form, valid for this sandbox only."""
    letters = string.ascii_letters + string.digits + "_-"
    tail = "AA" + "".join(secrets.choice(letters) for _ in range(TOKEN_TAIL - 2))
    return f"{secrets.randbelow(9_000_000_000) + 1_000_000_000}:{tail}"


class Box:
    """One world with one bot. `reset` empties it; update ids and the clock's version keep growing."""

    def __init__(self, beginning: Beginning, execute: Execute) -> None:
        self.beginning = beginning
        self._execute = execute
        self.token = beginning.token
        self.events = Events()
        self.clock = SandboxClock(beginning.start or time.time(), beginning.speed)
        self.calls = Calls()
        self.stirred = Signal()  # something outstanding may have ended
        self.moving = asyncio.Lock()  # one jump of the clock at a time
        self._fill()

    def _fill(self) -> None:
        beginning = self.beginning
        self.world = World(bot_user(beginning))
        self.notice = ""  # above all columns of the page
        self.tour: Tour | None = None
        self.files = Files()
        self.faults = Faults()
        self.flood = Flood(self.clock, FloodLimits(**asdict(beginning.limits)))
        self.queries = Queries(self.clock)
        self.updates = Updates(self.clock)
        self.clock.changed.downstream = [self.updates.came]
        self.webhook = Webhook(self.updates, self.faults, self.clock, self.stirred, self._obey)
        self.polling = PollingServer(self.updates, self.faults, self.webhook, self.clock, self.stirred)
        self.follower = Follower(self.clock, self.stirred)
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.zone: str | None = None  # for times on the page; None for the reader's own

    async def _obey(self, method: str, fields: Json) -> None:
        """A webhook's answer is executed like any other call."""
        await self._execute(self, method, fields, {})

    def reset(self) -> None:
        next_update, version = self.updates.next_id, self.clock.version
        self.polling.end()
        self.updates.drop_all()  # a poll that is about to answer has its own list
        self.webhook.stop()
        changed = self.clock.changed
        self.clock = SandboxClock(self.beginning.start or time.time(), self.beginning.speed)
        self.clock.version = version + 1
        self.clock.changed = changed
        self.calls = Calls()
        self._fill()
        self.updates.next_id = next_update
        changed.fire()
        self.events.tell("reload", {})


def bot_user(beginning: Beginning) -> Json:
    """The bot's own account as getMe shows it."""
    return {
        "id": int(beginning.token.split(":")[0]),
        "is_bot": True,
        "first_name": beginning.name,
        "username": beginning.username,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }
