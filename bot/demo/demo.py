"""`firstline demo`: a small company with its own Telegram. Sandbox and bot are two processes that talk over HTTP."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from bot.people.roster import COLUMNS
from bot.sla.check import desk_or_exit
from bot.sla.policy import Desk
from bot.texts import speak
from bot.yamlfiles import read

COMPANY = Path(__file__).with_name("company.yaml")
TOKEN = "1234567890:demo-token-of-a-bot-that-is-not"
PATIENCE = 60.0  # real seconds for a part to start
OPENING = 10  # o'clock, in the desk's zone


def demo(
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8081,
    speed: Annotated[float, typer.Option(help="How many times faster than real time its clock runs.")] = 1.0,
    data: Annotated[
        Path | None, typer.Option(help="Folder for the demo's database; by default it is thrown away.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    language: Annotated[str, typer.Option(help="Language of the demo: ru or en.")] = "ru",
) -> None:
    """Try everything in the browser: a small company with its own Telegram.

    Needs no token and no settings. Ctrl-C ends it.
    """
    voice = speak.voice(language)
    if _taken(port):
        typer.echo(voice.say("demo.port_taken", port=port), err=True)
        raise typer.Exit(1)
    desk = desk_or_exit(Path("desk.yaml"), voice.language)
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firstline-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        root = f"http://127.0.0.1:{port}"
        environment = _environment(folder, root, voice.language)
        start = _working_morning(desk).isoformat()
        log = folder / "demo.log"
        log.unlink(missing_ok=True)
        server = ["sandbox", f"--port={port}", f"--token={TOKEN}", f"--start={start}"]
        sandbox = _begin(stack, server, environment, log)
        _wait_until(lambda: _serves(root), sandbox, log, voice)
        company = _company(voice.language)
        _settle(root, company)
        _introduce(folder, company, environment)
        bot = _begin(stack, ["bot", "run"], environment, log)
        _wait_until(lambda: _is_read(root), bot, log, voice)
        _post(f"{root}/sim/clock", {"speed": speed, "zone": desk.zone})
        page = f"{root}/?lang={voice.language}"
        typer.echo(voice.say("demo.ready", address=page))
        if browser:
            webbrowser.open(page)
        _watch(sandbox, bot)
        typer.echo(voice.say("demo.ended"))


def _working_morning(desk: Desk) -> dt.datetime:
    """Ten o'clock of the first working day from today on, by the desk's calendar."""
    calendar = desk.usual
    today = dt.datetime.fromtimestamp(time.time(), ZoneInfo(desk.zone)).date()
    for ahead in range(30):
        day = today + dt.timedelta(days=ahead)
        morning = dt.datetime.combine(day, dt.time(OPENING), ZoneInfo(desk.zone))
        at = int(morning.timestamp())
        if calendar.elapsed(at, at + 4 * 3600) == 4 * 3600:
            return morning
    raise typer.Exit(2)


def _environment(folder: Path, root: str, language: str) -> dict[str, str]:
    database = folder / "demo.db"
    for leftover in folder.glob(
        "demo.db*"
    ):  # the sandbox starts without chats, so the bot must not remember any
        leftover.unlink()
    return os.environ | {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_ROOT": root,
        "CLOCK_URL": root,
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "HEALTH_PORT": "0",
        "BACKUP_EVERY_HOURS": "0",
        "LANGUAGE": language,
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def _company(language: str) -> dict[str, list[dict[str, Any]]]:
    """The company's people, the strangers and the groups, in `language`."""
    document = read(COMPANY.name, COMPANY.read_text("utf-8")).document
    assert document is not None, "company.yaml is ours and is read in a test"

    def called(fields: dict[str, Any]) -> dict[str, Any]:
        return {key: value[language] if isinstance(value, dict) else value for key, value in fields.items()}

    return {kind: [called(one) for one in listed] for kind, listed in document.data.items()}


def _settle(root: str, company: dict[str, list[dict[str, Any]]]) -> None:
    """Create the people and groups in the sandbox."""
    for person in [*company["people"], *company["strangers"]]:
        first, _, last = person["name"].partition(" ")
        known = {key: person[key] for key in ("id", "username", "about") if key in person}
        names = {"first_name": first, "last_name": last, "language_code": person.get("language", "ru")}
        _post(f"{root}/sim/people", known | names)
    for chat in company["chats"]:
        group = {key: chat[key] for key in ("id", "title", "is_forum", "members", "admins")}
        _post(f"{root}/sim/chats", group | {"type": "supergroup", "about": chat["key"]})


def _introduce(folder: Path, company: dict[str, list[dict[str, Any]]], environment: dict[str, str]) -> None:
    """Import people and bind groups with the same commands that a real company uses."""
    table = folder / "people.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(person | {"telegram_id": person["id"]} for person in company["people"])
    _command(["people", "import", str(table)], environment)
    for chat in company["chats"]:
        _command(["chats", "bind", chat["key"], str(chat["id"])], environment)


def _command(words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        typer.echo(done.stderr or done.stdout, err=True)
        raise typer.Exit(done.returncode)


def _begin(
    stack: ExitStack, module: list[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    output = stack.enter_context(log.open("ab"))
    # A session of its own: Ctrl-C in the terminal reaches only this process, which ends the parts in order.
    part = subprocess.Popen(
        [sys.executable, "-m", *module],
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    stack.callback(_end, part)
    return part


def _end(part: subprocess.Popen[bytes]) -> None:
    part.terminate()
    try:
        part.wait(30)
    except subprocess.TimeoutExpired:
        part.kill()


def _wait_until(
    ready: Callable[[], bool], part: subprocess.Popen[bytes], log: Path, voice: speak.Voice
) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and part.poll() is None:
        if ready():
            return
        time.sleep(0.1)
    typer.echo(log.read_text("utf-8", errors="replace")[-4000:], err=True)
    typer.echo(voice.say("demo.did_not_start"), err=True)
    raise typer.Exit(1)


def _serves(root: str) -> bool:
    try:
        with urllib.request.urlopen(f"{root}/sim/clock", timeout=5):
            return True
    except OSError:
        return False


def _is_read(root: str) -> bool:
    """Whether the bot has asked for updates; before that a message would not be answered."""
    with urllib.request.urlopen(f"{root}/sim/calls", timeout=5) as answer:
        return b"getUpdates" in answer.read()


def _watch(*parts: subprocess.Popen[bytes]) -> None:
    """Wait for Ctrl-C, SIGTERM, or the end of a part."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while all(part.poll() is None for part in parts):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass


def _post(address: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
