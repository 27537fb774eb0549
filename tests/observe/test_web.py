"""The endpoints answer from a thread: a loop that hangs is seen, and so is each part that stops (P9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from aiohttp import web as aio
from pydantic import SecretStr

from bot.app import operations_cli, vitals
from bot.app.backing_up import Backups
from bot.app.vitals import Vitals, knock
from bot.app.web import Endpoints, HealthServer
from bot.observe import health, metrics
from bot.observe.health import Readiness, Sign
from bot.observe.pulse import Pulse
from bot.settings import Settings
from bot.storage.db import Database, open_database
from bot.telegram import inbox, outbox
from tests.databases import copied_sqlite
from tests.units import as_unit, units

NOON = 1_795_953_600
WELL = Readiness(True, ("ok   all of it",))


class Hands:
    """Clocks that a test moves: the desk's and the machine's."""

    def __init__(self) -> None:
        self.at, self.real = NOON, 1000.0

    def now(self) -> int:
        return self.at

    def steady(self) -> float:
        return self.real


async def look() -> Readiness:
    return WELL


@pytest.fixture
async def endpoints() -> AsyncIterator[tuple[Endpoints, HealthServer]]:
    made = Endpoints(Pulse(), look)
    made.patience = 0.05
    server = HealthServer(made, "127.0.0.1", 0)
    yield made, server
    await server.close()


def get(port: int, path: str) -> tuple[int, str]:
    """Blocks the event loop of the test, as a hanging bot does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


async def test_a_loop_that_hangs_is_not_alive_and_not_ready_and_the_metrics_still_answer(
    endpoints: tuple[Endpoints, HealthServer],
) -> None:
    made, server = endpoints
    assert get(server.port, "/livez") == (200, "ok   event loop: 0 s of 5\n")
    made._pulse._last -= 6  # as if the loop had not turned for six seconds
    assert get(server.port, "/livez") == (503, "LATE event loop: 6 s of 5\n")
    status, said = get(server.port, "/readyz")
    assert (status, said[:16]) == (503, "LATE event loop:")
    status, said = get(server.port, "/metrics")
    assert status == 200
    assert "firstline_build_info" in said
    assert get(server.port, "/")[0] == 404


async def test_a_loop_that_turns_answers_with_the_signs() -> None:
    made = Endpoints(Pulse(), look)
    page = await asyncio_thread(made.page, "/readyz?deep=1")
    assert page == (200, "text/plain; charset=utf-8", b"ok   all of it\n")


async def asyncio_thread(call: Any, *arguments: object) -> Any:
    return await asyncio.to_thread(call, *arguments)


# ── every sign ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(copied_sqlite(tmp_path / "firstline.db"))
    yield opened
    await opened.close()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def house(db: Database, tmp_path: Path, hands: Hands) -> Vitals:
    """Parts whose loops have just done their work; there is no backup yet."""
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}")
    own: Any = units(db, hands.now)
    clock: Any = hands
    backups = Backups(Settings(_env_file=None, database_url=url), own, clock)
    beats = {"intake": hands.real, "sender": hands.real, "ringer": hands.real}
    limits = {"intake": health.INTAKE, "sender": health.SENDER, "ringer": health.RINGER}
    made = Vitals(
        own,
        clock,
        lambda: [Sign(name, hands.real - beats[name], limits[name]) for name in beats],
        lambda: [Sign("another reader", hands.other, health.CONTESTED)] if hasattr(hands, "other") else [],
        backups,
        tmp_path,
    )
    made._machine = hands  # type: ignore[assignment]
    made._began = hands.real
    made.expect("audit", 600)
    hands.beats = beats  # type: ignore[attr-defined]
    return made


async def late(house: Vitals) -> list[str]:
    verdict = await house.look(stopping=False)
    found = [line.split(":")[0].removeprefix("LATE ") for line in verdict.lines if line.startswith("LATE")]
    assert verdict.ok is not bool(found)
    return found


async def test_a_quiet_day_has_no_false_alarm(house: Vitals, hands: Hands, tmp_path: Path) -> None:
    """24 hours, a look every minute: loops beat, the auditor comes every ten minutes, a backup is made each day."""
    for minute in range(24 * 60):
        hands.at, hands.real = NOON + minute * 60, 1000.0 + minute * 60
        hands.beats.update(dict.fromkeys(hands.beats, hands.real))  # type: ignore[attr-defined]
        if minute % 10 == 0:
            house.cycled("audit")
        assert await late(house) == [], minute


@pytest.mark.parametrize("part", ["intake", "sender", "ringer"])
async def test_a_loop_that_stops_is_late_in_time(house: Vitals, hands: Hands, part: str) -> None:
    seconds = {"intake": 91, "sender": 6, "ringer": 31}[part]
    hands.real += seconds
    for name in hands.beats:  # type: ignore[attr-defined]
        if name != part:
            hands.beats[name] = hands.real  # type: ignore[attr-defined]
    assert await late(house) == [part]


async def test_a_job_that_does_not_come_back_is_late_after_three_of_its_intervals(
    house: Vitals, hands: Hands
) -> None:
    hands.real += 3 * 600 + vitals.SLACK + 1
    hands.beats.update(dict.fromkeys(hands.beats, hands.real))  # type: ignore[attr-defined]
    assert await late(house) == ["audit"]
    house.cycled("audit")
    assert await late(house) == []


async def test_rows_that_wait_too_long_are_late_by_what_they_are(
    house: Vitals, hands: Hands, db: Database
) -> None:
    await db.run(as_unit(inbox.store, NOON - 61), [{"update_id": 1, "message": {"chat": {"id": 1}}}])
    assert await late(house) == ["inbox"]
    await db.run(inbox.finish, 1)
    await db.run(as_unit(outbox.say, NOON - 121), "person:1", "alert", priority=outbox.ALARM)
    assert await late(house) == ["alerts"]
    await db.run(as_unit(outbox.say, NOON - 601), "person:2", "talk")
    assert await late(house) == ["alerts", "outbox"]
    assert metrics.REGISTRY.get_sample_value("firstline_outbox_oldest_age_seconds", {"priority": "5"}) == 601


async def test_a_message_that_may_not_go_yet_is_not_late(house: Vitals, db: Database) -> None:
    how = {"priority": outbox.ALARM, "not_before": NOON + 1}
    await db.run(as_unit(outbox.say, NOON - 9999), "person:1", "retry after", **how)
    assert await late(house) == []
    assert metrics.REGISTRY.get_sample_value("firstline_outbox_pending", {"priority": "0"}) == 1


async def test_a_full_disk_an_old_backup_and_another_reader_are_signs(
    house: Vitals, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(total=1000, free=49)
    monkeypatch.setattr(vitals.shutil, "disk_usage", lambda _: full)
    assert await late(house) == ["disk used"]
    full.free = 60
    hands.other = 31.0  # type: ignore[attr-defined]
    assert await late(house) == ["another reader"]
    hands.other = 0.0  # type: ignore[attr-defined]
    hands.real += 3 * 24 * 3600 + 1
    hands.beats.update(dict.fromkeys(hands.beats, hands.real))  # type: ignore[attr-defined]
    house.cycled("audit")
    assert await late(house) == ["backup"]


async def test_a_database_that_does_not_answer_is_late_and_nothing_else_is_claimed(
    house: Vitals, db: Database
) -> None:
    await db.run(lambda tx: tx.exec_driver_sql("DROP TABLE inbox").close())
    verdict = await house.look(stopping=False)
    assert verdict == Readiness(False, ("LATE database: OperationalError",))


# ── outside ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_address_outside_is_called_only_while_every_sign_is_good() -> None:
    called: list[str] = []

    async def heard(request: aio.Request) -> aio.Response:
        called.append(request.path)
        return aio.Response(text="OK")

    application = aio.Application()
    application.router.add_get("/{path:.*}", heard)
    runner = aio.AppRunner(application)
    await runner.setup()
    site = aio.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await knock(f"http://127.0.0.1:{port}/ping/secret", WELL)
    await knock(f"http://127.0.0.1:{port}/ping/secret", Readiness(False, ()))
    await runner.cleanup()
    await knock(f"http://127.0.0.1:{port}/ping/secret", WELL)  # its machine is away: not our failure
    assert called == ["/ping/secret"]


@pytest.mark.parametrize(("age", "code"), [(0, None), (6, 1)])
async def test_healthcheck_ends_by_what_it_hears(
    endpoints: tuple[Endpoints, HealthServer], monkeypatch: pytest.MonkeyPatch, age: int, code: int | None
) -> None:
    made, server = endpoints
    made._pulse._last -= age
    monkeypatch.setattr(
        operations_cli,
        "settings_or_exit",
        lambda: Settings(_env_file=None, health_host="0.0.0.0", health_port=server.port),
    )
    if code is None:
        await asyncio_thread(operations_cli.healthcheck)
        return
    with pytest.raises(typer.Exit):
        await asyncio_thread(operations_cli.healthcheck)


def test_healthcheck_of_a_bot_that_is_not_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, health_port=9, language="en")
    monkeypatch.setattr(operations_cli, "settings_or_exit", lambda: settings)
    with pytest.raises(typer.Exit):
        operations_cli.healthcheck()
    assert capsys.readouterr().err.startswith("The bot does not answer at http://127.0.0.1:9/livez: ")
