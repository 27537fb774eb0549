"""Finding articles by a few words."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.knowledge import terms
from bot.knowledge.articles import EMPLOYEES, ENGINEERS, Library, load_library
from bot.knowledge.search import Finder

SHIPPED = Path(__file__).resolve().parents[2] / "knowledge_base"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(SHIPPED)[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("замяло бумагу", "printer-jam"),
        ("vpn", "vpn-connect"),
        ("dgy", "vpn-connect"),
        ("кэш 1с", "onec-cache"),
        ("вернуть удалённый файл", "file-restore"),
        ("автоответ отпуск", "email-autoreply-signature"),
        ("no picture on the screen in the meeting room", "meeting-room-picture"),
        ("синий экран", "computer-blue-screen"),
    ],
)
def test_an_employee_finds_an_instruction_in_two_words(library: Library, text: str, found: str) -> None:
    assert found in [article.id for article in Finder(library, EMPLOYEES).find(text, most=3)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bitlocker", "eng-boot-bsod"),
        ("кто держит файл", "eng-file-restore"),
        ("спящие сеансы 1с", "eng-onec"),
    ],
)
def test_an_engineer_finds_what_employees_never_see(library: Library, text: str, found: str) -> None:
    assert Finder(library, ENGINEERS).find(text)[0].id == found
    assert found not in [article.id for article in Finder(library, EMPLOYEES).find(text)]


def test_words_about_nothing_of_ours_find_nothing(library: Library) -> None:
    assert Finder(library, EMPLOYEES).find("рецепт борща") == []
    assert Finder(library, EMPLOYEES).find("") == []


def test_forty_articles_in_two_languages_for_both_audiences(library: Library) -> None:
    assert len(library) >= 40
    assert len(library.all(ENGINEERS)) >= 15
    assert {
        article.id: article.languages for article in library.all() if article.languages != ["ru", "en"]
    } == {}


def test_no_two_threads_share_a_stemmer() -> None:
    """It keeps the word it works on: words of another thread would spoil it."""
    barrier = threading.Barrier(2)

    def mine(_: int) -> int:
        barrier.wait()  # both threads are alive at once
        return id(terms._stemmer("russian"))

    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(mine, range(2)))) == 2
