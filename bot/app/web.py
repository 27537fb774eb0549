"""The little web server beside the bot: is it alive, is it ready, what does it count.

In a thread of its own, so that it answers also when the event loop hangs - that is when it is needed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.observe.health import PULSE, Readiness, Sign, ready
from bot.observe.metrics import exposition
from bot.observe.pulse import Pulse

PATIENCE = 10.0  # real seconds that a request waits for the event loop
CLIENT = 5.0  # real seconds for a client to say what it wants
TEXT, METRICS = "text/plain; charset=utf-8", "text/plain; version=0.0.4; charset=utf-8"
Page = tuple[int, str, bytes]
"""Status, type and content."""


class Endpoints:
    """/livez says whether the event loop turns, /readyz whether work gets done, /metrics is Prometheus text.

    `look` is awaited in the loop that makes this object; it also sets the gauges of the metrics.
    """

    def __init__(self, pulse: Pulse, look: Callable[[], Awaitable[Readiness]]) -> None:
        self._pulse, self._look = pulse, look
        self._loop = asyncio.get_running_loop()
        self.patience = PATIENCE

    def page(self, path: str) -> Page:
        """Called in the server's threads."""
        match path.partition("?")[0]:
            case "/livez":
                return _page(ready([Sign("event loop", self._pulse.age, PULSE)]))
            case "/readyz":
                return _page(self._readiness())
            case "/metrics":
                self._readiness()
                return 200, METRICS, exposition()
        return 404, TEXT, b"/livez, /readyz, /metrics\n"

    def _readiness(self) -> Readiness:
        asked = asyncio.run_coroutine_threadsafe(_awaited(self._look), self._loop)
        try:
            return asked.result(self.patience)
        except TimeoutError:
            asked.cancel()
            return Readiness(False, (f"LATE event loop: no answer in {self.patience:.0f} s",))


async def _awaited(look: Callable[[], Awaitable[Readiness]]) -> Readiness:
    return await look()


def _page(verdict: Readiness) -> Page:
    return 200 if verdict.ok else 503, TEXT, ("\n".join(verdict.lines) + "\n").encode()


class HealthServer:
    """Listens until it is closed. Raises OSError when the port is taken."""

    def __init__(self, endpoints: Endpoints, host: str, port: int) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(endpoints))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="firstline-web", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        await asyncio.to_thread(self._server.shutdown)
        self._server.server_close()


def _handler(endpoints: Endpoints) -> type[BaseHTTPRequestHandler]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        status, kind, content = endpoints.page(request.path)
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def log_nothing(_request: BaseHTTPRequestHandler, *_words: object) -> None:
        """A request every few seconds is no news."""

    own = {"timeout": CLIENT, "do_GET": answer, "log_message": log_nothing}
    return type("Handler", (BaseHTTPRequestHandler,), own)
