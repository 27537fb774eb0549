"""One failing chat is no outage."""

from __future__ import annotations

from bot.telegram.connectivity import Weather


def test_one_chat_that_fails_for_ever_is_its_own_problem() -> None:
    weather = Weather()
    pauses = [weather.failed("a") for _ in range(12)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 2.0
    assert pauses[-1] == 300.0
    assert not weather.is_outage


def test_two_chats_in_a_row_without_a_success_are_an_outage() -> None:
    weather = Weather()
    weather.failed("a")
    weather.failed("b")
    assert weather.is_outage


def test_a_success_in_between_says_that_telegram_is_there() -> None:
    weather = Weather()
    weather.failed("a")
    assert weather.succeeded("c") is False
    weather.failed("b")
    assert not weather.is_outage


def test_an_outage_is_probed_at_least_twice_a_minute_and_forgotten_when_it_ends() -> None:
    weather = Weather()
    assert max(weather.failed(f"chat {n}") for n in range(500)) == 30.0
    assert weather.succeeded("chat 1") is True
    assert weather.failed("chat 2") == 2.0
