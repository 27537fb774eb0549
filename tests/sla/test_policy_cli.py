"""`firstline new policy`: lists, prints, adapts and puts a policy into a copy of a desk file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from bot.app import cli
from bot.sla.check import load_desk
from bot.sla.policies import presets
from tests.undone import SHIPPED

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def new_policy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type the command; `answers` are typed in a terminal. Returns its exit code, output and complaints."""

    def typed(*words: str, answers: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["firstline", "new", "policy", *words])
        if answers is not None:
            screen = StringIO(answers)
            monkeypatch.setattr(screen, "isatty", lambda: True)
            monkeypatch.setattr(sys, "stdin", screen)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return typed


def test_without_a_name_it_lists_what_there_is(new_policy: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO())
    code, output, _ = new_policy()
    assert code == 0
    assert [line.partition("\t")[0] for line in output.splitlines()] == list(presets.names())


def test_in_a_terminal_it_asks_four_things(new_policy: Typed) -> None:
    code, output, _ = new_policy(answers="tearm\non-call\nEurope/Berlin\n08:00-16:00\nnone\n")
    assert code == 0
    block = output[output.index("# The critical") :]
    assert 'tz: Europe/Berlin, week: {mon-fri: ["08:00-16:00"]}, production_calendar: none' in block
    assert "no policy 'tearm'" in output


def test_it_prints_a_policy_with_its_comments(new_policy: Typed) -> None:
    assert new_policy("workaround") == (0, presets.block("workaround"), "")
    _, output, _ = new_policy("workaround", "--zone", "Asia/Omsk", "--hours", "10:00-19:00")
    assert output.count("tz: Asia/Omsk") == 2
    assert '["10:00-19:00"]' in output
    assert '["00:00-24:00"]' in output  # round the clock stays round the clock


@pytest.mark.parametrize("name", presets.names())
def test_it_puts_a_policy_into_a_copy_that_the_desk_can_load(
    new_policy: Typed, tmp_path: Path, name: str
) -> None:
    wanted = tmp_path / "desk-new.yaml"
    code, output, _ = new_policy(name, "--desk", str(SHIPPED), "--output", str(wanted))
    assert (code, output) == (0, "")
    text = wanted.read_text("utf-8")
    desk, complaints = load_desk("desk-new.yaml", text)
    assert desk is not None, complaints
    assert [rule.id for rule in desk.file.rules][-1] == "default"
    assert "# Единицы обязательны" in text  # what the policy does not touch keeps its comments
    assert desk.categories.keys() == load_desk("desk.yaml", SHIPPED.read_text("utf-8"))[0].categories.keys()  # type: ignore[union-attr]


def test_it_never_writes_over_a_file(new_policy: Typed, tmp_path: Path) -> None:
    there = tmp_path / "there.yaml"
    there.write_text("mine", "utf-8")
    code, _, complaints = new_policy("on-call", "--output", str(there))
    assert code == 2
    assert "exists" in complaints
    assert there.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ("on-cal",),
        ("on-call", "--zone", "Mars/Base"),
        ("on-call", "--hours", "9-6"),
        ("on-call", "--holidays", "de"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(new_policy: Typed, words: tuple[str, ...]) -> None:
    code, output, complaints = new_policy(*words)
    assert (code, output) == (2, "")
    assert words[-1] in complaints


def test_a_desk_with_names_that_the_policy_does_not_know_is_shown_as_wrong(
    new_policy: Typed, tmp_path: Path
) -> None:
    odd = tmp_path / "desk.yaml"
    odd.write_text(
        SHIPPED.read_text("utf-8").replace("calendar: office, bypass", "calendar: night, bypass"), "utf-8"
    )
    code, _, complaints = new_policy("on-call", "--desk", str(odd))
    assert code == 2
    assert "E330" in complaints
