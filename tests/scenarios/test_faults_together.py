"""Every fault at once: a fault in one step, scenario or file does not hide wrong names elsewhere."""

from pathlib import Path

from bot.app.files import open_files
from bot.scenarios.check.compiler import compile_scenarios
from bot.sla.check import load_desk
from tests.scenarios.known import FLOW, KNOWN, ROOT

DESK = (ROOT / "desk.yaml").read_text("utf-8")


def found(text: str) -> list[tuple[str, str]]:
    """The codes with the text at their places."""
    lines = text.split("\n")
    complaints = compile_scenarios("flow.yaml", text, KNOWN).complaints
    return [
        (c.code, lines[c.mark.line - 1][c.mark.column - 1 :].split(",")[0].strip(" }")) for c in complaints
    ]


def test_a_broken_step_hides_no_name_of_its_own_scenario():
    text = FLOW.replace("optional: true", "optinal: true", 1)
    text = text.replace(
        "category: printing\n    banner: printing", "category: prniting\n    banner: networks"
    )
    text = text.replace("article: printer-queue", "article: printer-queu").replace(
        "goto: jam}", "goto: jamm}"
    )
    text = text.replace("check: printer_status", "check: printer_statu").replace(
        "media/panel.jpg", "media/panl.jpg"
    )
    text = text.replace("          team: helpdesk\n", "          team: helpdsk\n")
    assert {("E104", "optinal: true"), ("E180", "prniting"), ("E180", "networks")} <= set(found(text))
    assert {code for code, _ in found(text)} == {"E104", "E162", "E179", "E180", "E181", "E182", "E183"}
    assert ("E162", "jamm") in found(text)
    assert ("E179", "helpdsk") in found(text)


def test_broken_defaults_and_a_broken_profile_hide_nothing_either():
    text = FLOW.replace("{human: {team: helpdesk}}", "{human: {team: helpdesk}, remind_after: soon}")
    text = text.replace("type: int, min: -2", "type: int, min: low").replace(
        "article: printer-queue", "article: x"
    )
    codes = [code for code, _ in found(text)]
    assert codes.count("E181") == 1
    assert set(codes) >= {"E142", "E122", "E181"}
    assert not set(codes) & {"E174", "E188"}  # what is there, though broken, is not reported as missing


def test_a_broken_test_hides_no_other_test_of_an_unknown_scenario():
    text = (
        FLOW
        + "tests:\n  - {name: a, scenario: pirnter, ends: solved}\n  - {name: b, scenario: printer, step: []}\n"
    )
    assert found(text)[-2:] == [("E196", "pirnter"), ("E104", "step: []")]


def test_a_slip_of_form_in_the_desk_hides_no_name_in_it():
    text = DESK.replace("nudge: 1bd", "nudge: 1 day").replace("    team: network\n", "    team: netwrok\n", 1)
    text = text.replace("    chain: critical\n", "    chain: critcal\n", 1).replace(
        "    team: admins\n", "    tim: admins\n", 1
    )
    _, complaints = load_desk("desk.yaml", text)
    names = [(c.code, c.facts.get("written"), c.hint) for c in complaints if c.code == "E330"]
    assert names == [("E330", "netwrok", "network"), ("E330", "critcal", "critical")]
    assert {c.code for c in complaints} >= {"E104", "E317"}


def test_both_files_are_judged_together_whatever_is_wrong_with_either(tmp_path: Path):
    (tmp_path / "desk.yaml").write_text(DESK.replace("nudge: 1bd", "nudge: 1 day"), "utf-8")
    flow = FLOW.replace("team: helpdesk\n", "team: helpdsk\n").replace("optional: true", "optinal: true", 1)
    (tmp_path / "scenarios.yaml").write_text(flow, "utf-8")
    opened = open_files(tmp_path / "desk.yaml", tmp_path / "scenarios.yaml", ROOT / "knowledge_base")
    told = {(c.file, c.code) for c in opened.errors}
    assert told >= {("desk.yaml", "E317"), ("scenarios.yaml", "E104"), ("scenarios.yaml", "E179")}


def test_an_article_with_a_fault_is_not_said_to_be_missing_as_well(tmp_path: Path):
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "printer-queue.md").write_text("no front matter", "utf-8")
    (tmp_path / "scenarios.yaml").write_text(FLOW, "utf-8")
    opened = open_files(ROOT / "desk.yaml", tmp_path / "scenarios.yaml", tmp_path / "knowledge")
    codes = {error.code for error in opened.errors}
    assert "E401" in codes
    assert "E181" not in codes
