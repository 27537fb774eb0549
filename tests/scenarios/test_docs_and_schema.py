"""The page about the language is true, and so is the schema for editors."""

import json
import re

import pytest

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.check.walk import walk_all
from bot.scenarios.language.load import File
from bot.scenarios.language.model import MODELS, VERBS
from bot.scenarios.language.schema import schema_text
from bot.yamlfiles import show
from tests.scenarios.known import ROOT, SHIPPED

PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml ?(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

AROUND_STEPS = """\
version: 1
defaults: {human: {team: helpdesk}}
profile:
  floor: {type: int, ask: {ru: "Этаж?", en: "Floor?"}}
scenarios:
  example:
    title: {ru: "Пример", en: "Example"}
    category: hardware
    phrases: [example]
    steps:
"""


TICKET = "- ticket: {category: hardware, team: helpdesk, summary: Пример}\n"


def whole(kind: str, example: str) -> str:
    """An example as a file: a list of steps gets a scenario around it, and a ticket where it leads on."""
    if not kind:
        return example
    last = re.split(r"(?m)^- ", example)[-1]
    leads_on = not last.startswith(("ticket:", "{end:")) and '"no": human' not in last
    steps = example + (TICKET if leads_on else "")
    return AROUND_STEPS + re.sub(r"^", "      ", steps, flags=re.MULTILINE)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_page_compiles_and_plays(kind: str, example: str):
    text = whole(kind, example)
    known = Known(
        teams=["helpdesk"],
        categories=["hardware", "office", "access"],
        articles=["printer-queue"],
        media=["media/task_manager.png"],
        checks={"printer_status": ["printer"]},
        languages=["ru", "en"],
    )
    result = compile_scenarios("example.yaml", text, known)
    complaints = [c for c in result.complaints if not c.is_warning or not kind]
    assert complaints == [], show(complaints, {"example.yaml": text}, "en")
    assert walk_all(result.program, result.document).complaints == []
    tested = run_tests(result.program, result.document)
    assert tested.complaints == [], show(tested.complaints, {"example.yaml": text}, "en")


def test_the_page_shows_every_verb():
    shown = "\n".join(example for _, example in EXAMPLES)
    assert [verb for verb in VERBS if not re.search(rf"(?m)^\s*(- )?(\{{)?(id: \w+, )?{verb}:", shown)] == []


def test_the_complaint_on_the_page_is_a_real_one():
    assert "error[E173]: the answer 'name' may not be there yet" in PAGE


def test_the_committed_schema_is_that_of_the_models():
    assert (ROOT / "scenarios.schema.json").read_text("utf-8") == schema_text()


def test_the_schema_knows_every_field_of_every_step():
    schema = json.loads(schema_text())
    for model in MODELS.values():
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert set(schema["$defs"][model.__name__]["properties"]) == fields
        assert schema["$defs"][model.__name__]["additionalProperties"] is False
    assert set(schema["properties"]) == set(File.model_fields)


def test_the_shipped_file_names_the_schema_in_its_first_line():
    assert (
        SHIPPED.read_text("utf-8").split("\n")[0] == "# yaml-language-server: $schema=./scenarios.schema.json"
    )
