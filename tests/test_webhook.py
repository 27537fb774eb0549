"""Updates that Telegram brings: only with the secret, stored before they are confirmed, watched, and none lost by a switch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.app import webhook
from bot.app.webhook import BadWebhook, Reception
from bot.settings import Settings
from bot.storage.db import Database, open_database
from bot.storage.schema import inbox, outbox
from bot.telegram.api import Refused, Unreachable
from tests.databases import copied_sqlite
from tests.units import units

SECRET = "s" * 40
PATH = "/9f2c-long-random-path"
URL = f"https://desk.example.org{PATH}"
GOOD = {"update_id": 5, "message": {"chat": {"id": 7}, "text": "слова"}}
NOON = 1_795_953_600


class Telegram:
    """Answers getWebhookInfo with `info`; remembers what else it was asked for."""

    def __init__(self) -> None:
        self.info: dict[str, Any] = {"url": "", "pending_update_count": 0}
        self.set: list[dict[str, Any]] = []
        self.refusal: Exception | None = None

    async def call(self, method: str, params: dict[str, Any] | None = None) -> Any:
        if method == "getWebhookInfo":
            return self.info
        assert method == "setWebhook"
        if self.refusal is not None:
            raise self.refusal
        assert params is not None
        self.set.append(params)
        self.info = {"url": params["url"], "pending_update_count": 0}
        return True


class Still:
    """A clock that a test moves."""

    at = 0.0

    def now(self) -> int:
        return NOON + int(self.at)

    def steady(self) -> float:
        return self.at

    def on_change(self, _call: object) -> None: ...


def settings(**more: Any) -> Settings:
    how = {"webhook_url": SecretStr(URL), "webhook_secret": SecretStr(SECRET)} | more
    return Settings(_env_file=None, **how)


@pytest.fixture
async def db(tmp_path) -> AsyncIterator[Database]:
    opened = open_database(copied_sqlite(tmp_path / "firstline.db"))
    yield opened
    await opened.close()


class House:
    """A reception with what it is connected to."""

    def __init__(self, db: Database) -> None:
        self.telegram, self.clock, self.db = Telegram(), Still(), db
        self.offered: list[int] = []
        self.away: Exception | None = None
        parts: Any = (units(db, self.clock.now), self.telegram, self.clock, self._offer, self._before_confirm)
        self.reception = Reception(settings(), *parts)

    def _offer(self, updates: Any) -> None:
        self.offered += [stored.update_id for stored in updates]

    async def _before_confirm(self) -> None:
        if self.away is not None:
            raise self.away

    async def kept(self) -> list[int]:
        return await self.db.read(lambda tx: list(tx.scalars(select(inbox.c.update_id))))


@pytest.fixture
def house(db: Database) -> House:
    return House(db)


@pytest.fixture
async def client(house: House) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(house.reception.application())) as opened:
        yield opened


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {webhook.HEADER: ""},
        {webhook.HEADER: "x" * 40},
        {webhook.HEADER: SECRET[:-1]},
        {webhook.HEADER: "секрет"},
    ],
    ids=["none", "empty", "wrong", "shorter", "not ascii"],
)
async def test_without_the_secret_nothing_is_read_and_nothing_stored(
    house: House, client: TestClient[Any, Any], headers: dict[str, str]
) -> None:
    raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert (await client.post(PATH, json=GOOD, headers=raw)).status == 401
    assert await house.kept() == []


async def test_an_update_with_the_secret_is_stored_then_confirmed_and_once(
    house: House, client: TestClient[Any, Any]
) -> None:
    for _ in range(2):
        assert (await client.post(PATH, json=GOOD, headers={webhook.HEADER: SECRET})).status == 200
    assert await house.kept() == [5]
    assert house.offered == [5]


async def test_another_path_and_another_method_find_nothing(client: TestClient[Any, Any]) -> None:
    assert (await client.post("/", json=GOOD, headers={webhook.HEADER: SECRET})).status == 404
    assert (await client.get(PATH, headers={webhook.HEADER: SECRET})).status == 405


async def test_a_body_of_more_than_a_megabyte_is_refused(house: House, client: TestClient[Any, Any]) -> None:
    body = b'{"update_id": 5, "x": "' + b"x" * webhook.LARGEST + b'"}'
    assert (await client.post(PATH, data=body, headers={webhook.HEADER: SECRET})).status == 413
    assert await house.kept() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"update_id": "x"}', b"[" * 100_000, b'{"update_id": 1e400}']
)
async def test_what_is_no_update_is_confirmed_because_it_would_be_brought_for_ever(
    house: House, client: TestClient[Any, Any], body: bytes
) -> None:
    assert (await client.post(PATH, data=body, headers={webhook.HEADER: SECRET})).status == 200
    assert await house.kept() == []


async def test_what_cannot_be_stored_is_not_confirmed(
    house: House, client: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OperationalError("x", None, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(house.reception._units, "run", away)
        assert (await client.post(PATH, json=GOOD, headers={webhook.HEADER: SECRET})).status == 503
    house.away = Unreachable("the clock")
    assert (await client.post(PATH, json=GOOD, headers={webhook.HEADER: SECRET})).status == 503
    assert house.offered == []


# ── what Telegram says of it ─────────────────────────────────────────────────────────────────────────────


async def test_the_webhook_is_set_with_the_secret_and_drops_nothing(house: House) -> None:
    await house.reception._look()
    await house.reception._look()
    (asked,) = house.telegram.set
    assert (asked["url"], asked["secret_token"], asked["drop_pending_updates"]) == (URL, SECRET, False)
    assert house.reception.caught_up.is_set()


async def test_a_webhook_that_another_process_took_is_taken_back_and_seen(house: House) -> None:
    await house.reception._look()
    house.telegram.info = {"url": "https://other.example.org/", "pending_update_count": 1}
    await house.reception._look()
    house.clock.at = 61.0
    house.telegram.info = {"url": "https://other.example.org/", "pending_update_count": 1}
    await house.reception._look()
    assert len(house.telegram.set) == 3
    assert house.reception.contested_for == 61.0
    await house.reception._look()
    assert house.reception.contested_for == 0.0


async def test_updates_that_telegram_cannot_bring_are_reported_once_an_hour(
    house: House, db: Database
) -> None:
    house.telegram.info = {
        "url": URL,
        "pending_update_count": 3,
        "last_error_date": NOON - 5,
        "last_error_message": "Connection refused",
    }
    for _ in range(2):
        await house.reception._look()
    (said,) = await db.read(lambda tx: list(tx.scalars(select(outbox.c.params))))
    assert said["facts"] == {"waiting": 3, "reason": "Connection refused"}


async def test_an_address_that_telegram_refuses_ends_with_a_sentence(
    house: House, unused_tcp_port: int
) -> None:
    house.telegram.refusal = Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided", {})
    house.reception._place = ("127.0.0.1", unused_tcp_port)
    with pytest.raises(BadWebhook, match="HTTPS URL"):
        await house.reception.run()


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (None, "E841"),
        ("short", "E840"),
        ("x" * 31, "E840"),
        ("x" * 257, "E840"),
        ("ы" * 40, "E840"),
        ("x y" * 20, "E840"),
    ],
)
def test_a_webhook_without_a_good_secret_does_not_start(secret: str | None, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(webhook_secret=None if secret is None else SecretStr(secret))
    assert [error["type"] for error in refused.value.errors()] == [code]


def test_url_and_secret_are_secrets_of_the_log() -> None:
    assert {URL, SECRET} <= set(settings().secrets)
