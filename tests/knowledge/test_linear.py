"""The classifier beside the index: what it learns, what it costs, and what it may not decide."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from bot.app import cli
from bot.knowledge.classifier import linear
from bot.knowledge.classifier.linear import fitted, held_out, trained
from bot.knowledge.index import Entry
from bot.knowledge.route import Router, build
from tests import shipped

EXAMPLES = [
    ("printer", "принтер не печатает"),
    ("printer", "зажевало бумагу в принтере"),
    ("printer", "картридж пустой, принтер молчит"),
    ("mail", "почта не отправляется"),
    ("mail", "письма не приходят на почту"),
    ("mail", "не открывается почта"),
]


@pytest.fixture(scope="module")
def router() -> Router:
    return shipped.house().router


def test_the_same_examples_in_another_order_give_the_same_figures() -> None:
    assert fitted(EXAMPLES).logs("принтер") == fitted(EXAMPLES[::-1]).logs("принтер")


@pytest.mark.parametrize("text", ["принтер опять", "почта", "", "зззззз", "😡", "п" * 5000])
def test_the_probabilities_of_any_text_sum_to_one(text: str) -> None:
    logs = fitted(EXAMPLES).logs(text)
    assert sum(math.exp(log) for log in logs.values()) == pytest.approx(1, abs=1e-4)


def test_a_held_out_phrase_is_judged_by_examples_without_it() -> None:
    odd = ("mail", "абракадабра")
    examples = frozenset([*EXAMPLES, odd])
    alone = held_out(examples)["абракадабра"]
    known = fitted(examples).logs("абракадабра")
    assert set(alone) == {"mail", "printer"}
    assert alone["mail"] <= known["mail"]


def test_one_class_or_too_many_train_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trained(frozenset(EXAMPLES[:3])) is None
    monkeypatch.setattr(linear, "MOST_CLASSES", 1)
    assert trained(frozenset(EXAMPLES[1:])) is None


def test_a_router_without_a_classifier_decides_by_the_index() -> None:
    router = build([Entry("tea", titles=["Чай"], phrases=["заварить чай", "чай остыл"], hidden=True)])
    assert router.route("чай остыл").decision == "none"


def test_phrases_in_another_order_need_no_second_training() -> None:
    entries = [
        Entry("printer", titles=["Принтер"], phrases=[text for name, text in EXAMPLES if name == "printer"]),
        Entry("mail", titles=["Почта"], phrases=[text for name, text in EXAMPLES if name == "mail"]),
    ]
    first, second = build(entries), build(entries[::-1])
    assert trained(first.examples) is trained(second.examples)


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("Петь привет. Не работает почта man103.", "email"),
        ("Прошу восстановить пароль", "password"),
    ],
)
def test_an_unknown_word_or_a_polite_form_does_not_hide_a_clear_message(
    router: Router, text: str, scenario: str
) -> None:
    decision = router.route(text)
    assert decision.decision != "none"
    assert decision.candidates[0][0] == scenario


def test_what_only_the_classifier_suspects_starts_nothing(router: Router) -> None:
    for text in ("девчонки, про меня не забыли?)", "64 bit, version 2408"):
        decision = router.route(text)
        assert (decision.decision == "auto", decision.is_likely) == (False, False)


def test_route_explains_a_decision_by_its_figures(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    monkeypatch.setattr("sys.argv", ["firstline", "route", "принтер опять не печатает", "--explain"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    shown = json.loads(capsysbinary.readouterr().out)
    first = shown["why"]["candidates"][0]
    assert shown["why"]["by_index"] == shown["decision"] == "auto"
    assert first["scenario"] == "printer"
    assert first["probability"] > 0.9
    assert "печатает" in first["nearest"]
