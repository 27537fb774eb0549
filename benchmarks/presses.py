"""Messages and presses from words to help or a ticket: twelve first messages, the corpus, second problems beside a ticket."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import yaml
from sqlalchemy import Connection, func, insert, select

from benchmarks.figures import Figure
from bot.storage.schema import people, runs, tickets
from tests.desk import Desk, SandboxProcess, buttons, house, open_desk, said

FIRST = 6000  # the account of the first employee
LAST = 2  # messages with buttons that a person looks at
MOST = 6  # presses: who needs more has given up
CORPUS = Path(__file__).parents[1] / "tests" / "conversations"
# As strangers tried them: what is wanted is a scenario, "human" or "talk", which needs no help.
TWELVE = (
    ("да бл**ь прентер опть не пичатает", "printer"),
    ("сколько можно, третий день без почты сижу!!!", "email"),
    ("помогите", "human"),
    ("1с", "onec"),
    ("спасибо", "talk"),
    ("фывапр", "human"),
    ("позовите человека", "human"),
    ("my laptop is very slow since monday", "slow_pc"),
    ("принтер не печатает и ещё не могу зайти в впн", "printer vpn"),
    (
        "добрый день, вчера уходила всё работало, сегодня пришла, включила, подождала, зашла в почту, а письма от поставщика"
        " нет, хотя он говорит что отправил ещё вечером",
        "email",
    ),
    ("когда зарплата?", "human"),
    ("нужен новый ноутбук", "new_equipment"),
)
WISH = {"ru": "позовите человека", "en": "I want a human"}
BEGIN = ("Начать", "Start", "Begin")
ENGINEER = (
    "Позвать сразу",
    "Call now",
    "Передать инженеру",
    "Pass it to an engineer",
    "Позвать человека",
    "Call a human",
)
CALL = "Talk to a person"
OTHER = ("Это другое", "Это новое", "Something else", "Новая", "New")
NONE = ("Не то", "Ничего из этого", "Not that", "None of these")


def run() -> Iterator[Figure]:
    """Two means of each list."""
    told = asyncio.run(_all())
    for name, counted in told.items():
        yield Figure(
            f"{name}: messages to help or ticket, mean of {len(counted)}", mean(m for m, _ in counted), ""
        )
        yield Figure(
            f"{name}: presses to help or ticket, mean of {len(counted)}", mean(p for _, p in counted), ""
        )
        lost = sum(presses == MOST for _, presses in counted)
        yield Figure(f"{name}: led nowhere, of {len(counted)}", lost, "")
        for number, (messages, presses) in enumerate(counted, start=1):
            if name == "twelve":
                yield Figure(
                    f"  {number}: {TWELVE[number - 1][0][:40]}", messages + presses / 10, "messages.presses"
                )


async def _beside(desk: Desk, account: int, row: Mapping[str, str]) -> tuple[int, int] | None:
    """A second problem beside a ticket about a printer; None when nothing on the screen leads to it."""
    language = row["language"]
    await _arrive(desk, account, language)
    await desk.write(account, "/start")
    program = house().program
    await desk.press(account, program.title("printer", language))
    await desk.press(account, "Позвать человека" if language == "ru" else CALL)
    await desk.fast_forward(600)
    seen = {one["message_id"] for one in await desk.reads(account)}
    await desk.write(account, row["text"])
    for presses in range(MOST):
        if await desk.db.read(_has_begun, account, row["about"]):
            return 1, presses
        shown = [one for one in await desk.reads(account) if one["message_id"] not in seen]
        labels = [label for one in reversed(shown) for label in buttons(one)]
        title = program.title(row["about"], language)
        titled = any(title in said(one) for one in shown)
        label = next((one for one in labels if title in one or (titled and one in BEGIN)), None)
        label = label or next((one for one in labels if one.startswith(OTHER)), None)
        if label is None:
            return None
        await desk.press(account, label)
    return None


async def _all() -> Mapping[str, Sequence[tuple[int, int]]]:
    sandbox = SandboxProcess()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{folder}/firstline.db") as desk:
                accounts = iter(range(FIRST, FIRST + 500))
                lists = {
                    "twelve": [(text, wanted, "ru") for text, wanted in TWELVE],
                    "corpus": list(_corpus()),
                }
                counted = {
                    name: [await _count(desk, next(accounts), *one) for one in listed]
                    for name, listed in lists.items()
                }
                rows = yaml.safe_load((CORPUS / "sets" / "second_problems.yaml").read_text("utf-8"))
                second = [
                    await _beside(desk, next(accounts), row) for row in rows if row["about"] != "printer"
                ]
                return counted | {"second problems": [one or (1, MOST) for one in second]}
    finally:
        sandbox.end()


def _corpus() -> Iterator[tuple[str, str, str]]:
    """The first words of conversations before which nothing is open."""
    for file in sorted(CORPUS.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text("utf-8")):
            first = entry["turns"][0].get("messages", [{}])[0]
            if entry.get("standing") or set(first) - {"text"}:
                continue
            wanted = entry["turns"][0]["wanted"]
            yield first["text"], _wanted(wanted.get("any_of", [wanted])[0]), entry["language"]


def _wanted(wanted: Mapping[str, Any]) -> str:
    listed = " ".join(
        one.partition(":")[2] for one in wanted.get("ask_options", ()) if one.startswith("scenario")
    )
    match wanted["to"]:
        case "offer" | "scenario":
            return str(wanted["of"])
        case "security":
            return "security"
        case "smalltalk" | "command":
            return "talk"
    return listed or "human"


async def _count(desk: Desk, account: int, text: str, wanted: str, language: str) -> tuple[int, int]:
    """One message, and as many presses as it takes the person who presses what looks right."""
    await desk.sim(
        "people", {"id": account, "started": True, "first_name": "Анна", "language_code": language}
    )
    await desk.db.run(_enlist, account, language)
    await desk.write(account, text)
    if wanted == "talk":
        return 1, 0
    program, asked = house().program, [one for one in wanted.split() if one != "human"]
    titles = [program.title(one, code) for one in asked for code in ("ru", "en")]
    presses, messages = 0, 1
    while presses < MOST:
        if await desk.db.read(_is_helped, account):
            return messages, presses
        shown = [one for one in await desk.reads(account) if buttons(one)][-LAST:]
        labels = [label for one in reversed(shown) for label in buttons(one)]
        label = _chosen(labels, "\n".join(map(said, shown)), titles)
        if label is not None:
            await desk.press(account, label)
            presses += 1
        elif messages == 1:  # nothing on the screen will do: they ask for a human
            await desk.write(account, WISH[language])
            messages += 1
        else:
            break
    return messages, MOST


async def _arrive(desk: Desk, account: int, language: str) -> None:
    await desk.sim(
        "people", {"id": account, "started": True, "first_name": "Анна", "language_code": language}
    )
    await desk.db.run(_enlist, account, language)


def _chosen(labels: Sequence[str], text: str, titles: Sequence[str]) -> str | None:
    is_offered = any(title in text for title in titles)
    wishes: Iterable[str] = [*(BEGIN if is_offered else ()), *titles, *ENGINEER, *NONE]
    return next((label for wish in wishes for label in labels if label.startswith(wish)), None)


def _enlist(tx: Connection, account: int, language: str) -> None:
    row = {"staff_id": f"C-{account}", "name": "Анна Сергеева", "language": language, "telegram_id": account}
    tx.execute(insert(people).values(**row, department="", roles=[], profile={}))


def _has_begun(tx: Connection, account: int, scenario: str) -> bool:
    person = select(people.c.id).where(people.c.telegram_id == account).scalar_subquery()
    mine = (runs.c.person == person) & (runs.c.scenario == scenario)
    return bool(tx.scalar(select(func.count()).select_from(runs).where(mine)))


def _is_helped(tx: Connection, account: int) -> bool:
    """Whether a scenario has begun or a ticket is open."""
    person = select(people.c.id).where(people.c.telegram_id == account).scalar_subquery()
    begun = tx.scalar(select(func.count()).select_from(runs).where(runs.c.person == person))
    opened = tx.scalar(select(func.count()).select_from(tickets).where(tickets.c.requester == person))
    return bool(begun or opened)
