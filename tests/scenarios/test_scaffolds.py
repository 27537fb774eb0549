"""`firstline new`: what it writes passes the check and its own tests, and nothing is written over."""

from datetime import date
from pathlib import Path

import pytest
from typer import BadParameter, Exit

from bot.app import scaffolds_cli
from bot.app.check import unwritten
from bot.app.files import Opened
from bot.knowledge.articles import load_library
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.language.scaffolds import NewScenario, article, scenario_files
from bot.sla.check import load_desk
from bot.yamlfiles.bundle import joined
from tests.scenarios.known import KNOWN, ROOT

ENTRY = "version: 1\ndefaults: {language: ru, human: {team: helpdesk}}\n"
COFFEE = NewScenario(
    "coffee_machine",
    {"ru": "Кофемашина", "en": 'The "coffee" machine'},
    {"ru": "Долейте воды.", "en": "Add water."},
    {"ru": ["кофемашина не варит", "нет кофе"], "en": []},
    "network",
    "helpdesk",
)


def test_a_new_scenario_passes_the_check_and_its_own_tests():
    found = compile_scenarios("scenarios.yaml", joined(ENTRY, scenario_files(COFFEE)), KNOWN)
    assert found.complaints == []
    assert found.program is not None
    assert found.document is not None
    tested = run_tests(found.program, found.document, lambda _: "coffee_machine")
    assert (tested.played, tested.complaints) == (3, [])


def test_the_frame_of_an_article_is_an_article(tmp_path: Path):
    text = article("coffee-clean", COFFEE.title, "coffee_machine", date(2027, 3, 1))
    (tmp_path / "coffee-clean.md").write_text(text, "utf-8")
    library, complaints = load_library(tmp_path)
    assert complaints == []
    assert [one.id for one in library.all()] == ["coffee-clean"]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("desk.yaml", "facts.yaml", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "scenarios.yaml").write_text((ROOT / "scenarios.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "scenarios").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_that_is_there_is_left_as_it_is(company: Path, capsys: pytest.CaptureFixture[str]):
    mine = company / "scenarios" / "coffee.yaml"
    mine.write_text("scenarios: {}\n", "utf-8")
    with pytest.raises(Exit) as ended:
        scaffolds_cli.new_scenario("coffee", ["ru=Кофе"], ["ru=Долейте воды."], ["ru=нет кофе"], "other")
    assert ended.value.exit_code == 2
    assert mine.read_text("utf-8") == "scenarios: {}\n"
    assert "coffee.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "title", "category", "said"),
    [
        ("Кофе", "ru=Кофе", "other", "латинские"),
        ("coffee", "Кофе", "other", "ru=..."),
        ("coffee", "ru=Кофе", "othr", "other"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(company: Path, name, title, category, said):
    with pytest.raises(BadParameter) as refused:
        scaffolds_cli.new_scenario(name, [title], ["ru=Долейте воды."], ["ru=нет кофе"], category)
    assert said in refused.value.message
    assert list((company / "scenarios").iterdir()) == []


def test_an_article_of_an_unknown_scenario_is_refused_with_the_one_that_was_meant(company: Path):
    (company / "scenarios").rmdir()
    (company / "scenarios").symlink_to(ROOT / "scenarios")
    with pytest.raises(BadParameter) as refused:
        scaffolds_cli.new_article("printer-tea", "prnter", ["ru=Чай для принтера"])
    assert "printer?" in refused.value.message
    assert not (ROOT / "knowledge_base" / "printer-tea.md").exists()


@pytest.fixture
def own_desk(company: Path) -> Path:
    (company / "desk.yaml").unlink()
    (company / "desk.yaml").write_text((ROOT / "desk.yaml").read_text("utf-8"), "utf-8")
    return company / "desk.yaml"


def test_a_team_is_put_into_the_desk_and_every_other_line_stays(own_desk: Path):
    before = own_desk.read_text("utf-8").splitlines()
    scaffolds_cli.new_team("security_team", ["ru=Безопасность", "en=Security"], "incidents")
    after = own_desk.read_text("utf-8")
    desk, complaints = load_desk("desk.yaml", after)
    assert desk is not None
    assert [one for one in complaints if not one.is_warning] == []
    assert desk.category("incidents").team == "security_team"
    added = [line for line in after.splitlines() if line not in before]
    assert len(added) == 4
    assert [line for line in after.splitlines() if line not in added] == before


@pytest.mark.parametrize(("name", "category"), [("helpdesk", None), ("night", "printing")])
def test_a_name_that_is_there_is_refused_and_nothing_is_written(own_desk: Path, name, category):
    before = own_desk.read_text("utf-8")
    with pytest.raises(Exit) as ended:
        scaffolds_cli.new_team(name, ["ru=Ночь"], category)
    assert ended.value.exit_code == 2
    assert own_desk.read_text("utf-8") == before


def test_a_language_begins_with_files_to_translate(own_desk: Path, capsys: pytest.CaptureFixture[str]):
    scaffolds_cli.new_language("de")
    assert (own_desk.parent / "texts" / "de" / "tickets.po").is_file()
    assert "firstline check" in capsys.readouterr().err
    for code in ("ru", "deutsch", "../x"):
        with pytest.raises(BadParameter):
            scaffolds_cli.new_language(code)


def test_an_article_that_is_still_a_frame_is_named_and_a_written_one_is_not(tmp_path: Path):
    for name in ("tea", "coffee"):
        frame = article(name, COFFEE.title, "coffee_machine", date(2027, 3, 1))
        front = frame.partition("\n# ru\n")[0]
        written = f"{front}\n# ru\n\n1. Долейте воды.\n\n# en\n\n1. Add water.\n"
        (tmp_path / f"{name}.md").write_text(frame if name == "tea" else written, "utf-8")
    library, complaints = load_library(tmp_path)
    assert complaints == []
    assert [(one.code, one.file) for one in unwritten(Opened(library=library))] == [("W403", "tea.md")]
