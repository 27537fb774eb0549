"""Data and messages of version 0.1 still work: the database upgrades, timers fire, messages are delivered, buttons
answered."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, Table, func, select, update

from bot.storage import schema
from bot.storage.db import open_database
from bot.storage.migrate import migrate
from bot.storage.schema import inbox, metadata, outbox, runs, tickets, timers
from bot.telegram import former_buttons
from bot.telegram.buttons import (
    AgreeToDay,
    Approve,
    Assign,
    Button,
    CancelTicket,
    Claim,
    EndOutage,
    HandTo,
    OfTicket,
    Recall,
    ReopenTicket,
    Resolve,
    SendReply,
    SetPriority,
    parse,
)
from bot.tickets import store
from bot.tickets.prompts import MENU
from tests.cast import ANNA, HELPDESK, ROOT, Desk, SandboxProcess, buttons, said
from tests.desk import UNLIMITED, served
from tests.upgrade.former import Old, chats_as_they_were, manifest, old_buttons

MINUTE, HOUR = 60, 3600  # seconds
AT_ONCE = 8  # chats with presses at the same moment
FORMER: tuple[type[Button], ...] = tuple(
    kind
    for kind in vars(former_buttons).values()
    if isinstance(kind, type) and kind.__name__.startswith("Former")
)


@asynccontextmanager
async def upgraded(sandbox: SandboxProcess, url: str, files: Path) -> AsyncIterator[Desk]:
    """The bot of today among the messages and on the rows of version 0.1, with the shipped files copied into `files`."""
    for name in ("desk.yaml", "scenarios.yaml"):
        shutil.copy(ROOT / name, files / name)
    shutil.copytree(ROOT / "scenarios", files / "scenarios")  # a rollback moves them
    (files / "knowledge_base").symlink_to(ROOT / "knowledge_base")
    await migrate(url)
    async with _beside(sandbox, url) as desk:
        await chats_as_they_were(desk)
        async with served(desk, url, files, UNLIMITED):
            yield desk


@asynccontextmanager
async def again(sandbox: SandboxProcess, url: str, files: Path) -> AsyncIterator[Desk]:
    """The same bot, started once more."""
    async with _beside(sandbox, url) as desk, served(desk, url, files, UNLIMITED):
        yield desk


@asynccontextmanager
async def _beside(sandbox: SandboxProcess, url: str) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession() as http:
        db = open_database(url)
        try:
            yield Desk(sandbox.root, http, db)
        finally:
            await db.close()


@pytest.mark.both
async def test_a_database_of_version_0_1_comes_to_the_schema_of_today(former_url: str) -> None:
    assert await migrate(former_url)
    assert await migrate(former_url) == []
    db = open_database(former_url)
    try:
        held = await db.read(_counted)
    finally:
        await db.close()
    assert {"runs", "tickets", "outages", "alerts", "timers", "prompts", "lessons", "relays"} <= {*held}


async def test_what_version_0_1_had_to_say_to_hear_and_to_ring_is_said_heard_and_rung(
    sandbox: SandboxProcess, former_url: str, tmp_path: Path
) -> None:
    async with upgraded(sandbox, former_url, tmp_path) as desk:
        await desk.fast_forward(
            2 * MINUTE
        )  # names of topics are changed a minute later, if they still have to be
        assert await desk.db.read(_failures) == []
        assert await desk.db.read(_waiting) == []
        numbers = manifest()["tickets"]
        album = await desk.reads(HELPDESK, await desk.topic(HELPDESK, numbers["hide"]))
        assert len([one for one in album if one.get("photo")]) == 2
        assert "Номер 313" in {said(one) for one in album}
        assert not [one for one in album if "Приоритет…" in buttons(one)]
        asker = await desk.db.read(_asker, numbers["more"])
        assert [said(one) for one in await desk.reads(asker)].count("Иду к вам") == 1
        assert await desk.find(ANNA, "кабель питания")

        armed = await desk.db.run(_all_within_hours)
        assert {"absence", "lessons", "outage", "pause", "review", "run", "sla", "slip", "ticket"} <= armed
        await desk.fast_forward(6 * HOUR)
        assert await desk.db.read(_overdue) == set()
        assert await desk.db.read(_failures) == []


async def test_live_cards_are_redrawn_once_and_no_former_button_acts_on_a_position(
    sandbox: SandboxProcess, former_url: str, tmp_path: Path
) -> None:
    async with upgraded(sandbox, former_url, tmp_path) as desk:
        numbers, olds = manifest()["tickets"], old_buttons(former_url)
        for menu, label, kind in (
            ("transfer", "Сеть", HandTo),
            ("priority", "P2", SetPriority),
            ("canned", "Уже смотрю. Напишу, как только что-то…", SendReply),
        ):
            found = await desk.find_button(HELPDESK, label, await desk.topic(HELPDESK, numbers[menu]))
            assert isinstance(parse(_data(found, label)), kind)
            assert found["message_id"] in {old.message for old in olds if old.chat == HELPDESK}
        open_ones = await desk.db.read(store.every_open)
        assert [old for old in await _still_shown(desk, former_url) if _ticket(old) in open_ones] == []

        pressed = [old for old in olds if isinstance(parse(old.data), FORMER)]
        assert {type(parse(old.data)) for old in pressed} == {*FORMER}
        before = await desk.db.read(_acted)
        answers = await press_all(desk, pressed)
        assert await desk.db.read(_acted) == before
        assert await desk.db.read(_failures) == []
        assert [old for old, answer in answers if not answer["answered"]] == []
        called = (await desk.look("state"))["calls"]
    async with again(sandbox, former_url, tmp_path) as desk:
        calls = await desk.look(f"calls?after={called}")
        assert [call for call in calls if call["method"].startswith(("send", "edit"))] == []


async def test_every_other_former_button_acts_or_says_that_it_is_outdated(
    sandbox: SandboxProcess, former_url: str, tmp_path: Path
) -> None:
    async with upgraded(sandbox, former_url, tmp_path) as desk:
        others = [old for old in old_buttons(former_url) if not isinstance(parse(old.data), FORMER)]
        ending = [old for old in others if isinstance(parse(old.data), CancelTicket)]
        answers = [
            *await press_all(desk, [old for old in others if old not in ending]),
            *await press_all(desk, ending),
        ]
        assert [old for old, answer in answers if not answer["answered"]] == []
        assert await desk.db.read(_failures) == []
        acted = {type(parse(old.data)) for old, answer in answers if "устарела" not in (answer["text"] or "")}
        assert {
            AgreeToDay,
            Approve,
            Assign,
            CancelTicket,
            Claim,
            EndOutage,
            Recall,
            ReopenTicket,
            Resolve,
        } <= acted


async def press_all(desk: Desk, olds: Sequence[Old]) -> list[tuple[Old, dict[str, Any]]]:
    """Everyone presses everything, one button after the other in each chat."""
    places = asyncio.Semaphore(AT_ONCE)

    async def in_one_chat(some: list[Old]) -> list[tuple[Old, dict[str, Any]]]:
        async with places:
            return [(old, await pressed(old)) for old in some]

    async def pressed(old: Old) -> dict[str, Any]:
        answer = await desk.sim("press", _press(old))
        # Behind a rollback a press waits longer than Telegram remembers it: the person presses again.
        return answer if answer["answered"] else await desk.sim("press", _press(old))

    by_chat = [
        list(some) for _, some in groupby(sorted(olds, key=lambda old: old.chat), lambda old: old.chat)
    ]
    answers = [one for some in await asyncio.gather(*map(in_one_chat, by_chat)) for one in some]
    await desk.settle()
    return answers


def _press(old: Old) -> dict[str, Any]:
    return {
        "from": old.presser,
        "chat": old.chat,
        "message_id": old.message,
        "data": old.data,
        "timeout": 150,
    }


def _counted(tx: Connection) -> dict[str, int]:
    found = {
        table.name: tx.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables
    }
    return {name: count for name, count in found.items() if count}


def _failures(tx: Connection) -> list[tuple[Any, ...]]:
    """Dead letters of both kinds, and apologies to people."""
    unsaid = select(outbox.c.chat, outbox.c.card, outbox.c.about, outbox.c.method, outbox.c.reason)
    unheard = select(inbox.c.update_id, inbox.c.error).where(inbox.c.state == "dead")
    sorry = select(outbox.c.chat, outbox.c.params).where(outbox.c.dedupe.like("failed%"))
    dead = unsaid.where(outbox.c.state == "dead")
    return [tuple(row) for question in (dead, unheard, sorry) for row in tx.execute(question)]


def _waiting(tx: Connection) -> list[tuple[Any, ...]]:
    """Waiting rows of inbox and outbox."""
    unsaid = select(outbox.c.id, outbox.c.chat, outbox.c.card, outbox.c.method).where(
        outbox.c.state.in_(("pending", "sending"))
    )
    unheard = select(inbox.c.update_id).where(inbox.c.state == "pending")
    return [tuple(row) for question in (unsaid, unheard) for row in tx.execute(question)]


def _all_within_hours(tx: Connection) -> set[str]:
    """Fire timers of later days today; returns the kinds of all armed ones."""
    today = manifest()["now"] + HOUR
    tx.execute(
        update(timers).where((timers.c.state == "armed") & (timers.c.fire_at > today)).values(fire_at=today)
    )
    return {*tx.scalars(select(timers.c.kind).where(timers.c.state == "armed").distinct())}


def _overdue(tx: Connection) -> set[str]:
    """The kinds of timers that are overdue."""
    gone = (timers.c.state == "armed") & (timers.c.fire_at <= manifest()["now"] + 6 * HOUR)
    return {*tx.scalars(select(timers.c.kind).where(gone).distinct())}


async def _still_shown(desk: Desk, url: str) -> list[Old]:
    """The buttons of version 0.1 with a position that open tickets still show."""
    shown = {
        (chat, message["message_id"], data)
        for chat in {old.chat for old in old_buttons(url)}
        for message in await desk.reads(chat)
        for data in _all_data(message)
    }
    carried = [old for old in old_buttons(url) if isinstance(parse(old.data), FORMER)]
    return [old for old in carried if (old.chat, old.message, old.data) in shown]


def _ticket(old: Old) -> int | None:
    button = parse(old.data)
    return button.ticket if isinstance(button, OfTicket) else None


def _all_data(message: dict[str, Any]) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def _data(message: dict[str, Any], label: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(button["callback_data"] for row in rows for button in row if button["text"] == label))


def _asker(tx: Connection, ticket: int) -> int:
    asks = select(schema.people.c.telegram_id).join(tickets, tickets.c.requester == schema.people.c.id)
    return int(tx.scalar(asks.where(tickets.c.id == ticket)) or 0)


def _acted(tx: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All effects a position could have had: runs begun, tickets handed over or changed, messages sent, fields and
    lessons stored."""
    kept: tuple[tuple[Table, Sequence[str]], ...] = (
        (runs, ("id", "scenario", "status", "seq")),
        (tickets, ("id", "team", "priority", "cause", "state", "assignee")),
        (schema.relays, ("id", "state")),
        (schema.people, ("id", "profile")),
        (schema.lessons, ("id", "state", "scenario")),
        (schema.learnt_phrases, ("id", "scenario")),
        (schema.prompts, ("id", "action", "value")),
        (schema.awaited, ("person", "what")),
        (schema.utterances, ("id", "chosen")),
    )
    found = {
        table.name: [
            tuple(row)
            for row in tx.execute(select(*(table.c[name] for name in names)).order_by(table.c[names[0]]))
        ]
        for table, names in kept
    }
    questions = [
        row for row in found["prompts"] if row[1] != MENU
    ]  # the present list in place of an old one is no effect
    return found | {"prompts": questions}
