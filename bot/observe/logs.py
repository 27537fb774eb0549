"""Logs: one line per event, to standard output, text or JSON, with secrets redacted.

Redaction works on the finished line, whether it comes from our code, a library or a traceback (T23).
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Literal

import structlog

BLOT = "[secret]"
TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")  # the form of every bot's token, also inside a URL
PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")  # the password inside a URL
# pydantic's errors quote the invalid value: part of an update, which people wrote.
SHOWN = re.compile(r"(input_value=).*?(, input_type=)", re.DOTALL)
# Libraries that log too much: requests with tokens, statements with people's words.
HUSHED = (
    "aiogram",
    "aiohttp.access",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncpg",
    "sqlalchemy",
    "matplotlib",
)


class Redacting(logging.Formatter):
    """Another formatter's line without secrets."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        # JSON escapes some characters; a secret is found in both spellings.
        spellings = {form for secret in secrets if secret for form in (secret, json.dumps(secret)[1:-1])}
        self._secrets = sorted(spellings, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(self._inner.format(record), self._secrets)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """`text` without these secrets, tokens, passwords in URLs and quoted invalid values."""
    for secret in secrets:
        text = text.replace(secret, BLOT)
    text = PASSWORD.sub(rf"\1{BLOT}@", TOKEN.sub(BLOT, text))
    return SHOWN.sub(rf"\1{BLOT}\2", text)


def begin(level: str, form: Literal["json", "text"], secrets: Iterable[str]) -> None:
    """Set up logging for the whole process; `secrets` are redacted in every line."""
    before: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    inner = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_drawn(form)],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Redacting(inner, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in HUSHED:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A job that is still running skips its next run on purpose; the scheduler warns of each one.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.captureWarnings(True)
    sys.excepthook = _unhandled


def _drawn(form: str) -> list[structlog.types.Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    # The coloured traceback prints local variables, which have people's words.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain)]


def _unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an uncaught traceback: the interpreter would print it with its secrets."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger("firstline").critical("unhandled", exc_info=(kind, error, trace))
