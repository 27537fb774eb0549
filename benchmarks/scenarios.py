"""The cost of a large scenarios file: read, check and test fifty, a hundred and two hundred scenarios of twenty steps."""

import time
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure
from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.check.rehearsal import run_tests
from bot.scenarios.check.walk import walk_all
from bot.yamlfiles.bundle import gathered_or_exit
from bot.yamlfiles.facts import facts_file, read_facts

ROOT = Path(__file__).resolve().parent.parent
ANYTHING = Known(languages=["ru", "en"])
HEAD = """\
version: 1
defaults: {human: {team: helpdesk}}
profile:
  floor: {type: int, min: -2, max: 60, ask: {ru: "Этаж?", en: "Floor?"}}
scenarios:
"""
STEPS = 20


def made_up(count: int) -> str:
    """A file of `count` scenarios of STEPS steps each, in two languages, each with a test."""
    scenarios = "".join(_scenario(number) for number in range(count))
    tests = "".join(
        f"  - {{name: t{number}, scenario: s{number}, steps: [human], ends: {{ticket: {{team: helpdesk}}}}}}\n"
        for number in range(count)
    )
    return f"{HEAD}{scenarios}tests:\n{tests}"


def _scenario(number: int) -> str:
    lines = [
        f"  s{number}:",
        f'    title: {{ru: "Беда {number}", en: "Trouble {number}"}}',
        "    category: hardware",
        f"    phrases: [trouble number {number}, it is {number} again]",
        "    steps:",
    ]
    for step in range(STEPS // 4 - 1):
        lines += [
            f'      - choose: {{ru: "Вопрос {step}, {{{{ person.name }}}}?", en: "Question {step}, {{{{ person.name }}}}?"}}',
            f"        save: a{step}",
            "        options:",
            '          - {label: {ru: "Да", en: "Yes"}, value: one}',
            '          - {label: {ru: "Нет", en: "No"}, value: two}',
            f'      - say: {{ru: "Совет {step}: {{{{ labels.a{step} }}}}", en: "Advice {step}: {{{{ labels.a{step} }}}}"}}',
            '      - resolved: {ru: "Помогло?", en: "Did it help?"}',
            f"      - {{ask: profile.floor, save: floor{step}, once: true}}",
        ]
    holes = " ".join(f"{{{{ answers.floor{step} }}}}" for step in range(STEPS // 4 - 1))
    return "\n".join([*lines, *_end(holes)]) + "\n"


def _end(holes: str) -> list[str]:
    return [
        '      - {photo: {ru: "Фото?", en: "A photo?"}, optional: true}',
        '      - {ask: {ru: "Что ещё?", en: "What else?"}, save: more, optional: true, max: 100}',
        '      - say: {ru: "Передаю.", en: "Handing over."}',
        "      - ticket:",
        "          category: hardware",
        "          team: helpdesk",
        f'          summary: {{ru: "{holes} {{{{ answers.more | default(\'-\') }}}}", en: "{holes}"}}',
    ]


def seconds(text: str, known: Known = ANYTHING) -> tuple[float, float, int]:
    """Processor seconds to compile, and to test; and the number of screens."""
    start = time.process_time()
    compiled = compile_scenarios("large.yaml", text, known)
    assert compiled.program is not None, compiled.complaints
    assert compiled.document is not None
    middle = time.process_time()
    tested = run_tests(compiled.program, compiled.document)
    walked = walk_all(compiled.program, compiled.document)
    assert not [*tested.complaints, *walked.complaints]
    return middle - start, time.process_time() - middle, walked.shown


def run() -> list[Figure]:
    """Seconds for files of 50 to 200 scenarios and for the shipped one; the growth per step matters."""
    figures = []
    for count in (50, 100, 200):
        compiling, rehearsing, _ = seconds(made_up(count))
        figures.append(Figure(f"read and check {count * STEPS} steps", compiling, "s"))
        figures.append(Figure(f"test and walk {count * STEPS} steps", rehearsing, "s"))
        figures.append(Figure("... both, a step", 1000 * (compiling + rehearsing) / (count * STEPS), "ms"))
    shipped = gathered_or_exit(ROOT / "scenarios.yaml", "en")
    facts = read_facts(facts_file(ROOT / "scenarios.yaml", ROOT / "knowledge_base")).facts
    compiling, rehearsing, _ = seconds(shipped, replace(ANYTHING, facts=facts))
    return [*figures, Figure("the shipped file, all of it", compiling + rehearsing, "s")]
