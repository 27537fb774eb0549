"""`firstline sla check`: gaps of a desk are reported at their line, before anyone waits there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.check import people_of, uncovered
from bot.sla.check import load_desk
from bot.yamlfiles.complaint import explain

SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text(encoding="utf-8")
NOW = int(datetime(2026, 11, 25, 9, tzinfo=UTC).timestamp())
STAFF = {
    "E1": frozenset({"engineer:helpdesk", "lead:helpdesk"}),
    "E2": frozenset({"engineer:network", "lead:network"}),
    "E3": frozenset({"engineer:admins", "lead:admins"}),
    "E4": frozenset({"supervisor"}),
    "E5": frozenset({"head"}),
}
TEAMS = re.findall(r"^  (\w+):", SHIPPED.partition("\nteams:")[2].partition("\n\n")[0], re.MULTILINE)
ROTA = (
    "duty:\n"
    "  helpdesk: {start: 2026-11-23, people: [E1]}\n"
    "  network: {start: 2026-11-23, people: [E2]}\n"
    "  admins: {start: 2026-11-23, people: [E3]}\n\nchains:"
)
STAFF |= {f"X-{team}": frozenset({f"engineer:{team}", f"lead:{team}"}) for team in TEAMS}


def changed(old: str, new: str) -> str:
    assert old in SHIPPED, old
    return SHIPPED.replace(old, new, 1)


def codes(text: str, staff: dict[str, frozenset[str]] | None = None, now: int = NOW) -> list[str]:
    """What is wrong with a text, every complaint at a line of its own."""
    complaints = [*load_desk("desk.yaml", text)[1], *uncovered("desk.yaml", text, staff, now)]
    assert all(
        one.mark.line > 1 and explain(one.code, "ru") and explain(one.code, "en") for one in complaints
    )
    return [one.code for one in complaints]


def test_the_shipped_desk_with_everybody_there_and_a_rota_leaves_nothing_uncovered() -> None:
    assert codes(SHIPPED.replace("\nchains:", f"\n{ROTA}", 1), STAFF) == []


def test_a_promise_beyond_the_usual_hours_is_named_until_its_teams_have_a_rota() -> None:
    assert codes(SHIPPED, STAFF) == ["W324", "W324"]  # security and p1 run at night
    found = [one for one in uncovered("desk.yaml", SHIPPED, STAFF, NOW) if one.code == "W324"]
    assert [one.facts["rule"] for one in found] == ["security", "p1"]
    assert found[0].facts["teams"] == ["admins", "helpdesk"]
    assert "W324" not in codes(
        SHIPPED.replace("calendar: duty\n    targets", "calendar: office\n    targets")
    )


NIGHTS_OFF = "network: {calendar: {P1: duty, default: office}", "network: {calendar: office"
DUTY = "duty: {network: {start: 2026-11-23, people: [E2]}}\n\nchains:"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (changed(*NIGHTS_OFF), "W317"),
        (
            changed(
                "{at: 100, to: [assignee_or_team, team_lead, supervisor]}", "{at: 100, to: [team]}"
            ).replace("ladder: [supervisor, supervisor, head]", "ladder: [team]"),
            "W316",
        ),
        (
            changed(
                "\nchains:",
                "\nduty: {helpdesk: {start: 2026-11-23, people: [E1], absent: {E1: [2027-01-11/2027-01-17]}}}\n\nchains:",
            ),
            "W318",
        ),
        (changed("\nchains:", "\nduty: {helpdesk: {start: 2026-11-23, people: [E2]}}\n\nchains:"), "W322"),
        (changed("\nchains:", "\ndeputies: {E4: E9}\n\nchains:"), "W321"),
        (changed("\nchains:", "\nabsent: {E77: [2027-01-11/2027-01-17]}\n\nchains:"), "W321"),
    ],
)
def test_a_hole_is_told_at_its_line(text: str, code: str) -> None:
    assert code in codes(text, STAFF)


def test_somebody_on_duty_fills_the_night_that_the_calendar_leaves() -> None:
    assert "W317" not in codes(changed(*NIGHTS_OFF).replace("\nchains:", f"\n{DUTY}", 1), STAFF)


def test_a_team_without_people_and_a_role_without_anybody_are_told() -> None:
    alone = {"E1": STAFF["E1"], "E4": STAFF["E4"]}
    found = codes(SHIPPED, alone)
    assert found.count("W319") == len(re.findall(r"\bteam: (?!helpdesk\b)\w+", SHIPPED))
    assert found.count("W320") == len(TEAMS)  # the head, and the leads of all teams but the helpdesk


def test_a_calendar_that_ends_is_told_ninety_days_before() -> None:
    assert "W313" in codes(SHIPPED, STAFF, int(datetime(2027, 11, 1, tzinfo=UTC).timestamp()))


def test_without_people_only_the_file_is_judged() -> None:
    alone = changed("\nchains:", "\ndeputies: {E4: E9}\n\nchains:")
    assert codes(alone.replace("\nchains:", f"\n{ROTA}", 1)) == []


def test_people_come_from_the_csv_file(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("staff_id,name,username,roles\nE1,Oleg,oleg,engineer:helpdesk;supervisor\n", "utf-8")
    assert people_of(file, "en") == {"E1": frozenset({"engineer:helpdesk", "supervisor"})}


def test_people_without_a_roles_column_are_not_taken_for_people_without_roles(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("staff_id,name\nE1,Anna\n", "utf-8")
    assert people_of(file, "en") is None
