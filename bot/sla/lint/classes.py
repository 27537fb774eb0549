"""Classes of service in desk.yaml: each rule in exactly one, and faster classes cost more."""

from __future__ import annotations

from statistics import fmean

from bot.sla.calendar import BeyondCalendar, Calendar
from bot.sla.deskfile import DeskFile
from bot.sla.faults import DeskFaults
from bot.sla.policy import Desk
from bot.yamlfiles.reading import nearest

DAY = 86_400


def judge(faults: DeskFaults, file: DeskFile) -> None:
    """Complain about unknown rules, rules in two classes or in none, and unknown teams in the rates."""
    known = [rule.id for rule in file.rules]
    owner: dict[str, str] = {}
    for name, one in file.classes.items():
        for rule in one.rules:
            if rule not in known:
                facts = {"what": "rules", "written": rule, "known": known}
                faults.add("E330", ("classes", name, "rules"), "value", nearest(rule, known), **facts)
            elif rule in owner:
                faults.add("E343", ("classes", name, "rules"), written=rule, other=owner[rule])
            owner.setdefault(rule, name)
    for place, rule in enumerate(known):
        if file.classes and rule not in owner:
            faults.add("W315", ("rules", place, "id"), written=rule)
    for team in file.rates.teams if file.rates else ():
        if team not in file.teams:
            facts = {"what": "teams", "written": team, "known": list(file.teams)}
            faults.add("E330", ("rates", "teams", team), "key", nearest(team, file.teams), **facts)


def compare(faults: DeskFaults, desk: Desk) -> None:
    """Warn of every class that is faster than another and costs no more."""
    paces = {name: fmean(_paces(desk, one.rules)) for name, one in desk.file.classes.items()}
    for name, pace in paces.items():
        cheaper = [
            other
            for other, slow in paces.items()
            if pace < slow and desk.services[name].price <= desk.services[other].price
        ]
        if cheaper:
            faults.add("W314", ("classes", name, "price"), name=name, slower=", ".join(cheaper))


def _paces(desk: Desk, rules: tuple[str, ...]) -> list[float]:
    paces: list[float] = []
    for rule in map(desk.rule, rules):
        targets = desk.targets(rule)
        # A rule that promises only a response is as fast as that.
        kind = "resolution" if "resolution" in targets else min(targets, key=targets.__getitem__)
        paces.append(_pace(desk.calendar_for(rule, kind), targets[kind]))
    return paces


def _pace(calendar: Calendar, target_s: int) -> float:
    """Real seconds from opening to due, on average over the hours of four ordinary weeks."""
    begin = calendar.begin + 31 * DAY
    try:
        return fmean(calendar.add(at, target_s) - at for at in range(begin, begin + 28 * DAY, 3600))
    except BeyondCalendar:
        return float("inf")
