"""Files to begin with: a scenario with its tests and phrases, an article. Plain text with remarks for the next hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.texts import speak

SCHEMA = "# yaml-language-server: $schema=../scenarios.schema.json"
REVIEW = 365  # days until an article is read again


@dataclass(frozen=True, slots=True)
class NewScenario:
    """What is asked for a new scenario; texts by language, the author's first."""

    name: str
    title: Mapping[str, str]
    advice: Mapping[str, str]
    phrases: Mapping[str, Sequence[str]]
    category: str
    team: str


def scenario_files(topic: NewScenario) -> dict[str, str]:
    """The files of the folder scenarios/ by their names."""
    phrases = {
        f"{topic.name}.{language}.txt": "\n".join([*said, ""])
        for language, said in topic.phrases.items()
        if said
    }
    return {f"{topic.name}.yaml": _scenario(topic), f"{topic.name}.tests.yaml": _tests(topic), **phrases}


def _scenario(topic: NewScenario) -> str:
    remark = speak.voice(next(iter(topic.title))).say
    helped = {language: speak.voice(language).say("new.helped") for language in topic.title}
    lines = [
        SCHEMA,
        "scenarios:",
        f"  {topic.name}:",
        f"    title: {inline(topic.title)}",
        f"    category: {topic.category}",
        "    steps:",
        f"      # {remark('new.first_step')}",
        f"      - say: {inline(topic.advice)}",
        f"      # {remark('new.yes_or_no')}",
        f"      - resolved: {inline(helped)}",
        f"      # {remark('new.ticket')}",
        "      - ticket:",
        f"          category: {topic.category}",
        f"          team: {topic.team}",
        f"          summary: {inline(topic.title)}",
    ]
    return "\n".join([*lines, ""])


def _tests(topic: NewScenario) -> str:
    voice = speak.voice(next(iter(topic.title)))
    ticket = f"{{ticket: {{category: {topic.category}, team: {topic.team}}}}}"
    lines = [SCHEMA, f"# {voice.say('new.tests')}", "tests:"]
    for title, press, ends in (("new.test_solved", "yes", "solved"), ("new.test_ticket", "no", ticket)):
        button = voice.say(f"scenario.{press}")
        lines += [
            f"  - name: {_quoted(voice.say(title, name=topic.name))}",
            f"    scenario: {topic.name}",
            f"    steps: [{{press: {_quoted(button)}}}]",
            f"    ends: {ends}",
        ]
    first = next((said[0] for said in topic.phrases.values() if said), None)
    if first is not None:
        lines.append(f"  - {{route: {_quoted(first)}, to: {topic.name}}}")
    return "\n".join([*lines, ""])


def article(name: str, title: Mapping[str, str], scenario: str, today: date, first: str = "") -> str:
    """An article with a heading for each language and remarks about what belongs there; `first` is its first step."""
    review = date.fromordinal(today.toordinal() + REVIEW)
    lines = ["---", f"id: {name}", "title:"]
    lines += [f"  {language}: {_quoted(words)}" for language, words in title.items()]
    lines += ["audience: employee", f"scenario: {scenario}", f"tags: [{scenario}]"]
    lines += [f"review: {review.isoformat()}", "source: none", "---"]
    for language in title:
        voice = speak.voice(language)
        said = [
            first or voice.say("new.article_1"),
            *(voice.say(f"new.article_{number}") for number in (2, 3)),
        ]
        steps = [f"{number}. {words}" for number, words in enumerate(said, 1)]
        lines += ["", f"# {language}", "", voice.say("new.article_top"), "", *steps, ""]
        lines += [voice.say("new.article_end")]
    return "\n".join([*lines, ""])


def inline(texts: Mapping[str, str]) -> str:
    """Texts by language on one line of YAML."""
    return "{" + ", ".join(f"{language}: {_quoted(words)}" for language, words in texts.items()) + "}"


def _quoted(words: str) -> str:
    """In double quotes, as YAML and JSON both read them."""
    return json.dumps(words, ensure_ascii=False)
