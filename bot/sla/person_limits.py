"""`quotas:` and `privacy:` of desk.yaml: how much one person may write, and for how long it is kept."""

from typing import Annotated

from pydantic import Field

from bot.yamlfiles.fitting import Authored

DAY = 86_400  # seconds
Days = Annotated[int, Field(ge=1, le=3650)]
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


class KeepDays(Authored):
    """Days after which the words of a class are deleted; figures stay."""

    tickets: Days = 365
    """After a ticket has ended: what people wrote in it and about it."""
    relays: Days = 180
    """After a ticket has ended: the conversation of employee and team as the bot remembers it."""
    words: Days = 30
    """Messages before a scenario or a ticket was chosen."""
    answers: Days = 90
    """Answers in scenarios that have ended."""
    leavers: Days = 365
    """After a person has left: name, account, department, office, profile."""
    strangers: Days = 30
    """Accounts that are in no directory and wrote once."""


class Notice(Authored):
    """What people read about their data at their first contact, and again when `version` grows."""

    version: Annotated[int, Field(ge=1, le=100_000)]
    text: dict[str, Annotated[str, Field(min_length=1, max_length=3000)]]
    """By language."""


class Privacy(Authored):
    """Personal data: see docs/privacy.md."""

    notice: Notice | None = None
    keep_days: KeepDays = KeepDays()
