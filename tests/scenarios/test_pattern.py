"""Patterns for answers: right, and linear whatever the author writes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scenarios.language.pattern import LONGEST, BadPattern, compile_pattern


class Counted(str):
    """A text that counts how many of its characters were looked at."""

    looked = 0

    def __iter__(self):
        for character in str.__iter__(self):
            self.looked += 1
            yield character


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("^[A-Za-zА-Яа-я0-9-]{3,20}$", ["PRN-3-02", "абв"], ["ab", "a b c", "x" * 21]),
        (r"\d{2}:\d{2}", ["18:00"], ["1800", "18:0"]),
        ("(PRN|SCN)-[0-9]+", ["prn-1", "SCN-22"], ["PRN-", "PRN1"]),
        ("a?b*c{2}", ["cc", "abbcc"], ["c", "aabcc"]),
        ("a{2,}", ["aa", "aaaaa"], ["a"]),
        (r"\w+@\w+\.ru", ["anna@firm.ru"], ["anna@firmxru"]),
        ("(?:ab)+|", ["", "abab"], ["aba"]),
        ("[^0-9]+", ["abc"], ["a1"]),
        (r"a\$", ["a$"], ["a"]),
    ],
)
def test_a_pattern_describes_the_whole_answer(pattern, fits, fails):
    compiled = compile_pattern(pattern)
    assert [text for text in fits if not compiled.matches(text)] == []
    assert [text for text in fails if compiled.matches(text)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "(a",
        "a)",
        "a{2,1}",
        "*a",
        "[a",
        r"\1",
        "a**",
        "(?=a)",
        "(?P<n>a)",
        "x{500}{500}",
        "(" * 30 + ")" * 30,
        "\\",
        "a{x}",
    ],
)
def test_what_is_not_understood_is_refused(bad):
    with pytest.raises(BadPattern):
        compile_pattern(bad)


@pytest.mark.parametrize("evil", ["(a+)+$", "(a|a)*$", "(a*)*b", "(a|aa)+$", "([a-z]+)*$", "(.*)(.*)(.*)x"])
def test_a_pattern_that_ruins_others_reads_each_character_once(evil):
    text = Counted("a" * (LONGEST - 1) + "!")
    assert not compile_pattern(evil).matches(text)
    assert text.looked <= LONGEST
    assert len(compile_pattern(evil).states) < 100


def test_an_answer_that_is_too_long_is_not_even_looked_at():
    assert not compile_pattern("a*").matches("a" * (LONGEST + 1))


@given(
    st.from_regex(r"(a|b|[0-9]|\\d|\(a\|b\)|\.|x\?|y\*|[a-c]\+|z\{1,3\}){0,8}", fullmatch=True),
    st.text("ab0123xyzc", max_size=8),
)
def test_it_agrees_with_the_standard_library(pattern, text):
    try:
        compiled = compile_pattern(pattern)
    except BadPattern:
        return
    assert compiled.matches(text) == (re.fullmatch(pattern, text, re.IGNORECASE) is not None)


@given(
    st.sampled_from(["[A-Z]{3}-[0-9]{1,3}", r"\d{4}", "ёж{3}", "(ab|cd)+e?", "[^a]{2}", r"\w+ \w+"]),
    st.integers(0, 2),
)
def test_an_example_fits_its_pattern(pattern, least):
    example = compile_pattern(pattern).example(least)
    assert example is not None
    assert compile_pattern(pattern).matches(example)
