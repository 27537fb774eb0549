"""Callback data of any form, from people without the right to it: every press is answered and none has an effect (T6, T8)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, get_args

from sqlalchemy import Connection, func, select

from bot.app.check_runs import Checks
from bot.clock import MachineClock
from bot.config.config import Current
from bot.scenarios.library import run
from bot.scenarios.library.check_functions import Surroundings
from bot.selfservice import intake
from bot.selfservice.effects import who
from bot.storage.db import savepoint
from bot.storage.schema import history, inbox, outbox, runs, tickets
from bot.storage.unit import Units
from bot.telegram.inbox import StoredUpdate
from bot.telegram.inbox import store as keep
from bot.tickets import actions
from bot.tickets.actions import Draft
from handlers.context import Doors
from handlers.filters import Introduced
from tests.cast import ANNA, BORIS, HELPDESK, NINA, OLEG, STRANGER, SUPERVISORS, TOKEN, enlist
from tests.databases import in_memory
from tests.desk import house
from tests.pressing import CONSENT, OWN, TEAMS
from tests.storm.test_two_engineers import NOW, person_of
from tests.units import work

TICKETS = tuple(kind.sign.removeprefix("t|") for kind in (*TEAMS, *OWN, *CONSENT))
MENU = [kind.sign.partition("|")[2] for kind in get_args(intake.MenuButton)]
ACTIONS = (*TICKETS, *MENU, "dance")
PRESSERS = (BORIS, NINA, STRANGER)
PLACES = (HELPDESK, SUPERVISORS, ANNA, BORIS, -100500, None)
HARMLESS = {"mine", "all"}  # of the menu: each presser sees their own
NUMBERS = ("1", "2", "0", "-1", "999999", "9" * 15, "9" * 19, "９", "1e3", "", "0x1", "1.0", " 1")
NAMES = ("network", "P1", "look", "broken", "~0123456789", "")
WIRE = "abcxyz0189|!-_ \x00\n;'\"%{}<>🖨й"


class OneConnection:
    """A database whose units are savepoints of one transaction, so that ten thousand of them are quick."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx

    async def run(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with savepoint(self.tx):
            return verb(self.tx, *args, **kwargs)

    read = run


GROUP = {"title": "T"}


class Answers:
    """The part of Telegram that a press needs."""

    def __init__(self) -> None:
        self.given: list[str] = []

    async def call(self, method: str, params: Mapping[str, Any]) -> bool:
        assert method == "answerCallbackQuery"
        self.given.append(str(params["callback_query_id"]))
        return True


async def test_no_forged_button_has_an_effect_and_each_is_answered(at_length: bool) -> None:
    count = 10_000 if at_length else 600
    random, answers, desk = Random(11), Answers(), house()
    with in_memory().connect() as tx:
        enlist(tx)
        anna, oleg = person_of(tx, ANNA), person_of(tx, OLEG)
        draft = Draft(category="printing", team="helpdesk", summary="Не печатает")
        ticket = actions.open_ticket(work(tx, NOW, desk.desk), anna, draft)
        actions.claim(work(tx, NOW, desk.desk), ticket.id, oleg)
        run.begin(work(tx, NOW), desk.program, anna.id, who(anna), "printer", None)
        before = _world(tx)
        db, clock = OneConnection(tx), MachineClock()
        current = Current(desk)
        units = Units(db, clock.now, lambda: current.config)  # type: ignore[arg-type]
        checks = Checks(units, clock, Surroundings(""), lambda: None)
        doors = Doors(units, answers, clock, Introduced(TOKEN, "firstline_bot"), checks.start, None)  # type: ignore[arg-type]
        for number in range(1, count + 1):
            raw = _press(number, random)
            keep(work(tx, NOW), [raw])
            await doors.handle(StoredUpdate(number, 0, json.dumps(raw)))
        await asyncio.gather(*doors.answers._tasks)
        assert _world(tx) == before
        assert not tx.scalar(select(func.count()).select_from(inbox).where(inbox.c.state != "done"))
        mine = {f"person:{person_of(tx, one).id}" for one in (BORIS, NINA)}
        mine.add(f"id:{STRANGER}")  # who reads that the bot does not know them
        said = set(tx.scalars(select(outbox.c.chat).where(outbox.c.id > before["said"])))
        assert said <= mine
    assert sorted(answers.given) == sorted(str(number) for number in range(1, count + 1))
    print(f"\n{count} forged presses: {len(answers.given)} answered, 0 effects")


def _world(tx: Connection) -> dict[str, Any]:
    """What a stranger's press must not change."""
    anna = person_of(tx, ANNA).id
    return {
        "tickets": [tuple(row) for row in tx.execute(select(tickets))],
        "history": tx.scalar(select(func.count()).select_from(history)),
        "runs": [tuple(row) for row in tx.execute(select(runs).where(runs.c.person == anna))],
        "said": tx.scalar(select(func.max(outbox.c.id)).where(outbox.c.created_at == NOW)),
    }


def _press(number: int, random: Random) -> dict[str, Any]:
    """A press by a person unrelated to Anna's ticket, on a message here, elsewhere or none."""
    presser, place = random.choice(PRESSERS), random.choice(PLACES)
    query: dict[str, Any] = {
        "id": str(number),
        "from": {"id": presser, "is_bot": False, "first_name": "N"},
        "chat_instance": "1",
        "data": _data(random),
    }
    if place is not None:
        kind = "private" if place > 0 else "supergroup"
        chat = {"id": place, "type": kind} | (GROUP if place < 0 else {"first_name": "N"})
        chat |= {"is_forum": True} if place == HELPDESK else {}
        query["message"] = {"chat": chat, "message_id": random.randint(1, 50), "date": 0}
    return {"update_id": number, "callback_query": query}


def _data(random: Random) -> str:
    """Random text, or something similar to our data with other numbers, at most 64 bytes."""
    luck = random.random()
    if luck < 0.3:
        return _cut("".join(random.choice(WIRE) for _ in range(random.randint(0, 40))))
    if luck < 0.5:
        base36 = random.choice(["1", "2", "zz", "z" * 13, "0" * 13, "Z", "-1"])
        what = random.choice(["toner", "!b", "!x", "!h", "!w", "!z", "jam", "print", ""])
        return _cut(f"r|{base36}|{random.choice(['1', '2', 'z' * 13])}|{what}")
    action = random.choice([one for one in ACTIONS if one not in HARMLESS])
    kind = random.choice(["t", "t", "t", "m", "T", "x", ""])
    rest = [random.choice(random.choice((NUMBERS, NAMES))) for _ in range(random.randint(0, 4))]
    if kind == "m" and action in ("go", "start"):
        kind = "t"  # everyone may begin a scenario of their own
    return _cut("|".join([kind, action, *rest]))


def _cut(data: str) -> str:
    return data.encode()[:64].decode("utf-8", "ignore")
