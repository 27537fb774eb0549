"""`firstline due` and `elapsed`: what they print, and how they refuse."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.sla import cli

DESK = """\
calendars:
  office:
    tz: Europe/Moscow
    week: {mon-fri: ["09:00-18:00"]}
    production_calendar: ru
    short_day: {cut: 60m, from: end}
    covers: {from: 2025-01-01, to: 2027-12-31}
  berlin: {tz: Europe/Berlin, week: {mon-sun: ["00:00-24:00"]}}
"""
app = typer.Typer()
app.command()(cli.due)
app.command()(cli.elapsed)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return path


def firstline(command: str, desk: Path, calendar: str, *options: str) -> tuple[int, str, str]:
    """Exit code, what was printed, what was complained."""
    done = CliRunner().invoke(app, [command, "--desk", str(desk), "--calendar", calendar, *options])
    return done.exit_code, done.stdout.strip(), done.stderr.replace(str(desk), "desk.yaml")


def due(desk: Path, calendar: str, start: str, target: str, *pauses: str) -> str:
    """What `firstline due` prints."""
    options = ["--start", start, "--target", target]
    code, out, err = firstline("due", desk, calendar, *options, *(o for p in pauses for o in ("--pause", p)))
    assert (code, err) == (0, "")
    return out


def test_a_due_instant_is_printed_in_the_zone_of_the_calendar(desk: Path) -> None:
    assert due(desk, "office", "2026-11-27T17:00", "2h") == "2026-11-30T10:00:00+03:00"
    assert due(desk, "office", "2026-11-27T14:00:00Z", "2h") == "2026-11-30T10:00:00+03:00"
    assert due(desk, "office", "2026-11-27T17:00", "1h") == "2026-11-27T18:00:00+03:00"
    assert due(desk, "office", "2026-11-02T12:00", "1bd") == "2026-11-03T12:00:00+03:00"
    assert due(desk, "office", "2026-11-03T16:30", "90s") == "2026-11-03T16:31:30+03:00"


def test_lengths_are_real_across_the_night_when_clocks_change(desk: Path) -> None:
    assert due(desk, "berlin", "2026-03-28T12:00", "24h") == "2026-03-29T13:00:00+02:00"
    assert due(desk, "berlin", "2026-10-24T12:00", "24h") == "2026-10-25T11:00:00+01:00"


def test_pauses_may_repeat_overlap_and_lie_outside_hours(desk: Path) -> None:
    start = "2026-11-23T09:00"
    assert due(desk, "office", start, "4h") == "2026-11-23T13:00:00+03:00"
    pauses = ["2026-11-23T10:00/2026-11-23T11:00", "2026-11-23T10:30/2026-11-23T12:00"]
    assert due(desk, "office", start, "4h", *pauses) == "2026-11-23T15:00:00+03:00"
    assert (
        due(desk, "office", start, "4h", "2026-11-23T19:00/2026-11-24T08:00") == "2026-11-23T13:00:00+03:00"
    )
    assert (
        due(desk, "office", start, "4h", "2026-11-23T13:00/2026-11-24T12:00") == "2026-11-23T13:00:00+03:00"
    )
    assert (
        due(desk, "office", start, "4h", "2026-11-20T09:00/2026-11-23T10:00") == "2026-11-23T14:00:00+03:00"
    )


def test_a_pause_after_the_end_of_the_calendar_does_not_touch_what_is_due_before(desk: Path) -> None:
    start, pause = "2027-12-30T16:00", "2028-01-05T10:00/2028-01-05T11:00"
    done = firstline("due", desk, "office", "--start", start, "--target", "30m", "--pause", pause)
    assert done[:2] == (0, "2027-12-30T16:30:00+03:00")
    assert firstline("due", desk, "office", "--start", start, "--target", "8h", "--pause", pause)[0] == 2


def test_a_window_that_closes_where_the_repeated_hour_begins_has_none_of_it(desk: Path) -> None:
    text = DESK + '  night: {tz: Europe/Berlin, week: {sat: ["18:00-02:00"]}}\n'
    desk.write_text(text + '  later: {tz: Europe/Berlin, week: {sat: ["18:00-02:30"]}}\n', "utf-8")
    span = ("--from", "2026-10-24T12:00", "--to", "2026-10-25T12:00")
    assert firstline("elapsed", desk, "night", *span)[1] == str(8 * 3600)
    assert firstline("elapsed", desk, "later", *span)[1] == str(9 * 3600 + 1800)


def test_elapsed_prints_business_seconds(desk: Path) -> None:
    code, out, _ = firstline(
        "elapsed", desk, "office", "--from", "2026-11-27T17:00", "--to", "2026-11-30T10:00:30"
    )
    assert (code, out) == (0, str(2 * 3600 + 30))
    assert firstline("elapsed", desk, "office", "--from", "2026-11-28", "--to", "2026-11-27")[1] == "0"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--start", "2026-11-23T09:00", "--target", "2d"], "E317"),
        (["--start", "2026-11-23T09:00", "--target", "soon"], "E316"),
        (["--start", "yesterday", "--target", "2h"], "E322"),
        (["--start", "2026-11-23", "--target", "2h", "--pause", "2026-11-23"], "E323"),
        (["--start", "2026-11-23", "--target", "2h", "--pause", "2026-11-23/2026-11-22"], "E323"),
    ],
)
def test_an_option_that_means_nothing_is_refused_with_a_kind_sentence(
    desk: Path, options: list[str], code: str
) -> None:
    exit_code, out, err = firstline("due", desk, "office", *options)
    assert (exit_code, out) == (2, "")
    assert f"[{code}]" in err


def test_a_target_with_a_space_or_another_unit_is_offered_as_it_was_meant(desk: Path) -> None:
    for target, meant in (("2 h", "'2h'"), ("30min", "'30m'")):
        assert meant in firstline("due", desk, "office", "--start", "2026-11-23", "--target", target)[2]


def test_an_hour_that_happens_twice_means_its_first_unless_the_offset_says_otherwise(desk: Path) -> None:
    assert due(desk, "berlin", "2026-10-25T02:30", "1h") == "2026-10-25T02:30:00+01:00"
    assert due(desk, "berlin", "2026-10-25T02:30+01:00", "1h") == "2026-10-25T03:30:00+01:00"
    assert due(desk, "berlin", "2026-03-29T02:30", "1h") == "2026-03-29T04:30:00+02:00"


def test_a_deadline_past_the_calendar_is_no_deadline(desk: Path) -> None:
    code, out, err = firstline("due", desk, "office", "--start", "2027-12-30T12:00", "--target", "2bd")
    assert (code, out) == (2, "")
    assert err.startswith("desk.yaml:7:5:")
    assert firstline("elapsed", desk, "office", "--from", "2024-12-31", "--to", "2025-01-01")[0] == 2


def test_a_calendar_fault_exits_2_with_its_place(desk: Path) -> None:
    desk.write_text(DESK.replace("09:00-18:00", "18:00-18:00"), encoding="utf-8")
    code, out, err = firstline("due", desk, "office", "--start", "2026-11-23T09:00", "--target", "2h")
    assert (code, out) == (2, "")
    assert err.startswith("desk.yaml:4:22:")
    assert "[E308]" in err


def test_a_broken_file_and_an_unknown_calendar_exit_2(desk: Path) -> None:
    assert "'office'" in firstline("elapsed", desk, "offce", "--from", "2026-11-23", "--to", "2026-11-24")[2]
    desk.write_text("calendars: {office: [", encoding="utf-8")
    assert firstline("elapsed", desk, "office", "--from", "2026-11-23", "--to", "2026-11-24")[0] == 2
    desk.unlink()
    assert firstline("elapsed", desk, "office", "--from", "2026-11-23", "--to", "2026-11-24")[0] == 2


@pytest.mark.processes
def test_the_commands_start_without_what_they_do_not_need() -> None:
    heavy = "aiogram", "sqlalchemy", "pydantic"
    listing = f"import sys, bot.sla.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
