"""Many press "claim" at the same moment: one wins each time, and all others read who (P4)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.people import directory
from bot.people.directory import Person
from bot.sla.check import load_desk
from bot.sla.policy import Desk as Policy
from bot.storage.db import open_database
from bot.storage.schema import history, people, tickets
from bot.texts import speak
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests import children
from tests.cast import ANNA, HELPDESK, OLEG, ROOT, SUPERVISORS, SVETA, Desk, SandboxProcess, enlist
from tests.storm.bots import Launcher, open_storm
from tests.units import work

pytestmark = pytest.mark.processes

FIRST, CROWD = 3001, 50
NAMES = {OLEG: "Олег", SVETA: "Светлана"}
NOW = 1_795_417_200


@cache
def policy() -> Policy:
    desk, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
    assert desk is not None
    return desk


def person_of(tx: Connection, telegram_id: int) -> Person:
    found = directory.known(tx, telegram_id)
    assert found is not None
    return found


def _open(tx: Connection, desk: Policy) -> int:
    draft = Draft(category="printing", team="helpdesk", summary="Не печатает")
    return actions.open_ticket(work(tx, NOW, desk), person_of(tx, ANNA), draft).id


def claim(tx: Connection, desk: Policy, number: int, who: int) -> str:
    return speak.voice("ru").line(actions.claim(work(tx, NOW, desk), number, person_of(tx, who)))


def _winners(tx: Connection) -> dict[int, int]:
    won = select(tickets.c.id, people.c.telegram_id).join(people, people.c.id == tickets.c.assignee)
    return {row.id: row.telegram_id for row in tx.execute(won)}


def _claims_on_record(tx: Connection) -> list[int]:
    claims = (
        select(history.c.ticket, func.count()).where(history.c.action == "claim").group_by(history.c.ticket)
    )
    return [count for _, count in tx.execute(claims)]


def _judge(told: dict[int, dict[int, str]], won: dict[int, int], on_record: list[int]) -> None:
    assert set(won) == set(told)
    assert on_record == [1] * len(told)
    for number, answers in told.items():
        for who, answer in answers.items():
            assert (NAMES[won[number]] if who != won[number] else str(number)) in answer, answers


async def test_of_two_who_press_at_once_one_wins_and_the_other_hears_who(
    launcher: Launcher, sandbox: SandboxProcess, database_url: str, tmp_path: Path, at_length: bool
) -> None:
    async with open_storm(launcher, sandbox.root, database_url, tmp_path) as (desk, bot):
        await desk.sim("flood", {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0})
        told = {}
        for _ in range(100 if at_length else 20):
            number = await desk.db.run(_open, policy())
            told[number] = await _press(desk, number)
        _judge(told, await desk.db.read(_winners), await desk.db.read(_claims_on_record))
        assert "Traceback" not in bot.said


async def _press(desk: Desk, number: int) -> dict[int, str]:
    """Both press at the same instant, in different chats, so that only the database decides."""
    presses = [(OLEG, HELPDESK), (SVETA, SUPERVISORS)][:: 1 if number % 2 else -1]
    form = {"message_id": 1, "data": f"t|claim|{number}", "timeout": 20}
    sent = (desk.sim("press", {"from": who, "chat": chat, **form}) for who, chat in presses)
    answers = await asyncio.gather(*sent)
    return {who: str(answer["text"]) for (who, _), answer in zip(presses, answers, strict=True)}


async def test_of_fifty_who_claim_at_once_one_wins_and_all_others_hear_who(
    database_url: str, at_length: bool
) -> None:
    """The verb itself, from two processes at once on PostgreSQL, from one on SQLite, without the order of lanes."""
    rounds, processes = 1_000 if at_length else 6, 1 if database_url.startswith("sqlite") else 2
    crowd = range(FIRST, FIRST + CROWD)
    db = open_database(database_url)
    await db.run(enlist)
    await db.run(_hire, crowd)
    size = CROWD // processes
    pack = [_Claimer(database_url, FIRST + place * size, size) for place in range(processes)]
    told: dict[int, dict[int, str]] = {}
    try:
        for _ in range(rounds):
            number = await db.run(_open, policy())
            answers = await asyncio.gather(*(one.claim(number) for one in pack))
            told[number] = {int(who): said for part in answers for who, said in part.items()}
        won, on_record = await db.read(_winners), await db.read(_claims_on_record)
    finally:
        for one in pack:
            one.end()
        await db.close()
    losers = [said for number, answers in told.items() for who, said in answers.items() if who != won[number]]
    print(f"\n{processes} process(es): {rounds} rounds, {len(won)} owners, {len(losers)} told who has it")
    assert on_record == [1] * rounds
    assert set(won) == set(told)
    for number, answers in told.items():
        assert set(answers) == set(crowd)
        for who, said in answers.items():
            assert (str(number) if who == won[number] else f"Инженер{won[number]}") in said, (
                number,
                who,
                said,
            )


class _Claimer:
    """A process of tests.storm.claiming."""

    def __init__(self, url: str, first: int, size: int) -> None:
        command = [sys.executable, "-m", "tests.storm.claiming", url, str(first), str(size)]
        pipe = subprocess.PIPE
        self._process = children.begin(command, stdin=pipe, stdout=pipe, text=True, bufsize=1)
        with children.patience(self._process):
            assert self._process.stdout.readline() == "ready\n"

    async def claim(self, number: int) -> dict[str, str]:
        self._process.stdin.write(f"{number}\n")
        with children.patience(self._process):
            answer: dict[str, str] = json.loads(await asyncio.to_thread(self._process.stdout.readline))
        return answer

    def end(self) -> None:
        children.end(self._process)


def _hire(tx: Connection, crowd: range) -> None:
    """Engineers of the helpdesk, each with their own name."""
    common = {"roles": ["engineer:helpdesk"], "profile": {}}
    rows = [
        {"staff_id": f"C-{who}", "name": f"Инженер{who} И", "telegram_id": who, **common} for who in crowd
    ]
    tx.execute(insert(people), rows)
