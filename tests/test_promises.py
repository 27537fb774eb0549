"""docs/promises.md is true: every promise has a test, and every test it names is there and tests something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/promises.md").read_text("utf-8")
PROMISES = re.findall(r"^\| (P\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
RULES = re.findall(r"^\| (R\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)


def test_every_promise_and_rule_of_the_requirement_is_listed() -> None:
    assert [number for number, _, _ in PROMISES] == [f"P{number}" for number in range(1, 17)]
    assert [number for number, _, _ in RULES] == [f"R{number}" for number in range(1, 14)]


@pytest.mark.parametrize(("number", "says", "tests"), PROMISES)
def test_a_promise_is_tested(number: str, says: str, tests: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", tests)
    assert named, f"{number} ({says}) has no test"
    for path in named:
        text = (ROOT / path).read_text("utf-8")
        assert re.search(r"^(async )?def (test_|\w+)", text, re.MULTILINE), path
        assert Path(path).name.startswith("test_") or Path(path).name == "conftest.py", path


def test_no_promise_says_that_it_has_no_test() -> None:
    assert not re.search(
        r"no test|not tested|none yet", " ".join(tests for _, _, tests in PROMISES), re.IGNORECASE
    )
