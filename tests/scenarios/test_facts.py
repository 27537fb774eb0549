"""The company's facts, written once in facts.yaml: in scenarios and articles, in each language, checked, reloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.facts_reload import FactsReloader
from bot.app.files import open_files, router_of
from bot.knowledge.articles import load_library
from bot.knowledge.company.phrasebook import Learnt
from bot.knowledge.slots import find_slots, without_place
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.language.load import load
from bot.scenarios.play import engine
from bot.scenarios.play.events import OpenTicket, Player, Typed
from bot.yamlfiles.complaint import sentence
from bot.yamlfiles.facts import Facts, read_facts
from tests.scenarios.known import ROOT
from tests.scenarios.test_reloading_articles import Desk

FACTS = 'facts:\n  vpn: {ru: "Туннель", en: "the Tunnel"}\n  portal: "portal.example.org"\n'
SCENARIOS = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  vpn:
    title: VPN
    category: network
    phrases: [не работает vpn]
    steps:
      - ask: {ru: "Что пишет {{ facts.vpn }}?", en: "What does {{ facts.vpn }} say?"}
        save: said
      - ticket:
          category: network
          team: helpdesk
          summary: {ru: "{{ facts.vpn }}: {{ answers.said }}", en: "{{ facts.vpn }}: {{ answers.said }}"}
"""
ARTICLE = """\
---
id: kettle
title: {ru: Чайник, en: Kettle}
audience: employee
scenario: vpn
tags: [чай]
review: 2030-01-01
---

# ru

1. Откройте {{ facts.vpn }} на **{{ facts.portal }}**.

# en

1. Open {{facts.vpn}} at **{{ facts.portal }}**.
"""


def facts(tmp_path: Path, text: str = FACTS) -> Facts:
    (tmp_path / "facts.yaml").write_text(text, "utf-8")
    read = read_facts(tmp_path / "facts.yaml")
    assert read.facts is not None, read.complaints
    return read.facts


def codes(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    (tmp_path / "facts.yaml").write_text(text, "utf-8")
    return [(one.code, one.mark.line) for one in read_facts(tmp_path / "facts.yaml").complaints]


@pytest.mark.parametrize(("language", "asked"), [("ru", "Туннель"), ("en", "the Tunnel")])
def test_a_scenario_says_the_fact_in_the_language_of_the_reader(
    tmp_path: Path, language: str, asked: str
) -> None:
    compiled = compile_scenarios("scenarios.yaml", SCENARIOS, Known(facts=facts(tmp_path)))
    assert compiled.program is not None, compiled.complaints
    anna = Player("1", "Анна", language=language)
    turn = engine.begin(compiled.program, "vpn", anna, language)
    assert asked in turn.view.parts[-1]
    turn = engine.advance(compiled.program, turn.state, Typed("809"), anna)
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert (ticket.summary, ticket.summary_own) == ("Туннель: 809", f"{asked}: 809")


def test_facts_are_not_part_of_a_version_so_that_running_talks_read_those_of_today(tmp_path: Path) -> None:
    before = load("scenarios.yaml", SCENARIOS).program
    after = compile_scenarios("scenarios.yaml", SCENARIOS, Known(facts=facts(tmp_path))).program
    assert before is not None
    assert after is not None
    assert before.scenarios["vpn"].hash == after.scenarios["vpn"].hash


def test_an_unknown_fact_of_a_scenario_is_named_at_its_place_with_what_was_meant(tmp_path: Path) -> None:
    text = SCENARIOS.replace("facts.vpn }} say", "facts.vpm }} say")
    (one,) = compile_scenarios("scenarios.yaml", text, Known(facts=facts(tmp_path))).complaints
    assert (one.code, one.mark.line, one.hint) == ("E463", 9, "vpn")
    assert "portal, vpn" in sentence(one, "ru")


def test_an_article_holds_the_fact_of_its_language_and_names_an_unknown_one(tmp_path: Path) -> None:
    known = facts(tmp_path)
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "kettle.md").write_text(ARTICLE, "utf-8")
    library, complaints = load_library(folder, known)
    article = library.get("kettle")
    assert article is not None, complaints
    assert "Откройте Туннель на <b>portal.example.org</b>" in article.html("ru")
    assert "Open the Tunnel at <b>portal.example.org</b>" in article.html("en")
    (folder / "kettle.md").write_text(ARTICLE.replace("{{facts.vpn}}", "{{ facts.vnp }}"), "utf-8")
    (one,) = load_library(folder, known)[1]
    assert (one.code, one.file, one.mark.line, one.hint) == ("E464", "kettle.md", 16, "vpn")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('facts:\n  vpn: ""\n', [("W461", 2)]),
        ('facts:\n  vpn: {ru: "", en: "x"}\n', [("W461", 2)]),
        ('facts:\n  vpn: "**VPN**"\n', [("E462", 2)]),
        ('facts:\n  vpn: "[VPN](x)"\n', [("E462", 2)]),
        ("facts:\n  Vpn: x\n", [("E130", 2)]),
        ("fact:\n  vpn: x\n", [("E104", 1)]),
        ("facts: [vpn]\n", [("E126", 1)]),
        ("facts:\n  vpn:\n", [("E136", 2)]),
    ],
)
def test_a_fact_that_is_empty_or_would_break_a_text_is_named_at_its_line(
    tmp_path: Path, text: str, found: list[tuple[str, int]]
) -> None:
    assert codes(tmp_path, text) == found


def test_a_fact_without_a_value_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("facts:\n  vpn:\n", "utf-8")
    (complaint,) = read_facts(tmp_path / "facts.yaml").complaints
    assert "'vpn:'" in sentence(complaint, "ru")


def test_a_missing_quote_in_the_facts_is_the_only_fault_that_is_named(tmp_path: Path) -> None:
    for name in ("desk.yaml", "scenarios.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    for name in ("scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "facts.yaml").write_text('facts:\n  vpn: {ru: "Туннель, en: "the Tunnel"}\n', "utf-8")
    opened = open_files(tmp_path / "desk.yaml", tmp_path / "scenarios.yaml", tmp_path / "knowledge_base")
    assert [(one.file, one.code) for one in opened.errors] == [("facts.yaml", "E113")]


def test_a_desk_without_facts_needs_no_file(tmp_path: Path) -> None:
    assert read_facts(tmp_path / "facts.yaml").facts == Facts()


def test_the_shipped_facts_are_all_used_and_filled_in() -> None:
    opened = open_files(ROOT / "desk.yaml", ROOT / "scenarios.yaml", ROOT / "knowledge_base")
    assert opened.complaints == []
    assert opened.facts is not None
    assert opened.facts.values


def test_an_unused_fact_is_named(tmp_path: Path) -> None:
    for name in ("desk.yaml", "scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    shipped = (ROOT / "facts.yaml").read_text("utf-8")
    (tmp_path / "facts.yaml").write_text(shipped.replace("facts:\n", 'facts:\n  canteen: "2"\n'), "utf-8")
    opened = open_files(tmp_path / "desk.yaml", tmp_path / "scenarios.yaml", tmp_path / "knowledge_base")
    assert [(one.code, one.file, one.facts["name"]) for one in opened.complaints] == [
        ("W462", "facts.yaml", "canteen")
    ]


async def test_a_changed_fact_is_in_articles_and_scenarios_at_once_and_a_broken_file_changes_nothing(
    tmp_path: Path,
) -> None:
    shipped = (ROOT / "facts.yaml").read_text("utf-8")
    (tmp_path / "facts.yaml").write_text(shipped, "utf-8")
    desk = Desk(tmp_path)
    turn = desk.of_scenarios.turn
    reloader = FactsReloader(desk.current, desk.ears, tmp_path / "facts.yaml", "ru", turn)
    await reloader.look()
    assert desk.ears.heard == []
    (tmp_path / "facts.yaml").write_text(shipped.replace("https://aka.ms/sspr", "reset.example.org"), "utf-8")
    await reloader.look()
    assert "facts.yaml принят" in desk.ears.heard[-1]
    article = desk.current.config.library.get("password-forgot")
    assert article is not None
    assert "reset.example.org" in article.html("ru")
    assert desk.current.config.program.facts.spoken("ru")["reset_url"] == "reset.example.org"
    assert await desk.look() == ""  # neither scenarios nor articles have changed since
    (tmp_path / "facts.yaml").write_text(shipped.replace("reset_url", "reset_page"), "utf-8")
    await reloader.look()
    assert "password-forgot.md" in desk.ears.heard[-1]
    assert "E464" in desk.ears.heard[-1]
    assert desk.current.config.program.facts.spoken("ru")["reset_url"] == "reset.example.org"


async def test_a_changed_fact_leaves_engineers_their_language(tmp_path: Path) -> None:
    shipped = (ROOT / "facts.yaml").read_text("utf-8")
    (tmp_path / "facts.yaml").write_text(shipped, "utf-8")
    desk = Desk(tmp_path)
    desk.current.change(program=desk.current.config.program.for_engineers("en"))
    reloader = FactsReloader(desk.current, desk.ears, tmp_path / "facts.yaml", "en", desk.of_scenarios.turn)
    (tmp_path / "facts.yaml").write_text(shipped.replace("https://aka.ms/sspr", "reset.example.org"), "utf-8")
    await reloader.look()
    assert desk.current.config.program.facts.spoken("en")["reset_url"] == "reset.example.org"
    assert desk.current.config.program.defaults.language == "en"


NAMED = 'facts:\n  vpn: "VPN"\n  portal: "here"\nnames:\n  printer: ["ЭТ4/##.##"]\n  room: ["А-###"]\n'


def test_the_names_of_printers_and_rooms_are_as_facts_yaml_says_and_not_as_the_program_does(
    tmp_path: Path,
) -> None:
    compiled = compile_scenarios("scenarios.yaml", SCENARIOS, Known(facts=facts(tmp_path, NAMED)))
    assert compiled.program is not None, compiled.complaints
    named = compiled.program.facts.names
    said = find_slots("эт4/07.12 шумит, a-312", named)
    assert (said.device, said.room) == ("ЭТ4/07.12", "A-312")
    assert without_place("эт4/07.12 шумит, a-312", named).split() == ["prn", "шумит,"]
    assert find_slots("эт4/07.12 шумит").device is None
    router = router_of(compiled.program, load_library(tmp_path, Facts())[0], Learnt())
    assert router.route("не работает vpn, a-312").slots.room == "A-312"


@pytest.mark.parametrize("shape", ["PRN", "####", "PRN-[0-9]", "(a+)+#"])
def test_a_pattern_that_names_nothing_is_told_at_its_place(tmp_path: Path, shape: str) -> None:
    (tmp_path / "facts.yaml").write_text(f'facts: {{vpn: "VPN"}}\nnames:\n  printer: ["{shape}"]\n', "utf-8")
    (fault,) = read_facts(tmp_path / "facts.yaml").complaints
    assert (fault.code, fault.mark.line, fault.mark.column) == ("E465", 3, 13)


async def test_a_changed_pattern_is_heard_from_the_next_look_on(tmp_path: Path) -> None:
    shipped = (ROOT / "facts.yaml").read_text("utf-8")
    (tmp_path / "facts.yaml").write_text(shipped, "utf-8")
    desk = Desk(tmp_path)
    reloader = FactsReloader(desk.current, desk.ears, tmp_path / "facts.yaml", "ru", desk.of_scenarios.turn)
    (tmp_path / "facts.yaml").write_text(shipped.replace("PRN-#-##", "K@#/##"), "utf-8")
    await reloader.look()
    assert desk.current.config.router.route("kx4/17 не печатает").slots.device == "KX4/17"
