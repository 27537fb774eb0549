"""What the commands of reports read from their options."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

import typer


def day(text: str | None, option: str) -> date | None:
    """Raises typer.BadParameter for what is no day."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(text, option, "is not a day like 2026-11-01")


def refuse(written: str, option: str, fault: str) -> NoReturn:
    """Raises typer.BadParameter at the option."""
    raise typer.BadParameter(f"{written!r} {fault}", param_hint=option)
