"""A real Chromium that tests and `make pictures` drive: its DevTools protocol over a websocket, one tab at a time."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import children

PATIENCE = 120.0  # real seconds for the page to become what a test waits for: more than a busy machine needs
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
HOW = "no Chromium: `apt-get install chromium`, or CHROMIUM=/path/to/it"
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "Home": 36, "End": 35}
TRIES = 3  # a press may come while the page moves
# The middle of an element that has not moved for three frames, and what lies over it
AIM = """new Promise((done) => {
    const node = NODE;
    node.scrollIntoView({ block: "nearest" });
    Object.assign(node, { wasHit: false });
    node.addEventListener("click", () => (node.wasHit = true), { once: true, capture: true });
    window.aimed = node;
    let before = "", calm = 0;
    const look = () => {
        const box = node.getBoundingClientRect();
        const now = `${box.left} ${box.top} ${box.width} ${box.height}`;
        calm = now === before ? calm + 1 : 0;
        before = now;
        if (calm < 3) return requestAnimationFrame(look);
        const at = [box.left + box.width / 2, box.top + box.height / 2];
        const top = document.elementFromPoint(...at);
        done([...at, node.contains(top) || top?.contains(node) ? "" : top?.outerHTML.slice(0, 200) ?? "nothing"]);
    };
    look();
})"""


class PageError(AssertionError):
    """A script of the page failed, or the page did not become what was waited for."""


def found() -> str | None:
    """The browser's path: CHROMIUM, else by its usual names."""
    named = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return os.environ.get("CHROMIUM") or next(filter(None, named), None)


def found_or_skip() -> str:
    """The browser's path; without one a test is skipped, but in CI it fails."""
    path = found()
    if path is None and os.environ.get("CI"):
        pytest.fail(HOW)
    return path or pytest.skip(HOW)


class Tab:
    """One page. Its console's errors are collected."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._wire = wire
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.errors: list[str] = []

    async def listen(self) -> None:
        """Read answers and events until the connection ends."""
        async for frame in self._wire:
            heard = json.loads(frame.data)
            if (number := heard.get("id")) is not None:
                self._waiting.pop(number).set_result(heard)
            elif heard["method"] == "Runtime.exceptionThrown":
                self.errors.append(
                    str(heard["params"]["exceptionDetails"].get("exception", {}).get("description"))
                )

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        answer = self._waiting[number]
        await self._wire.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(PATIENCE):
            heard = await answer
        if "error" in heard:
            raise PageError(f"{method}: {heard['error']}")
        result: dict[str, Any] = heard["result"]
        return result

    async def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is awaited."""
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise PageError(f"{script[:200]}: {answer['exceptionDetails']['exception'].get('description')}")
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until the expression is true in the page; returns its value."""
        watch = f"""new Promise((done) => {{
            const until = performance.now() + {PATIENCE * 900};
            const look = () => {{
                let found = null;
                try {{ found = ({script}); }} catch {{ found = null; }}
                if (found || performance.now() > until) done(found instanceof Node ? true : found); else setTimeout(look, 20);
            }};
            look();
        }})"""
        value = await self.run(watch)
        if not value:
            raise await self.fault(script)
        return value

    async def open(self, address: str) -> None:
        """Go there and wait until the columns have been drawn."""
        await self.call("Page.navigate", url=address)
        await self.until("document.querySelectorAll('.panel > header').length === 3")

    async def size(self, width: int, height: int) -> None:
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def taste(self, scheme: str, motion: str = "no-preference") -> None:
        """`scheme` is light or dark; `motion` is reduce or no-preference."""
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        await self.call("Emulation.setEmulatedMedia", features=features)

    async def key(self, name: str, shift: bool = False) -> None:
        """Press and release a key of KEYS."""
        code = {
            "key": name,
            "code": name,
            "windowsVirtualKeyCode": KEYS[name],
            "modifiers": 8 if shift else 0,
        }
        text = {"text": "\r"} if name == "Enter" else {}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    async def type(self, words: str) -> None:
        await self.call("Input.insertText", text=words)

    async def click(self, script: str) -> None:
        """Press with the mouse in the middle of the element that the expression finds, once it has stopped moving.

        Raises PageError when something covers it.
        """
        for _ in range(TRIES):
            await self.until(script)
            left, top, covered = await self.run(AIM.replace("NODE", script))
            if covered:
                continue
            for kind in ("mousePressed", "mouseReleased"):
                await self.call(
                    "Input.dispatchMouseEvent", type=kind, x=left, y=top, button="left", clickCount=1
                )
            if await self.run("window.aimed.wasHit"):
                return
        raise PageError(f"{script} is covered by {covered or 'nothing, and not hit'}")

    async def fault(self, script: str) -> PageError:
        """What is said when the page did not become so; a picture is left where PAGE_PICTURE says."""
        if place := os.environ.get("PAGE_PICTURE"):
            await self.shoot(Path(place))
        return PageError(f"never became true: {script}; the page's errors: {self.errors}")

    async def shoot(self, into: Path) -> None:
        """The page as a PNG."""
        picture = await self.call("Page.captureScreenshot", format="png")
        await asyncio.to_thread(into.write_bytes, base64.b64decode(picture["data"]))


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Tab]:
    """A browser with one empty tab, until the block ends."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, *QUIET, f"--user-data-dir={profile}", "about:blank"]
        process = children.begin(command, stderr=subprocess.DEVNULL)
        try:
            port = await asyncio.to_thread(_port_in, Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as http:
                async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [one for one in await answer.json(content_type=None) if one["type"] == "page"]
                async with http.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as wire:
                    tab = Tab(wire)
                    listening = asyncio.create_task(tab.listen())
                    await tab.call("Page.enable")
                    await tab.call("Runtime.enable")
                    yield tab
                    listening.cancel()
        finally:
            process.kill()  # its profile is thrown away: there is nothing to save
            children.end(process)


def _port_in(file: Path) -> int:
    """The port that the browser writes there when it listens."""
    until = time.monotonic() + PATIENCE
    while not (file.exists() and file.read_text()):
        if time.monotonic() > until:
            raise PageError("the browser did not start")
        time.sleep(0.02)
    return int(file.read_text().split()[0])
