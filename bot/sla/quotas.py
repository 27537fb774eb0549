"""`quotas:` of desk.yaml as its author writes it: how much one person may write and ask for."""

from typing import Annotated

from pydantic import Field

from bot.yamlfiles.fitting import Authored


class Quotas(Authored):
    """How much one person may ask of the desk: nobody's flood, or broken account, becomes everybody's wait.

    The defaults stop a machine and never a person: somebody in a hurry forwards a hundred messages at once, a secretary asks for
    a whole floor. A desk that is abused sets them lower.
    """

    messages_per_minute: Annotated[int, Field(ge=1)] = 600
    """In the private chat; an album counts once."""
    open_tickets: Annotated[int, Field(ge=1)] = 200
    tickets_per_day: Annotated[int, Field(ge=1)] = 500
    """In any 24 hours. What an engineer opens for somebody is not counted against anybody."""
