"""The company's own words: who may teach the router what, how much it counts, and how it is taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.knowledge.company.weighing import (
    OF_PHRASES,
    OF_WORD,
    CompanyWords,
    Saying,
    weigh,
)
from bot.knowledge.entries import entries_of
from bot.knowledge.index import Entry
from bot.knowledge.route import Router, build
from tests import shipped

DAY = 86_400
NAMED = ("зевс не открывается", "зевс завис на отчёте", "не пускает в зевс", "зевс опять тормозит")
TEAMS = ("бухгалтерия", "склад")


@pytest.fixture(scope="module")
def entries() -> Sequence[Entry]:
    """The shipped scenarios, without articles."""
    opened = shipped.opened()
    assert opened.program is not None
    assert opened.library is not None
    specs = {name: one.spec for name, one in opened.program.scenarios.items()}
    listed = {name: {"title": one.title, "phrases": list(one.phrases)} for name, one in specs.items()}
    return entries_of(listed, opened.library, {})


def told(scenario: str = "onec", people: int = 4, teams: int = 2, age_s: int = 0) -> list[Saying]:
    return [
        Saying(person, TEAMS[person % teams], scenario, NAMED[person % len(NAMED)], age_s)
        for person in range(people)
    ]


def words(company: CompanyWords) -> list[tuple[str, str]]:
    return [(one.scenario, one.word) for one in company.words]


def taught(entries: Sequence[Entry], sayings: Sequence[Saying]) -> Router:
    return build(entries, company=weigh(sayings, entries))


def test_a_name_that_three_people_of_two_teams_use_is_asked_about_and_starts_nothing(
    entries: Sequence[Entry],
) -> None:
    router = taught(entries, told())
    assert build(entries).route("зевс лежит").decision == "none"
    for text in ("зевс", "зевс лежит", "что-то с зевсом"):
        decision = router.route(text)
        assert (decision.decision, decision.candidates[0][0]) == ("ask", "onec")
    assert router.reasons("зевс лежит").candidates[0].learnt == ("зевс",)
    assert router.danger is not None
    assert "safety" not in router.route("зевс лежит").flags


def test_one_person_one_team_or_two_people_teach_nothing(entries: Sequence[Entry]) -> None:
    often = [saying for saying in told(people=1) for _ in range(300)]
    for sayings in (often, told(people=8, teams=1), told(people=2)):
        assert weigh(sayings, entries) == CompanyWords()


def test_a_word_that_means_two_things_is_nobodys(entries: Sequence[Entry]) -> None:
    others = [Saying(one.person + 10, one.team, "printer", one.text, 0) for one in told()]
    assert weigh([*told(), *others], entries).words == ()


def test_the_name_of_another_scenario_cannot_be_taken_from_it(entries: Sequence[Entry]) -> None:
    sayings = [
        Saying(person, str(person % 4), "vpn", text, 0)
        for person in range(12)
        for text in ("принтер не печатает", "замяло бумагу в принтере", "кончился тонер")
    ]
    assert {word.word for word in weigh(sayings, entries).words} <= {"тонер"}
    router = taught(entries, sayings)
    assert router.route("принтер не печатает").candidates[0][0] == "printer"


def test_what_is_said_no_more_fades_and_is_gone(entries: Sequence[Entry]) -> None:
    fresh, old = weigh(told(), entries), weigh(told(age_s=45 * DAY), entries)
    assert old.words[0].weight == pytest.approx(fresh.words[0].weight / 2, abs=0.6)
    assert weigh(told(age_s=120 * DAY), entries) == CompanyWords()


def test_a_removed_word_is_not_learnt_again(entries: Sequence[Entry]) -> None:
    assert weigh(told(), entries, {"зевс"}) == CompanyWords()


def test_no_number_of_people_adds_more_to_a_scenario_than_a_fifth_of_its_phrases(
    entries: Sequence[Entry],
) -> None:
    names = [letter * 5 for letter in "бвгджзклмнпрстфхцчш"]
    sayings = [
        Saying(person, str(person % 5), "vpn", f"{name} не подключается", 0)
        for name in names
        for person in range(40)
    ]
    size = next(len(entry.phrases) for entry in entries if entry.id == "vpn")
    company = weigh(sayings, entries)
    assert all(word.weight <= OF_WORD for word in company.words)
    assert 0 < sum(word.weight for word in company.words) <= OF_PHRASES * size
    assert sum(weight for *_, weight in company.texts) <= OF_PHRASES * size + 0.01


def test_words_that_nobody_else_vouches_for_are_no_example(entries: Sequence[Entry]) -> None:
    odd = Saying(9, "склад", "onec", "зевс лариса просила не открывается", 0)
    texts = {text for _, text, _ in weigh([*told(), odd], entries).texts}
    assert not any("лариса" in text for text in texts)
    assert any("зевс" in text for text in texts)
