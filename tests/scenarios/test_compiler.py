"""The compiler: every fault at its exact line and column, all at once, and never a crash."""

import random
import re
from pathlib import Path

import pytest
import yaml

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.check.walk import walk_all
from bot.texts import speak
from bot.yamlfiles import as_json, explain, show
from bot.yamlfiles.complaint import codes
from bot.yamlfiles.facts import read_facts
from tests.scenarios.known import HERE, KNOWN, SHIPPED_TEXT, shipped_in_one

BROKEN = sorted((HERE / "broken").glob("*.yaml"))
ANYTHING = Known(languages=["ru", "en"], facts=read_facts(HERE.parents[1] / "facts.yaml").facts)


def expected_of(text: str) -> list[tuple[str, int, int]]:
    """The first line of a broken file says what is wrong with it: `# E162@9:34 W201@3:1`."""
    found = re.findall(r"([EW]\d+)@(\d+):(\d+)", text.split("\n")[0])
    return [(code, int(line), int(column)) for code, line, column in found]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_file_is_complained_about_at_the_exact_place(file: Path):
    text = file.read_text("utf-8")
    complaints = compile_scenarios(file.name, text, KNOWN).complaints
    assert [(c.code, *c.mark) for c in complaints] == expected_of(text)
    for language in ("ru", "en"):
        shown = show(complaints, {file.name: text}, language)
        assert f"{file.name}:{complaints[0].mark.line}:" in shown
        assert not re.search(r"\{[a-z_]+\}", shown.replace(text, "")) or "{" in text


def test_there_are_well_over_sixty_broken_files():
    assert len(BROKEN) >= 100


def test_every_code_of_the_language_has_a_broken_file():
    shown = {code for file in BROKEN for code, _, _ in expected_of(file.read_text("utf-8"))}
    # E102: files that cannot be read. E109: huge ones. E123, E135: models of other files. E197: a test that fails.
    # E199: the net below all others. E211-E214, W211, W212: a folder of files (test_parts).
    elsewhere = {"E211", "E212", "E213", "E214", "W211", "W212"} | {
        "E102",
        "E109",
        "E123",
        "E135",
        "E197",
        "E199",
    }
    ours = {code for code in codes() if code[:2] in ("E1", "W2")}
    assert ours - shown - elsewhere == set()


def test_a_file_that_is_refused_is_shown_as_a_compiler_shows_it():
    file = HERE / "broken" / "an_unknown_goto.yaml"
    text = file.read_text("utf-8")
    shown = show(compile_scenarios(file.name, text, KNOWN).complaints, {file.name: text}, "ru")
    head, source, caret = shown.splitlines()
    assert head == (
        "an_unknown_goto.yaml:17:50: ошибка[E162]: шага 'queu' нет; есть: end, human, jam, make, queue, solved, what"
        " — может быть, 'queue'?"
    )
    assert source[caret.index("^") :].startswith("queu}")


def test_json_for_builds_says_the_same():
    text = (HERE / "broken" / "an_unknown_goto.yaml").read_text("utf-8")
    found = as_json(compile_scenarios("f.yaml", text, KNOWN).complaints, "en")
    assert yaml.safe_load(found)["complaints"][0]["hint"] == "queue"


def test_every_code_is_explained():
    assert "goto" in (explain("E165", "en") or "")


def test_the_shipped_file_is_without_complaint():
    assert compile_scenarios("scenarios.yaml", SHIPPED_TEXT, ANYTHING).complaints == []


# ── mutations ───────────────────────────────────────────────────────────────────────────────────────────

KEY = re.compile(r"(?P<before>[\s{,-])(?P<key>[a-z_]+|\"no\")(?P<after>:[ \n])")


def mutated(text: str, rng: random.Random) -> str:
    """The file with one key misspelled, or with one line that holds a key deleted."""
    keys = [
        found
        for found in KEY.finditer(text)
        if "#" not in text[text.rfind("\n", 0, found.start()) : found.start()]
    ]
    found = rng.choice(keys)
    if rng.random() < 0.5:
        key = found["key"].strip('"')
        place = rng.randrange(len(key))
        wrong = key[:place] + rng.choice("qxzw") + key[place + 1 :]
        return text[: found.start("key")] + wrong + text[found.end("key") :]
    start = text.rfind("\n", 0, found.start("key")) + 1
    end = text.find("\n", found.end())
    return text[:start] + text[end + 1 :]


def alone(text: str, rng: random.Random) -> str:
    """The shipped file with one of its scenarios, the parts they call, and nothing else."""
    head, _, body = text.partition("\ntests:\n")[0].partition("\nscenarios:\n")
    blocks = re.split(r"(?m)^(?=  _?[a-z][a-z0-9_]*:$)", body)[1:]
    parts = [block for block in blocks if block.startswith("  _")]
    chosen = rng.choice([block for block in blocks if not block.startswith("  _")])
    return head + "\nscenarios:\n" + "".join(parts) + chosen


@pytest.mark.parametrize("seed", range(6))
def test_a_key_misspelled_or_deleted_never_crashes_and_never_breaks_later(seed: int):
    """25 mutations per seed, 150 in all, and thousands in a storm."""
    mutate(seed)


def mutate(seed: int) -> None:
    """25 mutations: refused with a place, or accepted and playable to every end."""
    shipped = shipped_in_one()
    rng = random.Random(seed)
    for _ in range(25):
        wrong = mutated(alone(shipped, rng), rng)
        result = compile_scenarios("scenarios.yaml", wrong, ANYTHING)
        if result.program is None or result.document is None:
            assert result.errors
            assert all(1 <= c.mark.line <= wrong.count("\n") + 1 for c in result.complaints)
            assert show(result.complaints, {"scenarios.yaml": wrong}, "ru")
        else:
            assert walk_all(result.program, result.document).complaints == []


def test_languages_are_those_we_have_words_for():
    assert set(speak.languages()) >= {"ru", "en"}
