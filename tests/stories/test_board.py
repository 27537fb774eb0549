"""The live board among forty open tickets: an hour under Telegram's limits, its buttons pressed where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete

from bot.people import directory
from bot.sla.policy import Desk as Policy
from bot.storage.schema import facts
from bot.telegram.limits import Limit, Limits
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests.desk import (
    ANNA,
    BORIS,
    HELPDESK,
    IGOR,
    MARINA,
    OLEG,
    ROOT,
    SUPERVISORS,
    Desk,
    SandboxProcess,
    house,
    open_desk,
    said,
)
from tests.units import work

MINUTE, OPEN, EDITS = 60, 40, 4
BOARD = "Доска"


def open_tickets(tx: Connection, policy: Policy, now: int) -> None:
    for number in range(OPEN):
        person = directory.known(tx, (ANNA, BORIS)[number % 2])
        assert person is not None
        actions.open_ticket(work(tx, now, policy), person, Draft("printing", "helpdesk", f"Принтер {number}"))


def most_in_a_minute(calls: list[dict[str, Any]]) -> int:
    times = sorted(call["time"] for call in calls)
    return max((sum(start <= one < start + MINUTE for one in times) for start in times), default=0)


async def test_forty_open_tickets_and_two_boards_live_an_hour_within_telegrams_limits(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    no_limit = Limit(10_000, 1.0)
    limits = Limits(overall=no_limit, private=no_limit, burst=10_000)  # groups have Telegram's
    url = f"sqlite+aiosqlite:///{tmp_path / 'board.db'}"
    async with open_desk(sandbox.root, url, ROOT, limits) as desk:
        await desk.sim("flood", {"overall_per_second": 0, "private_per_second": 0})
        await desk.write(MARINA, "/board", chat=SUPERVISORS)
        await desk.write(OLEG, "/board", chat=HELPDESK)
        now = int((await desk.look("clock"))["now"])
        await desk.db.run(open_tickets, house().desk, now)
        for minute in range(60):
            await desk.fast_forward(MINUTE)
            if minute % 10 == 9:
                board = await desk.find(HELPDESK, BOARD)
                label = board["reply_markup"]["inline_keyboard"][0][0]["text"]
                await desk.press(OLEG, label, HELPDESK)
        await desk.fast_forward(MINUTE)
        calls = await desk.look("calls")
        assert not [call for call in calls if call["status"] == 429]
        for chat in (SUPERVISORS, HELPDESK):
            board = await desk.find(chat, BOARD)
            assert f"{OPEN} заявок в работе" in said(board)
            edits = [
                call
                for call in calls
                if call["method"] == "editMessageText"
                and (call["args"]["chat_id"], call["args"]["message_id"]) == (chat, board["message_id"])
            ]
            print(f"\n{chat}: {len(edits)} edits in an hour, at most {most_in_a_minute(edits)} in a minute")
            assert 0 < most_in_a_minute(edits) <= EDITS
        assert "Олег 6" in said(await desk.find(SUPERVISORS, BOARD))


async def test_a_board_says_how_late_a_ticket_is_while_nothing_else_happens(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.write(OLEG, "/board", chat=HELPDESK)
    await desk.fast_forward(61 * MINUTE)
    late = said(await desk.find(HELPDESK, BOARD))
    assert "Просрочен" in late
    await desk.fast_forward(20 * MINUTE)
    later = said(await desk.find(HELPDESK, BOARD))
    assert later != late
    assert len([one for one in await desk.reads(HELPDESK) if BOARD in said(one)]) == 1


async def test_a_ticket_that_another_team_has_not_taken_in_time_is_late_on_the_board(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.press(OLEG, "Взять", HELPDESK)
    topic = await desk.topic(HELPDESK, 1)
    await desk.write(OLEG, "/to network не наш принтер", chat=HELPDESK, thread=topic)
    await desk.write(MARINA, "/board", chat=SUPERVISORS)
    assert "Просрочен" not in said(await desk.find(SUPERVISORS, BOARD))
    await desk.fast_forward(20 * MINUTE)
    assert "Просрочен" in said(await desk.find(SUPERVISORS, BOARD)), (
        "the network promised to take it in 15 minutes"
    )


async def unmarked(desk: Desk) -> None:
    """The groups were bound by a version that knew no boards."""
    await desk.db.run(lambda tx: tx.execute(delete(facts).where(facts.c.key.like("placed board of %"))))


async def boards_in(desk: Desk, chat: int) -> list[dict[str, Any]]:
    return [one for one in await desk.reads(chat) if BOARD in said(one)]


async def test_groups_that_were_bound_before_have_their_boards_pinned_after_the_start(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'board.db'}"
    async with open_desk(sandbox.root, url, before=unmarked) as desk:
        pinned = [call["args"] for call in await desk.look("calls?method=pinChatMessage")]
        for chat in (SUPERVISORS, HELPDESK):
            [board] = await boards_in(desk, chat)
            assert board["message_id"] in [one["message_id"] for one in pinned if one["chat_id"] == chat]


async def test_binding_a_group_brings_its_board(desk: Desk) -> None:
    group = await desk.sim(
        "chats", {"type": "supergroup", "title": "Новая", "is_forum": True, "members": [IGOR]}
    )
    await desk.write(IGOR, "/bind network", chat=group["id"])
    assert await boards_in(desk, group["id"])


async def test_an_alert_that_is_over_goes_where_the_board_says_how_things_are(desk: Desk) -> None:
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.press(ANNA, "Передать инженеру")
    await desk.write(MARINA, "/board", chat=SUPERVISORS)
    await desk.fast_forward(61 * MINUTE)
    alert = said(await desk.find(SUPERVISORS, "не взята"))
    assert "прошло" not in alert, "what stands still is no time"
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(OLEG, "/done заменил картридж", chat=HELPDESK, thread=await desk.topic(HELPDESK, 1))
    await desk.settle()
    left = [said(one) for one in await desk.reads(SUPERVISORS)]
    assert not [text for text in left if "Шуршит" in text and BOARD not in text]
