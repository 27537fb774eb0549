"""The language of a terminal: the first variable that says something decides."""

from __future__ import annotations

import pytest

from bot.texts.terminal import terminal_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LC_ALL": "", "LC_MESSAGES": "en-GB", "LANG": "ru_RU"}, "en"),
        ({"LANG": "C.UTF-8"}, "xx"),
        ({"LANG": "de_DE.UTF-8"}, "xx"),
        ({}, "xx"),
    ],
)
def test_a_locale_we_speak_is_followed_and_another_one_is_not(
    environment: dict[str, str], language: str
) -> None:
    assert terminal_language("xx", environment) == language
