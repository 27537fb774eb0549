"""Articles change while the bot runs: loaded together with everything that refers to them, or refused at their line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.app.files import open_files, router_of
from bot.app.reload import ArticleReloader, Reloader
from bot.config.config import Config, Current
from bot.knowledge.articles import EMPLOYEES
from bot.knowledge.company.phrasebook import Learnt
from bot.knowledge.search import finder
from bot.texts import speak
from tests.scenarios.known import ROOT
from tests.scenarios.test_reloading import FLOW

SHIPPED_ARTICLES = len(list((ROOT / "knowledge_base").glob("*.md")))

TEA = """\
---
id: tea-kettle
title: {ru: Чайник заварился, en: The samovar is humming}
audience: employee
scenario: printer
tags: [самовар]
review: 2030-01-01
---

# ru

Снимите самовар с огня.

# en

Take the samovar off the fire.
"""


class Ears:
    """A substitute for the database: stores nothing, records what the administrators read."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def run(self, verb: Any, *args: Any) -> Any:
        if verb.__name__ == "_tell":
            self.heard.append(speak.voice("ru").say(args[0].key, **args[0].facts))
        return Learnt()

    async def read(self, query: Any) -> Any:
        return Learnt()

    @property
    def db(self) -> Any:
        return self


class Desk:
    """A small company's files in their own folder, with their reloaders."""

    def __init__(self, folder: Path) -> None:
        self.articles, self.scenarios, self.desk = (
            folder / "kb",
            folder / "scenarios.yaml",
            folder / "desk.yaml",
        )
        shutil.copytree(ROOT / "knowledge_base", self.articles)
        if not (folder / "facts.yaml").exists():
            shutil.copy(ROOT / "facts.yaml", folder)
        shutil.copy(ROOT / "desk.yaml", self.desk)
        self.scenarios.write_text(self.flow("printer-jam"), "utf-8")
        opened = open_files(self.desk, self.scenarios, self.articles)
        assert opened.errors == []
        router = router_of(opened.program, opened.library, Learnt())
        config = Config(opened.desk, opened.program, opened.library, router, self.articles)
        self.current, self.ears = Current(config), Ears()
        self.of_scenarios = Reloader(self.current, self.ears, self.scenarios, "ru")
        turn = self.of_scenarios.turn
        self.of_articles = ArticleReloader(self.current, self.ears, self.desk, "ru", turn)

    @staticmethod
    def flow(article: str) -> str:
        """A scenario that shows this article."""
        return FLOW.replace(
            "      - id: make\n", f"      - id: make\n        article: {article}\n      - id: then\n"
        )

    async def look(self) -> str:
        """What the administrators read after one check of both."""
        self.ears.heard.clear()
        await self.of_scenarios.look()
        await self.of_articles.look()
        return "\n".join(self.ears.heard)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_an_article_that_comes_changes_and_goes_is_found_as_it_is_now(desk: Desk) -> None:
    tea, router = desk.articles / "tea-kettle.md", desk.current.config.router
    assert await desk.look() == ""
    tea.write_text(TEA, "utf-8")
    assert (
        await desk.look()
        == f"✅ knowledge_base принята: статей {SHIPPED_ARTICLES + 1}. Изменилось: tea-kettle."
    )
    assert [a.id for a in finder(desk.current.config.library, EMPLOYEES).find("самовар")] == ["tea-kettle"]
    assert router.route("самовар").candidates == []
    assert [name for name, _ in desk.current.config.router.route("самовар").candidates] == ["printer"]
    tea.write_text(TEA.replace("Снимите", "Унесите"), "utf-8")
    assert "tea-kettle" in await desk.look()
    assert "Унесите" in desk.current.config.library.get("tea-kettle").html("ru")
    tea.unlink()
    assert "tea-kettle" in await desk.look()
    assert desk.current.config.library.get("tea-kettle") is None
    assert await desk.look() == ""


async def test_a_broken_article_is_refused_at_its_line_and_the_old_ones_stay(desk: Desk) -> None:
    before = desk.current.config.library
    (desk.articles / "tea-kettle.md").write_text(TEA.replace("review: 2030", "review: 203O"), "utf-8")
    (desk.articles / "printer-jam.md").write_text("пусто", "utf-8")
    said = await desk.look()
    assert said.startswith("⛔ knowledge_base не принята")
    assert "tea-kettle.md:7:9: ошибка[E421]" in said
    assert "printer-jam.md:1:1: ошибка[E401]" in said
    assert desk.current.config.library is before
    assert await desk.look() == ""  # reported once, not every two seconds


async def test_an_article_that_is_named_cannot_go_before_whoever_names_it(desk: Desk) -> None:
    (desk.articles / "printer-jam.md").rename(desk.articles.parent / "printer-jam.md")
    (desk.articles / "eng-printer-line.md").unlink()
    said = await desk.look()
    assert "scenarios.yaml:15:18: ошибка[E" in said
    assert "desk.yaml:34:15: ошибка[E350]" in said
    assert desk.current.config.library.get("printer-jam") is not None


async def test_a_scenario_and_its_new_article_may_come_in_any_order(desk: Desk) -> None:
    desk.scenarios.write_text(desk.flow("tea-kettle"), "utf-8")
    assert "не принят" in await desk.look()
    (desk.articles / "tea-kettle.md").write_text(TEA, "utf-8")
    assert "knowledge_base принята" in await desk.look()
    assert "scenarios.yaml принят" in await desk.look()
    assert await desk.look() == ""
    desk.scenarios.write_text(desk.flow("printer-jam"), "utf-8")
    (desk.articles / "tea-kettle.md").unlink()
    assert [line.split()[1] for line in (await desk.look()).splitlines()] == [
        "scenarios.yaml",
        "knowledge_base",
    ]
