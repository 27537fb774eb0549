"""Which message shows which step of which file: what `firstline preview` writes under the messages of the bot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bot.keys import PersonChat, RunRef
from bot.people import directory
from bot.scenarios.check.places import places
from bot.scenarios.language.load import load
from bot.scenarios.library.trails import trails
from bot.telegram import posts
from bot.yamlfiles.bundle import gathered

STEP = "run"  # the card of a run


@dataclass(frozen=True, slots=True)
class Screen:
    """A run's message in its person's private chat, and the steps that led there, as "scenario/step", oldest first."""

    account: int
    message: int
    steps: Sequence[str]
    article: str | None


def screens(tx: Connection) -> list[Screen]:
    """The messages of all runs."""
    found = []
    for trail in trails(tx):
        run = trail.run
        person = directory.find(tx, run.person)
        post = posts.find(tx, PersonChat(run.person), STEP, RunRef(run.id))
        if post is None or person is None or person.telegram_id is None:
            continue
        view = json.loads(run.view)
        passed = [
            one.step if "/" in one.step else f"{run.scenario}/{one.step}" for one in trail.events if one.step
        ]
        steps = [*dict.fromkeys(step for step in passed if step != view["step"]), view["step"]]
        found.append(Screen(person.telegram_id, post.message_id, steps, view.get("article")))
    return found


def places_in(scenarios: Path) -> dict[str, str]:
    """The place of every step in its file; nothing while the file cannot be read."""
    text = gathered(scenarios)
    loaded = load(scenarios.name, text) if isinstance(text, str) else None
    if loaded is None or loaded.program is None or loaded.document is None:
        return {}
    return places(loaded.program, loaded.document)


def note(screen: Screen, where: dict[str, str], knowledge: Path) -> str:
    """A line for each step passed, the present one last, after it its article."""
    lines = [f"{where[step]}  {step}" for step in screen.steps if step in where]
    article = [f"{knowledge / screen.article}.md:1"] if screen.article and lines else []
    return "\n".join([*article, *lines])
