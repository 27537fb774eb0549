"""APScheduler's jobs when the bot ends."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.timers.waking import Waking


async def test_a_clean_stop_in_the_middle_of_a_job_logs_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, asked = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def job() -> None:
        begun.set()
        await asked

    waking = Waking()
    waking.start()
    waking.once(0, job, "job")
    await begun.wait()
    waking.stop()
    asked.cancel()  # as the database does with what still waits for it
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []
