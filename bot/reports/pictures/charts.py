"""The pictures themselves, one function each: what they show is also said in words (captions.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.reports.insight.telling import amount
from bot.reports.pictures.canvas import HEIGHT, LETTERS, Palette, figure, wrapped
from bot.reports.pictures.seen import Seen
from bot.sla.policy import Desk
from bot.texts.speak import Voice

MOST = 7  # bars of one picture
WEEKS = 12
ROOM = 0.032  # of a bar's length, for a letter beside it
SMALL = LETTERS - 2


@dataclass(frozen=True, slots=True)
class Easel:
    """Everything a picture is painted with."""

    seen: Seen
    desk: Desk
    voice: Voice
    theme: Palette

    def named(self, section: str, name: str) -> str:
        """A team or category as people call it."""
        found = self.desk.team(name) if section == "team" else self.desk.category(name)
        return found.title[self.voice.language]


def sla(easel: Easel) -> Figure | None:
    """Attainment by week, with the number of promises in each bar."""
    weeks = [week for week in easel.seen.weeks if week.kept.of][-WEEKS:]
    if not weeks:
        return None
    goal = _goal(easel.desk)
    title = easel.voice.say("picture.sla" if goal is None else "picture.sla.goal", n=goal)
    made, axes = figure(easel.theme, title)
    shares = [week.kept.percent or 0.0 for week in weeks]
    good = [goal is None or share >= goal for share in shares]
    bars = axes.bar(range(len(weeks)), shares, width=0.72)
    for bar, share, is_good in zip(bars, shares, good, strict=True):
        bar.set_facecolor(easel.theme.main if is_good else easel.theme.bad)
        bar.set_hatch("" if is_good else "//")
        bar.set_edgecolor(easel.theme.paper)
        at = bar.get_x() + bar.get_width() / 2
        axes.annotate(f"{share:.0f}", (at, share + 1), ha="center", color=easel.theme.ink, fontsize=SMALL)
    if goal is not None:
        axes.axhline(goal, color=easel.theme.ink, linewidth=1.2, linestyle="--")
    axes.set_ylim(0, 112)
    axes.set_yticks([])
    labels = [f"{week.first:%d.%m}" for week in weeks]
    axes.set_xticks(range(len(weeks)), labels, rotation=90 if len(weeks) > 6 else 0)
    return made


def backlog(easel: Easel) -> Figure | None:
    """Open tickets by age."""
    ages = easel.seen.found.backlog
    counts = [ages.to_1, ages.to_3, ages.to_7, ages.to_30, ages.over_30]
    if not ages.open:
        return None
    made, axes = figure(easel.theme, easel.voice.say("picture.backlog", n=ages.open))
    colours = [easel.theme.main] * 3 + [easel.theme.bad] * 2
    bars = axes.bar(range(5), counts, width=0.72, color=colours, edgecolor=easel.theme.paper)
    for bar in bars[3:]:
        bar.set_hatch("//")
    _tops(axes, counts, easel.theme)
    axes.set_xticks(
        range(5), [easel.voice.say(f"picture.age.{name}") for name in ("1", "3", "7", "30", "more")]
    )
    axes.set_yticks([])
    return made


def flow(easel: Easel) -> Figure | None:
    """Where the hours of the resolved tickets went."""
    held = sorted(easel.seen.found.time_share.holders, key=lambda one: one.hours)[-MOST:]
    if not held:
        return None
    total = sum(one.hours for one in easel.seen.found.time_share.holders)
    made, axes = figure(easel.theme, easel.voice.say("picture.flow"))
    names = [
        wrapped(
            easel.voice.say(
                f"picture.held.{one.place}", team=easel.named("team", one.team) if one.team else ""
            )
        )
        for one in held
    ]
    colours = {"hands": easel.theme.main, "queue": easel.theme.bad, "employee": easel.theme.light}
    values = [100 * one.hours / total for one in held]
    bars = axes.barh(range(len(held)), values, height=0.7, edgecolor=easel.theme.paper)
    for bar, one in zip(bars, held, strict=True):
        bar.set_facecolor(colours.get(one.place, easel.theme.faint))
        bar.set_hatch("//" if one.place == "queue" else "")
    _ends(axes, values, [f"{value:.0f} %" for value in values], easel.theme)
    axes.set_yticks(range(len(held)), names)
    axes.set_xticks([])
    return made


def arrivals(easel: Easel) -> Figure | None:
    """When tickets are opened."""
    grid = np.asarray(easel.seen.found.opened)
    if not grid.sum():
        return None
    made, axes = figure(easel.theme, easel.voice.say("picture.arrivals"))
    axes.pcolormesh(grid.T, cmap=easel.theme.ramp, edgecolors=easel.theme.paper, linewidth=1)
    axes.set_ylim(24, 0)
    axes.set_xticks([day + 0.5 for day in range(7)], easel.voice.say("picture.days").split())
    axes.set_yticks([hour + 0.5 for hour in range(0, 24, 3)], [f"{hour:02}" for hour in range(0, 24, 3)])
    top = int(grid.max())
    for day, hour in zip(*np.nonzero(grid >= 0.9 * top), strict=True):
        place = (float(day) + 0.5, float(hour) + 0.5)
        ink = "#ffffff" if easel.theme.ramp == "Blues" else "#000000"
        axes.annotate(str(grid[day, hour]), place, ha="center", va="center", color=ink, fontsize=SMALL - 1)
    return made


def funnel(easel: Easel) -> Figure | None:
    """How many see each step of the scenario that loses most people, and how many leave there."""
    found = easel.seen.funnel
    if found is None:
        return None
    steps = list(reversed(found.steps))
    made, axes = figure(easel.theme, easel.voice.say("picture.funnel", name=found.scenario))
    shown, lost = [step.shown for step in steps], [step.lost for step in steps]
    rows = range(len(steps))
    axes.barh(rows, shown, height=0.7, color=easel.theme.light, edgecolor=easel.theme.paper)
    axes.barh(rows, lost, height=0.7, color=easel.theme.bad, edgecolor=easel.theme.paper, hatch="//")
    _ends(
        axes,
        [float(one) for one in shown],
        [f"{a} / {b}" for a, b in zip(shown, lost, strict=True)],
        easel.theme,
    )
    axes.set_yticks(rows, [wrapped(step.name.replace("_", " ")) for step in steps])
    axes.set_xticks([])
    return made


def pareto(easel: Easel) -> Figure | None:
    """Categories by what they cost, with the share they make up together."""
    money = easel.seen.found.money
    lines = sorted((one for one in money.by_category if one.cost), key=lambda one: -one.cost)[:MOST]
    if not lines:
        return None
    made, axes = figure(easel.theme, easel.voice.say("picture.pareto"))
    rows = list(reversed(lines))
    values = [one.cost for one in rows]
    together = np.cumsum([one.cost for one in lines]) / money.cost * 100
    said = [
        f"{amount(easel.voice, one.cost, money.currency)} · {share:.0f} %"
        for one, share in zip(rows, reversed(together), strict=True)
    ]
    axes.barh(range(len(rows)), values, height=0.7, color=easel.theme.main, edgecolor=easel.theme.paper)
    _ends(axes, values, said, easel.theme)
    axes.set_yticks(range(len(rows)), [wrapped(easel.named("category", one.name)) for one in rows])
    axes.set_xticks([])
    return made


def speed(easel: Easel) -> Figure | None:
    """The faster the dearer: the price of a ticket of each class, and how long half of them took."""
    known = {one.name: one for one in easel.seen.found.money.by_class}
    lines = [(easel.desk.services[name], known[name]) for name in easel.desk.services if name in known]
    if not any(line.price for _, line in lines):
        return None
    made, axes = figure(easel.theme, easel.voice.say("picture.speed"), HEIGHT * 0.8)
    rows = list(reversed(lines))
    values = [line.price / line.tickets for _, line in rows]
    said = [
        easel.voice.say(
            "picture.speed.of",
            each=amount(easel.voice, value, easel.seen.found.money.currency),
            hours=easel.voice.number(line.p50_hours or 0.0, "0.0"),
        )
        for value, (_, line) in zip(values, rows, strict=True)
    ]
    axes.barh(range(len(rows)), values, height=0.6, color=easel.theme.main, edgecolor=easel.theme.paper)
    _ends(axes, values, said, easel.theme)
    axes.set_yticks(range(len(rows)), [wrapped(service.title[easel.voice.language]) for service, _ in rows])
    axes.set_xticks([])
    return made


CHARTS: Mapping[str, Callable[[Easel], Figure | None]] = {
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


def _tops(axes: Axes, counts: Sequence[int], theme: Palette) -> None:
    for at, count in enumerate(counts):
        axes.annotate(
            str(count),
            (at, count),
            (0, 4),
            textcoords="offset points",
            ha="center",
            color=theme.ink,
            fontsize=LETTERS,
        )
    axes.set_ylim(0, max(1, *counts) * 1.12)


def _ends(axes: Axes, values: Sequence[float], said: Sequence[str], theme: Palette) -> None:
    """Words at the end of lying bars."""
    longest = max(values, default=1.0) or 1.0
    axes.set_xlim(0, longest * (1.15 + max(map(len, said), default=0) * ROOM))
    for at, (value, words) in enumerate(zip(values, said, strict=True)):
        axes.annotate(
            words,
            (value, at),
            (5, 0),
            textcoords="offset points",
            va="center",
            color=theme.ink,
            fontsize=SMALL,
        )
