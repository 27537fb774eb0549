"""`firstline report`: text, JSON with the documented keys, sheets that open right."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from html import escape
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.year import fill
from bot.reports.insight import cli
from bot.reports.insight.days import period_of
from bot.reports.insight.sheets import comma_separated
from bot.reports.insight.tables import Table
from bot.reports.measures import Share
from bot.reports.pictures import album
from bot.reports.pictures.captions import CAPTIONS
from bot.reports.pictures.charts import CHARTS, Easel
from bot.reports.pictures.plots import ColumnChart
from bot.reports.pictures.seen import Week, look
from bot.settings import Settings
from bot.sla.policy import Desk
from bot.storage.readonly import read_beside
from bot.texts import speak
from tests.databases import copied_sqlite

ROOT = Path(__file__).resolve().parents[2]
YEAR = ["--from", "2025-01-01", "--to", "2025-12-31"]
TICKETS = 200
app = typer.Typer()
app.command("report")(cli.report)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    url = copied_sqlite(tmp_path / "firstline.db")
    with closing(sqlite3.connect(tmp_path / "firstline.db")) as database, database:
        fill(database, TICKETS)
    monkeypatch.setenv("BOT_TOKEN", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    monkeypatch.setenv("DATABASE_URL", url)
    shutil.copy(ROOT / "desk.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> bytes:
    ended = CliRunner().invoke(app, [*YEAR, *words])
    assert ended.exit_code == 0, ended.output
    return ended.stdout_bytes


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys(inner)}
    return set()


def test_every_key_of_the_json_is_documented() -> None:
    found = json.loads(said("--format", "json"))
    page = (ROOT / "docs" / "reports.md").read_text("utf-8")
    named = set(re.findall(r"\w+", page))
    priorities = set(found["by_priority"])
    assert keys(found) - priorities - named == set()
    assert found["tickets"] == TICKETS
    assert sum(map(sum, found["opened"])) == TICKETS
    assert sum(found["by_priority"].values()) == TICKETS


def test_the_text_tells_of_time_and_of_money_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Куда ушло время" in (russian := said().decode())
    assert "RUB за заявку" in russian
    monkeypatch.setenv("LANGUAGE", "en")
    assert "RUB a ticket" in said().decode()


def test_a_team_has_its_own_report() -> None:
    every, mine = (json.loads(said("--format", "json", *more)) for more in ((), ("--team", "network")))
    assert 0 < mine["tickets"] < every["tickets"]
    assert {one["team"] for one in mine["attainment"]} == {"network"}


def test_a_team_that_is_not_there_is_refused() -> None:
    ended = CliRunner().invoke(app, ["--team", "gardeners"])
    assert ended.exit_code == 2


def test_a_workbook_has_every_ticket_and_no_formula(folder: Path) -> None:
    said("--format", "xlsx", "--output", "report.xlsx")
    with zipfile.ZipFile(folder / "report.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        names = book.read("xl/workbook.xml").decode()
    assert sheet.count("<row ") == TICKETS + 1
    assert "<f>" not in sheet
    assert re.findall(r'sheet name="(\w+)"', names) == [
        "tickets",
        "measures",
        "attainment",
        "costs",
        "by_class",
    ]


@pytest.mark.processes
def test_the_pictures_are_one_file_as_wide_as_a_phone() -> None:
    made = said("--format", "png")
    assert made.startswith(b"\x89PNG")
    width, height = (int.from_bytes(made[at : at + 4], "big") for at in (16, 20))
    assert width == 1080
    assert height > 3 * width


@pytest.mark.processes
def test_a_report_that_cannot_be_painted_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "PAINTER", "nothing.that.paints")
    ended = CliRunner().invoke(app, [*YEAR, "--format", "png"])
    assert ended.exit_code == 1
    assert "--format text" in ended.output


@pytest.mark.processes
@pytest.mark.parametrize("language", ["ru", "en"])
def test_numbers_come_as_words_when_they_cannot_be_painted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, shipped: Desk, language: str
) -> None:
    monkeypatch.setattr(album, "PAINTER", "nothing.that.paints")
    period = period_of(shipped, date(2025, 1, 1), date(2025, 12, 31))
    seen = read_beside(f"sqlite+aiosqlite:///{folder / 'firstline.db'}", look, shipped, None, period)
    easel = Easel(seen, shipped, speak.voice(language))
    [card] = album.paint(easel, "light", ["pareto"])
    drawing = album.drawing(card)
    assert drawing is not None
    assert (drawing.photo, drawing.text) == (None, escape(CAPTIONS["pareto"](easel)))


def test_csv_is_what_a_russian_excel_opens() -> None:
    written = said("--format", "csv")
    assert written.startswith(b"\xef\xbb\xbfnumber;source;")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == TICKETS
    assert re.fullmatch(r"\d+,\d{4}", next(row["cost"] for row in rows if row["cost"]))


@pytest.mark.parametrize("text", ["=1+1", "+7 495", "-2", "@SUM(A1)"])
def test_a_text_in_csv_is_never_a_formula(text: str) -> None:
    table = Table("t", ("a", "b", "c"), [(text, 1.5, datetime.fromisoformat("2026-01-02 03:04"))])
    assert comma_separated(table, "en").decode("utf-8-sig") == f"a,b,c\r\n'{text},1.5000,2026-01-02 03:04\r\n"


def test_a_week_below_its_target_is_not_rounded_up_to_it(shipped: Desk, folder: Path) -> None:
    period = period_of(shipped, date(2025, 1, 1), date(2025, 12, 31))
    seen = read_beside(f"sqlite+aiosqlite:///{folder / 'firstline.db'}", look, shipped, None, period)
    weeks = (Week(date(2025, 1, 6), Share(896, 1000)), Week(date(2025, 1, 13), Share(900, 1000)))
    plot = CHARTS["sla"](Easel(replace(seen, weeks=weeks), shipped, speak.voice("en")))
    assert isinstance(plot, ColumnChart)
    assert [(bar.words, bar.tone) for bar in plot.bars] == [("89", "bad"), ("90", "main")]
