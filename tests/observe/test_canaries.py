"""The whole product at DEBUG, made to fail in many ways: no text of a person and no secret is in its log (P15)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bot.observe import logs
from tests.desk import ANNA, HELPDESK, OLEG, STRANGER, TOKEN, Desk

WORDS = "kanareika-7731"
PHONE = "+7 900 123-45-67"
MAIL = "anna.kanareika@example.org"
CANARIES = (WORDS, PHONE, MAIL, TOKEN, TOKEN.partition(":")[2])


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)


@pytest.mark.usefixtures("logging_as_before")
async def test_whatever_fails_nothing_private_is_logged(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"{WORDS} {PHONE} {MAIL}"
    logs.begin("DEBUG", "json", [TOKEN])
    logging.getLogger("somebody").warning("the log is captured %s", TOKEN)
    await desk.write(STRANGER, words)
    await desk.write(ANNA, words)
    for fault in (
        {"kind": "error", "refusal": "blocked", "chat": ANNA},
        {"kind": "error", "error_code": 400, "description": "Bad Request: not today", "chat": ANNA},
        {"kind": "error", "error_code": 502, "description": "Bad Gateway"},
        {"kind": "drop_before", "method": "sendMessage"},
        {"kind": "drop_after", "method": "sendMessage"},
        {"kind": "retry_after", "seconds": 1, "method": "sendMessage"},
    ):
        await desk.sim("faults", fault)
        await desk.write(ANNA, f"/start {words}")
    await desk.sim("faults", method="DELETE")
    await desk.forge(ANNA, ANNA, 1, words[:60])
    await desk.write(OLEG, f"/bind {words}", chat=HELPDESK)
    await desk.db.run(lambda tx: tx.execute(text("DROP TABLE utterances")))
    await desk.write(ANNA, words)

    written = capsys.readouterr().out
    assert "the log is captured" in written
    for event in ("telegram.refused", "telegram.unreachable", "telegram.retry_after", "update.failed"):
        assert event in written, event
    assert not [canary for canary in CANARIES if canary in written]
