"""Gaps that a valid desk.yaml may leave: hours, roles, weeks of the rota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.keys import EngineerRole, LeadRole
from bot.sla.calendar import Calendar
from bot.sla.chains import Chain, chain_of
from bot.sla.deskfile import DeskFile, Recipient, Rule, RuleConditions
from bot.sla.faults import DeskFaults
from bot.sla.ola import worst
from bot.sla.policy import BREACH, Desk
from bot.yamlfiles.document import Path

DAY = 86_400
WEEKS = 4
AHEAD = 90  # days of the rota to check
TOO_MUCH = 4  # a quarter of a rule's hours without its team is a gap, less is a lunch
VIP = "vip"  # the role, as bot/people names it
MANAGER = "manager"  # the requester's own manager, not a staff id
CHIEFS: tuple[Recipient, ...] = ("supervisor", "head")

Staff = Mapping[str, frozenset[str]]
"""Everybody who works here: staff id -> roles, as people.csv has them."""


def chains(faults: DeskFaults, file: DeskFile) -> None:
    """Warn of chains that alert no one above the team about a breach."""
    for name in file.chains:
        chain = chain_of(name, file.chains)
        told = {role for one in chain.thresholds if one.at == BREACH for role in one.to} | set(chain.ladder)
        if not told & set(CHIEFS):
            faults.add("W316", ("chains", name), "key", written=name)


def hours(faults: DeskFaults, desk: Desk) -> None:
    """Warn of rules with hours in which one of their teams does not work and has no one on duty."""
    for place, rule in enumerate(desk.file.rules):
        for team in _teams(desk, rule):
            theirs = _calendar_of(desk, rule, team)
            for ours in _calendars(desk, rule):
                if team in desk.file.duty or theirs.hash == ours.hash:
                    continue
                promised, both = _open(ours, ours), _open(ours, theirs)
                if (promised - both) * TOO_MUCH > promised:
                    uncovered = round((promised - both) / 3600 / WEEKS)
                    faults.add("W317", ("rules", place, "calendar"), team=team, rule=rule.id, hours=uncovered)
                    break


def fits(faults: DeskFaults, desk: Desk) -> None:
    """Warn of every team and rule that cannot both meet their targets: the OLA does not fit into the SLA at some hour."""
    found: dict[tuple[str, int, int, str, int], int | None] = {}
    for rule in desk.file.rules:
        priorities = (rule.when and rule.when.priority) or desk.file.priority_matrix.priorities[-1:]
        for name, category in _involved(desk, rule):
            terms = desk.terms(name, priorities[0], category)
            length = rule.targets.of("resolution")
            if terms is None or length is None:
                continue
            calendar = desk.calendar_for(rule, "resolution")
            target = calendar.seconds(length)
            # Most teams and rules share calendars and targets, and each answer takes some hundred sums.
            alike = (terms.calendar.hash, terms.resolve_s, terms.reserve_s, calendar.hash, target)
            if alike not in found:
                found[alike] = worst(terms, calendar, target)
            if (missed := found[alike]) is not None:
                when = calendar.local(missed).strftime("%Y-%m-%d %H:%M")
                written = desk.file.ola is not None and name in desk.file.ola.teams
                place = ("ola", "teams", name if written else "default")
                faults.add("W312", place, "key", team=name, rule=rule.id, when=when)


def _involved(desk: Desk, rule: Rule) -> Iterator[tuple[str, str]]:
    """Each team that a rule's tickets may be for, or be handed to, with their category; "" for any."""
    when = rule.when or RuleConditions()
    for category in when.category or ("",):
        spec = desk.file.categories.get(category)
        teams = {spec.team, *spec.to} if spec is not None and spec.to else set(desk.teams)
        for name in desk.teams:
            if name in (when.team or desk.teams) and name in teams:
                yield name, category


def unwatched(faults: DeskFaults, desk: Desk) -> None:
    """Warn of rules whose hours go beyond the default rule's for a team that has no rota: a promise for the night that
    no named person keeps."""
    usual = desk.usual
    for place, rule in enumerate(desk.file.rules):
        beyond = max(_open(ours, ours) - _open(ours, usual) for ours in _calendars(desk, rule))
        teams = [team for team in _teams(desk, rule) if team not in desk.file.duty]
        if beyond > 0 and teams:
            path: Path = ("rules", place, "calendar")
            faults.add("W324", path, teams=teams, rule=rule.id, hours=round(beyond / 3600 / WEEKS))


def rota(faults: DeskFaults, desk: Desk, now: int) -> None:
    """Warn of the first day of the next three months without a person in the rota. `now` in UTC seconds."""
    for team in desk.file.duty:
        empty = (at for at in range(now, now + AHEAD * DAY, DAY) if desk.on_duty(team, at) is None)
        first = next(empty, None)
        if first is not None:
            day = desk.usual.local(first).date()
            faults.add("W318", ("duty", team), "key", team=team, day=day)


def staff(faults: DeskFaults, file: DeskFile, people: Staff) -> None:
    """Warn of teams, roles and turns that none of these people can fill."""
    teams = {
        kind.read(role).name
        for roles in people.values()
        for role in roles
        for kind in (EngineerRole, LeadRole)
        if kind.names(role)
    }
    for name, category in file.categories.items():
        if category.team in file.teams and category.team not in teams:
            faults.add("W319", ("categories", name, "team"), category=name, team=category.team)
    asked = {role for name in file.chains for role in _roles(chain_of(name, file.chains))}
    held = {role for roles in people.values() for role in roles}
    for role in CHIEFS:
        if role in asked and role not in held:
            faults.add("W320", ("chains",), "key", role=role)
    if "team_lead" in asked:
        for team in file.teams:
            if LeadRole(team) not in held:
                faults.add("W320", ("teams", team), "key", role=LeadRole(team))
    if VIP not in held:
        for path in _for_vips(file):
            faults.add("W371", path, "key")
    for path, person in _named(file):
        if person not in people:
            faults.add("W321", path, "value", person=person)
    for team, duty in file.duty.items():
        for place, person in enumerate(duty.people):
            if person in people and not people[person] & {EngineerRole(team), LeadRole(team)}:
                faults.add("W322", ("duty", team, "people", place), person=person, team=team)


def _for_vips(file: DeskFile) -> Iterator[Path]:
    """The places of conditions that only very important people meet."""
    for place, rule in enumerate(file.rules):
        if rule.when is not None and rule.when.vip:
            yield "rules", place, "when", "vip"
    for place, override in enumerate(file.priority_matrix.overrides):
        if override.when.vip:
            yield "priority_matrix", "overrides", place, "when", "vip"


def _roles(chain: Chain) -> Iterator[Recipient]:
    for threshold in chain.thresholds:
        yield from threshold.to
    yield from chain.ladder


def _named(file: DeskFile) -> Iterator[tuple[Path, str]]:
    """Every staff id in the file, with its place."""
    for team, duty in file.duty.items():
        for place, person in enumerate(duty.people):
            yield ("duty", team, "people", place), person
        for day, person in duty.swaps.items():
            yield ("duty", team, "swaps", day), person
    for person, deputies in file.deputies.items():
        for deputy in (person, *deputies):
            yield ("deputies", person), deputy
    for person in file.absent:
        yield ("absent", person), person
    for name, category in file.categories.items():
        for person in category.approval.by if category.approval else ():
            if person != MANAGER:
                yield ("categories", name, "approval", "by"), person


def _calendars(desk: Desk, rule: Rule) -> list[Calendar]:
    """The calendars of a rule's clocks."""
    return [desk.calendar(name) for name in dict.fromkeys(map(rule.calendar_of, desk.targets(rule)))]


def _teams(desk: Desk, rule: Rule) -> list[str]:
    """The teams that tickets of a rule may be for."""
    when = rule.when
    if when is not None and when.team is not None:
        return [team for team in when.team if team in desk.teams]
    named = when.category if when is not None and when.category is not None else desk.categories
    return list(dict.fromkeys(desk.category(one).team for one in named if one in desk.categories))


def _calendar_of(desk: Desk, rule: Rule, team: str) -> Calendar:
    """When a team works on tickets of a rule; by default the default rule's hours."""
    priorities = (rule.when and rule.when.priority) or desk.file.priority_matrix.priorities[-1:]
    terms = desk.terms(team, priorities[0])
    return terms.calendar if terms is not None else desk.usual


def _open(calendar: Calendar, other: Calendar) -> int:
    """Seconds of four ordinary weeks in which both calendars are open."""
    begin = max(calendar.begin, other.begin) + 31 * DAY
    end = begin + WEEKS * 7 * DAY
    spans = zip(calendar.opens, calendar.closes, strict=True)
    clipped = ((max(start, begin), min(stop, end)) for start, stop in spans if start < end and stop > begin)
    return sum(other.spent(start, stop) for start, stop in clipped)
