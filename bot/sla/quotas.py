"""`quotas:` of desk.yaml: how much one person may write and request."""

from typing import Annotated

from pydantic import Field

from bot.yamlfiles.fitting import Authored


class Quotas(Authored):
    """Limits per person, so that one person's flood does not delay others.

    The defaults stop programs, not people: a person in a hurry forwards a hundred messages at once, a secretary
    reports for a whole floor. A desk that is abused sets them lower.
    """

    messages_per_minute: Annotated[int, Field(ge=1)] = 600
    """In the private chat; an album counts once."""
    open_tickets: Annotated[int, Field(ge=1)] = 200
    tickets_per_day: Annotated[int, Field(ge=1)] = 500
    """In any 24 hours. What an engineer opens for somebody is not counted against anybody."""
