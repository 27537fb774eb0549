"""All presses, commands and messages are tried over HTTP by people without the right to them: nothing happens (P16).

The permissions are tested cell by cell in tests/people/test_access.py, tests/tickets/test_presses.py and tests/doors;
here with Telegram's side included.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from bot.storage.schema import history, people, relays, tickets
from bot.telegram.buttons import (
    AddComment,
    Button,
    CloseMenu,
    HandTo,
    HowToWrite,
    RateTicket,
    ReopenTicket,
    SendReply,
    SetCause,
    SetPriority,
    ShowSimilar,
    ShowTicket,
    ShowWhy,
)
from bot.telegram.desk.buttons import SayLevelOne
from bot.telegram.former_buttons import FormerCause
from tests.desk import ANNA, BORIS, HELPDESK, IGOR, NINA, OLEG, STRANGER, SUPERVISORS, SVETA, Desk, said
from tests.pressing import CONSENT, OWN, TEAMS
from tests.stories.test_desk_conversation import a_claimed_ticket

ANONYMOUS = 1087968824
NAMES = {HandTo: "network", SetPriority: "P1", SendReply: "look", SetCause: "broken"}
OURS = (*TEAMS, *CONSENT)
THEIRS = OWN
COMMANDS = (
    *(
        "/done готово",
        "/to network порт",
        "/back не наше",
        "/prio P1 срочно",
        "/snooze +3",
        "/merge 2",
        "/link 2",
    ),
    *("/r 1", "/article printer", "/similar", "/assign @oleg", "/recall", "/off", "/bind network"),
)


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # tests/tickets tries both


async def test_buttons_forged_by_those_whom_they_do_not_concern_do_nothing(desk: Desk) -> None:
    card = await a_ticket_to_guard(desk)
    crowd = (BORIS, NINA, IGOR, STRANGER, ANONYMOUS)
    tries = [(who, HELPDESK, card, data) for who, data in product(crowd, buttons_of(OURS))]
    tries += [(who, who, 1, data) for who, data in product((BORIS, OLEG, IGOR), buttons_of(THEIRS))]
    await nothing_comes_of(desk, tries)


@pytest.mark.parametrize("seen", [True, False])
async def test_buttons_carried_elsewhere_do_nothing_for_those_who_may(desk: Desk, seen: bool) -> None:
    card = await a_ticket_to_guard(desk)
    group = {"type": "group", "title": "Курилка", "members": [OLEG, SVETA, ANNA], "admins": [OLEG]}
    elsewhere = (await desk.sim("chats", group))["id"]
    tries = [(who, elsewhere, card, data) for who, data in product((OLEG, SVETA), buttons_of(OURS))]
    tries += [(OLEG, OLEG, 1, data) for data in buttons_of(OURS)]
    tries += [(ANNA, elsewhere, 1, data) for data in buttons_of(THEIRS)]
    await nothing_comes_of(desk, tries, inaccessible=not seen)


async def test_buttons_of_a_ticket_that_has_ended_do_nothing_however_often_they_are_pressed(
    desk: Desk,
) -> None:
    card = await a_ticket_to_guard(desk)
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(ANNA, "Да, спасибо")
    await desk.fast_forward(40 * 24 * 3600)
    # Read-only buttons, and what everyone is asked after the end: stars, the cause.
    reading = {ShowWhy, ShowSimilar, CloseMenu, RateTicket, AddComment, ReopenTicket, ShowTicket, HowToWrite}
    reading |= {SetCause, SayLevelOne, FormerCause}
    tries = [(OLEG, HELPDESK, card, data) for data in buttons_of(set(OURS) - reading)]
    tries += [(ANNA, ANNA, 1, data) for data in buttons_of(set(THEIRS) - reading)]
    await nothing_comes_of(desk, tries * 2, answered_with_words=False)


async def test_whoever_has_left_the_company_presses_types_and_writes_in_vain(desk: Desk) -> None:
    card = await a_ticket_to_guard(desk)
    await desk.db.run(_leave, (OLEG, SVETA, ANNA))
    tries = [(who, HELPDESK, card, data) for who, data in product((OLEG, SVETA), buttons_of(OURS))]
    tries += [(ANNA, ANNA, 1, data) for data in buttons_of(THEIRS)]
    await nothing_comes_of(desk, tries)
    await nothing_is_said(desk, {"from": OLEG}, (*COMMANDS, "Иду к вам"))


async def test_whoever_hides_behind_the_group_or_a_channel_commands_nothing(desk: Desk) -> None:
    await a_ticket_to_guard(desk)
    channel = await desk.sim(
        "chats", {"type": "channel", "title": "Канал", "members": [OLEG], "admins": [OLEG]}
    )
    for disguise in ({"anonymous": True}, {"sender_chat": channel["id"]}):
        await nothing_is_said(desk, {"from": OLEG} | disguise, (*COMMANDS, "Иду к вам"))
    assert await desk.find(HELPDESK, "нонимн")


@pytest.mark.parametrize("who", [BORIS, NINA, IGOR])
async def test_commands_and_answers_of_others_are_refused_aloud(desk: Desk, who: int) -> None:
    await a_ticket_to_guard(desk)
    commands = set(COMMANDS) - ({"/off"} if who == NINA else {"/bind network"} if who == IGOR else set())
    await nothing_is_said(desk, {"from": who}, (*sorted(commands), "Иду к вам"))


async def a_ticket_to_guard(desk: Desk) -> int:
    """Anna's ticket 1, assigned to Oleg; everyone is in the team's chat. Returns the message of its card."""
    await a_claimed_ticket(desk)
    await desk.sim("people", {"id": ANONYMOUS, "first_name": "Group", "started": True})
    for who in (BORIS, IGOR, STRANGER, ANONYMOUS, ANNA):
        await desk.sim("join", {"chat": HELPDESK, "from": who})
    await desk.sim("flood", {"group_per_minute": 0, "private_per_second": 0, "overall_per_second": 0})
    return int((await desk.find(HELPDESK, "1 ·"))["message_id"])


def buttons_of(kinds: Iterable[type[Button]]) -> list[str]:
    """Of ticket 1: with nothing more, with a number, with a name in use."""
    numbered = {f"{kind.sign}|{numbers}" for kind in kinds for numbers in ("1", "1|0", "1|1")}
    named = {f"{kind.sign}|1|{NAMES[kind]}" for kind in kinds if kind in NAMES}
    return sorted(numbered | named)


async def nothing_comes_of(
    desk: Desk,
    tries: list[tuple[int, int, int, str]],
    *,
    inaccessible: bool = False,
    answered_with_words: bool = True,
) -> None:
    """Each press is answered; no ticket, history or conversation changes."""
    before = await the_world(desk)
    bodies = [
        {"from": who, "chat": chat, "message_id": message, "data": data, "inaccessible": inaccessible}
        for who, chat, message, data in tries
    ]
    for start in range(0, len(bodies), 40):
        batch = bodies[start : start + 40]
        answers = await asyncio.gather(*(desk.sim("press", body) for body in batch))
        for body, answer in zip(batch, answers, strict=True):
            assert answer["answered"], body
            assert answer["text"] or not answered_with_words, body
    await desk.settle()
    assert await the_world(desk) == before


async def nothing_is_said(desk: Desk, who: dict[str, Any], words: Iterable[str]) -> None:
    """Written in the topic as a reply to the card, which would reach Anna if allowed."""
    card, topic = await desk.find(HELPDESK, "1 ·"), await desk.topic(HELPDESK, 1)
    before, place = await the_world(desk), {"chat": HELPDESK, "thread": topic}
    for text in words:
        await desk.sim("send", who | place | {"text": text, "reply_to": card["message_id"]})
    await desk.fast_forward(120)
    assert await the_world(desk) == before


async def the_world(desk: Desk) -> Any:
    heard = [said(one) for one in await desk.reads(ANNA)]
    return (await desk.db.read(_tickets), len(heard), await desk.look(f"chats/{SUPERVISORS}/messages"))


def _tickets(tx: Connection) -> Any:
    done = select(func.count()).select_from(history).where(history.c.actor.startswith("person:"))
    rows = select(tickets.c.state, tickets.c.assignee, tickets.c.team, tickets.c.priority, tickets.c.watcher)
    return (
        [tuple(row) for row in tx.execute(rows)],
        tx.scalar(done),
        tx.scalar(select(func.count(relays.c.id))),
    )


def _leave(tx: Connection, whom: tuple[int, ...]) -> None:
    tx.execute(update(people).where(people.c.telegram_id.in_(whom)).values(active=0))
