"""The demo's story as `story.yaml` has it: who is in it, and its scenes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bot.yamlfiles import read
from bot.yamlfiles.fitting import Authored, Many

STORY = Path(__file__).with_name("story.yaml")


class InBoth(Authored):
    """A text in both languages of the demo."""

    ru: str
    en: str


class TourRole(Authored):
    """A person of the story, and the column of the page that shows what they see; `chat` is none for the private one."""

    account: int
    column: Literal["employee", "team", "supervisors"]
    chat: int | None = None


class TourScene(Authored):
    """A caption and at most one deed. A plain text for a button is a key of the catalogues; `otherwise` is pressed where the
    button of `press` is not there."""

    who: str
    text: InBoth
    write: InBoth | None = None
    reply: InBoth | None = None
    press: str | InBoth | None = None
    otherwise: str | InBoth | None = None
    until: str | InBoth | None = None


class TourScript(Authored):
    """The whole story."""

    title: InBoth
    hint: InBoth
    end: InBoth
    stopped: InBoth
    roles: dict[str, TourRole]
    scenes: Many[TourScene]


def script() -> TourScript:
    """The shipped story."""
    document = read(STORY.name, STORY.read_text("utf-8")).document
    assert document is not None, "story.yaml is ours and is read in a test"
    return TourScript.model_validate(document.data)
