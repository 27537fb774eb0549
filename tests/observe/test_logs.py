"""Logs contain events and no secrets (P15)."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import warnings

import pytest
import structlog
from aiogram.types import Update
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.observe import logs
from bot.storage.db import open_database

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PASSWORD = 'pass"word é'
CANARY = "hunter2"  # a traceback shows the lines of this file, so the word itself is only here
DATABASE = f"postgresql+asyncpg://firstline:{CANARY}@db/firstline"


@pytest.fixture(autouse=True)
def logging_as_before():
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    logging.captureWarnings(False)  # set up once for the session; each test sets it up again
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_path_into_the_log_lets_a_secret_through(form, capsys) -> None:
    logs.begin("DEBUG", form, [TOKEN, PASSWORD])
    secret = f"https://api.telegram.org/bot{TOKEN}/getMe {PASSWORD} {DATABASE}"
    log = structlog.get_logger()
    log.info("told", where=secret, deep={"list": [secret]})
    log.warning("formatted %s", secret)
    logging.getLogger("somebody").error("their words %s", secret)
    warnings.warn(secret, stacklevel=1)
    for complain in (log.exception, logging.getLogger("somebody").exception):
        try:
            raise ValueError(secret)
        except ValueError:
            complain("failed")
    sys.excepthook(*_caught(secret))
    out = capsys.readouterr().out
    assert out.count("api.telegram.org") >= 8
    for canary in (TOKEN, TOKEN[10:], PASSWORD, json.dumps(PASSWORD)[1:-1], CANARY):
        assert canary not in out


def _caught(words: str):
    try:
        raise RuntimeError(words)
    except RuntimeError:
        return sys.exc_info()


def test_a_token_we_were_never_told_of_is_blotted_out_by_its_form() -> None:
    assert logs.redacted(f"/bot{TOKEN}/getMe", []) == f"/bot{logs.BLOT}/getMe"


def test_local_variables_never_reach_a_traceback(capsys) -> None:
    logs.begin("INFO", "text", [])
    words = "printer is on fire"

    def fails(said: str) -> None:
        raise ValueError

    try:
        fails(words)
    except ValueError:
        structlog.get_logger().exception("failed")
    out = capsys.readouterr().out
    assert "ValueError" in out
    assert "on fire" not in out


def test_an_update_that_does_not_fit_is_not_shown(capsys) -> None:
    logs.begin("INFO", "json", [])
    try:
        Update.model_validate({"update_id": f"my password is {CANARY}"})
    except ValidationError:
        structlog.get_logger().exception("update.failed")
    out = capsys.readouterr().out
    assert "update_id" in out
    assert CANARY not in out


def test_a_statement_that_failed_is_shown_without_what_was_in_it(capsys, tmp_path) -> None:
    logs.begin("INFO", "text", [])

    async def fail() -> None:
        db = open_database(f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}")
        for attempt in (db.run, db.read):
            with pytest.raises(DBAPIError) as caught:
                await attempt(lambda tx: tx.execute(text("SELECT :word FROM nowhere"), {"word": CANARY}))
            logging.getLogger("somebody").error("failed", exc_info=caught.value)
        await db.close()

    asyncio.run(fail())
    out = capsys.readouterr().out
    assert out.count("FROM nowhere") >= 2
    assert CANARY not in out


def test_a_json_line_is_one_object_with_its_time_in_utc(capsys) -> None:
    logs.begin("INFO", "json", [])
    structlog.get_logger().info("ticket.opened", ticket=17)
    line = json.loads(capsys.readouterr().out)
    assert line["event"] == "ticket.opened"
    assert (line["ticket"], line["level"]) == (17, "info")
    assert line["timestamp"].endswith("Z")


def test_libraries_do_not_tell_statements_and_requests(capsys) -> None:
    logs.begin("DEBUG", "text", [])
    logging.getLogger("sqlalchemy.engine").info("INSERT INTO relays VALUES ('my password is')")
    logging.getLogger("aiohttp.access").info("POST /bot1:x/sendMessage")
    assert capsys.readouterr().out == ""


@pytest.mark.processes
def test_a_process_that_dies_of_an_error_does_not_print_its_token() -> None:
    program = (
        f"from bot.observe import logs; logs.begin('INFO', 'text', []); raise RuntimeError('bot{TOKEN}')"
    )
    died = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert died.returncode == 1
    assert "RuntimeError" in died.stdout
    assert TOKEN not in died.stdout + died.stderr


def test_a_turn_that_a_job_skips_because_it_is_still_at_work_is_not_logged(capsys) -> None:
    logs.begin("INFO", "text", ())
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances reached")
    logging.getLogger("apscheduler.executors.default").error("raised an exception")
    printed = capsys.readouterr().out
    assert "raised an exception" in printed
    assert "running instances" not in printed
