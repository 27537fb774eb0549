"""Templates: hostile ones are refused at load with a line, accepted ones are bounded by construction."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.language.allowed import TemplateRefused
from bot.scenarios.language.template import MISSING, OUTPUT, parse, parse_condition
from bot.scenarios.language.uses import proven, uses
from tests.scenarios.known import FLOW, KNOWN

HOSTILE = [
    "{{ answers.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ person.name.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].system('id') }}",
    "{{ self.__init__ }}",
    "{{ config }}",
    "{{ request }}",
    "{{ answers['problem'] }}",
    "{{ answers.problem.format(person) }}",
    "{{ person.name | attr('__class__') }}",
    "{{ person.name | map('upper') | list }}",
    "{{ range(100000000) }}",
    "{{ 'a' * 100000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 'x' ~ 'y' % 1000000000 }}",
    "{{ person.name | center(100000000) }}",
    "{{ person.name | replace('', 'aaaaaaaaaaaaaaaa') }}",
    "{{ person.name | safe }}",
    "{{ person.name | truncate(person.staff_id) }}",
    "{{ person.name | default(answers) }}",
    "{% for a in 'aaaaaaaa' %}{% for b in 'aaaaaaaa' %}x{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 'a' %}{{ x }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'base.html' %}",
    "{% block a %}{% endblock %}",
    "{% call person.name() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% autoescape false %}{{ person.name }}{% endautoescape %}",
    "{% with a = 1 %}{% endwith %}",
    "{{ " + "(" * 1000 + "1" + ")" * 1000 + " }}",
    "{{ " + "not " * 900 + "1 }}",
    "{{ " + "1 if 1 else " * 300 + "1 }}",
    "{% if 1 %}" * 200 + "{% endif %}" * 200,
    "{{ [[[['a']]]] }}",
    "{{ {'a': 1} }}",
    "{{ 1 + 1 }}",
    "{{ answers.problem is callable }}",
    "{{ answers.problem[0:1] }}",
    "{{ " + "person.name ~ " * 250 + "'x' }}",
    "x" * 5000 + "{{ person.name }}",
]

FACTS = {
    "answers": {
        "problem": "jam",
        "floor": 3,
        "probe": {"text": "alive", "ok": True, "outcome": "ok"},
        "rude": "<b>&",
    },
    "labels": {"problem": "Paper jam"},
    "profile": {"room": "312"},
    "person": {"name": "Анна <script>"},
    "transcript": "q" * 20_000,
    "words": "w" * 20_000,
}


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_template_is_refused(source: str):
    with pytest.raises(TemplateRefused):
        parse(source)


def test_a_hostile_template_in_a_file_is_told_at_its_line():
    text = FLOW.replace("Посмотрите очередь, {{ person.name }}.", "{{ person.__class__.__mro__ }}")
    complaints = compile_scenarios("flow.yaml", text, KNOWN).complaints
    found = [c for c in complaints if c.code == "E155"]
    assert [c.mark.line for c in found] == [text[: text.index("__class__")].count("\n") + 1]


@pytest.mark.parametrize(
    "condition", ["answers.__class__", "1 }} {{ 2", "range(9)", "answers.a = 1", "", "a;b"]
)
def test_a_hostile_condition_is_refused(condition: str):
    with pytest.raises(TemplateRefused):
        parse_condition(condition)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("plain", "plain"),
        ("{{ labels.problem }}!", "Paper jam!"),
        ("{{ answers.floor }}", "3"),
        ("{{ answers.rude }}", "&lt;b&gt;&amp;"),
        ("<b>{{ person.name }}</b>", "<b>Анна &lt;script&gt;</b>"),
        ("{{ answers.nothing | default('none') }}", "none"),
        ("{{ answers.nothing.text | default('none') }}", "none"),
        ("{{ answers.probe }} {{ answers.probe.text }}", "alive alive"),
        ("{{ 'a' if answers.problem == 'jam' else 'b' }}", "a"),
        ("{{ 'a' if answers.problem in ('x', 'y') else 'b' }}", "b"),
        ("{{ 'a' if answers.floor > 2 and not answers.nothing is defined else 'b' }}", "a"),
        ("{% if answers.floor < -1 %}low{% elif answers.floor == 3 %}three{% else %}?{% endif %}", "three"),
        ("{{ labels.problem | upper | truncate(4) }}", "PAP…"),
        ("{{ answers.problem ~ '/' ~ answers.floor }}", "jam/3"),
        ("{{ answers.nothing }}", MISSING),
    ],
)
def test_a_template_is_filled_in(source: str, shown: str):
    assert parse(source).html(FACTS) == shown


def test_a_single_expression_keeps_its_type():
    assert parse("{{ answers.floor }}").native(FACTS) == 3
    assert parse("floor {{ answers.floor }}").native(FACTS) == "floor 3"


def test_output_is_capped_and_never_cut_inside_an_entity():
    source = "{{ answers.rude }}" * 300
    with pytest.raises(TemplateRefused):
        parse(source + "{{ words }}")
    wide = parse("{{ words }}" * 50).html({**FACTS, "words": "<" * 20_000})
    assert len(wide) <= OUTPUT
    assert wide.replace("&lt;", "") == ""


def test_what_a_template_needs_is_known_before_it_is_shown():
    body = parse(
        "{{ answers.a | default('') }}{% if answers.b is defined %}{{ answers.b }}{% endif %}{{ labels.c }}"
    ).body
    assert [(use.written, use.sure) for use in uses(body)] == [
        ("answers.a", False),
        ("answers.b", False),
        ("answers.b", False),
        ("labels.c", True),
    ]


def test_a_condition_proves_what_it_tests():
    then, otherwise = proven(
        parse_condition("answers.a is defined and not answers.b is undefined").expression
    )
    assert then == {("answers", "a"), ("answers", "b")}
    assert otherwise == frozenset()


PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "answers",
    ".",
    "problem",
    "if",
    "else",
    "endif",
    "for",
    "in",
    "not",
    "(",
    ")",
    "'a'",
    "|",
]
PIECES += [
    "default",
    "upper",
    "~",
    "*",
    "**",
    "[",
    "]",
    "1",
    "is",
    "defined",
    ",",
    "==",
    "<",
    "person.name",
    "endfor",
    " ",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_template_crashes_the_compiler_or_grows_without_bound(pieces: list[str]):
    source = " ".join(pieces)
    try:
        template = parse(source)
    except TemplateRefused:
        return
    assert len(template.html(FACTS)) <= OUTPUT


def test_the_costliest_accepted_template_is_cheap():
    template = parse("{{ words | upper | lower | upper | lower }}" * 40)
    before = time.process_time()
    for _ in range(20):
        template.html(FACTS)
    assert time.process_time() - before < 5  # a bound on growth, not on speed: a bomb would take minutes
