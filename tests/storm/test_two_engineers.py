"""Two engineers press "claim" at the same moment, a hundred times: one winner each, and the other is told who (P4)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, func, select

from bot.people import directory
from bot.people.directory import Person
from bot.sla.check import load_desk
from bot.sla.policy import Desk as Policy
from bot.storage.db import open_database
from bot.storage.migrate import migrate
from bot.storage.schema import history, people, tickets
from bot.texts import speak
from bot.tickets import actions
from bot.tickets.actions import Draft
from bot.tickets.store import Outrun
from tests.cast import ANNA, HELPDESK, OLEG, ROOT, SUPERVISORS, SVETA, Desk, SandboxProcess, enlist
from tests.storm.bots import Launcher, open_storm

ROUNDS = 100
NAMES = {OLEG: "Олег", SVETA: "Светлана"}
NOW = 1_795_417_200


def _policy() -> Policy:
    desk, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
    assert desk is not None
    return desk


def _person(tx: Connection, telegram_id: int) -> Person:
    found = directory.known(tx, telegram_id)
    assert found is not None
    return found


def _open(tx: Connection, policy: Policy) -> int:
    draft = Draft(category="printing", team="helpdesk", summary="Не печатает")
    return actions.open_ticket(tx, policy, _person(tx, ANNA), draft, NOW).id


def _claim(tx: Connection, policy: Policy, number: int, who: int) -> str:
    return speak.voice("ru").line(actions.claim(tx, policy, number, _person(tx, who), NOW))


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
    assert on_record == [1] * ROUNDS
    for number, answers in told.items():
        for who, answer in answers.items():
            assert (NAMES[won[number]] if who != won[number] else str(number)) in answer, answers


async def test_of_two_who_press_at_once_one_wins_and_the_other_hears_who(
    launcher: Launcher, sandbox: SandboxProcess, database_url: str, tmp_path: Path
) -> None:
    policy = _policy()
    async with open_storm(launcher, sandbox.root, database_url, tmp_path) as (desk, bot):
        await desk.sim("flood", {"overall_per_second": 0, "private_per_second": 0, "group_per_minute": 0})
        told = {}
        for _ in range(ROUNDS):
            number = await desk.db.run(_open, policy)
            told[number] = await _press(desk, number)
        _judge(told, await desk.db.read(_winners), await desk.db.read(_claims_on_record))
        assert "Traceback" not in bot.said


async def _press(desk: Desk, number: int) -> dict[int, str]:
    """Both press at the same instant, each in another chat, so that nothing but the database decides."""
    presses = [(OLEG, HELPDESK), (SVETA, SUPERVISORS)][:: 1 if number % 2 else -1]
    form = {"message_id": 1, "data": f"t|claim|{number}", "timeout": 20}
    sent = (desk.sim("press", {"from": who, "chat": chat, **form}) for who, chat in presses)
    answers = await asyncio.gather(*sent)
    return {who: str(answer["text"]) for (who, _), answer in zip(presses, answers, strict=True)}


async def test_two_replicas_never_give_one_ticket_to_two(database_url: str) -> None:
    """The verb itself, from two connections at once: no lane stands in front of it."""
    policy = _policy()
    await migrate(database_url)
    one = open_database(database_url)
    other = open_database(database_url)
    await one.run(enlist)
    told = {}
    for _ in range(ROUNDS):
        number = await one.run(_open, policy)
        claims = one.run(_claim, policy, number, OLEG), other.run(_claim, policy, number, SVETA)
        oleg, sveta = await asyncio.gather(*claims, return_exceptions=True)
        told[number] = {OLEG: oleg, SVETA: sveta}
    assert not [
        answer for answers in told.values() for answer in answers.values() if isinstance(answer, Outrun)
    ]
    _judge(told, await one.read(_winners), await one.read(_claims_on_record))
    await one.close()
    await other.close()
