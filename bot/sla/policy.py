"""The desk: desk.yaml with the lookups that other rooms need. Pure and immutable."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from bot.keys import PersonChat
from bot.sla import units, windows, zones
from bot.sla.calendar import Calendar, Spec, compiled
from bot.sla.chains import Chain, chain_of
from bot.sla.deskfile import ClockRule, DeskFile, Pause, Quality, Rule
from bot.sla.duty import Rota, on_duty
from bot.sla.names import NO_POLICY, Section
from bot.sla.ola import Terms
from bot.sla.quiet import quiet_until
from bot.sla.written import read_rate, read_span

OTHER = "other"
"""The category of what no scenario foresees."""
Axis = Literal[Section.IMPACT, Section.URGENCY]
"""What the matrix makes a priority of."""
USUAL: Mapping[Axis, str] = {Section.IMPACT: "one", Section.URGENCY: "degraded"}
"""What counts where the written one has gone from the file, as it does where none was written."""
KINDS = ("claim", "response", "workaround", "resolution", "update")
"""The kinds of clocks, in the order in which a ticket usually ends them."""
BREACH = 100
"""Per cent of a target at which it is broken."""


class Words(Mapping[str, str]):
    """A text per language; a missing language gets the first one, a plain text is for all."""

    def __init__(self, written: str | Mapping[str, str]) -> None:
        self._texts = {"": written} if isinstance(written, str) else dict(written)

    def __getitem__(self, language: str) -> str:
        return self._texts.get(language) or next(iter(self._texts.values()))

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    title: Words
    chat_id: int | None


@dataclass(frozen=True, slots=True)
class Category:
    """A category with the team that takes its tickets."""

    id: str
    title: Words
    team: str
    type: str


@dataclass(frozen=True, slots=True)
class Asker:
    """What conditions may ask of the requester, as people.csv has it."""

    department: str | None = None
    office: str | None = None
    is_vip: bool = False

    @property
    def facts(self) -> dict[str, str | bool | None]:
        """By the keys of a `when`."""
        return {"department": self.department, "office": self.office, "vip": self.is_vip}


ANYONE = Asker()


@dataclass(frozen=True, slots=True)
class Service:
    """A class of service, with its price factor and its quality targets."""

    id: str
    title: Words
    price: float
    quality: Quality


@dataclass(frozen=True, slots=True)
class Notify:
    """How alerts are sent, as numbers: seconds are real time."""

    at_once: int
    wait_s: int
    interval_s: int
    chat: tuple[int, int]
    person: tuple[int, int]
    late_after_s: int
    digest_over: int
    drop_below: int
    bypass: tuple[str, ...]

    def goes_first(self, priority: str, category: str) -> bool:
        """Whether alerts about such a ticket are always sent singly."""
        return priority in self.bypass or category in self.bypass

    def rate_of(self, chat: str) -> tuple[int, int]:
        """How many single alerts in how many seconds a chat may get."""
        return self.person if PersonChat.names(chat) else self.chat


@dataclass(frozen=True)
class Desk:
    """All of desk.yaml. Two desks with the same `policy_hash` and calendar hashes are equivalent."""

    file: DeskFile
    specs: Mapping[str, Spec]
    name: Words
    teams: Mapping[str, Team]
    categories: Mapping[str, Category]
    chains: Mapping[str, Chain]

    @cached_property
    def policy_hash(self) -> str:
        """The content hash of everything that affects a due time or an alert, except calendars."""
        meant = self.file.model_dump(mode="json", exclude=NO_POLICY)
        return hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()[:16]

    @cached_property
    def _compiled(self) -> dict[str, Calendar]:
        return {}

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name, compiled at its first use; the default rule's when it was removed."""
        if name not in self.specs:
            name = self.default_rule.usual_calendar
        if name not in self._compiled:
            self._compiled[name] = compiled(self.specs[name])
        return self._compiled[name]

    @property
    def usual(self) -> Calendar:
        """The default rule's calendar, by which the desk as a whole works."""
        return self.calendar(self.default_rule.usual_calendar)

    @property
    def default_rule(self) -> Rule:
        """The rule that applies when no other does."""
        return self.file.rules[-1]

    @property
    def zone(self) -> str:
        """The IANA zone of the default rule's calendar."""
        return self.specs[self.default_rule.usual_calendar].tz

    def names(self, section: Section) -> tuple[str, ...]:
        """The names that a section of the file defines, in its order."""
        matrix = self.file.priority_matrix
        match section:
            case Section.CATEGORIES:
                return tuple(self.categories)
            case Section.TEAMS:
                return tuple(self.teams)
            case Section.PRIORITIES:
                return matrix.priorities
            case Section.IMPACT:
                return matrix.impact
            case Section.URGENCY:
                return matrix.urgency
            case _:
                assert_never(section)

    def today(self, section: Section, name: str) -> str:
        """What a name that rows carry is called today; itself unless `renamed:` says otherwise, be it in the file or not."""
        return self.file.renamed.of(section).get(name, name)

    def has(self, section: Section, name: str) -> bool:
        """Whether a name that rows carry means something: it is in the file, or was renamed to what is."""
        return self.today(section, name) in self.names(section)

    def measure(self, axis: Axis, name: str) -> str:
        """The impact or urgency of that name; the usual one when it has gone from the file, else the file's first."""
        known = self.names(axis)
        return next((one for one in (self.today(axis, name), USUAL[axis]) if one in known), known[0])

    def team(self, team_id: str) -> Team:
        """The team of that id, or of a former one; one that has gone from the file is called by its id."""
        team_id = self.today(Section.TEAMS, team_id)
        return self.teams.get(team_id) or Team(team_id, Words(team_id), None)

    def category(self, category_id: str) -> Category:
        """The category of that id, or of a former one; one that has gone is called by its id and goes where "other" goes."""
        category_id = self.today(Section.CATEGORIES, category_id)
        if category_id in self.categories:
            return self.categories[category_id]
        other = self.categories.get(OTHER) or next(iter(self.categories.values()))
        return Category(category_id, Words(category_id), other.team, other.type)

    def team_ids(self) -> tuple[str, ...]:
        """The teams in the order of the file."""
        return tuple(self.teams)

    def with_chats(self) -> tuple[str, ...]:
        """The teams with a chat, for which tickets can be opened."""
        return tuple(name for name, team in self.file.teams.items() if team.chat is None)

    def may_go_to(self, category: str, team: str) -> tuple[str, ...]:
        """The teams that `team` may hand a ticket of this category to, in the order of the file."""
        written = self.file.categories.get(category)
        allowed = {*written.to, written.team} if written is not None and written.to else set(self.teams)
        return tuple(one for one in self.teams if one in allowed and one != team)

    def priority(
        self,
        impact: str,
        urgency: str,
        *,
        type: str = "incident",
        category: str | None = None,
        asker: Asker = ANYONE,
    ) -> str:
        """The priority of a ticket: the matrix, then every override that fits raises it, in their order."""
        matrix = self.file.priority_matrix
        found = matrix.table[self.measure(Section.IMPACT, impact)][self.measure(Section.URGENCY, urgency)]
        for override in matrix.overrides:
            if override.when.fits({"type": type, "category": category, "priority": found} | asker.facts):
                found = override.raised(found, matrix.priorities)
        return found

    def rule_for(
        self, priority: str, type: str, category: str, team: str | None = None, *, asker: Asker = ANYONE
    ) -> Rule:
        """The first rule that is for such a ticket of such a requester."""
        facts = {"type": type, "team": team and self.today(Section.TEAMS, team)} | asker.facts
        facts |= {"category": self.today(Section.CATEGORIES, category)}
        facts |= {"priority": self.today(Section.PRIORITIES, priority)}
        return next(rule for rule in self.file.rules if rule.when is None or rule.when.fits(facts))

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; the default one when it was removed."""
        return next((rule for rule in self.file.rules if rule.id == rule_id), self.default_rule)

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The classes of service in the order of the file."""
        return {
            name: Service(name, Words(one.name), one.price, one.quality)
            for name, one in self.file.classes.items()
        }

    def service(self, rule_id: str) -> Service | None:
        """The class of a rule; None when the desk has no classes, or the rule was removed."""
        found = (name for name, one in self.file.classes.items() if rule_id in one.rules)
        return self.services.get(next(found, ""))

    def rate(self, team: str) -> float:
        """Cost of an hour of a team's work; 0 by default."""
        rates = self.file.rates
        return 0.0 if rates is None else rates.teams.get(self.today(Section.TEAMS, team), rates.default)

    def terms(self, team: str, priority: str, category: str = "") -> Terms | None:
        """A team's OLA for a category or, where none is named, a priority; None for a team without one."""
        ola = self.file.ola
        if ola is None or team not in self.file.teams or (written := ola.of(team)) is None:
            return None

        def pick(choices: Mapping[str, str]) -> str:
            return choices.get(category) or choices.get(priority) or choices["default"]

        calendar = self.calendar(pick(written.calendar))
        resolve = self.seconds(pick(written.resolve), calendar)
        reserve = self.seconds(pick(ola.reserve), calendar)
        return Terms(calendar, self.seconds(written.accept, calendar), resolve, reserve)

    def quiet_until(self, priority: str, category: str, at: int, zone: str | None = None) -> int | None:
        """Until when (UTC seconds) an alert for a reader in `zone` is held; None when it may be sent now."""
        quiet = self.file.quiet_hours
        if quiet is None or priority in quiet.bypass or category in quiet.bypass:
            return None
        return quiet_until(windows.window(quiet.window), self.calendar(quiet.calendar), at, zone)

    @cached_property
    def notify(self) -> Notify:
        written, plain = self.file.notify, units.plain
        group, rate = written.group, written.rate
        return Notify(
            group.at_once,
            plain(group.wait),
            plain(group.interval),
            read_rate(rate.chat),
            read_rate(rate.person),
            plain(written.late_after),
            written.digest_over,
            written.drop_below,
            written.bypass,
        )

    def on_duty(self, team: str, at: int) -> str | None:
        """The staff id of the engineer on duty at an instant; None without a rota, or when all are absent."""
        written = self.file.duty.get(team)
        if written is None:
            return None
        handover = time.fromisoformat(written.handover)
        rota = Rota(
            date.fromisoformat(written.start),
            written.people,
            handover.hour * 60 + handover.minute,
            {date.fromisoformat(day): person for day, person in written.swaps.items()},
            {
                person: self._away(person, written.absent)
                for person in {*written.people, *written.swaps.values()}
            },
        )
        return on_duty(rota, self._wall(at))

    def is_absent(self, staff_id: str, at: int) -> bool:
        """Whether the file says that a person is absent on the day of an instant."""
        day = self._wall(at).date()
        return any(first <= day <= last for first, last in self._away(staff_id, {}))

    def deputies_of(self, staff_id: str) -> tuple[str, ...]:
        """Who is alerted instead of an absent person, the first one first."""
        return self.file.deputies.get(staff_id, ())

    def _away(self, staff_id: str, more: Mapping[str, tuple[str, ...]]) -> list[tuple[date, date]]:
        return [read_span(span) for span in (*self.file.absent.get(staff_id, ()), *more.get(staff_id, ()))]

    def _wall(self, at: int) -> datetime:
        return zones.local(at, ZoneInfo(self.zone)).replace(tzinfo=None)

    def chain(self, chain_id: str) -> Chain:
        """The chain of that id; the default rule's when it was removed."""
        return self.chains.get(chain_id) or self.chains[self.default_rule.chain]

    def clock_rules(self) -> dict[str, ClockRule]:
        """Which events start and stop each kind of clock."""
        return {str(kind): rule for kind, rule in self.file.clocks.items()}

    def calendar_for(self, rule: Rule, kind: str) -> Calendar:
        """The calendar in which a rule counts one kind of clock."""
        return self.calendar(rule.calendar_of(kind))

    @cached_property
    def _targets(self) -> dict[str, Mapping[str, int]]:
        return {}

    def targets(self, rule: Rule) -> Mapping[str, int]:
        """Business seconds of each of the rule's clocks, in the calendar of that clock."""
        if rule.id not in self._targets:
            lengths = {kind: rule.targets.of(kind) for kind in KINDS}
            self._targets[rule.id] = {
                kind: self.calendar_for(rule, kind).seconds(length)
                for kind, length in lengths.items()
                if length is not None
            }
        return self._targets[rule.id]

    def seconds(self, text: str, calendar: Calendar) -> int:
        """Business seconds of an authored length in a calendar."""
        return calendar.seconds(units.length(text))

    def floor(self, calendar: Calendar, target_s: int) -> int:
        """Business seconds that a tightened target leaves at least: min(floor, share of the target)."""
        retarget = self.file.retarget
        return min(self.seconds(retarget.floor, calendar), target_s * retarget.share // 100)

    def paused_by(self, reason: str) -> Pause | None:
        """What a reason pauses; None when it is no reason to pause."""
        return next((pause for name, pause in self.file.pause.items() if name == reason), None)


def desk_of(file: DeskFile, specs: Mapping[str, Spec]) -> Desk:
    """The desk of a checked file and its calendars."""
    return Desk(
        file,
        MappingProxyType(dict(specs)),
        Words(file.name),
        {name: Team(name, Words(team.title), team.chat_id) for name, team in file.teams.items()},
        {name: Category(name, Words(c.title), c.team, c.type) for name, c in file.categories.items()},
        {name: chain_of(name, file.chains) for name in file.chains},
    )
