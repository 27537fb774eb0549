"""Calls the Bot API: JSON in, plain JSON out, every failure a typed error.

aiogram builds and parses a model for each call, which takes twice the processor time; delivery needs only message ids
and refusals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.errors import FirstlineError
from bot.observe.metrics import TELEGRAM_REQUESTS, TELEGRAM_RETRY_AFTER, TELEGRAM_SECONDS, TELEGRAM_SUCCESS

CALL_TIMEOUT = 30.0  # real seconds
LONGEST_WAIT = 86_400  # seconds


class TelegramError(FirstlineError):
    """Telegram did not do what it was asked."""


class Unreachable(TelegramError):
    """Telegram cannot be reached or has failed; the same call may succeed later."""


class Unintelligible(Unreachable):
    """Telegram answered what is no answer to this call; it may have been carried out."""


class Disowned(Unreachable):
    """Telegram does not know this token: it was revoked or mistyped. Messages wait for a valid one."""


class RetryAfter(TelegramError):
    """Telegram asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{RetryAfter.__doc__} {seconds} s")
        self.seconds = seconds


class Conflict(TelegramError):
    """Another process reads this bot's updates."""


class Refused(TelegramError):
    """Telegram refuses this call, and will refuse it again."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, Any]) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Api:
    """One bot at one Bot API server. The token is part of the URL, so errors must not show the URL (T23)."""

    def __init__(self, session: aiohttp.ClientSession, root: str, token: str) -> None:
        self.session, self._base = session, f"{root.rstrip('/')}/bot{token}/"
        self.root, self.token = root, token
        self._date: str | None = None  # of the last answer, as its header has it

    @property
    def telegram_time(self) -> int | None:
        """When Telegram sent its last answer, in UTC seconds by its own clock; None when the answer did not say so."""
        try:
            return int(parsedate_to_datetime(self._date).timestamp()) if self._date is not None else None
        except ValueError:
            return None

    async def call(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Path] | None = None,
        timeout_s: float = CALL_TIMEOUT,
    ) -> Any:
        """Call `method`; returns its `result`.

        `files` maps a parameter's name to a file to upload. Raises Unreachable, RetryAfter, Conflict or Refused.
        """
        body: dict[str, Any] = {"data": _form(params or {}, files)} if files else {"json": params or {}}
        try:
            timeout = aiohttp.ClientTimeout(total=timeout_s)
            with TELEGRAM_SECONDS.labels(method).time():
                async with self.session.post(self._base + method, timeout=timeout, **body) as response:
                    self._date = response.headers.get("Date")
                    answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError, RecursionError) as error:
            # ValueError: no JSON; RecursionError: nothing but brackets
            TELEGRAM_REQUESTS.labels(method, "unreachable").inc()
            raise Unreachable(f"{method}: {type(error).__name__}") from None
        return _result(method, answer)


def _result(method: str, answer: Any) -> Any:
    if isinstance(answer, dict) and answer.get("ok"):
        TELEGRAM_REQUESTS.labels(method, "ok").inc()
        TELEGRAM_SUCCESS.set_to_current_time()
        return answer.get("result")
    if not isinstance(answer, dict):
        raise Unreachable(f"{method}: not an answer")
    code, parameters = _number(answer.get("error_code")) or 500, _parameters(answer.get("parameters"))
    TELEGRAM_REQUESTS.labels(method, str(code)).inc()
    description = str(answer.get("description") or "")
    if code == 429:
        seconds = float(parameters.get("retry_after") or 1)
        TELEGRAM_RETRY_AFTER.inc(seconds)
        raise RetryAfter(seconds)
    if code == 409:
        raise Conflict(description)
    if code in (401, 404):
        raise Disowned(f"{method}: {description}")
    if code >= 500:
        raise Unreachable(f"{method}: {description}")
    raise Refused(code, description, parameters)


def _parameters(given: Any) -> dict[str, Any]:
    """ResponseParameters, numbers only; a wait is at most a day, because messages expire after a day."""
    found = given if isinstance(given, dict) else {}
    numbers = {name: _number(found.get(name)) for name in ("retry_after", "migrate_to_chat_id")}
    kept: dict[str, Any] = {name: number for name, number in numbers.items() if number is not None}
    if "retry_after" in kept:
        kept["retry_after"] = min(max(kept["retry_after"], 0), LONGEST_WAIT)
    return kept


def _number(given: Any) -> int | None:
    whole = isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**63
    return int(given) if whole else None


def _form(params: Mapping[str, Any], files: Mapping[str, Path]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in params.items():
        if value is not None:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, path in files.items():
        form.add_field(name, path.read_bytes(), filename=path.name)
    return form
