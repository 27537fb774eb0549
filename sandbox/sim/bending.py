"""/sim/faults, /sim/flood, /sim/clock, /sim/idle, /sim/reset."""

import asyncio
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.core import idle
from sandbox.core.box import Box
from sandbox.core.clock import instant
from sandbox.core.world import Json
from sandbox.sim.asked import Wrong, flag, real

LONGEST_WATCH = 60.0


def plan_fault(box: Box, body: Json) -> Json:
    try:
        return box.faults.plan(body).picture()
    except (ValueError, TypeError) as fault:
        raise Wrong(str(fault)) from None


def faults(box: Box, query: Json) -> list[Json]:
    return [fault.picture() for fault in box.faults.waiting]


def clear_faults(box: Box, body: Json) -> Json:
    box.faults.clear()
    return {"faults": 0}


def flood(box: Box, query: Json) -> Json:
    return {**box.flood.picture(), "callback_window": box.queries.window}


def set_flood(box: Box, body: Json) -> Json:
    """Change limits (zero switches one off) and the callback window; windows restart."""
    wanted = dict(body)
    try:
        if "callback_window" in wanted:
            box.queries.window = float(wanted.pop("callback_window"))
        box.flood.change(wanted)
    except KeyError as unknown:
        raise Wrong(
            f"unknown limit {unknown}; there are {', '.join(box.flood.picture())}, callback_window"
        ) from None
    except (ValueError, TypeError) as wrong:
        raise Wrong(f"not a limit: {wrong}") from None
    return flood(box, {})


async def clock(box: Box, query: Json) -> Json:
    """The clock; with `version` waits up to `timeout` real seconds for another version."""
    if query.get("version") is not None:
        known = int(real(query["version"], "version"))
        timeout = min(real(query.get("timeout", 0), "timeout"), LONGEST_WATCH)
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while box.clock.version == known and (left := until - loop.time()) > 0:
            await box.clock.changed.wait(left)
    return box.clock.picture()


def set_clock(box: Box, body: Json) -> Json:
    """Set the speed, the page's zone, or, while nothing has happened, the initial time."""
    if "now" in body:
        if any(chat.messages for chat in box.world.chats.values()):
            raise Wrong("the clock's beginning can be set only before the first message", 409)
        box.clock.restart_at(_instant(body["now"], "now"))
    if "zone" in body:
        box.zone = _zone(body["zone"])
        box.events.tell("reload", {})
    if "speed" in body:
        speed = real(body["speed"], "speed")
        if not 0 <= speed <= 100_000:
            raise Wrong("speed: from 0 (frozen) to 100000")
        box.clock.set_speed(speed)
    box.events.tell("clock", box.clock.picture())
    return box.clock.picture()


def _zone(name: object) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong(f"zone: an IANA name such as Europe/Moscow, not {name!r}") from None


def _target(box: Box, body: Json) -> float:
    if "to" in body:
        return _instant(body["to"], "to")
    return box.clock.now() + real(body.get("seconds"), "seconds")


async def advance(box: Box, body: Json) -> Json:
    """Skip `seconds`, or up to `to`, stopping at every due instant of the follower."""
    async with box.moving:
        target = _target(box, body)
        if target < box.clock.now() - 1:
            raise Wrong("time does not go back")
        return await idle.advance(box, target, real(body.get("timeout", idle.PATIENCE), "timeout"))


def _instant(value: object, name: str) -> float:
    if not isinstance(value, int | float | str):
        raise Wrong(f"{name}: unix seconds or an ISO instant")
    try:
        return instant(value)
    except ValueError:
        raise Wrong(f"{name}: unix seconds or an ISO instant, not {value!r}") from None


def follow(box: Box, body: Json) -> Json:
    """The report of the bot that follows this clock."""
    due = body.get("next_due")
    version = int(real(body.get("version", box.clock.version), "version"))
    box.follower.hear(flag(body, "busy"), None if due is None else real(due, "next_due"), version)
    box.events.tell("follower", box.follower.picture())
    return box.clock.picture()


async def wait_idle(box: Box, query: Json) -> Json:
    return await idle.settle(box, real(query.get("timeout", 0), "timeout"))


def reset(box: Box, body: Json) -> Json:
    box.reset()
    return {"reset": True}
