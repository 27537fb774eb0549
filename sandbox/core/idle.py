"""Whether anything is outstanding, and skipping time without skipping work."""

import asyncio

from sandbox.core.box import Box
from sandbox.core.world import Json

LOOK_EVERY = 0.05  # real seconds; for what ends without a signal, such as expiring updates
PATIENCE = 10.0  # real seconds a jump waits for outstanding work before it goes on


def outstanding(box: Box) -> Json:
    """What keeps the sandbox from being idle; constant work."""
    box.updates.purge()
    return {
        "updates": len(box.updates.pending) + box.polling.unconfirmed,
        "calls": box.calls.under_way + box.webhook.in_flight,
        "follower": box.follower.at_work,
    }


async def settle(box: Box, within: float) -> Json:
    """Wait until nothing is outstanding, at most `within` real seconds; the answer of /sim/idle."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within
    while any((left := outstanding(box)).values()) and (rest := until - loop.time()) > 0:
        await box.stirred.wait(min(rest, LOOK_EVERY))
    return {"idle": not any(left.values()), **left}


async def advance(box: Box, target: float, patience: float = PATIENCE) -> Json:
    """Move the clock to `target` (virtual unix seconds), stopping at each instant that the follower reports as due.

    A follower that never settles (killed, stuck) is waited for once; the rest is one jump, and "idle" is false.
    """
    stops = 0
    state = await settle(box, patience)
    while (now := box.clock.now()) < target:
        due = box.follower.next_due
        step = min(due, target) if due is not None and due > now and state["idle"] else target
        box.clock.jump_to(step)
        box.events.tell("clock", box.clock.picture())
        stops += 1
        if state["idle"] or step == target:
            state = await settle(box, patience)
    return {**box.clock.picture(), "idle": state["idle"], "stops": stops}
