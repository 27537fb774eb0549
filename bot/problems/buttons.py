"""The buttons of outages beyond those in `bot/telegram/buttons.py`: of the draft, of a round of news, of linked tickets."""

from __future__ import annotations

from bot.telegram.buttons import Button, OfTicket


class AnnounceOutage(Button, sign="o|announce"):
    outage: int


class AskOutageWords(Button, sign="o|words"):
    outage: int


class AskOutageWorkaround(Button, sign="o|around"):
    outage: int


class DropOutage(Button, sign="o|drop"):
    outage: int


class NothingNew(Button, sign="o|same"):
    outage: int


class WithdrawOutage(Button, sign="o|mistake"):
    outage: int


class ShowTimeline(Button, sign="o|timeline"):
    outage: int


class AskOutageNote(Button, sign="o|note"):
    outage: int


class NotMine(Button, sign="o|apart"):
    """The reader's ticket is about something else."""

    outage: int


class TakeApart(OfTicket, sign="t|apart"):
    """An engineer: this ticket does not belong to the outage."""


class DeclareCandidate(Button, sign="c|declare"):
    candidate: int


class RejectCandidate(Button, sign="c|reject"):
    candidate: int


class MergeCandidate(Button, sign="c|merge"):
    candidate: int
    outage: int


class OpenProblem(Button, sign="b|open"):
    """After an outage: look for its cause."""

    outage: int


class TakeProblem(Button, sign="b|take"):
    problem: int


class MoveProblem(Button, sign="b|move"):
    """To the state that is named; one that was reached meanwhile changes nothing."""

    problem: int
    state: str


class HowToClose(Button, sign="b|close"):
    problem: int
