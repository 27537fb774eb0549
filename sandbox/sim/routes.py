"""The routes of /sim: JSON in, JSON out, errors in one sentence."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.core.box import Box
from sandbox.core.refusals import ApiError
from sandbox.core.world import Json
from sandbox.sim import bending, looking, notes, people, press, sharing, talk, touring
from sandbox.sim.asked import Wrong

Answer = Json | list[Json]
Act = Callable[[Box, Json], Answer | Awaitable[Answer]]
HEARTBEAT = 15.0

GETS: dict[str, Act] = {
    "/sim/state": looking.state,
    "/sim/calls": looking.calls,
    "/sim/faults": bending.faults,
    "/sim/flood": bending.flood,
    "/sim/clock": bending.clock,
    "/sim/idle": bending.wait_idle,
    "/sim/chats/{chat}/messages": looking.messages,
    "/sim/tour": touring.look,
}
POSTS: dict[str, Act] = {
    "/sim/people": people.add_person,
    "/sim/chats": people.add_chat,
    "/sim/bot": people.set_bot,
    "/sim/send": talk.send,
    "/sim/forward": talk.forward,
    "/sim/edit": talk.edit,
    "/sim/delete": talk.delete,
    "/sim/react": talk.react,
    "/sim/press": press.press,
    "/sim/inline": press.inline,
    "/sim/share": sharing.share,
    "/sim/block": people.block,
    "/sim/unblock": people.unblock,
    "/sim/kick": people.kick,
    "/sim/leave": people.leave,
    "/sim/join": people.join,
    "/sim/rights": people.rights,
    "/sim/migrate": people.migrate,
    "/sim/topic": people.topic,
    "/sim/forum": people.forum,
    "/sim/faults": bending.plan_fault,
    "/sim/flood": bending.set_flood,
    "/sim/clock": bending.set_clock,
    "/sim/clock/advance": bending.advance,
    "/sim/clock/follower": bending.follow,
    "/sim/note": notes.note,
    "/sim/tour": touring.show,
    "/sim/tour/wish": touring.wish,
    "/sim/reset": bending.reset,
}


def add(app: web.Application, box: Box) -> None:
    for path, act in GETS.items():
        app.router.add_get(path, _door(box, act))
    for path, act in POSTS.items():
        app.router.add_post(path, _door(box, act))
    app.router.add_delete("/sim/faults", _door(box, bending.clear_faults))
    app.router.add_get("/sim/events", _stream(box))
    app.router.add_get("/sim/files/{file_id}", _file(box))


def _door(box: Box, act: Act) -> Callable[[web.Request], Any]:
    async def open_door(request: web.Request) -> web.Response:
        try:
            result = act(box, await _asked(request))
            return _answer(200, await result if isinstance(result, Awaitable) else result)
        except Wrong as wrong:
            return _answer(wrong.status, {"error": str(wrong)})
        except ApiError as refused:
            return _answer(refused.code, {"error": refused.description})

    return open_door


async def _asked(request: web.Request) -> Json:
    asked: Json = {**request.query, **request.match_info}
    if request.method != "GET" and request.can_read_body and (text := await request.text()):
        try:
            body = json.loads(text)
        except ValueError:
            raise Wrong("the body is not JSON") from None
        if not isinstance(body, dict):
            raise Wrong("the body is not a JSON object")
        asked.update(body)
    return asked


def _answer(status: int, result: Answer) -> web.Response:
    body = json.dumps(result, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def _stream(box: Box) -> Callable[[web.Request], Any]:
    async def stream(request: web.Request) -> web.StreamResponse:
        """Server-sent events: one JSON object {kind, fact} per change."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        with box.events.listen() as listener, contextlib.suppress(ConnectionResetError):  # the page was left
            await response.write(b": open\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        line = await listener.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if line is None:
                    break
                await response.write(f"data: {line}\n\n".encode())
        return response

    return stream


def _file(box: Box) -> Callable[[web.Request], Any]:
    async def file(request: web.Request) -> web.Response:
        try:
            data, mime = looking.file_bytes(box, request.match_info["file_id"])
        except Wrong as wrong:
            return _answer(wrong.status, {"error": str(wrong)})
        inline = mime.startswith(("image/", "audio/", "video/"))
        # A picture may be SVG with a script, which would act on this origin as the page does.
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        headers |= {} if inline else {"Content-Disposition": "attachment"}
        return web.Response(body=data, content_type=mime.partition(";")[0], headers=headers)

    return file
