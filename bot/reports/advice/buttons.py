"""The buttons of a finding."""

from __future__ import annotations

from bot.telegram.buttons import Button


class ProblemOfFinding(Button, sign="f|problem"):
    """Open a problem with its tickets."""

    finding: int


class DraftOfFinding(Button, sign="f|draft"):
    """Make the draft of a scenario."""

    finding: int


class RejectFinding(Button, sign="f|reject"):
    """No, for one of the reasons in `weekly.REASONS`."""

    finding: int
    reason: str
