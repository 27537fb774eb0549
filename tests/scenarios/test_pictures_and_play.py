"""Pictures of scenarios, and a scenario played at the keyboard."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
import typer

from bot.app import scenarios_cli
from bot.drawing import NoPicture
from bot.scenarios.library import graph
from bot.scenarios.library.chart import WIDTH, Tile, Way, placed
from bot.scenarios.library.graph import Traffic, chart, dot, mermaid, picture
from bot.scenarios.play.terminal import Terminal, play
from tests import shipped
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


@pytest.mark.processes
def test_hostile_words_do_not_break_a_picture():
    rude = compiled(FLOW.replace('"Замятие"', "'\"]; x [label=\"\\\\'"))
    text = dot(rude, "printer", "ru")
    assert '\\"]; x [label=\\"\\\\' in text
    drawn = picture(chart(rude, "printer", "ru"), "svg")
    assert b"<svg" in drawn


@pytest.mark.processes
@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_picture_is_drawn_without_any_program_of_the_system(monkeypatch, form):
    monkeypatch.setenv("PATH", "")
    drawn = picture(chart(PROGRAM, "printer", "ru", TRAFFIC), form)
    assert drawn.startswith(b"\x89PNG" if form == "png" else b"<?xml")


@pytest.mark.processes
def test_a_picture_that_cannot_be_drawn_says_what_else_there_is(monkeypatch, capsys):
    monkeypatch.setattr(graph, "PAINTER", "nothing.that.draws")
    with pytest.raises(typer.Exit) as left:
        scenarios_cli.graph("printer", "svg", with_traffic=False, days=30, language="ru", file=SHIPPED)
    assert left.value.exit_code == 1
    said = capsys.readouterr()
    assert "--format mermaid" in said.err
    assert said.out == ""


@pytest.mark.processes
def test_a_drawing_that_fails_is_no_picture_rather_than_a_crash():
    with pytest.raises(NoPicture):
        picture("this is no chart", "svg")


@pytest.mark.processes
def test_nothing_but_the_painter_pays_for_the_library_that_draws():
    rooms = "bot.app.cli, bot.app.main, bot.app.scenarios_cli, bot.reports.insight.cli, handlers.commands"
    look = f"import sys, {rooms}; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def drawn_box(key: str, *targets: str) -> Tile:
    return Tile(key, key, "", "", 0.0, [Way("", target, "", 1.0) for target in targets])


@pytest.mark.parametrize("scenario", [item.id for item in shipped.opened().program.menu])
def test_no_arrow_crosses_a_step_and_no_two_steps_overlap(scenario: str):
    plain = json.loads(chart(shipped.opened().program, scenario, "ru"))
    boxes = [
        drawn_box(box["key"], *(way["target"] for way in box["ways"] if way["target"]))
        for box in plain["boxes"]
    ]
    plan = placed(boxes, dict.fromkeys((box.key for box in boxes), 100.0), 50.0)
    for x, y in plan.corners.values():
        assert (
            sum(abs(x - other) < WIDTH and abs(y - below) < 100 for other, below in plan.corners.values())
            == 1
        )
        assert 0 <= x <= plan.width - WIDTH
        assert 50 <= y <= plan.height - 100
        for _, points in plan.arrows:
            for (x1, y1), (x2, y2) in pairwise(points):
                beside = max(x1, x2) <= x or min(x1, x2) >= x + WIDTH
                assert beside or max(y1, y2) <= y or min(y1, y2) >= y + 100


def test_arrows_may_lead_back_and_to_the_step_itself():
    plan = placed([drawn_box("a", "b"), drawn_box("b", "a", "b")], {"a": 50.0, "b": 70.0}, 0.0)
    ends = [points[-1] for _, points in plan.arrows]
    assert ends[1][1] == plan.corners["a"][1] < plan.corners["b"][1] == ends[0][1] == ends[2][1]


def typed(*words: str) -> list[str]:
    """Everything the terminal shows when these words are typed."""
    waiting, shown = list(words), []

    def read(prompt: str) -> str:
        shown.append(prompt)
        return waiting.pop(0)

    play(PROGRAM, "printer", "ru", Terminal(read, shown.append, lambda name: f"Текст <b>{name}</b>"))
    assert waiting == []
    return shown


def test_a_scenario_is_played_to_its_ticket_at_the_keyboard():
    shown = typed("2", "<", "замятие", "/photo jam.jpg", "3", "PRN-302", "fail молчит")
    assert "── Принтер · шаг 1 [printer/what]" in shown
    assert "   1. [Замятие]" in shown
    assert "   📄 printer-queue\n   Текст printer-queue" in shown
    assert any("floor = 3" in line for line in shown)
    assert any("printer_status(printer=PRN-302, floor=3)" in line for line in shown)
    assert "   🎫 Замятие, 3: PRN-302" in shown


def test_commands_work_at_the_keyboard():
    assert any("Закончили" in line for line in typed("чо", "/cancel"))
    assert any("повторять не придётся" in line for line in typed("1", "/skip", "/restart", "/human"))
