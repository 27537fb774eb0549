"""`quotas:` of desk.yaml: how much one person may write and request."""

from typing import Annotated

from pydantic import Field

from bot.yamlfiles.fitting import Authored

MOST = 100_000  # above it a quota is a slip of the keyboard


class Quotas(Authored):
    """Limits per person, so that one person's flood does not delay others (T19).

    A desk whose secretaries report for a whole floor sets them higher.
    """

    messages_per_minute: Annotated[int, Field(ge=1, le=MOST)] = 30
    """In the private chat; an album counts once."""
    open_tickets: Annotated[int, Field(ge=1, le=MOST)] = 5
    tickets_per_day: Annotated[int, Field(ge=1, le=MOST)] = 20
    """In any 24 hours. What an engineer opens for somebody is not counted against anybody."""
