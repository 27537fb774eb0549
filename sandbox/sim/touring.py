"""/sim/tour: a guide outside the sandbox leads the page's reader, who may pause, go on and leave."""

import asyncio

from sandbox.core.box import Box
from sandbox.core.tour import STATES, WISHES, Tour
from sandbox.core.world import Json
from sandbox.sim.asked import Wrong, real

LONGEST_WATCH = 60.0  # real seconds


def show(box: Box, body: Json) -> Json:
    """The guide says what the page shows now; fields that are not named stay. The first call offers the tour."""
    tour = box.tour or Tour()
    state = body.pop("state", tour.state)
    if state not in STATES:
        raise Wrong(f"state: one of {', '.join(STATES)}, not {state!r}")
    tour.state = state
    tour.shown |= body
    box.tour = tour
    box.events.tell("tour", tour.picture())
    return tour.picture()


def wish(box: Box, body: Json) -> Json:
    """The page's reader asks for something."""
    tour = _offered(box)
    if body.get("wish") not in WISHES:
        raise Wrong(f"wish: one of {', '.join(WISHES)}, not {body.get('wish')!r}")
    tour.wish = str(body["wish"])
    tour.version += 1
    tour.wished.fire()
    return tour.picture()


async def look(box: Box, query: Json) -> Json:
    """The tour; with `version` waits up to `timeout` real seconds for a wish after that version."""
    tour = _offered(box)
    if query.get("version") is not None:
        known = int(real(query["version"], "version"))
        loop = asyncio.get_running_loop()
        until = loop.time() + min(real(query.get("timeout", 0), "timeout"), LONGEST_WATCH)
        while tour.version == known and (left := until - loop.time()) > 0:
            await tour.wished.wait(left)
    return tour.picture()


def _offered(box: Box) -> Tour:
    if box.tour is None:
        raise Wrong("no tour is offered", 404)
    return box.tour
