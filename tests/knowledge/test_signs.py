"""Short words mean what they say, and nothing more."""

from __future__ import annotations

import pytest

from bot.knowledge import signs
from tests import shipped


@pytest.mark.parametrize(
    "words", ["спасибо", "ок, спасибо", "thanks", "ok", "работает", "привет, жду ответа", "да уж сломалось"]
)
def test_thanks_and_an_ok_approve_nothing(words: str) -> None:
    assert signs.consent(words) == ""


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("согласен, пусть пользуется", "yes"),
        ("Да", "yes"),
        ("approved", "yes"),
        ("не согласовываю, пусть сдаст старый", "no"),
    ],
)
def test_words_of_consent_and_refusal_are_told_apart(words: str, answer: str) -> None:
    assert signs.consent(words) == answer


@pytest.mark.parametrize("words", ["спасибо", "thanks a lot", "спасибо, посмотрю"])
def test_thanks_do_not_say_that_it_works(words: str) -> None:
    assert signs.yes_or_no(words) == ""


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("нет, не работает", "no"),
        ("спасибо, но не помогло", "no"),
        ("tried all of that, no luck", "no"),
        ("да, папка открылась, спасибо!", "yes"),
        ("да, ввёл пароль на том сайте и теперь боюсь что его украли вчера", ""),
    ],
)
def test_an_answer_is_read_clause_by_clause(words: str, answer: str) -> None:
    assert signs.yes_or_no(words) == answer


def test_the_dot_of_an_extension_ends_no_clause() -> None:
    assert signs.clauses("paper jam, besides my files now end in .locked") == [
        "paper jam",
        "besides my files now end in .locked",
    ]
    assert signs.clauses("мышь мертва. а вчера ...") == ["мышь мертва", "вчера"]


def test_danger_is_seen_in_a_clause_with_its_relative_clause() -> None:
    text = "принтер жуёт бумагу, и ещё в системе появился пользователь, которого никто не создавал"
    assert "safety" in shipped.house().router.route(text).flags
    harmless = "принтер жуёт бумагу, и ещё нужен новый пользователь, который заменит Анну"
    assert "safety" not in shipped.house().router.route(harmless).flags


@pytest.mark.parametrize(
    ("words", "name", "named"),
    [
        ("передайте светлане", "светлана", True),
        ("олегу скажите", "олег", True),
        ("это олень какой-то", "олег", False),
        ("марина на месте", "мария", False),
        ("в январе", "ян", False),
        ("ask igor", "igor", True),
    ],
)
def test_a_first_name_is_known_in_its_cases_and_not_in_other_words(
    words: str, name: str, named: bool
) -> None:
    assert signs.names(frozenset(words.split()), name) is named


def test_a_number_after_a_small_word_is_no_label() -> None:
    assert not signs.labels("на 5 этаже, приду на 15 минут")
    assert "PRN302" in signs.labels("прн 3-02 можно забирать")
    assert signs.labels("nb2207 лучше") == signs.labels("NB-2207")


def test_words_of_any_trouble_do_not_make_two_texts_alike() -> None:
    assert not signs.content("не работает почта") & signs.content("vpn не работает")
    assert signs.content("Ladoga is free from 2") & signs.content("projector in Ladoga")


def test_a_text_of_a_thousand_commas_has_a_few_clauses() -> None:
    assert len(signs.clauses("принтер, " * 1000)) == signs.MOST_CLAUSES


@pytest.mark.parametrize(
    "text",
    [
        "У меня, кажется, сломалась мышь",
        "у меня и у соседа пропал интернет",
        "меня и Олю не пускает в 1С",
        "Начал, кажется, тормозить ноутбук",
    ],
)
def test_a_word_that_shares_its_stem_with_a_command_is_no_command(text: str) -> None:
    assert signs.steering(text) == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [("меню", "menu"), ("главное меню", "menu"), ("мои заявки, пожалуйста", "list"), ("отмена!", "cancel")],
)
def test_a_command_is_understood_word_for_word(text: str, kind: str) -> None:
    assert signs.steering(text) == kind


@pytest.mark.parametrize("text", ["ну и что дальше", "и что теперь делать", "so what now", "what next"])
def test_what_next_is_no_danger_and_no_guess(text: str) -> None:
    decision = shipped.house().router.route(text)
    assert (decision.decision, decision.kind, decision.flags) == ("none", "", frozenset())


def test_a_rustle_and_a_strange_smell_are_no_danger() -> None:
    assert "safety" not in shipped.house().router.route("Шуршит и пахнет странно").flags


def test_another_laptop_meanwhile_is_no_matter_of_security() -> None:
    decision = shipped.house().router.route("can I use another laptop meanwhile?")
    assert "security" not in dict(decision.candidates)
    assert "safety" not in decision.flags
