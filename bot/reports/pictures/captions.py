"""The numbers of each picture in words: for who cannot see it, and for copying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from bot.reports.insight.telling import amount, share
from bot.reports.measures import Share
from bot.reports.pictures.charts import Easel


def sla(easel: Easel) -> str:
    weeks = [week for week in easel.seen.weeks if week.kept.of]
    every = Share(sum(week.kept.count for week in weeks), sum(week.kept.of for week in weeks))
    worst = min(weeks, key=lambda week: week.kept.percent or 0.0)
    facts = {"share": share(easel.voice, every), "week": easel.voice.day(worst.first)}
    return easel.voice.say("caption.sla", **facts, worst=share(easel.voice, worst.kept))


def backlog(easel: Easel) -> str:
    return easel.voice.say("insight.backlog", **asdict(easel.seen.found.backlog))


def flow(easel: Easel) -> str:
    held = sorted(easel.seen.found.time_share.holders, key=lambda one: -one.hours)
    total = sum(one.hours for one in held)
    listed = (
        f"{_held(easel, one.team, one.place)} {100 * one.hours / total:.0f} %" for one in held if one.hours
    )
    return "; ".join(listed)


def _held(easel: Easel, team: str, place: str) -> str:
    return easel.voice.say(f"picture.held.{place}", team=easel.named("team", team) if team else "")


def arrivals(easel: Easel) -> str:
    grid = easel.seen.found.opened
    count, day, hour = max((grid[day][hour], -day, -hour) for day in range(7) for hour in range(24))
    days = easel.voice.say("picture.days").split()
    facts = {"day": days[-day], "hour": f"{-hour:02}:00", "n": count}
    return easel.voice.say("caption.arrivals", **facts, total=easel.seen.found.tickets)


def funnel(easel: Easel) -> str:
    found = easel.seen.funnel
    if found is None or (worst := found.worst) is None:
        return easel.voice.say("caption.funnel.none")
    part = share(easel.voice, Share(worst.lost, worst.shown))
    return easel.voice.say("caption.funnel", step=worst.name, share=part)


def pareto(easel: Easel) -> str:
    money = easel.seen.found.money
    lines = sorted(money.by_category, key=lambda one: -one.cost)[:3]
    listed = (
        f"{easel.named('category', one.name)} {amount(easel.voice, one.cost, money.currency)}"
        for one in lines
    )
    facts = {"list": "; ".join(listed), "cost": amount(easel.voice, money.cost, money.currency)}
    return easel.voice.say("caption.pareto", **facts)


def speed(easel: Easel) -> str:
    money = easel.seen.found.money
    listed = (
        easel.voice.say(
            "insight.money.class",
            name=easel.desk.services[one.name].title[easel.voice.language],
            n=one.tickets,
            hours=easel.voice.number(one.p50_hours or 0.0, "0.0"),
            each=amount(easel.voice, one.price / one.tickets, money.currency),
            factor=easel.voice.number(easel.desk.services[one.name].price, "0.0#"),
        )
        for one in money.by_class
        if one.name in easel.desk.services
    )
    return "\n".join(listed)


CAPTIONS: Mapping[str, Callable[[Easel], str]] = {
    "sla": sla,
    "backlog": backlog,
    "flow": flow,
    "arrivals": arrivals,
    "funnel": funnel,
    "pareto": pareto,
    "speed": speed,
}
