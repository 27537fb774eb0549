"""Moments and deadlines as people read them, and the clock that commands read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.clock import moment
from bot.texts import speak

ZONE = "Europe/Moscow"


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}:00+03:00").astimezone(UTC).timestamp())


@pytest.mark.parametrize(
    ("language", "instant", "words"),
    [
        ("ru", "2026-11-24 00:00", "сегодня до полуночи"),
        ("ru", "2026-11-25 00:00", "завтра до полуночи"),
        ("ru", "2026-11-24 00:01", "завтра до 00:01"),
        ("en", "2026-11-24 00:00", "by midnight today"),
        ("ru", "2026-11-28 00:00", "в пятницу до полуночи"),
        ("ru", "2027-01-12 15:00", "12 января до 15:00"),
        ("ru", "2027-11-24 15:00", "24 ноября 2027\u202fг. до 15:00"),
        ("en", "2027-11-24 15:00", "by 15:00 on November 24, 2027"),
    ],
)
def test_a_deadline_at_midnight_ends_its_day_and_a_far_one_has_its_year(
    language: str, instant: str, words: str
) -> None:
    said = speak.voice(language).until(at(instant), ZONE, at("2026-11-23 10:00"))
    assert said.replace("\xa0", "\u202f") == words


def test_a_moment_of_last_year_has_its_year_unless_it_is_near() -> None:
    voice, now = speak.voice("ru"), at("2027-01-05 10:00")
    assert "2026" not in voice.when(at("2026-12-20 10:00"), ZONE, now)
    assert "2026" in voice.when(at("2026-02-10 10:00"), ZONE, now)


class Sandbox(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert self.path == "/sim/clock"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"now": 1795420800.5, "speed": 0}')

    def log_message(self, *_: object) -> None:
        """Writes nothing."""


@pytest.fixture
def clock_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Sandbox)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_command_reads_the_clock_that_the_bot_follows(clock_url: str) -> None:
    assert moment(clock_url) == moment(f"{clock_url}/sim/clock") == 1795420800
