"""The small world in which the test files of this folder are judged."""

from pathlib import Path

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.language.program import Program
from bot.yamlfiles.bundle import gathered_or_exit, parts

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SHIPPED = ROOT / "scenarios.yaml"
SHIPPED_TEXT = gathered_or_exit(SHIPPED, "en")  # with its folder

KNOWN = Known(
    teams=["helpdesk", "network"],
    categories=["printing", "network"],
    articles=["printer-queue", "printer-jam"],
    media=["media/panel.jpg"],
    checks={"printer_status": ["printer"]},
    languages=["ru", "en"],
)

FLOW = """\
version: 1
defaults: {human: {team: helpdesk}}
profile:
  floor: {type: int, min: -2, max: 60, ask: {ru: "Этаж?", en: "Floor?"}}
scenarios:
  printer:
    title: {ru: "Принтер", en: "Printer"}
    category: printing
    banner: printing
    phrases: [the printer is silent]
    steps:
      - id: what
        choose: {ru: "Что <b>случилось</b>?", en: "What is <b>wrong</b>?"}
        save: problem
        options:
          - {label: {ru: "Замятие", en: "Paper jam"}, value: jam, goto: jam}
          - {label: {ru: "Не печатает", en: "Silent"}, value: silent}
      - say: {ru: "Посмотрите очередь, {{ person.name }}.", en: "Look at the queue, {{ person.name }}."}
        media: media/panel.jpg
      - article: printer-queue
      - resolved: {ru: "Печать пошла?", en: "Is it printing?"}
        tried: {ru: "очередь", en: "queue"}
        "no": floor
      - id: jam
        photo: {ru: "Пришлите фото.", en: "Send a photo."}
        save: photo
        optional: true
      - id: floor
        ask: profile.floor
        save: floor
        once: true
        heard: floor
      - ask: {ru: "Имя принтера?", en: "Which printer?"}
        save: name
        heard: device
        pattern: "[A-Z]{3}-[0-9]{1,3}"
        invalid: {ru: "Имя вроде PRN-302.", en: "A name like PRN-302."}
        optional: true
      - check: printer_status
        with: {printer: "{{ answers.name | default('') }}", floor: "{{ answers.floor }}"}
        save: probe
        on_fail: make
        timeout: 3s
      - choose: {ru: "Принтер отвечает. Подождёте?", en: "The printer answers. Will you wait?"}
        options:
          - {label: {ru: "Да", en: "Yes"}, goto: solved}
          - {label: {ru: "Нет", en: "No"}, goto: make}
      - id: make
        ticket:
          category: printing
          team: helpdesk
          urgency: "{{ 'blocked' if answers.problem == 'silent' else 'can_wait' }}"
          summary:
            ru: "{{ labels.problem }}, {{ answers.floor }}: {{ answers.name | default('без имени') }}"
            en: "{{ labels.problem }}, {{ answers.floor }}: {{ answers.name | default('no name') }}"
          body: "{{ transcript }}\\n{{ answers.photo | default('') }} Сеть: {{ answers.probe.text | default('?') }}"
"""


def compiled(text: str) -> Program:
    """A program of a sound file."""
    known = Known(**{**{name: getattr(KNOWN, name) for name in KNOWN.__slots__}, "checks": None})
    result = compile_scenarios("flow.yaml", text, known)
    assert result.program is not None, result.complaints
    return result.program


def shipped_in_one() -> str:
    """The shipped scenarios and their tests as one file, without phrases: `tests:` comes last."""
    entry, *others = parts(SHIPPED.name, SHIPPED_TEXT)
    sections = {"scenarios": "", "tests": ""}
    for name in sections:
        bodies = (part.text.partition(f"\n{name}:\n")[2] for part in others)
        sections[name] = "".join(bodies)
    return entry.text + "".join(f"\n{name}:\n{body}" for name, body in sections.items())
