"""`firstline sandbox`: start the server alone and print its address."""

import asyncio
import logging
import re
import sys
from typing import Annotated

import typer

from sandbox import server
from sandbox.core.box import Beginning, new_token
from sandbox.core.clock import instant

TOKEN = re.compile(r"[1-9]\d{0,15}:[A-Za-z0-9_-]{1,60}\Z")


def sandbox(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 picks a free one.", min=0, max=65535)] = 8081,
    token: Annotated[str | None, typer.Option(help="The bot's token; by default a new one.")] = None,
    start: Annotated[
        str | None, typer.Option(help="First time of its clock, 2026-11-23T07:00:00Z; by default now.")
    ] = None,
    speed: Annotated[float, typer.Option(help="How many times faster than real time its clock runs.")] = 1.0,
) -> None:
    """Run a local Bot API server with people, chats and a page.

    Written from the documentation of the Bot API, not compared with the real Telegram.
    """
    if token is not None and not TOKEN.match(token):
        print("--token: it looks like 1234567890:AA...", file=sys.stderr)
        raise SystemExit(2)
    try:
        first = instant(start) if start else None
    except ValueError:
        print(f"--start: {start!r} is not a date and time like 2026-11-23T07:00:00Z", file=sys.stderr)
        raise SystemExit(2) from None
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    beginning = Beginning(token or new_token(), first, speed)
    try:
        asyncio.run(serve(beginning, host, port))
    except OSError as failure:
        print(f"{host}:{port}: {failure.strerror}", file=sys.stderr)
        raise SystemExit(1) from None


async def serve(beginning: Beginning, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; prints the API root, the token and the page's address."""
    runner, taken = await server.start(server.new_box(beginning), host, port)
    root = f"http://{host}:{taken}"
    print(
        f"TELEGRAM_API_ROOT={root}\nBOT_TOKEN={beginning.token}\nCLOCK_URL={root}\n{root}/",
        flush=True,
    )
    try:
        await server.until_stopped()
    finally:
        await runner.cleanup()


def main() -> None:
    typer.run(sandbox)
