"""Faults strike as planned, flood limits hold, calls are recorded."""

import time

import aiohttp
import pytest

from sandbox.core.refusals import REFUSALS, spell
from tests.sandbox.conftest import ANNA, BORIS, FORUM, Client


@pytest.mark.parametrize("name", ["restart", "topic_deleted", "topic_closed", "blocked", "kicked_supergroup"])
async def test_a_named_refusal_can_be_planned(desk: Client, name: str) -> None:
    await desk.sim("faults", kind="error", refusal=name, method="sendMessage")
    assert await desk.ok("getMe")
    answer = await desk.call("sendMessage", chat_id=ANNA, text="x")
    assert answer["description"] == spell(REFUSALS[name].code, REFUSALS[name].words)
    assert await desk.ok("sendMessage", chat_id=ANNA, text="x")


async def test_a_fault_strikes_one_chat_as_often_as_asked(desk: Client) -> None:
    await desk.sim("faults", kind="error", error_code=502, description="Bad Gateway", chat=ANNA, count=2)
    assert await desk.ok("sendMessage", chat_id=BORIS, text="x")
    for _ in range(2):
        assert (await desk.call("sendMessage", chat_id=ANNA, text="x"))["error_code"] == 502
    assert await desk.ok("sendMessage", chat_id=ANNA, text="x")


@pytest.mark.parametrize(("kind", "arrived"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_call_may_or_may_not_have_had_its_effect(
    desk: Client, kind: str, arrived: int
) -> None:
    await desk.sim("faults", kind=kind, method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await desk.call("sendMessage", chat_id=ANNA, text="x")
    assert len(await desk.look(f"chats/{ANNA}/messages")) == arrived


async def test_a_delay_delays_in_real_seconds(desk: Client) -> None:
    await desk.sim("faults", kind="delay", seconds=0.1)
    before = time.monotonic()
    await desk.ok("getMe")
    assert time.monotonic() - before >= 0.1


async def test_a_duplicated_update_comes_again_after_it_was_confirmed(desk: Client) -> None:
    await desk.sim("faults", kind="duplicate_update", update="message")
    await desk.sim("send", sender=ANNA, text="раз")
    await desk.sim("send", sender=ANNA, text="два")
    first = await desk.ok("getUpdates")
    assert (await desk.look("idle", timeout=0))["idle"] is False
    again = await desk.ok("getUpdates", offset=first[-1]["update_id"] + 1)
    assert again == first[:1]
    assert await desk.ok("getUpdates", offset=first[-1]["update_id"] + 2) == []
    assert (await desk.look("idle", timeout=0))["idle"] is True


async def test_faults_are_shown_and_cleared(desk: Client) -> None:
    await desk.sim("faults", kind="error", method="sendMessage", count=3)
    assert [(one["kind"], one["count"]) for one in await desk.look("faults")] == [("error", 3)]
    async with desk.http.delete(f"{desk.root}/sim/faults") as answer:
        assert answer.status == 200
    assert await desk.look("faults") == []


async def test_a_group_takes_twenty_messages_and_edits_a_minute(desk: Client) -> None:
    await desk.sim("flood", group_per_minute=20)
    for number in range(19):
        await desk.ok("sendMessage", chat_id=FORUM, text=str(number))
    await desk.ok("editMessageText", chat_id=FORUM, message_id=2, text="правка")
    answer = await desk.call("sendMessage", chat_id=FORUM, text="x")
    assert (answer["error_code"], answer["parameters"]["retry_after"] > 50) == (429, True)
    assert (await desk.call("editMessageText", chat_id=FORUM, message_id=3, text="y"))["error_code"] == 429
    await desk.sim("clock/advance", seconds=60)
    assert await desk.ok("sendMessage", chat_id=FORUM, text="x")


async def test_a_private_chat_takes_a_short_burst_and_then_one_a_second(desk: Client) -> None:
    await desk.sim("flood", private_per_second=1, private_burst=3)
    answers = [await desk.call("sendMessage", chat_id=ANNA, text="x") for _ in range(4)]
    assert [one["ok"] for one in answers] == [True, True, True, False]
    assert answers[3]["parameters"]["retry_after"] == 1
    assert await desk.ok("sendMessage", chat_id=BORIS, text="x")
    await desk.sim("clock/advance", seconds=1)
    assert await desk.ok("sendMessage", chat_id=ANNA, text="x")


async def test_all_chats_together_take_so_many_a_second(desk: Client) -> None:
    await desk.sim("flood", overall_per_second=2)
    answers = [await desk.call("sendMessage", chat_id=who, text="x") for who in (ANNA, BORIS, ANNA)]
    assert [one["ok"] for one in answers] == [True, True, False]


async def test_a_refused_call_costs_nothing(desk: Client) -> None:
    await desk.sim("flood", group_per_minute=1)
    assert (await desk.call("sendMessage", chat_id=FORUM, text=""))["error_code"] == 400
    assert await desk.ok("sendMessage", chat_id=FORUM, text="x")


async def test_every_call_is_recorded_with_its_answer(desk: Client) -> None:
    before = (await desk.look("state"))["calls"]
    await desk.ok("sendMessage", chat_id=ANNA, text="x")
    await desk.refused("sendMessage", chat_id=ANNA, text="")
    await desk.refused("sendPoll")
    good, bad, unknown = await desk.look("calls", after=before)
    assert (good["method"], good["args"], good["answer"]["result"]["text"]) == (
        "sendMessage",
        {"chat_id": ANNA, "text": "x"},
        "x",
    )
    assert (bad["status"], bad["answer"]["ok"]) == (400, False)
    assert (unknown["method"], unknown["status"]) == ("sendPoll", 501)
    assert len(await desk.look("calls", after=before, method="sendmessage", limit=1)) == 1
