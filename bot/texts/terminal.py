"""The language of a terminal, for those who set the desk up and may read another one than the desk does."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bot.texts.catalogues import COMPLETE

NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that says something decides, as POSIX has it


def terminal_language(otherwise: str, environment: Mapping[str, str] | None = None) -> str:
    """The locale's language if we speak it; `otherwise` for one we do not, or for none ("C.UTF-8")."""
    given = os.environ if environment is None else environment
    locale = next((given[name] for name in NAMES if given.get(name)), "")
    language = locale.replace("-", "_").partition("_")[0].lower()
    return language if language in COMPLETE else otherwise
