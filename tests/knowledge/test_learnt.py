"""What is kept of training is what the shipped files teach, and makes training needless."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.knowledge.classifier import learnt, linear
from bot.knowledge.classifier.linear import Linear, digest, fitted, trained
from tests import shipped
from tests.knowledge.test_linear import EXAMPLES

COMMAND = "python -m benchmarks.learnt"
TEXTS = (
    "принтер опять не печатает",
    "кто-то читает мои письма",
    "перезагрузила, без изменений",
    "toner is low",
)
NEAR = 0.05  # of a probability: weights are kept in steps of a 127th
CHANGED = frozenset({*EXAMPLES, ("mail", "почта встала")})


def test_a_start_with_the_shipped_files_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    taught = shipped.house().router.taught
    assert all(learnt.of(digest(examples)) is not None for examples in taught), f"run {COMMAND}"
    linear._remembered.cache_clear()
    monkeypatch.setattr(linear, "fitted", None)
    assert all(trained(examples) is not None for examples in taught)


def test_what_is_kept_says_what_training_would_say() -> None:
    for examples in shipped.house().router.taught[1:]:  # the two of two classes: all three would take seconds
        known = learnt.of(digest(examples))
        assert known is not None
        kept, now = Linear(known), fitted(examples)
        for text in TEXTS:
            said, wanted = kept.logs(text), now.logs(text)
            assert all(abs(np.exp(said[name]) - np.exp(wanted[name])) < NEAR for name in wanted)


def test_another_phrase_or_another_list_of_slang_is_learnt_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert digest(frozenset(EXAMPLES)) != digest(CHANGED)
    assert learnt.of(digest(CHANGED)) is None
    before = learnt.digest(EXAMPLES, linear.METHOD)
    monkeypatch.setattr(learnt, "SHAPING", ("stop",))
    assert learnt.digest(EXAMPLES, linear.METHOD) != before


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 torn"])
def test_a_file_that_cannot_be_read_is_learnt_again(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = tmp_path / "learnt.npz"
    if content is not None:
        torn.write_bytes(content)
    monkeypatch.setattr(learnt, "FILE", torn)
    learnt._kept.cache_clear()
    try:
        assert learnt.of(digest(shipped.house().router.taught[0])) is None
    finally:
        learnt._kept.cache_clear()


def test_what_was_learnt_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learnt, "FILE", tmp_path / "learnt.npz")
    learnt._kept.cache_clear()
    try:
        now = fitted(EXAMPLES)
        learnt.keep({"of tea": now.learnt})
        found = learnt.of("of tea")
        assert found is not None
        assert Linear(found).logs("принтер")["printer"] == pytest.approx(
            now.logs("принтер")["printer"], abs=NEAR
        )
    finally:
        learnt._kept.cache_clear()
