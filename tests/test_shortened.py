"""Titles are cut after a word, and say that they are cut."""

from __future__ import annotations

import pytest

from bot.texts.speak import shortened


@pytest.mark.parametrize(
    ("words", "most", "cut"),
    [
        ("Принтер молчит", 20, "Принтер молчит"),
        ("Принтер на третьем этаже молчит", 20, "Принтер на третьем…"),
        ("Принтер на третьем, этаж молчит", 20, "Принтер на третьем…"),
        ("Принтер\nмолчит", 20, "Принтер молчит"),
        ("ДостопримечательностьБезПробелов", 10, "Достоприм…"),
        ("аб вгдежзийклмнопр", 10, "аб вгдежз…"),
        ("раз два три", 8, "раз два…"),
        ("", 5, ""),
    ],
)
def test_a_title_is_not_cut_in_the_middle_of_a_word_without_a_sign(words: str, most: int, cut: str) -> None:
    assert shortened(words, most) == cut
    assert len(shortened(words, most)) <= most
