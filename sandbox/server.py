"""The HTTP server: three interfaces on one port, bound to this machine."""

import asyncio
import contextlib
import hmac
import ipaddress
import signal
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from urllib.parse import urlsplit

from aiohttp import web

from sandbox import page
from sandbox.api import dispatch
from sandbox.core import wire
from sandbox.core.box import Beginning, Box
from sandbox.core.refusals import REFUSALS, spell
from sandbox.sim import routes

BODY_LIMIT = 64 * 1024 * 1024
STOP_WITHIN = 1.0  # seconds a stop waits for open requests
BOX = web.AppKey("box", Box)


def new_box(beginning: Beginning) -> Box:
    """An empty box in which a webhook's answers are executed like calls over HTTP."""
    return Box(beginning, dispatch.call)


def build(box: Box, host: str = "localhost") -> web.Application:
    """The aiohttp application of a box; `host` is the name it is called by, besides addresses and localhost."""

    @web.middleware
    async def from_here(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Other web sites that the browser has open have no business here, under whatever name they reach it."""
        if not _is_from_here(request, host):
            return web.Response(status=403, text="not from another web site")
        return await handler(request)

    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[from_here])
    app[BOX] = box

    async def bot_call(request: web.Request) -> web.StreamResponse:
        return await _bot_call(box, request)

    async def download(request: web.Request) -> web.StreamResponse:
        return _download(box, request)

    app.router.add_route("*", "/bot{tail:.*}", bot_call)
    app.router.add_get("/file/bot{token}/{path:.*}", download)
    routes.add(app, box)
    page.add(app)
    app.on_shutdown.append(lambda _: _let_go(box))
    return app


def _is_from_here(request: web.Request, host: str) -> bool:
    name = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    by_address = name in ("localhost", host.lower()) or _is_address(name)
    return by_address and origin in (None, f"http://{request.host}", f"https://{request.host}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _let_go(box: Box) -> None:
    box.polling.end()
    box.events.close()
    await box.webhook.close()


async def _bot_call(box: Box, request: web.Request) -> web.StreamResponse:
    token, _, name = request.match_info["tail"].partition("/")
    if not token or not name:
        return _refusal("path_unknown")
    if not hmac.compare_digest(token.encode(), box.token.encode()):
        bad = ":" not in token or token.startswith("0") or len(token) > 80
        return _refusal("token_invalid" if bad else "token_revoked")
    try:
        raw, uploads = await wire.read(request)
    except web.HTTPRequestEntityTooLarge:
        return _refusal("upload_big")
    answer = await dispatch.call(box, name.strip("/").lower(), raw, uploads)
    if answer.dropped:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    sent = _json(answer.status, answer.text, answer.retry_after)
    sent.headers["Date"] = formatdate(box.clock.date(), usegmt=True)  # by which clients measure their clocks
    return sent


def _refusal(name: str) -> web.Response:
    refusal = REFUSALS[name]
    words = spell(refusal.code, refusal.words)
    return _json(refusal.code, f'{{"ok":false,"error_code":{refusal.code},"description":"{words}"}}', None)


def _json(status: int, text: str, retry_after: int | None) -> web.Response:
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return web.Response(body=text.encode(), status=status, headers=headers, content_type="application/json")


def _download(box: Box, request: web.Request) -> web.Response:
    if request.match_info["token"] != box.token:
        return _refusal("token_revoked")
    stored = box.files.by_path(request.match_info["path"])
    if stored is None:
        return _refusal("path_unknown")
    return web.Response(body=stored.data, content_type="application/octet-stream")


async def start(box: Box, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Listen; `port` 0 takes a free one. Returns what to clean up and the port. Raises OSError."""
    runner = web.AppRunner(build(box, host), access_log=None, shutdown_timeout=STOP_WITHIN)
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    address = runner.addresses[0]
    return runner, int(address[1])


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
