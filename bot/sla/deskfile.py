"""desk.yaml as written: teams, targets, alerts."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.sla import units
from bot.sla.names import Renamed, ZoneText
from bot.sla.person_limits import Privacy, Quotas
from bot.sla.written import (
    ClockText,
    DateText,
    LengthOrNone,
    LengthText,
    OneOrMore,
    Plain,
    RateText,
    SecondsText,
    SpanText,
    WindowText,
    Words,
    for_all,
)
from bot.yamlfiles.fitting import Authored

Kind = Literal["claim", "response", "workaround", "resolution", "update"]
Event = Literal["ticket_created", "claimed", "human_public_reply", "workaround_given", "resolved"]
Recipient = Literal["assignee", "assignee_or_team", "team", "team_lead", "supervisor", "head"]
PauseReason = Literal["waiting_user", "user_scheduled"]
"""The only reasons for a clock to stand still: another team, a vendor or the night never are (sla.md 1)."""


class TeamSpec(Authored):
    """A team. Its members are in people.csv (roles engineer:<id>, lead:<id>)."""

    title: Words
    chat_id: int | None = None
    """The Telegram chat, when it should not be bound by an admin's command in that chat."""
    assignment: Literal["free", "round_robin"] = "free"
    """Whoever is first takes a ticket, or each new one is offered to the next on shift."""
    pass_on: Annotated[int, Field(ge=1, le=100)] = 25
    """Taking turns: after so many per cent of the time to take it, the offer goes to the next one."""
    chat: Literal["none"] | None = None
    """No chat of its own: what is handed to it stays in the accountable team's chat, its people are told in private."""


class Approval(Authored):
    """Who must approve such a request before work begins. The SLA starts with the approval."""

    by: OneOrMore
    """Staff ids of people.csv: the resource's owner first, then the deputies in their order; "manager" is the requester's."""
    remind: LengthText = "4h"
    deputy: LengthText = "1bd"
    """After so much business time the next one is asked too."""


class Fact(Authored):
    """A fact that must be known before a hand-over; asked unless it was said already."""

    ask: Words
    known_by: tuple[str, ...] = ()
    """How words begin by which it is recognised in what the employee has answered or written."""


class CategorySpec(Authored):
    """What a ticket is about, its team, and the instructions for solving and handing over."""

    title: Words
    team: str
    type: Literal["incident", "request"] = "incident"
    approval: Approval | None = None
    solve_by: str | None = None
    """The article by which the desk solves it."""
    hand_over_by: str | None = None
    """The article by which others are brought in."""
    to: OneOrMore | None = None
    """Who they can be; without it, any team."""
    know_first: tuple[Fact, ...] = ()
    declared_by: Literal["supervisor", "bot"] = "supervisor"
    """Who declares a mass incident that the bot suspects."""


class RuleConditions(Authored):
    """What a rule is for: every field that is written must match; a list means any of them."""

    priority: OneOrMore | None = None
    type: OneOrMore | None = None
    category: OneOrMore | None = None
    team: OneOrMore | None = None
    department: OneOrMore | None = None
    """Of whoever asked, as people.csv has it; so is `office`."""
    office: OneOrMore | None = None
    vip: bool | None = None
    """Whether they have the role `vip` in people.csv."""

    def fits(self, facts: Mapping[str, str | bool | None]) -> bool:
        """Whether a ticket with these facts is meant."""
        if self.vip is not None and facts.get("vip") is not self.vip:
            return False
        wanted = {name: getattr(self, name) for name in type(self).model_fields if name != "vip"}
        return all(choices is None or facts.get(name) in choices for name, choices in wanted.items())


class PriorityOverride(Authored):
    """Raises the priority of tickets that match, never lowers it: to `at_least`, or by so many steps `up`."""

    when: RuleConditions
    at_least: str | None = None
    up: Annotated[int, Field(ge=1, le=9)] | None = None

    def raised(self, priority: str, known: Sequence[str]) -> str:
        """The priority that a ticket of `priority` gets; `known` has the highest first."""
        place = known.index(priority)
        if self.at_least is not None:
            place = min(place, known.index(self.at_least))
        return known[max(0, place - (self.up or 0))]


class PriorityMatrix(Authored):
    """Impact x urgency -> priority: scenarios ask about symptoms, not importance. Highest priority first."""

    priorities: tuple[str, ...] = ("P1", "P2", "P3", "P4")
    impact: Annotated[tuple[str, ...], Field(min_length=1)]
    urgency: Annotated[tuple[str, ...], Field(min_length=1)]
    table: dict[str, dict[str, str]]
    overrides: tuple[PriorityOverride, ...] = ()


class ClockRule(Authored):
    """Which events start and stop one kind of clock. Messages of the bot are not events."""

    start: Event
    stop: Annotated[tuple[Event, ...], Field(min_length=1)]
    repeating: bool = False
    """Whether the same start event begins a new cycle each time."""


class Pause(Authored):
    """One reason to pause, and the clocks that it pauses. The claim and response clocks never pause."""

    clocks: Annotated[tuple[Literal["workaround", "resolution", "update"], ...], Field(min_length=1)]
    max: LengthText
    """After so much business time of pause the clocks run again by themselves."""


class Reopen(Authored):
    """Within the window a reopened ticket continues on its old clock; due is never nearer than the floor."""

    window: LengthText
    floor: LengthOrNone


class Closing(Authored):
    """When an employee does not answer: a reminder after a question; after a solution a warning, then closing."""

    nudge: LengthText = "1bd"
    warn: LengthText = "2bd"
    close: LengthText = "1bd"


class Retarget(Authored):
    """A tightened target leaves the assignee at least min(floor, share of the target)."""

    floor: LengthOrNone
    share: Annotated[int, Field(ge=0, le=100)]


class Targets(Authored):
    """Business time of each clock; a clock without a target does not exist for the rule."""

    claim: LengthText | None = None
    response: LengthText | None = None
    workaround: LengthText | None = None
    """Until the employee can work again, however the fault itself is mended."""
    resolution: LengthText | None = None
    update: LengthText | None = None

    def of(self, kind: str) -> units.Length | None:
        text: str | None = getattr(self, kind)
        return None if text is None else units.length(text)


class Rule(Authored):
    """The targets for some tickets. The first matching rule counts; the last has no `when`."""

    id: Plain
    when: RuleConditions | None = None
    calendar: Annotated[dict[Kind | Literal["default"], str], BeforeValidator(for_all)]
    """One calendar, or one for each of some clocks with a `default` for the others."""
    targets: Targets
    chain: str

    @property
    def usual_calendar(self) -> str:
        """The calendar of the clocks that have none of their own."""
        return self.calendar["default"]

    def calendar_of(self, kind: str) -> str:
        """The calendar in which this kind of clock is counted."""
        return next((name for clock, name in self.calendar.items() if clock == kind), self.usual_calendar)


class Threshold(Authored):
    """Who is alerted at a percentage of a target, counted forward from the start; above 100 once it is late."""

    at: Annotated[int, Field(ge=1, le=1000)]
    to: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    loud: bool = True
    min_target: LengthText | None = None
    """Only for targets at least this long: half of fifteen minutes is no news."""
    clocks: Annotated[tuple[Kind, ...], Field(min_length=1)] | None = None


class AfterBreach(Authored):
    """Repeats while a ticket is late: the n-th goes to the ladder's n-th step, later ones to its last."""

    every: LengthText
    max: Annotated[int, Field(ge=0, le=50)]
    ladder: Annotated[tuple[Recipient, ...], Field(min_length=1)]


class Functional(Authored):
    """Functional escalation: an unclaimed ticket moves to another team's queue."""

    unclaimed_at: Annotated[int, Field(ge=1, le=99)]
    """Per cent of the claim target."""
    to_team: str


class ChainSpec(Authored):
    """Thresholds and repeats; `extends` takes what is missing here from another chain."""

    extends: str | None = None
    functional: Functional | None = None
    thresholds: tuple[Threshold, ...] | None = None
    thresholds_drop: tuple[int, ...] = ()
    after_breach: AfterBreach | None = None
    ack: LengthText | None = None
    """For how long (business time) "I take control" silences the repeats."""


class QuietHours(Authored):
    """When no alerts are sent, by the wall clock of a calendar; its days off are quiet too."""

    window: WindowText
    calendar: str
    bypass: tuple[str, ...] = ()
    """Priorities and categories that wake people all the same."""


class Grouping(Authored):
    """Alerts of one clock and level in one chat: the first few singly, more of them as one list."""

    at_once: Annotated[int, Field(ge=1)] = 3
    wait: SecondsText = "30s"
    interval: SecondsText = "5m"
    """How often a list is brought up to date; and how long a chat must be quiet before the next is told singly."""


class Rate(Authored):
    """How many single alerts a chat may get in a time; the rest is a list."""

    chat: RateText = "15/1m"
    person: RateText = "5/15m"


class NotifySpec(Authored):
    """How alerts are sent. Lengths are real time. `bypass` priorities and categories are always sent singly."""

    group: Grouping = Grouping()
    rate: Rate = Rate()
    late_after: SecondsText = "5m"
    digest_over: Annotated[int, Field(ge=1)] = 5
    drop_below: Annotated[int, Field(ge=0, le=100)] = 75
    bypass: tuple[str, ...] = ()


class Duty(Authored):
    """The rota of one team: staff ids of people.csv take weekly turns from `start` on."""

    start: DateText
    people: Annotated[tuple[str, ...], Field(min_length=1)]
    handover: ClockText = "09:00"
    swaps: dict[DateText, str] = Field(default_factory=dict)
    absent: dict[str, tuple[SpanText, ...]] = Field(default_factory=dict)


class OlaTeam(Authored):
    """What one team commits to, by priority, in its own calendar (one, or one by priority too)."""

    calendar: Annotated[dict[str, str], BeforeValidator(for_all)]
    accept: LengthText
    resolve: dict[str, LengthText]


class Ola(Authored):
    """OLAs of teams inside the SLA, which never stops at a hand-over; capped by what is left of it, less the reserve."""

    chain: str
    reserve: dict[str, LengthOrNone]
    teams: Annotated[dict[str, OlaTeam], Field(min_length=1)]  # `default` is for every team not named here

    def of(self, team: str) -> OlaTeam | None:
        return self.teams.get(team) or self.teams.get("default")


class Quality(Authored):
    """What a class promises besides time: per cent of tickets, except for the stars."""

    attainment: Annotated[int, Field(ge=1, le=100)] | None = None
    csat: Annotated[float, Field(ge=1, le=5)] | None = None
    reopened: Annotated[int, Field(ge=0, le=100)] | None = None
    first_contact: Annotated[int, Field(ge=0, le=100)] | None = None


class ServiceClass(Authored):
    """Speed, quality and price: the rules of a class set its times, `price` is its factor."""

    name: Words
    rules: OneOrMore
    price: Annotated[float, Field(gt=0)]
    quality: Quality = Quality()


class Rates(Authored):
    """Cost of an hour of a team's work."""

    currency: Annotated[str, Field(min_length=1, max_length=10)] = "RUB"
    default: Annotated[float, Field(ge=0)]
    teams: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    waiting: Annotated[float, Field(ge=0)] = 0
    """What an hour costs that an employee waits for us."""


class ReportTimes(Authored):
    """When figures come by themselves, in the desk's zone, on days on which it is open; without a time they do not."""

    morning: ClockText | None = None
    monday: ClockText | None = None
    theme: Literal["light", "dark"] = "light"


class DeskFile(Authored):
    """The whole file except `calendars:`, which bot.sla.calendars reads."""

    version: Literal[1]
    name: Words
    calendars: Any = None
    teams: Annotated[dict[str, TeamSpec], Field(min_length=1)]
    categories: Annotated[dict[str, CategorySpec], Field(min_length=1)]
    renamed: Renamed = Renamed()
    supervisors_chat_id: int | None = None
    offices: dict[str, ZoneText] = Field(default_factory=dict)
    priority_matrix: PriorityMatrix
    clocks: dict[Kind, ClockRule]
    pause: dict[PauseReason, Pause]
    reopen: Reopen
    closing: Closing = Closing()
    causes: dict[Plain, Words] = Field(default_factory=dict)
    replies: dict[str, Words] = Field(default_factory=dict)  # {name}, {number} and {engineer} are filled in
    retarget: Retarget
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    chains: Annotated[dict[str, ChainSpec], Field(min_length=1)]
    classes: dict[str, ServiceClass] = Field(default_factory=dict)
    rates: Rates | None = None
    reports: ReportTimes = ReportTimes()
    ola: Ola | None = None
    quiet_hours: QuietHours | None = None
    notify: NotifySpec = NotifySpec()
    duty: dict[str, Duty] = Field(default_factory=dict)
    absent: dict[str, tuple[SpanText, ...]] = Field(default_factory=dict)
    """Who (staff id) is away on which days: neither on duty nor called, their deputy is."""
    deputies: dict[str, OneOrMore] = Field(default_factory=dict)
    """Who (staff ids, in this order) hears for somebody who is away."""
    no_recipient: str = "supervisors"  # the chat for what no one else can read: also bot-admins or team:<id>
    quotas: Quotas = Quotas()
    privacy: Privacy = Privacy()
