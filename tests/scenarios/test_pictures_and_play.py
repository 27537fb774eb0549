"""Pictures of scenarios, and a scenario played at the keyboard."""

import shutil

import pytest
import typer

from bot.scenarios import cli
from bot.scenarios.graph import NoGraphviz, Traffic, dot, mermaid, picture
from bot.scenarios.play import play
from tests.scenarios.known import FLOW, SHIPPED, compiled

PROGRAM = compiled(FLOW)
TRAFFIC = Traffic(
    shown={"what": 10, "4:resolved": 6},
    taken={("what", "jam"): 4, ("what", "silent"): 6, ("4:resolved", "no"): 3},
    stopped={"4:resolved": 3},
)


def test_mermaid_shows_every_step_and_every_way():
    text = mermaid(PROGRAM, "printer", "ru")
    assert text.startswith("flowchart TD\n")
    for key in PROGRAM.scenarios["printer"].nodes:
        assert f"  s_{key.replace(':', '_')}" in text
    assert 's_what -->|"Замятие"| s_jam' in text
    assert 's_4_resolved -->|"Не помогло"| s_floor' in text
    assert 's_4_resolved -->|"Да, помогло"| s_solved' in text


def test_history_is_drawn_on_the_ways():
    text = mermaid(PROGRAM, "printer", "en", TRAFFIC)
    assert 's_what -->|"Paper jam 40 %"| s_jam' in text
    assert "6, −50 %" in text
    assert "penwidth=5.0" in dot(PROGRAM, "printer", "en", TRAFFIC)


def test_hostile_words_do_not_break_a_picture():
    rude = compiled(FLOW.replace('"Замятие"', "'\"]; x [label=\"\\\\'"))
    text = dot(rude, "printer", "ru")
    assert '\\"]; x [label=\\"\\\\' in text
    if shutil.which("dot"):
        assert b"<svg" in picture(text, "svg")


def test_a_picture_is_drawn_by_graphviz_or_its_absence_is_told(monkeypatch):
    if shutil.which("dot"):
        assert picture(dot(PROGRAM, "printer", "ru", TRAFFIC), "png").startswith(b"\x89PNG")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoGraphviz):
        picture("digraph {}", "svg")


def test_a_picture_without_graphviz_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(typer.Exit) as left:
        cli.graph("printer", "svg", with_traffic=False, days=30, language="ru", file=SHIPPED)
    assert left.value.exit_code == 1
    said = capsys.readouterr()
    assert "Установите Graphviz" in said.err
    assert said.out == ""


def test_a_drawing_that_fails_is_no_picture_rather_than_a_crash():
    if shutil.which("dot"):
        with pytest.raises(NoGraphviz):
            picture("this is no graph", "svg")


def typed(*words: str) -> list[str]:
    """Everything the terminal shows when these words are typed."""
    waiting, shown = list(words), []

    def read(prompt: str) -> str:
        shown.append(prompt)
        return waiting.pop(0)

    play(PROGRAM, "printer", "ru", read, shown.append)
    assert waiting == []
    return shown


def test_a_scenario_is_played_to_its_ticket_at_the_keyboard():
    shown = typed("2", "<", "замятие", "/photo jam.jpg", "3", "PRN-302", "fail молчит")
    assert "── Принтер · шаг 1 [printer/what]" in shown
    assert "   1. [Замятие]" in shown
    assert "   📄 printer-queue" in shown
    assert any("floor = 3" in line for line in shown)
    assert any("printer_status(printer=PRN-302, floor=3)" in line for line in shown)
    assert "   🎫 Замятие, 3: PRN-302" in shown


def test_commands_work_at_the_keyboard():
    assert any("Хорошо, закрыл" in line for line in typed("чо", "/cancel"))
    assert any("повторять не придётся" in line for line in typed("1", "/skip", "/restart", "/human"))
