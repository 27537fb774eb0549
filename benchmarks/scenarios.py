"""What a large scenarios file costs: read, check and rehearse fifty, a hundred and two hundred scenarios of twenty steps."""

import time
from pathlib import Path

from bot.scenarios.check import Known, compile_scenarios
from bot.scenarios.test import run_tests
from bot.scenarios.walk import walk_all

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


def seconds(text: str) -> tuple[float, float, int]:
    """Processor seconds to compile, and to rehearse; and how many screens were looked at."""
    start = time.process_time()
    compiled = compile_scenarios("large.yaml", text, ANYTHING)
    assert compiled.program is not None, compiled.complaints
    assert compiled.document is not None
    middle = time.process_time()
    tested = run_tests(compiled.program, compiled.document)
    walked = walk_all(compiled.program, compiled.document)
    assert not [*tested.complaints, *walked.complaints]
    return middle - start, time.process_time() - middle, walked.shown


def main() -> None:
    """Print the figures and how they grow."""
    print(f"{'scenarios':>10}{'steps':>8}{'compile s':>12}{'rehearse s':>12}{'screens':>10}{'ms a step':>11}")
    for count in (50, 100, 200):
        compiling, rehearsing, shown = seconds(made_up(count))
        each = 1000 * (compiling + rehearsing) / (count * STEPS)
        print(f"{count:>10}{count * STEPS:>8}{compiling:>12.2f}{rehearsing:>12.2f}{shown:>10}{each:>11.2f}")
    shipped = (Path(__file__).resolve().parent.parent / "scenarios.yaml").read_text("utf-8")
    compiling, rehearsing, shown = seconds(shipped)
    print(f"{'shipped':>10}{'':>8}{compiling:>12.2f}{rehearsing:>12.2f}{shown:>10}")


if __name__ == "__main__":
    main()
