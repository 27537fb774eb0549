"""What the router is built from: the scenarios file as plain data, and the articles beside it."""

from collections.abc import Mapping
from typing import Any

from bot.knowledge.articles import EMPLOYEES, Library
from bot.knowledge.company.phrasebook import Overlay
from bot.knowledge.index import Entry

# Where everything else goes: offered by the menu, never guessed.
NEVER_GUESSED = frozenset({"other"})


def entries_of(scenarios: Mapping[str, Any], library: Library, learnt: Overlay) -> list[Entry]:
    """
    One entry per scenario of the file's `scenarios:` mapping (plain data), with the phrases learnt since. Sub-scenarios
    (`_where`) are left out; retired ones and `other` are hidden.
    """
    return [
        Entry(
            id=name,
            titles=tuple(_said(scenario.get("title"))),
            phrases=(*_said(scenario.get("phrases")), *learnt.get(name, ())),
            texts=tuple(_sentences(name, library)),
            hidden=name in NEVER_GUESSED or bool(scenario.get("retire")),
        )
        for name, scenario in scenarios.items()
        if isinstance(scenario, Mapping) and not name.startswith("_")
    ]


def phrases_of(scenarios: Mapping[str, Any]) -> Overlay:
    """The phrases that the file itself says, by scenario."""
    return {
        name: _said(scenario.get("phrases"))
        for name, scenario in scenarios.items()
        if isinstance(scenario, Mapping)
    }


def _said(value: Any) -> list[str]:
    """Text, a list of texts, or texts by language: all of them, in order."""
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _said(item)]
    if isinstance(value, list):
        return [text for item in value for text in _said(item)]
    return [] if value is None else [str(value)]


def _sentences(scenario: str, library: Library) -> list[str]:
    found = []
    for article in library.of_scenario(scenario, EMPLOYEES):
        for language in article.languages:
            found += [article.title(language), *article.sentences(language)]
    return found
