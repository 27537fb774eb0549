"""The little web server beside the bot: is it alive, is it ready, what does it count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.observe.health import Readiness
from bot.observe.metrics import exposition


def build(ready: Callable[[], Awaitable[Readiness]]) -> web.Application:
    """/livez answers while the event loop turns, /readyz says whether work gets done, /metrics is Prometheus text."""

    async def livez(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        verdict = await ready()
        return web.Response(text="\n".join(verdict.lines) + "\n", status=200 if verdict.ok else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=exposition(), headers={"Content-Type": "text/plain; version=0.0.4"})

    application = web.Application()
    application.add_routes(
        [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)]
    )
    return application


async def serve(application: web.Application, host: str, port: int) -> web.AppRunner:
    """Start listening; close the returned runner to stop."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
