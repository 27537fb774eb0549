"""`firstline route` in a pipe: for any bytes, one line of JSON for each line, in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import cli
from tests import children

ROUTE = [sys.executable, "-m", "bot", "route"]
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.mark.processes
def test_whatever_bytes_come_every_line_gets_its_line_of_json() -> None:
    long = "принтер не печатает " * 50_000
    lines = {
        "принтер опять не алё\r\n".encode(): "принтер опять не алё",
        b"\n": "",
        b"\r\n": "",
        b"\xff\xfe\xd0\n": "\ufffd\ufffd\ufffd",
        b"nul\0 and \x1b[2J\n": "nul\0 and \x1b[2J",
        "одна\rстрока\u2028всё ещё\x0c\x85она\n".encode(): "одна\rстрока\u2028всё ещё\x0c\x85она",
        f"{long}\n".encode(): long,
        "спасибо".encode(): "спасибо",  # the last line need not end
    }
    process = children.begin(ROUTE, env=os.environ | {"PYTHONIOENCODING": "ascii"}, **PIPES)
    with children.patience(process):
        out, err = process.communicate(b"".join(lines))
    assert (process.returncode, err) == (0, b"")
    answers = [json.loads(line) for line in out.split(b"\n")[:-1]]
    assert [answer["text"] for answer in answers] == list(lines.values())
    sure, blank, blank_too, *_, long_one, thanks = answers
    assert sure["decision"] == long_one["decision"] == "auto"
    assert blank == blank_too == {"text": "", "decision": "none", "candidates": [], "kind": "empty"}
    assert thanks == {"text": "спасибо", "decision": "none", "candidates": [], "kind": "thanks"}


@pytest.mark.processes
def test_an_argument_that_is_no_utf_8_is_answered_too() -> None:
    process = children.begin([*ROUTE, b"\xff vpn"], **PIPES)
    with children.patience(process):
        out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["text"] == "\ufffd vpn"


@pytest.mark.processes
def test_whoever_reads_only_the_first_lines_is_not_shouted_at() -> None:
    process = children.begin(ROUTE, **PIPES)
    with children.patience(process):
        process.stdin.write(b"vpn\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == "vpn"
        process.stdout.close()
        process.stdin.write(b"printer\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1  # not everything was said
    process.stderr.close()


@pytest.mark.parametrize(
    "words",
    [
        "articles --stale-by someday",
        "articles --audience boss",
        "articles --knowledge-base /nowhere",
        "route --knowledge-base /nowhere vpn",
        "route --scenarios /nowhere vpn",
        "route --scenarios latin1.yaml vpn",
    ],
)
def test_what_cannot_be_read_is_named_and_ends_with_2(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "latin1.yaml").write_bytes("scenarios: {été: {}}".encode("latin-1"))
    (tmp_path / "knowledge_base").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["firstline", *words.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert words.split()[2] in said.err
