"""Where the words of a private message go: one table, read from top to bottom; the first row that fits decides.

It knows neither the database nor Telegram nor the time of day. Instants are UTC seconds, the same clock for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LEFT_LONG = 4 * 3600  # seconds after which a step is no longer what a person thinks of
SPOKE_LATELY = 2 * 3600  # seconds: the desk's word is what an unclear answer answers
# The probability that words go on with something said: below BEGINS they begin something of their own, from CONTINUES on they
# go on although they name another thing ("only with files from the scanner").
BEGINS, MAY_CONTINUE, CONTINUES, SURELY_CONTINUES = 0.1, 0.25, 0.4, 0.9
MANY = 2  # questions that wait at once


class Evidence(StrEnum):
    """What makes words a continuation of something: TALK is thanks, impatience, a visit; NEWS could be of anything."""

    NONE = ""
    NEWS = "news"
    TALK = "talk"


class Steering(StrEnum):
    """What a steering word wants."""

    CANCEL = "cancel"
    BACK = "back"
    STATUS = "status"
    LIST = "list"
    MENU = "menu"
    ELSEWHERE = "elsewhere"  # the last words went to the wrong ticket


class Waits(StrEnum):
    """What waits for a person's words."""

    STEP = "step"  # of a running scenario
    QUESTION = "question"  # of an engineer, in a ticket
    WORKS = "works"  # "does it work?", of a solved ticket
    APPROVAL = "approval"
    ARTICLE = "article"  # "did it help?"


@dataclass(frozen=True, slots=True)
class NamedSpot:
    """A device or a place as words name it; None where they do not."""

    device: str | None = None
    floor: int | None = None
    room: str | None = None

    def differs(self, other: NamedSpot) -> bool:
        """Whether both name the same kind of thing, and not the same one."""
        pairs = ((self.device, other.device), (self.floor, other.floor), (self.room, other.room))
        return any(one is not None and two is not None and one != two for one, two in pairs)


@dataclass(frozen=True, slots=True)
class TicketBeside:
    """An open ticket of the person: `category` None where it is not known, `is_named` when the turn names its engineer or its
    device, `is_alike` when it uses the ticket's own words, `is_close` when it uses several."""

    number: int
    category: str | None = None
    spot: NamedSpot = NamedSpot()
    is_named: bool = False
    is_alike: bool = False
    is_close: bool = False
    desk_wrote_at: int = 0
    last_at: int = 0


@dataclass(frozen=True, slots=True)
class Awaited:
    """One thing that waits; `of` is the ticket, the run or the reading. `takes`: whether a step has the words as an answer."""

    kind: Waits
    at: int
    of: int
    category: str | None = None  # of a step's scenario
    takes: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person has going on. `closed` are tickets that ended lately, the latest first."""

    now: int
    tickets: Sequence[TicketBeside] = ()
    closed: Sequence[TicketBeside] = ()
    waiting: Sequence[Awaited] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn as it was understood. `fits` are the waiting things whose form or options it has.

    `ranked`: scenarios with their categories, best first; `is_likely` when the first is no mere guess, `is_clear` when
    it is more than possible, `is_sure` when it is beyond doubt. `continues`: how probably the words go on with something
    (0..1), by how they are put. `is_long`: they tell a story.
    """

    has_words: bool = True
    is_long: bool = False
    steering: Steering | None = None
    wants_human: bool = False
    only_a_human: bool = False
    answer: str = ""  # "yes", "no" or ""
    fits: frozenset[Waits] = frozenset()
    ranked: Sequence[tuple[str, str | None]] = ()
    is_likely: bool = False
    is_clear: bool = True
    is_sure: bool = False
    problems: Sequence[str] = ()  # scenarios of clauses that are surely about different things
    spot: NamedSpot = NamedSpot()
    number: int | None = None  # of a ticket that is named by it
    goes_on: Evidence = Evidence.NONE
    continues: float = CONTINUES
    is_again: bool = False
    is_small_talk: bool = False

    @property
    def category(self) -> str | None:
        return self.ranked[0][1] if self.ranked else None

    @property
    def begins(self) -> bool:
        """Whether the words are put as one begins something of one's own."""
        is_talk = self.is_small_talk or (self.goes_on is Evidence.TALK and not self.is_likely)
        return self.continues < BEGINS and not self.answer and not is_talk


@dataclass(frozen=True, slots=True)
class Steer:
    """Do what the steering word names, to the running scenario or to a ticket; to neither: show the list."""

    what: Steering
    run: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class CallHuman:
    """Call a human: in the running scenario, for a ticket, or with a new ticket. `says`: the words name the trouble too."""

    run: int | None = None
    ticket: int | None = None
    says: bool = False


@dataclass(frozen=True, slots=True)
class ToWaiting:
    """It answers what waits; not `is_sure`: another engineer asks something too, so a receipt can move it."""

    what: Awaited
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class BesideTicket:
    """It goes to the ticket; not `is_sure`: with a receipt that can move it."""

    number: int
    is_sure: bool


@dataclass(frozen=True, slots=True)
class AskWhere:
    """Only the person knows: one of these tickets, or something new."""

    tickets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskWhetherBack:
    """A ticket that ended lately may have come back, or it is something new."""

    ticket: int


@dataclass(frozen=True, slots=True)
class AskWhichFirst:
    """Several problems in one turn: the person chooses which comes first, or gives all to an engineer."""

    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SomethingNew:
    """Nothing is going on that it could belong to."""


Destination = (
    Steer | CallHuman | ToWaiting | BesideTicket | AskWhere | AskWhetherBack | AskWhichFirst | SomethingNew
)


def decide(standing: Standing, heard: Heard) -> Destination:
    """Rows 1, 2 and 4 to 8 of the table in docs/conversation.md; a Telegram reply (row 3) names its own destination."""
    rows = (_steered, _human, _awaited, _named, _beside_open, _several, _back)
    return next((found for row in rows if (found := row(standing, heard)) is not None), SomethingNew())


def _steered(standing: Standing, heard: Heard) -> Steer | None:
    """Row 1: a steering word goes to the running scenario, then to the only ticket, then to the list. "Enough, give me a human"
    wants a human."""
    if heard.steering is None or heard.wants_human:
        return None
    run = _waiting_of(standing, Waits.STEP)
    if run is not None and heard.steering in (Steering.CANCEL, Steering.BACK):
        return Steer(heard.steering, run=run.of)
    if heard.steering is Steering.BACK:
        return None  # there is nothing to go back in
    if heard.steering is Steering.ELSEWHERE and not standing.tickets:
        return None
    if heard.number is not None:
        only = next((one.number for one in standing.tickets if one.number == heard.number), None)
    else:
        only = standing.tickets[0].number if len(standing.tickets) == 1 else None
    return Steer(heard.steering, ticket=only)


def _human(standing: Standing, heard: Heard) -> CallHuman | None:
    """Row 2: the running scenario, else the ticket in which the desk spoke last, else a new ticket."""
    if not heard.wants_human:
        return None
    run = _waiting_of(standing, Waits.STEP)
    if run is not None:
        return CallHuman(run=run.of)
    if standing.tickets and (heard.only_a_human or not _is_about_something_else(standing, heard)):
        return CallHuman(
            ticket=max(standing.tickets, key=lambda one: (one.desk_wrote_at, one.last_at)).number
        )
    return CallHuman(says=bool(heard.ranked) and not heard.only_a_human)


def _awaited(standing: Standing, heard: Heard) -> ToWaiting | None:
    """Row 4: the newest thing that waits, if the words fit it, or name no other problem surely."""
    newest = max(standing.waiting, key=lambda one: one.at, default=None)
    if newest is None:
        return None
    if newest.kind is Waits.STEP:
        leaves = _leaves_the_step(standing, heard, newest) or _answers_the_desk(standing, heard, newest)
        return None if leaves else ToWaiting(newest)
    if newest.kind in heard.fits:
        return ToWaiting(newest)
    if newest.kind in (Waits.WORKS, Waits.APPROVAL, Waits.ARTICLE):
        older = [one for one in standing.waiting if one.kind is Waits.STEP]
        return ToWaiting(older[0]) if older else None  # these take a yes or a no only
    of_ticket = next((one for one in standing.tickets if one.number == newest.of), None)
    is_other = heard.is_sure and (of_ticket is None or heard.category != of_ticket.category)
    asked = [one for one in standing.waiting if one.kind is Waits.QUESTION]
    return None if is_other else ToWaiting(newest, is_sure=len(asked) < MANY)


def _leaves_the_step(standing: Standing, heard: Heard, step: Awaited) -> bool:
    """Whether words at a step are about something else: an open ticket, or anything new after a long silence.

    What surely belongs to another scenario the step itself offers to begin.
    """
    if heard.category is None or heard.category == step.category or heard.answer:
        return False
    is_of_a_ticket = any(one.category == heard.category for one in standing.tickets)
    return (is_of_a_ticket and heard.goes_on is not Evidence.NONE) or standing.now - step.at > LEFT_LONG


def _answers_the_desk(standing: Standing, heard: Heard, step: Awaited) -> bool:
    """Whether an engineer wrote after the step was shown, and the words are no answer that the step takes, nor surely a
    problem."""
    spoke = max((one.desk_wrote_at for one in standing.tickets), default=0)
    return spoke > step.at and not step.takes and not heard.is_sure


def _named(standing: Standing, heard: Heard) -> BesideTicket | AskWhetherBack | None:
    """Row 5: the words name the number, an engineer or the device of one open ticket."""
    named = [one for one in standing.tickets if one.is_named or one.number == heard.number]
    if len(named) == 1:
        other = heard.ranked and _is_about_something_else(standing, heard) and not heard.goes_on
        return BesideTicket(named[0].number, is_sure=not other)
    gone = [one for one in standing.closed if one.is_named or one.number == heard.number]
    return AskWhetherBack(gone[0].number) if not named and len(gone) == 1 else None


def _beside_open(standing: Standing, heard: Heard) -> BesideTicket | AskWhere | None:
    """Row 6: beside open tickets."""
    if not standing.tickets:
        return None
    everything = tuple(one.number for one in standing.tickets)
    if _is_about_something_else(standing, heard):
        return AskWhere(everything)
    fitting = _fitting(standing, heard)
    if fitting is not None:
        is_same = fitting.category is not None and fitting.category == heard.category
        is_alike = fitting.is_close or (fitting.is_alike and (is_same or heard.category is None))
        is_sure = not heard.begins or is_alike or (is_same and heard.is_sure)
        return BesideTicket(fitting.number, is_sure)
    spoke = max(standing.tickets, key=lambda one: one.desk_wrote_at)
    if len(standing.tickets) == 1 or _spoke_lately(standing, spoke):
        return BesideTicket(spoke.number, _continues(standing, heard, spoke))
    return AskWhere(everything)


def _spoke_lately(standing: Standing, ticket: TicketBeside) -> bool:
    return ticket.desk_wrote_at > 0 and standing.now - ticket.desk_wrote_at <= SPOKE_LATELY


def _continues(standing: Standing, heard: Heard, ticket: TicketBeside) -> bool:
    """Whether words surely go on with this ticket. News could be of anything, unless the desk has just spoken there."""
    if heard.category is None and heard.goes_on is Evidence.TALK:
        return True
    if heard.begins:
        return False
    if heard.is_long and not ticket.is_alike:  # a story says much that could go on with anything
        return heard.continues >= SURELY_CONTINUES and not heard.is_likely
    if heard.is_likely and heard.category not in (None, ticket.category):
        if heard.goes_on is Evidence.TALK:
            return heard.continues >= CONTINUES and not heard.is_sure
        return heard.continues >= SURELY_CONTINUES and not (heard.is_clear or heard.is_sure)
    if heard.goes_on is Evidence.TALK:
        return True
    if heard.has_words and heard.continues >= CONTINUES and ticket.category is not None:
        return True
    is_answer = heard.goes_on is Evidence.NEWS or bool(heard.answer) or heard.continues >= MAY_CONTINUE
    known = ticket.category is not None and (_spoke_lately(standing, ticket) or ticket.is_alike)
    return is_answer and known


def _fitting(standing: Standing, heard: Heard) -> TicketBeside | None:
    """The one ticket whose category or own words these are. Thanks and impatience use words of any subject."""
    if heard.goes_on is Evidence.TALK and not heard.is_sure:
        same = []
    else:
        same = [one for one in standing.tickets if heard.category and one.category == heard.category]
    alike = [one for one in same or standing.tickets if one.is_alike]
    found = alike if len(alike) == 1 else same
    return found[0] if len(found) == 1 else None


def _is_about_something_else(standing: Standing, heard: Heard) -> bool:
    """Another category than that of any open ticket, or the same with another device or place."""
    if heard.category is None:
        return False
    same = [one for one in standing.tickets if one.category == heard.category]
    if same:
        return all(one.spot.differs(heard.spot) for one in same)
    if not (heard.is_likely or heard.begins) or heard.continues >= SURELY_CONTINUES:
        return False
    if heard.is_sure:
        return True
    is_close = any(one.is_close for one in standing.tickets)
    goes_on = heard.continues >= CONTINUES or heard.answer or is_close or _is_expected(standing, heard)
    return not goes_on and all(one.category is not None for one in standing.tickets)


def _is_expected(standing: Standing, heard: Heard) -> bool:
    """Whether a ticket's own words are used, or the desk has just spoken there and something goes on by these."""
    if heard.begins:
        return False
    goes_on = heard.goes_on is not Evidence.NONE
    return any(one.is_alike or (goes_on and _spoke_lately(standing, one)) for one in standing.tickets)


def _several(standing: Standing, heard: Heard) -> AskWhichFirst | None:
    """Two problems in one turn, and nothing open that one of them could belong to."""
    return AskWhichFirst(tuple(heard.problems)) if heard.problems else None


def _back(standing: Standing, heard: Heard) -> AskWhetherBack | None:
    """Row 7: what ended lately, of the same category, or "again"."""
    if heard.is_small_talk or not heard.has_words:
        return None
    same = [one for one in standing.closed if heard.category is not None and one.category == heard.category]
    if same:
        return AskWhetherBack(same[0].number)
    return AskWhetherBack(standing.closed[0].number) if heard.is_again and standing.closed else None


def _waiting_of(standing: Standing, kind: Waits) -> Awaited | None:
    return next((one for one in standing.waiting if one.kind is kind), None)
