"""Authors' tests: what passes, and the exact message and line when something is not as expected."""

import pytest

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.context import Known
from bot.scenarios.check.rehearsal import Rehearsed, run_tests
from bot.scenarios.check.walk import uncovered, walk_all
from bot.yamlfiles import sentence, show
from tests.scenarios.known import FLOW

ANYTHING = Known(languages=["ru", "en"])


def play(tests: str, route=None) -> tuple[Rehearsed, str]:
    text = FLOW + "tests:\n" + tests
    compiled = compile_scenarios("flow.yaml", text, ANYTHING)
    assert compiled.program is not None, show(compiled.complaints, {"flow.yaml": text}, "en")
    return run_tests(compiled.program, compiled.document, route), text


def fault(steps: str, more: str = "") -> tuple[str, str]:
    """The sentence of the only complaint, and the text at its place."""
    tested, text = play(f"  - name: t\n    scenario: printer\n{more}    steps: {steps}\n")
    (complaint,) = tested.complaints
    line = text.split("\n")[complaint.mark.line - 1]
    return sentence(complaint, "en"), line[complaint.mark.column - 1 :]


def test_a_test_plays_every_kind_of_move():
    tested, _ = play(
        """\
  - name: everything
    scenario: printer
    says: it is silent
    language: en
    profile: {floor: 3}
    checks: {printer_status: {outcome: fail, text: dead}}
    steps:
      - {expect: {step: what, banner: printing, options: [Paper jam, Silent]}}
      - {press: Silent}
      - {expect: {article: printer-queue, text: look at the queue}}
      - back
      - {expect: what}
      - {type: silent}
      - {wait: 2h}
      - {expect: {reminder: true}}
      - {press: "Did not help"}
      - {type: my printer}
      - {expect: {hint: PRN-302}}
      - restart
      - {press: jam}
      - {send: {photo: jam.jpg}}
      - skip
    ends:
      ticket: {category: printing, urgency: can_wait, summary~: "Замятие", body~: dead, words: it is silent, files: jam.jpg}
"""
    )
    assert [sentence(c, "en") for c in tested.complaints] == []
    assert tested.played == 1


@pytest.mark.parametrize(
    ("steps", "said", "at"),
    [
        ("[{expect: jam}]", 'test "t": expected the step “jam”, but we are at “printer/what”', "jam"),
        ("[{press: Toner}]", "there is no button “Toner”; there are «Замятие», «Не печатает»", "Toner"),
        ("[{expect: {article: x}}]", "expected the article “x”, but it is “nothing”", "x"),
        (
            "[{expect: {text: чайник}}]",
            "expected the words “чайник”, but this is shown: Что <b>случилось</b>?",
            "чайник",
        ),
        ("[{expect: {options: [a]}}]", "expected the buttons a, but there are Замятие, Не печатает", "[a]"),
        ("[{expect: {reminder: true}}]", "expected a reminder: true, but it was false", "true"),
        ("[{expect: {offer: wifi}}]", "expected the offer of “wifi”, but it was “nothing”", "wifi"),
        ("[back]", "“back” was not taken here: Это первый шаг", "back"),
        ("[skip]", "“skip” was not taken here", "skip"),
        ("[cancel, {press: jam}]", "the scenario is already over (cancelled)", "{press: jam}"),
    ],
)
def test_what_is_not_as_expected_is_told_at_its_place(steps, said, at):
    found, stands = fault(steps, "    language: ru\n")
    assert said in found
    assert stands.startswith(at)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("solved", "expected the end “solved”, but the scenario goes on: printer/jam"),
        ("{ticket: {team: network}}", "expected the end “ticket”, but the scenario goes on: printer/jam"),
    ],
)
def test_an_end_that_has_not_come_is_told(ends, said):
    assert said in fault(f"[{{press: jam}}]\n    ends: {ends}")[0]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("team: network", "team of the ticket: expected “network”, but it is “helpdesk”"),
        ("body~: чайник", "body~ of the ticket: expected “чайник”"),
        ("colour: red", "a ticket has no field “colour”"),
        ("mass_incident_hint: true", "expected “true”, but it is “false”"),
    ],
)
def test_a_ticket_that_is_not_as_expected_is_told(field, said):
    assert said in fault(f"[{{press: jam}}, human]\n    ends: {{ticket: {{{field}}}}}")[0]


def test_expiry_ends_a_test():
    tested, _ = play("  - {name: t, scenario: printer, steps: [{press: jam}, {wait: 15d}], ends: expired}\n")
    assert tested.complaints == []


def test_routes_are_asked_of_whoever_routes_and_skipped_without():
    tests = "  - {route: принтер молчит, to: printer}\n  - {route: где обед, to: null}\n"
    assert play(tests)[0].skipped == 2
    assert play(tests, lambda text: "printer" if "принтер" in text else None)[0].complaints == []
    (first, second) = play(tests, lambda text: "printer" if "обед" in text else None)[0].complaints
    assert "these words lead nowhere (the bot shows the menu), “printer” was expected" in sentence(
        first, "en"
    )
    assert "ведут в «printer», а ждали, что не поведут никуда" in sentence(second, "ru")


def test_the_walk_takes_every_way_and_the_tests_are_measured_against_it():
    compiled = compile_scenarios("flow.yaml", FLOW, ANYTHING)
    walked = walk_all(compiled.program, compiled.document)
    assert walked.complaints == []
    assert uncovered(compiled.program, walked.walked)[0] == []
    tested, _ = play("  - {name: t, scenario: printer, steps: [{press: jam}]}\n")
    missed, total = uncovered(compiled.program, tested.walked)
    assert len(missed) == total - 1
    assert ("printer", "what", "jam") not in missed


def test_the_walk_tells_of_a_hole_that_the_compiler_could_not_see():
    """A profile field that is known when a run begins may be unknown in a test's world; the walk looks at every text."""
    text = FLOW.replace("Что <b>случилось</b>?", "Что <b>случилось</b>, {{ person.name }}?")
    compiled = compile_scenarios("flow.yaml", text, ANYTHING)
    assert walk_all(compiled.program, compiled.document).complaints == []
