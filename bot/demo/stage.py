"""What `firstline demo` and `firstline preview` stand on: sandbox and bot as processes, people and groups between them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from bot.people.roster import COLUMNS
from bot.sla.policy import Desk
from bot.texts.speak import Voice

TOKEN = "1234567890:demo-token-of-a-bot-that-is-not"
DATABASE = "demo.db"
PATIENCE = 240.0  # real seconds for a part to start, on a busy machine too
OPENING = 10  # o'clock, in the desk's zone


@dataclass(frozen=True, slots=True)
class Extra:
    """One person of the stage; the columns of people.csv, and `about` for the page."""

    id: int
    name: str
    about: str
    language: str = "ru"
    staff_id: str = ""
    username: str = ""
    department: str = ""
    office: str = ""
    roles: str = ""
    manager: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class StageGroup:
    """One group. `key` is what it is bound to."""

    key: str
    id: int
    title: str
    is_forum: bool
    members: Sequence[int]
    admins: Sequence[int]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody on the stage."""

    people: Sequence[Extra]
    chats: Sequence[StageGroup]
    strangers: Sequence[Extra] = ()


@dataclass(frozen=True, slots=True)
class RunningStage:
    """Sandbox and bot at work. `root` is the page's address."""

    root: str
    sandbox: subprocess.Popen[bytes]
    bot: subprocess.Popen[bytes]
    database: str


def opened(
    stack: ExitStack, folder: Path, port: int, desk: Desk, company: Cast, voice: Voice
) -> RunningStage:
    """Start both, with this company between them. Raises typer.Exit when a part does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    root = f"http://127.0.0.1:{port}"
    surroundings = environment(folder, root, voice.language)
    log = folder / "demo.log"
    log.unlink(missing_ok=True)
    start = working_morning(desk).isoformat()
    server = ["sandbox", f"--port={port}", f"--token={TOKEN}", f"--start={start}"]
    sandbox = begin(stack, server, surroundings, log)
    wait_until(lambda: serves(root), sandbox, log, voice)
    settle(root, company)
    introduce(folder, company, surroundings)
    bot = begin(stack, ["bot", "run"], surroundings, log)
    wait_until(lambda: is_read(root), bot, log, voice)
    return RunningStage(root, sandbox, bot, surroundings["DATABASE_URL"])


def working_morning(desk: Desk) -> dt.datetime:
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


def environment(folder: Path, root: str, language: str) -> dict[str, str]:
    database = folder / DATABASE
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


def settle(root: str, company: Cast) -> None:
    """Create the people and groups in the sandbox."""
    for person in [*company.people, *company.strangers]:
        first, _, last = person.name.partition(" ")
        names = {"first_name": first, "last_name": last, "language_code": person.language}
        known = {"id": person.id, "about": person.about}
        post(f"{root}/sim/people", known | names | ({"username": person.username} if person.username else {}))
    for chat in company.chats:
        fields = {"type": "supergroup", "id": chat.id, "title": chat.title, "is_forum": chat.is_forum}
        post(
            f"{root}/sim/chats", {**fields, "members": chat.members, "admins": chat.admins, "about": chat.key}
        )


def introduce(folder: Path, company: Cast, environment: dict[str, str]) -> None:
    """Import people and bind groups with the same commands that a real company uses."""
    table = folder / "people.csv"
    table.write_text(people_file(company), "utf-8")
    command(["people", "import", str(table)], environment)
    for chat in company.chats:
        command(["chats", "bind", chat.key, str(chat.id)], environment)


def people_file(company: Cast) -> str:
    """The company as people.csv."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(person) | {"telegram_id": person.id} for person in company.people)
    return file.getvalue()


def command(words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        typer.echo(done.stderr or done.stdout, err=True)
        raise typer.Exit(done.returncode)


def begin(
    stack: ExitStack, module: list[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # from the first part on, they end with this process
    output = stack.enter_context(log.open("ab"))
    # A session of its own: Ctrl-C in the terminal reaches only this process, which ends the parts in order.
    part = subprocess.Popen(
        [sys.executable, "-m", *module],
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    stack.callback(end, part)
    return part


def end(part: subprocess.Popen[bytes]) -> None:
    part.terminate()
    try:
        part.wait(30)
    except subprocess.TimeoutExpired:
        part.kill()


def wait_until(ready: Callable[[], bool], part: subprocess.Popen[bytes], log: Path, voice: Voice) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and part.poll() is None:
        if ready():
            return
        time.sleep(0.1)
    typer.echo(log.read_text("utf-8", errors="replace")[-4000:], err=True)
    typer.echo(voice.say("demo.did_not_start"), err=True)
    raise typer.Exit(1)


def serves(root: str) -> bool:
    try:
        with urllib.request.urlopen(f"{root}/sim/clock", timeout=5):
            return True
    except OSError:
        return False


def is_read(root: str) -> bool:
    """Whether the bot has asked for updates; before that a message would not be answered."""
    with urllib.request.urlopen(f"{root}/sim/calls", timeout=5) as answer:
        return b"getUpdates" in answer.read()


def watch(
    *parts: subprocess.Popen[bytes], every: float = 0.3, each: Callable[[], None] = lambda: None
) -> None:
    """Wait for Ctrl-C, SIGTERM, or the end of a part; `each` runs `every` so many real seconds."""
    try:
        while all(part.poll() is None for part in parts):
            with suppress(OSError):  # a part is ending
                each()
            time.sleep(every)
    except KeyboardInterrupt:
        pass


def get(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def post(address: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
