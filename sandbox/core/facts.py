"""Data of the Bot API from `facts.yaml`: names of all methods, allowed reactions, icons of topics."""

from importlib.resources import files

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader, where available, is ten times as fast
_FACTS = yaml.load((files(__package__) / "facts.yaml").read_text("utf-8"), Loader=Loader)
METHOD_NAMES: tuple[str, ...] = tuple(_FACTS["methods"].split())
REACTIONS: frozenset[str] = frozenset(_FACTS["reactions"].split())
TOPIC_ICONS: dict[str, str] = {
    str(5_300_000_000_000_000_001 + number): emoji
    for number, emoji in enumerate(_FACTS["topic_icons"].split())
}
"""Emoji by the id of the sticker that shows it."""
