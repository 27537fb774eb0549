"""scenarios.yaml with a folder: read as one file, faults at the lines of their own files, kept and put back whole."""

from pathlib import Path

import pytest
from typer import Exit

from bot.app.scenarios_cli import split_up
from bot.scenarios.check.compiler import Compiled, compile_scenarios
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.language.split import NotSplit, split
from bot.scenarios.library.reload import Watched, judge
from bot.yamlfiles import show
from bot.yamlfiles.bundle import gathered, joined, parts, put_back, texts
from tests.scenarios.known import KNOWN

ENTRY = """\
version: 1
defaults: {language: ru, human: {team: helpdesk}}
"""
PRINTER = """\
scenarios:
  printer:
    title: {ru: "Принтер", en: "Printer"}
    category: printing
    steps:
      - {end: {ru: "Включите его.", en: "Switch it on."}}
"""
TESTS = """\
shipped: true
tests:
  - name: printer
    scenario: printer
    steps: [{expect: {text: "Включите"}}]
    ends: end
"""
FILES = {
    "printer.yaml": PRINTER,
    "printer.tests.yaml": TESTS,
    "printer.ru.txt": "# как пишут\nне печатает принтер\n\n  принтер молчит\n",
    "printer.en.txt": "the printer is silent\n",
}


def compiled(**changed: str | None) -> Compiled:
    files = {**FILES, **{name.replace("_", "."): text for name, text in changed.items()}}
    given = {name: text for name, text in files.items() if text is not None}
    return compile_scenarios("scenarios.yaml", joined(ENTRY, given), KNOWN)


def places(found: Compiled) -> list[tuple[str, str, int, int]]:
    return [(one.code, one.file, *one.mark) for one in found.complaints]


def test_a_folder_is_read_as_if_it_had_been_one_file():
    found = compiled()
    assert places(found) == []
    assert found.program is not None
    assert set(found.program.scenarios) == {"printer"}
    assert set(found.program.scenarios["printer"].spec.phrases) == {
        "не печатает принтер",
        "принтер молчит",
        "the printer is silent",
    }
    assert [case.shipped for case in found.program.tests] == [True]


def test_a_scenario_is_the_same_version_in_one_file_and_in_a_folder():
    one = ENTRY + PRINTER.replace("    steps:", "    phrases: [не печатает принтер]\n    steps:")
    single = compile_scenarios("scenarios.yaml", one, KNOWN).program
    many = compiled().program
    assert single is not None
    assert many is not None
    assert single.scenarios["printer"].hash == many.scenarios["printer"].hash


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"printer_yaml": PRINTER.replace("end:", "ned:")}, ("E104", "scenarios/printer.yaml", 6, 10)),
        ({"printer_yaml": PRINTER + "defaults: {}\n"}, ("E211", "scenarios/printer.yaml", 7, 1)),
        ({"copier_yaml": PRINTER}, ("E212", "scenarios/printer.yaml", 2, 3)),
        ({"phrases_txt": "не печатает\n"}, ("E213", "scenarios/phrases.txt", 1, 1)),
        ({"copier_en_txt": "a copy\n"}, ("E214", "scenarios/copier.en.txt", 1, 1)),
        ({"printer_en_txt": "ok then\n\n  p\n"}, ("E128", "scenarios/printer.en.txt", 3, 3)),
        ({"printer_yaml": PRINTER.replace("steps:", "steps: [")}, ("E113", "scenarios/printer.yaml", 6, 7)),
    ],
)
def test_a_fault_is_named_in_the_file_it_is_in(changed, expected):
    found = compiled(**changed)
    assert found.program is None
    assert expected in places(found)


def test_a_second_scenario_of_that_name_says_where_the_first_is():
    complaints = compiled(copier_yaml=PRINTER).complaints
    assert "scenarios/copier.yaml:2" in show(complaints, {}, "ru")


def test_a_shipped_test_never_blocks_what_a_company_has_changed():
    changed = joined(ENTRY, FILES | {"printer.yaml": PRINTER.replace("Включите его", "Позвоните нам")})
    verdict = judge("scenarios.yaml", changed, KNOWN)
    assert verdict.program is not None
    assert [(one.code, one.file, one.mark.line) for one in verdict.complaints] == [
        ("W211", "scenarios/printer.tests.yaml", 5)
    ]


def test_a_company_s_own_failing_test_still_blocks():
    own = TESTS.replace("shipped: true\n", "").replace("Включите", "Выключите")
    verdict = judge("scenarios.yaml", joined(ENTRY, FILES | {"printer.tests.yaml": own}), KNOWN)
    assert verdict.program is None
    assert "scenarios/printer.tests.yaml:4:" in verdict.said("ru")


def test_a_retired_scenario_leaves_its_shipped_tests_with_a_warning():
    gone = PRINTER.replace("printer:", "copier:")
    found = compiled(printer_yaml=gone, printer_ru_txt=None, printer_en_txt=None)
    assert found.program is not None
    assert ("W212", "scenarios/printer.tests.yaml", 4, 15) in places(found)
    assert found.document is not None
    assert run_tests(found.program, found.document).complaints == []


def test_a_change_of_any_file_is_seen_and_a_copy_of_an_editor_is_not(tmp_path: Path):
    entry = written(tmp_path, FILES)
    text = gathered(entry)
    assert isinstance(text, str)
    watched = Watched(entry, text)
    assert watched.changed() is None
    (tmp_path / "scenarios" / ".printer.yaml.swp").write_text("x")
    (tmp_path / "scenarios" / "printer.yaml~").write_text("x")
    assert watched.changed() is None
    (tmp_path / "scenarios" / "printer.en.txt").write_text("the printer is mute and dumb\n")
    assert "mute" in (watched.changed() or "")


def test_what_was_kept_is_put_back_file_by_file(tmp_path: Path):
    entry = written(tmp_path, FILES)
    kept = gathered(entry)
    assert isinstance(kept, str)
    (tmp_path / "scenarios" / "printer.ru.txt").write_text("иное\n", "utf-8")
    (tmp_path / "scenarios" / "later.yaml").write_text("scenarios: {}\n", "utf-8")
    backup = put_back(entry, kept)
    assert gathered(entry) == kept
    assert backup.read_text("utf-8") == ENTRY
    assert (tmp_path / "scenarios" / "later.yaml.before").is_file()
    assert (tmp_path / "scenarios" / "printer.ru.txt.before").read_text("utf-8") == "иное\n"


@pytest.mark.parametrize("name", ["../desk.yaml", "/etc/desk.yaml", "a/../../desk.yaml"])
def test_a_remark_that_names_a_file_outside_writes_nothing_there(tmp_path: Path, name: str):
    entry = written(tmp_path, FILES)
    before = gathered(entry)
    with pytest.raises(OSError, match=r"desk\.yaml"):
        put_back(entry, f"{ENTRY}#@file {name}\nversion: 2\n")
    assert gathered(entry) == before
    assert not (tmp_path / "desk.yaml").exists()


def test_a_file_without_a_folder_is_its_own_bundle(tmp_path: Path):
    entry = tmp_path / "scenarios.yaml"
    entry.write_text(ENTRY + PRINTER, "utf-8")
    assert gathered(entry) == ENTRY + PRINTER
    assert texts("scenarios.yaml", ENTRY) == {"scenarios.yaml": ENTRY}
    assert [part.first_line for part in parts("a.yaml", joined(ENTRY, FILES))] == [1, 4, 6, 11, 18]


def written(folder: Path, files: dict[str, str]) -> Path:
    (folder / "scenarios").mkdir()
    for name, text in files.items():
        (folder / "scenarios" / name).write_text(text, "utf-8")
    entry = folder / "scenarios.yaml"
    entry.write_text(ENTRY, "utf-8")
    return entry


SCHEMA = "# yaml-language-server: $schema=../scenarios.schema.json\n"
SINGLE = """\
# yaml-language-server: $schema=./scenarios.schema.json
# the company's scenarios
version: 1
defaults: {language: ru, human: {team: helpdesk}}
scenarios:
  # ── 1. Printer
  printer:
    title: {ru: "Принтер", en: "Printer"}
    category: printing
    phrases:                 # how people say it
      - не печатает принтер
      # in English
      - the printer is silent
    steps:
      - {end: {ru: "Включите его.", en: "Switch it on."}}

  # ── 2. Mouse
  mouse:
    title: {ru: "Мышь", en: "Mouse"}
    category: network
    steps:
      - {end: {ru: "Вставьте её.", en: "Plug it in."}}   # by the cable
tests:
  # the printer
  - name: printer
    scenario: printer
    ends: end
  - {route: "принтер молчит", to: printer}
  - {route: "купите слона", to: null}
"""


def test_a_file_that_is_split_keeps_its_remarks_and_its_versions():
    found = split("scenarios.yaml", SINGLE)
    assert set(found.files) == {
        "printer.yaml",
        "printer.tests.yaml",
        "printer.ru.txt",
        "printer.en.txt",
        "mouse.yaml",
        "menu.tests.yaml",
    }
    assert found.entry.startswith(SINGLE[: SINGLE.index("scenarios:")])
    assert found.entry.splitlines()[-2:] == ["  - printer", "  - mouse"]
    assert found.files["printer.en.txt"] == "# in English\nthe printer is silent\n"
    assert found.files["printer.yaml"].startswith(f"{SCHEMA}scenarios:\n  # ── 1. Printer\n  printer:\n")
    assert found.files["mouse.yaml"].endswith("# by the cable\n")
    assert found.files["printer.tests.yaml"].startswith(
        f"{SCHEMA}tests:\n  # the printer\n  - name: printer\n"
    )
    before = compile_scenarios("scenarios.yaml", SINGLE, KNOWN).program
    after = compile_scenarios("scenarios.yaml", joined(found.entry, found.files), KNOWN).program
    assert before is not None
    assert after is not None
    assert [one.id for one in before.menu] == [one.id for one in after.menu] == ["printer", "mouse"]
    assert {id_: one.hash for id_, one in before.scenarios.items()} == {
        id_: one.hash for id_, one in after.scenarios.items()
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SINGLE.replace("category: network", "categry: network"), 20),
        ("version: 1\nscenarios: {a: {title: A, steps: [{end: A}]}, b: {title: B, steps: [{end: B}]}}\n", 2),
    ],
)
def test_what_cannot_be_split_is_refused_at_its_line(text, line):
    with pytest.raises(NotSplit) as refused:
        split("scenarios.yaml", text)
    assert refused.value.line == line


def test_the_command_splits_once_and_says_where_everything_is(tmp_path: Path, capsys):
    file = tmp_path / "scenarios.yaml"
    file.write_text(SINGLE, "utf-8")
    split_up(file)
    assert "файлов 6" in capsys.readouterr().out
    assert (tmp_path / "scenarios.yaml.before").read_text("utf-8") == SINGLE
    with pytest.raises(Exit):
        split_up(file)
    assert "уже есть" in capsys.readouterr().err
