"""Articles: what the reader sees in Telegram, and which faults their author reads."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.app.files import Opened, known_names
from bot.knowledge.articles import EMPLOYEES, ENGINEERS, LONGEST, Library, load_library
from bot.yamlfiles import show
from bot.yamlfiles.facts import FILE as FACTS
from bot.yamlfiles.parts import read_scenarios
from tests.scenarios.known import ROOT, SHIPPED_TEXT

SHIPPED = Path(__file__).resolve().parents[2] / "knowledge_base"

PASSPORT = """---
id: kettle
title: {ru: Чайник, en: Kettle}
audience: employee
scenario: kitchen
tags: [чай]
review: 2027-06-01
---
"""


BODIES = "# ru\n\nКипятите.\n\n# en\n\nBoil it.\n"


def write(folder: Path, body: str, name: str = "kettle", passport: str = PASSPORT) -> Path:
    (folder / f"{name}.md").write_text(passport + body, encoding="utf-8")
    return folder


def complaints_of(folder: Path) -> list[str]:
    """Every complaint as code:line:column."""
    return [f"{c.code}:{c.mark.line}:{c.mark.column}" for c in load_library(folder)[1]]


class TelegramReader(HTMLParser):
    """Reads HTML as strictly as Telegram does: known tags only, closed in order, none inside itself."""

    KNOWN = ("b", "i", "code", "pre", "a", "blockquote")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.KNOWN
        assert tag not in self.open
        assert not {"code", "pre"} & set(self.open)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen += data


def as_telegram_reads(html: str) -> str:
    reader = TelegramReader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.seen


@pytest.fixture(scope="module")
def shipped() -> Library:
    library, complaints = load_library(SHIPPED)
    assert show(complaints, {}, "ru") == ""
    return library


def test_every_shipped_article_reads_well_in_both_languages(shipped: Library) -> None:
    for article in shipped.all():
        for language in ("ru", "en"):
            seen = as_telegram_reads(article.html(language))
            assert seen.startswith(article.title(language))
            assert len(seen) <= 4096
            for sign in ("**", "](", "\n# ", "`"):
                assert sign not in seen, f"{article.id} {language} shows {sign}"


def test_the_english_text_holds_no_russian_words_and_the_russian_text_is_russian(shipped: Library) -> None:
    for article in shipped.all():
        english = as_telegram_reads(article.html("en"))
        assert not re.search(r"[а-яё]{2}", english, re.IGNORECASE), article.id
        russian = as_telegram_reads(article.html("ru"))
        assert len(re.findall("[а-яё]", russian)) > len(russian) / 3, article.id


def test_a_language_nobody_translated_shows_the_first_one(tmp_path: Path) -> None:
    library, _ = load_library(write(tmp_path, "# ru\nВскипятите.\n# en\nBoil.\n"))
    article = library.get("kettle")
    assert article is not None
    assert "Вскипятите" in article.html("de")
    assert article.title("de") == "Чайник"


def test_markdown_becomes_what_telegram_can_draw(tmp_path: Path) -> None:
    text = "1. **Пуск** → `Win+I` & <ничего>\n   дальше\n- пункт _важный_\n\n> тихо\n\n```\na < b\n```\n"
    body = f"# ru\n{text}# en\nBoil.\n"
    library, complaints = load_library(write(tmp_path, body))
    article = library.get("kettle")
    assert complaints == []
    assert article is not None
    assert article.html("ru") == (
        "<b>Чайник</b>\n\n1. <b>Пуск</b> → <code>Win+I</code> &amp; &lt;ничего&gt; дальше\n"
        "• пункт <i>важный</i>\n\n"
        "<blockquote>тихо</blockquote>\n\n<pre>a &lt; b</pre>"
    )


def test_a_long_article_keeps_its_headings_in_sight_and_folds_what_is_under_them(tmp_path: Path) -> None:
    body = f"# ru\n{'Вода. ' * 100}\n## Windows\n{'Окна. ' * 100}\n## macOS\n{'Мак. ' * 50}\n# en\nBoil.\n"
    library, _ = load_library(write(tmp_path, body))
    article = library.get("kettle")
    assert article is not None
    html = article.html("ru")
    assert "<b>macOS</b>\n<blockquote expandable>Мак. " in html
    as_telegram_reads(html)


def test_a_link_to_another_article_shows_its_title_and_is_offered_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "# ru\nСначала [воду](article:water).\n# en\nFirst [water](article:water).\n")
    water = PASSPORT.replace("kettle", "water").replace("Чайник", "Вода <чистая>").replace("Kettle", "Water")
    write(tmp_path, "# ru\nВода.\n# en\nWater.\n", "water", water)
    library, complaints = load_library(tmp_path)
    article = library.get("kettle")
    assert complaints == []
    assert article is not None
    assert "Сначала <i>Вода &lt;чистая&gt;</i>." in article.html("ru")
    assert article.see() == ["water"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("# ru\n| a | b |\n# en\nx\n", "E411:10:1"),
        ("# ru\nСм. [тут](tut)\n# en\nx\n", "E412:10:11"),
        ("# ru\nраз\nдва **три\n# en\nx\n", "E413:11:5"),
        ("# ru\nраз `два\n# en\nx\n", "E414:10:5"),
        ("# ru\nраз <b>два</b>\n# en\nx\n", "E415:10:5"),
        ("# ru\n```\nраз\n# en\nx\n", "E416:10:1"),
        ("потерянное\n# ru\nраз\n# en\nx\n", "E404:9:1"),
        ("# ru\n\n# en\nx\n", "E405:9:1"),
        ("# ru\nраз\n", "E406:3:21"),
        ("# ru\nраз\n# en\nx\n# de\ny\n", "E419:3:1"),
        ("# ru\nраз\n# en\nx\n# Русский\ny\n", "E418:13:3"),
        ("# ru\n![нет](media/no.png)\n# en\nx\n", "E408:10:1"),
        ("# ru\n![чужое](../desk.yaml)\n# en\nx\n", "E821:10:1"),
        ("# ru\n![чужое](media/../../desk.yaml)\n# en\nx\n", "E821:10:1"),
        ("# ru\n![чужое](/etc/passwd)\n# en\nx\n", "E821:10:1"),
        ("# ru\nраз [два](article:no)\n# en\nx\n", "E407:10:11"),
        ("# ru\nраз ![два](a.png)\n# en\nx\n", "E425:10:5"),
        ("# ru\n- раз\n  > два\n  > [три](tut)\n# en\nx\n", "E412:12:11"),
        ("# ru\nраз {{ facts.vpn }} **два\n# en\nx\n", "E413:10:21"),
        ("# ru\n{{ facts.vpn }} [два](article:no)\n# en\nx\n", "E407:10:23"),
        (f"# ru\n{'ж' * (LONGEST + 1)}\n# en\nx\n", "E410:9:1"),
        (f"# ru\n{'[' * 100_000}\n# en\nx\n", "E410:9:1"),
    ],
)
def test_a_fault_in_the_text_is_shown_where_it_stands(tmp_path: Path, body: str, complaint: str) -> None:
    (tmp_path.parent / FACTS).write_text("facts: {vpn: AcmeVPN}\n", "utf-8")
    assert complaint in complaints_of(write(tmp_path, body))


def test_a_remark_in_a_block_of_code_begins_no_language(tmp_path: Path) -> None:
    library, complaints = load_library(write(tmp_path, "# ru\n```\n# Пуск\nstart\n```\n# en\nBoil.\n"))
    article = library.get("kettle")
    assert complaints == []
    assert article is not None
    assert "<pre># Пуск\nstart</pre>" in article.html("ru")


def test_a_picture_that_is_a_link_to_a_file_outside_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge_base"
    (folder / "media").mkdir(parents=True)
    write(folder, "# ru\n![чужое](media/panel.png)\n# en\nx\n")
    (tmp_path / "secret.png").write_bytes(b"x")
    (folder / "media" / "panel.png").symlink_to(tmp_path / "secret.png")
    assert "E821:10:1" in complaints_of(folder)
    (folder / "media" / "panel.png").unlink()
    (folder / "media" / "panel.png").symlink_to(folder / "media" / "own.png")
    (folder / "media" / "own.png").write_bytes(b"x")
    assert not [one for one in complaints_of(folder) if one.startswith("E821")]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("id: kettle", "id: teapot"), "E403:2:5"),
        (("2027-06-01", "скоро"), "E421:7:9"),
        (("tags:", "tagz:"), "E104:6:1"),
        (("employee", "everybody"), "E127:4:11"),
        (("---\nid", "id"), "E401:1:1"),
        (("2027-06-01\n---", "2027-06-01\n"), "E402:1:1"),
        (("tags: [чай]", "tags: [чай]\nsee: [cup]"), "E407:7:7"),
    ],
)
def test_a_fault_in_the_passport_is_shown_where_it_stands(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    passport = PASSPORT.replace(*change)
    assert complaint in complaints_of(write(tmp_path, "# ru\nраз\n# en\nx\n", passport=passport))


def test_a_file_in_an_old_encoding_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "kettle.md").write_bytes((PASSPORT + "# ru\nраз\n").encode("cp1251"))
    library, complaints = load_library(tmp_path)
    assert len(library) == 0
    assert "не в кодировке UTF-8" in show(complaints, {}, "ru")


def test_a_spoiled_article_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    write(tmp_path, "# ru\nраз\n# en\nx\n")
    write(tmp_path, "# ru\n| таблица |\n# en\nx\n", "water", PASSPORT.replace("kettle", "water"))
    library, complaints = load_library(tmp_path)
    assert [a.id for a in library.all()] == ["kettle"]
    assert [c.file for c in complaints] == ["water.md"]


def test_an_article_not_translated_everywhere_is_a_warning_only(tmp_path: Path) -> None:
    write(tmp_path, "# ru\nраз\n# en\nx\n")
    passport = PASSPORT.replace("kettle", "water").replace(", en: Kettle", "")
    write(tmp_path, "# ru\nраз\n", "water", passport)
    library, complaints = load_library(tmp_path)
    assert [c.code for c in complaints] == ["W401"]
    assert "water" in library


def test_articles_whose_review_day_came_are_stale(tmp_path: Path) -> None:
    library, _ = load_library(write(tmp_path, "# ru\nраз\n# en\nx\n"))
    assert [a.id for a in library.stale(date(2027, 5, 31))] == []
    assert [a.id for a in library.stale(date(2027, 6, 1))] == ["kettle"]


def test_every_article_is_shown_by_a_scenario_or_offered_to_engineers(shipped: Library) -> None:
    scenarios = read_scenarios("scenarios.yaml", SHIPPED_TEXT).document
    assert scenarios is not None
    known = set(scenarios.data["scenarios"])
    steps = [step for scenario in scenarios.data["scenarios"].values() for step in scenario["steps"]]
    shown = {step["article"] for step in steps if "article" in step}
    assert {article.id for article in shipped.all(EMPLOYEES)} == shown
    assert [article.id for article in shipped.all() if article.front.scenario not in known] == []


def test_a_scenario_cannot_show_what_is_for_engineers(shipped: Library) -> None:
    names = known_names(Opened(library=shipped), SHIPPED).articles
    assert names is not None
    assert {article.id for article in shipped.all(ENGINEERS)}.isdisjoint(names)


def test_an_article_for_employees_cannot_lead_to_one_for_engineers(tmp_path: Path) -> None:
    write(tmp_path, "# ru\nраз\n# en\nx\n", passport=PASSPORT.replace("review:", "see: [water]\nreview:"))
    passport = PASSPORT.replace("kettle", "water").replace("employee", "engineer")
    write(tmp_path, "# ru\nраз\n# en\nx\n", "water", passport)
    assert [complaint.code for complaint in load_library(tmp_path)[1]] == ["E423"]


def test_a_second_picture_is_an_error_because_nobody_would_see_it(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"x")
    write(tmp_path, "# ru\nраз\n![](a.png)\n\n![](b.png)\n# en\nx\n")
    assert [complaint.code for complaint in load_library(tmp_path)[1]] == ["E422"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("none", None),
        ("https://example.org/page, 2026-11-29", "https://example.org/page, 2026-11-29"),
        ("Windows 11 25H2, 2026-11-29", "Windows 11 25H2, 2026-11-29"),
    ],
)
def test_a_source_is_none_or_what_was_opened_with_its_day(
    tmp_path: Path, written: str, kept: str | None
) -> None:
    passport = PASSPORT.replace("review:", f'source: "{written}"\nreview:')
    library, complaints = load_library(write(tmp_path, BODIES, passport=passport))
    assert not complaints
    article = library.get("kettle")
    assert article is not None
    assert article.front.source == kept


@pytest.mark.parametrize(
    "written", ["the vendor's site", "https://example.org", ", 2026-11-29", "page, spring"]
)
def test_a_source_without_its_day_is_refused(tmp_path: Path, written: str) -> None:
    passport = PASSPORT.replace("review:", f'source: "{written}"\nreview:')
    assert complaints_of(write(tmp_path, BODIES, passport=passport)) == ["E424:7:9"]


def test_every_shipped_article_says_what_it_was_compared_with_or_that_it_was_not() -> None:
    for path in SHIPPED.glob("*.md"):
        assert re.search(r"(?m)^source: ", path.read_text("utf-8")), path.name


def test_a_language_just_begun_is_one_line_and_not_one_for_each_article(tmp_path: Path) -> None:
    for source in sorted((ROOT / "knowledge_base").glob("[a-p]*.md")):
        (tmp_path / source.name).write_text(source.read_text("utf-8"), "utf-8")
    begun = tmp_path / "printer-jam.md"
    text = begun.read_text("utf-8").replace("\n  en: ", "\n  de: Papierstau beheben\n  en: ", 1)
    begun.write_text(f"{text}\n# de\n\n1. Klappe auf.\n", "utf-8")
    _, complaints = load_library(tmp_path)
    said = [one for one in complaints if one.code in ("W401", "W402")]
    assert [(one.code, one.facts["language"], one.facts["done"]) for one in said] == [("W402", "de", 1)]
