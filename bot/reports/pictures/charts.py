"""The pictures themselves, one function each: what they show is also said in words (captions.py)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from bot.reports.insight.telling import amount
from bot.reports.pictures.plots import Bar, BarChart, ColumnChart, HeatMap, Plot, Tone
from bot.reports.pictures.seen import Seen
from bot.sla.policy import Desk
from bot.texts.speak import Voice

MOST = 7  # bars of one picture
WEEKS = 12
HELD: Mapping[str, Tone] = {"hands": "main", "queue": "bad", "employee": "light"}


@dataclass(frozen=True, slots=True)
class Easel:
    """Everything a picture is made from."""

    seen: Seen
    desk: Desk
    voice: Voice

    def named(self, section: str, name: str) -> str:
        """A team or category as people call it."""
        found = self.desk.team(name) if section == "team" else self.desk.category(name)
        return found.title[self.voice.language]


def sla(easel: Easel) -> Plot | None:
    """Attainment by week, with the number of promises in each bar."""
    weeks = [week for week in easel.seen.weeks if week.kept.of][-WEEKS:]
    if not weeks:
        return None
    goal = _goal(easel.desk)
    title = easel.voice.say("picture.sla" if goal is None else "picture.sla.goal", n=goal)
    bars = []
    for week in weeks:
        share = week.kept.percent or 0.0
        tone: Tone = "main" if goal is None or share >= goal else "bad"
        # Not rounded: 89.6 of a target of 90 is not 90.
        bars.append(Bar(f"{week.first:%d.%m}", share, f"{math.floor(share)}", tone))
    return ColumnChart(title, tuple(bars), 100.0, goal)


def backlog(easel: Easel) -> Plot | None:
    """Open tickets by age."""
    ages = easel.seen.found.backlog
    if not ages.open:
        return None
    young, old = (ages.to_1, ages.to_3, ages.to_7), (ages.to_30, ages.over_30)
    counts: list[tuple[int, Tone]] = [*((one, "main") for one in young), *((one, "bad") for one in old)]
    names = [easel.voice.say(f"picture.age.{name}") for name in ("1", "3", "7", "30", "more")]
    bars = tuple(Bar(name, n, str(n), tone) for name, (n, tone) in zip(names, counts, strict=True))
    return ColumnChart(easel.voice.say("picture.backlog", n=ages.open), bars, max(1, *(n for n, _ in counts)))


def flow(easel: Easel) -> Plot | None:
    """Where the hours of the resolved tickets went."""
    holders = easel.seen.found.time_share.holders
    if not holders:
        return None
    total = sum(one.hours for one in holders)
    bars = []
    for one in sorted(holders, key=lambda one: one.hours)[-MOST:]:
        team = easel.named("team", one.team) if one.team else ""
        share = 100 * one.hours / total
        name = easel.voice.say(f"picture.held.{one.place}", team=team)
        bars.append(Bar(name, share, f"{share:.0f} %", HELD.get(one.place, "faint")))
    return BarChart(easel.voice.say("picture.flow"), tuple(bars))


def arrivals(easel: Easel) -> Plot | None:
    """When tickets are opened."""
    grid = tuple(tuple(day) for day in easel.seen.found.opened)
    if not any(map(any, grid)):
        return None
    days = tuple(easel.voice.say("picture.days").split())
    return HeatMap(easel.voice.say("picture.arrivals"), days, grid)


def funnel(easel: Easel) -> Plot | None:
    """How many see each step of the scenario that loses most people, and how many leave there."""
    found = easel.seen.funnel
    if found is None:
        return None
    bars = (
        Bar(step.name.replace("_", " "), step.shown, f"{step.shown} / {step.lost}", "light", step.lost)
        for step in reversed(found.steps)
    )
    return BarChart(easel.voice.say("picture.funnel", name=found.scenario), tuple(bars))


def pareto(easel: Easel) -> Plot | None:
    """Categories by what they cost, with the share they make up together."""
    money = easel.seen.found.money
    lines = sorted((one for one in money.by_category if one.cost), key=lambda one: -one.cost)[:MOST]
    bars = []
    for one, together in zip(lines, accumulate(one.cost for one in lines), strict=True):
        words = f"{amount(easel.voice, one.cost, money.currency)} · {100 * together / money.cost:.0f} %"
        bars.append(Bar(easel.named("category", one.name), one.cost, words))
    return BarChart(easel.voice.say("picture.pareto"), tuple(reversed(bars))) if bars else None


def speed(easel: Easel) -> Plot | None:
    """The faster the dearer: the price of a ticket of each class, and how long half of them took."""
    money = easel.seen.found.money
    known = {one.name: one for one in money.by_class}
    lines = [(easel.desk.services[name], known[name]) for name in easel.desk.services if name in known]
    if not any(line.price for _, line in lines):
        return None
    bars = []
    for service, line in reversed(lines):
        each, hours = line.price / line.tickets, easel.voice.number(line.p50_hours or 0.0, "0.0")
        price = amount(easel.voice, each, money.currency)
        words = easel.voice.say("picture.speed.of", each=price, hours=hours)
        bars.append(Bar(service.title[easel.voice.language], each, words))
    return BarChart(easel.voice.say("picture.speed"), tuple(bars))


CHARTS: Mapping[str, Callable[[Easel], Plot | None]] = {
    "sla": sla,
    "backlog": backlog,
    "flow": flow,
    "arrivals": arrivals,
    "funnel": funnel,
    "pareto": pareto,
    "speed": speed,
}


def _goal(desk: Desk) -> int | None:
    """The attainment that the desk promises for its usual tickets, per cent."""
    service = desk.service(desk.default_rule.id)
    return None if service is None else service.quality.attainment
