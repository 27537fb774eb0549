"""What a person in trouble presses and reads until there is something to try."""

from __future__ import annotations

from statistics import median

import pytest

from bot.knowledge.articles import Library, load_library
from bot.knowledge.markup import draw_first, parse
from tests import shipped
from tests.scenarios.advice import to_tickets, ways
from tests.scenarios.known import ROOT

ENOUGH_WORDS, ENOUGH_PRESSES, MOST_PRESSES = 90, 2, 2


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped.house().library


@pytest.mark.parametrize("language", ["ru", "en"])
def test_there_is_something_to_try_after_ninety_words_and_two_presses(
    library: Library, language: str
) -> None:
    found = list(ways(shipped.house().program, library, language))
    assert len({way.scenario for way in found}) > 20
    assert median(way.whole for way in found) <= ENOUGH_WORDS, "folded text is read, too"
    assert median(way.presses for way in found) <= ENOUGH_PRESSES
    assert max(way.presses for way in found) <= MOST_PRESSES
    assert [way for way in found if way.asked] == [], "nothing that is known is asked"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_that_is_known_is_asked_on_the_way_to_a_ticket(library: Library, language: str) -> None:
    found = list(to_tickets(shipped.house().program, library, language))
    assert len({way.scenario for way in found}) > 20
    assert [way for way in found if way.asked] == []


def test_nothing_of_an_article_is_lost_by_folding(library: Library) -> None:
    for article in library.all():
        for language in article.languages:
            rest = (
                article.first(language)
                .replace("Не помогло? Дальше по порядку", "")
                .replace("Not yet? Go on in this order", "")
            )
            assert _letters(rest) == _letters(article.html(language)), article.id


def test_what_is_urgent_is_shown_whole(library: Library) -> None:
    urgent = [article for article in library.all() if article.front.whole]
    assert {article.id for article in urgent} == {
        "security-clicked",
        "security-lost-device",
        "security-malware",
        "security-phishing",
    }


def test_a_body_without_steps_is_shown_as_it_is() -> None:
    library, _ = load_library(ROOT / "knowledge_base")
    article = library.get("access-how")
    assert article is not None
    first = next(iter(article.bodies.values()))[:1]
    assert "expandable" not in draw_first(first, str, "further")


def test_a_long_body_is_folded_after_its_first_steps_and_a_short_one_is_not() -> None:
    lines = [f"{number}. Press the button with the number {number} and wait." for number in range(1, 16)]
    long, _ = parse("long.md", lines, 1)
    short, _ = parse("short.md", lines[:6], 1)
    assert "expandable" in draw_first(long, str, "further")
    assert "expandable" not in draw_first(short, str, "further")


def _letters(html: str) -> list[str]:
    for tag in ("<blockquote expandable>", "<blockquote>", "</blockquote>", "<b>", "</b>", "<i>", "</i>"):
        html = html.replace(tag, "")
    return html.split()
