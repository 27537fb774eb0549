"""The shape of a keyboard in the Bot API."""

from __future__ import annotations

import pytest

from bot.telegram.buttons import Claim
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button, link, markup, rows


def test_a_key_carries_a_typed_button_or_opens_a_place() -> None:
    keyboard = [
        [button("Взять", Claim(7), "success"), button("Шаг", "r|1|2|x")],
        [link("7 ↗", "https://t.me/c/1/2")],
    ]
    first = [
        {"text": "Взять", "callback_data": "t|claim|7", "style": "success"},
        {"text": "Шаг", "callback_data": "r|1|2|x"},
    ]
    shown = {"inline_keyboard": [first, [{"text": "7 ↗", "url": "https://t.me/c/1/2"}]]}
    assert markup(keyboard) == shown
    assert Drawing("Заявка", keyboard).markup == shown


def test_data_that_telegram_would_refuse_makes_no_key() -> None:
    assert button("Шаг", "r|" + "x" * 62).data
    with pytest.raises(ValueError, match="64 bytes"):
        button("Шаг", "r|" + "я" * 32)


def test_keys_are_laid_out_in_rows() -> None:
    keys = [button(str(number), Claim(number)) for number in range(5)]
    assert [len(row) for row in rows(keys, 2)] == [2, 2, 1]
    assert rows([], 3) == []


def test_a_card_that_looks_the_same_has_the_digest_that_earlier_versions_kept() -> None:
    """A digest of its own would edit every card of every chat at the first start of a version."""
    drawing = Drawing("Заявка 7", [[button("Взять", Claim(7), "success")]])
    assert drawing.digest == "d1fe868dab28ddb7"
