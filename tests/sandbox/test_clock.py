"""One clock: speed, jumps, the follower, idleness."""

import asyncio

from tests.sandbox.conftest import ANNA, START, Client


async def follow(desk: Client, busy: bool = False, next_due: float | None = None) -> None:
    """Report as a bot that has seen the clock as it is now."""
    version = (await desk.look("clock"))["version"]
    await desk.sim("clock/follower", busy=busy, next_due=next_due, version=version)


async def test_the_clock_shows_where_it_stands(desk: Client) -> None:
    assert await desk.look("clock") == {
        "now": START,
        "iso": "2026-11-23T07:00:00Z",
        "speed": 0.0,
        "advanced": 0.0,
        "version": 1,
    }


async def test_messages_are_dated_by_the_clock(desk: Client) -> None:
    await desk.sim("clock/advance", to="2026-11-23T10:00:00+03:00")
    assert (await desk.sim("send", sender=ANNA, text="x"))["date"] == START
    await desk.sim("clock/advance", to=START + 90, timeout=0)
    assert (await desk.sim("send", sender=ANNA, text="x"))["date"] == START + 90


async def test_a_change_wakes_those_who_watch_the_version(desk: Client) -> None:
    watch = asyncio.create_task(desk.look("clock", version=1, timeout=20))
    await asyncio.sleep(0.02)
    await desk.sim("clock", speed=60)
    seen = await watch
    assert (seen["version"], seen["speed"]) == (2, 60.0)


async def test_watching_gives_up_after_its_timeout(desk: Client) -> None:
    assert (await desk.look("clock", version=1, timeout=0.01))["version"] == 1


async def test_the_beginning_is_set_before_anything_happens(world: Client) -> None:
    assert (await world.sim("clock", now="2026-01-12T07:00:00Z"))["iso"] == "2026-01-12T07:00:00Z"
    await world.sim("people", first_name="Анна", id=ANNA)
    await world.sim("send", sender=ANNA, text="x")
    assert (await world.sim_raw("clock", now=START))[0] == 409


async def test_without_a_follower_a_jump_goes_straight_to_its_end(desk: Client) -> None:
    answer = await desk.sim("clock/advance", seconds=3600)
    assert (answer["now"], answer["advanced"], answer["stops"], answer["idle"]) == (
        START + 3600,
        3600,
        1,
        True,
    )


async def test_a_jump_stops_wherever_the_follower_wants_to_wake(desk: Client) -> None:
    """A follower with alarms at +10 and +25 minutes: it must see the clock exactly there."""
    seen: list[float] = []
    alarms = [START + 600, START + 1500]

    async def follower() -> None:
        version = 1
        while True:
            clock = await desk.look("clock", version=version, timeout=20)
            version = clock["version"]
            seen.append(clock["now"])
            due = next((alarm for alarm in alarms if alarm > clock["now"]), None)
            await desk.sim("clock/follower", busy=False, next_due=due, version=version)

    await follow(desk, next_due=alarms[0])
    task = asyncio.create_task(follower())
    answer = await desk.sim("clock/advance", seconds=3600)
    task.cancel()
    assert seen == [*alarms, START + 3600]
    assert (answer["stops"], answer["idle"]) == (3, True)


async def test_a_follower_that_died_does_not_stop_time(desk: Client) -> None:
    await follow(desk, next_due=START + 60)
    answer = await desk.sim("clock/advance", seconds=3600, timeout=0.05)
    assert (answer["now"], answer["idle"]) == (START + 3600, False)


async def test_an_alarm_that_is_past_is_not_waited_for(desk: Client) -> None:
    await follow(desk, next_due=START - 5)
    answer = await desk.sim("clock/advance", seconds=60, timeout=0.05)
    assert answer["stops"] == 1


async def test_idle_means_nothing_unconfirmed_and_no_follower_at_work(desk: Client) -> None:
    assert (await desk.look("idle"))["idle"] is True
    await desk.sim("send", sender=ANNA, text="x")
    found = await desk.ok("getUpdates")
    assert (await desk.look("idle"))["updates"] == 1
    await desk.ok("getUpdates", offset=found[-1]["update_id"] + 1)
    assert (await desk.look("idle"))["idle"] is True
    await follow(desk, busy=True)
    assert (await desk.look("idle", timeout=0.01)) == {
        "idle": False,
        "updates": 0,
        "calls": 0,
        "follower": True,
    }
    waiting = asyncio.create_task(desk.look("idle", timeout=10))
    await asyncio.sleep(0.02)
    await follow(desk, busy=False)
    assert (await waiting)["idle"] is True
    await desk.sim("clock", speed=2)
    assert (await desk.look("idle"))["follower"] is True


async def test_a_poll_that_waits_is_no_work(desk: Client) -> None:
    poll = asyncio.create_task(desk.ok("getUpdates", timeout=30))
    await asyncio.sleep(0.02)
    assert (await desk.look("idle"))["idle"] is True
    poll.cancel()


async def test_speed_does_not_shorten_a_press(desk: Client) -> None:
    await desk.sim("clock", speed=100_000)
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    sent = await desk.ok("sendMessage", chat_id=ANNA, text="?", reply_markup=keyboard)
    press = await desk.sim("press", sender=ANNA, message_id=sent["message_id"], button="Да", timeout=0.05)
    assert (await desk.look("clock"))["now"] > START + 150
    assert await desk.ok("answerCallbackQuery", callback_query_id=press["query_id"])


async def test_a_reset_empties_the_world_and_update_ids_go_on(desk: Client) -> None:
    await desk.sim("send", sender=ANNA, text="x")
    (last,) = await desk.updates()
    version = (await desk.look("clock"))["version"]
    await desk.sim("clock/advance", seconds=60)
    await desk.sim("reset")
    state = await desk.look("state")
    assert (state["people"], state["chats"], state["clock"]["now"]) == ([], [], START)
    assert state["clock"]["version"] > version
    await desk.sim("people", first_name="Анна", id=ANNA)
    await desk.sim("send", sender=ANNA, text="y")
    assert (await desk.ok("getUpdates", offset=last["update_id"] + 1))[0]["update_id"] > last["update_id"]
