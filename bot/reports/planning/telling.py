"""A staffing plan as text, JSON and a picture."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from statistics import fmean

from bot.reports.insight.figures import HOUR
from bot.reports.insight.telling import amount
from bot.reports.pictures.plots import Bar, CurveChart
from bot.reports.planning.simulation import Interval
from bot.reports.planning.staffing import Staffed, StaffPlan, cheapest_by_target
from bot.sla.policy import Desk
from bot.texts.speak import Voice

BESIDE = 3  # rows of the text on each side of the cheapest


def as_json(found: StaffPlan) -> str:
    """Per cent, hours and money a month; the keys are on docs/reports.md."""
    load = found.load
    curve = [
        {"target_hours": target, "engineers": row and row.engineers, "cost": row and row.cost}
        for target, row in cheapest_by_target(found).items()
    ]
    told = {
        "team": load.team,
        "target_hours": found.target_hours,
        "attainment": found.attainment,
        "tickets_per_week": load.per_week,
        "handling_hours": fmean(load.handling) / HOUR,
        "erlangs": load.erlangs,
        "week_hours": load.week_s / HOUR,
        "rate": load.rate,
        "currency": load.currency,
        "rows": [_row(one) for one in found.rows],
        "cheapest": found.cheapest and found.cheapest.engineers,
        "curve": curve,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _row(one: Staffed) -> dict[str, object]:
    row: dict[str, object] = asdict(one)
    row["by_target"] = {str(target): asdict(kept) for target, kept in one.by_target.items()}
    return row


def as_text(found: StaffPlan, desk: Desk, voice: Voice) -> str:
    return "\n".join(_lines(found, desk, voice))


def _lines(found: StaffPlan, desk: Desk, voice: Voice) -> Iterator[str]:
    load = found.load
    yield voice.say(
        "plan.head",
        team=desk.team(load.team).title[voice.language] if load.team else voice.say("plan.everyone"),
        n=voice.number(load.per_week, "#,##0.0"),
        hours=voice.number(fmean(load.handling) / HOUR, "0.00"),
        erlangs=voice.number(load.erlangs, "0.0"),
    )
    for row in _near(found):
        facts = {"engineers": row.engineers, "kept": _interval(voice, row.kept), "busy": f"{row.busy:.0f}"}
        wait = voice.number(row.wait_hours.mean, "0.0")
        cost = amount(voice, row.cost, load.currency)
        target = voice.number(found.target_hours, "0.#")
        alone = "-" if row.erlang_wait_hours is None else voice.number(row.erlang_wait_hours, "0.0")
        erlang = voice.number(row.erlang, "0.0")
        yield voice.say("plan.row", **facts, target=target, wait=wait, cost=cost, erlang=erlang, alone=alone)
    yield _answer(found, voice)
    for hours, best in cheapest_by_target(found).items():
        key = "plan.curve" if best else "plan.curve.none"
        cost = amount(voice, best.cost, load.currency) if best else ""
        yield voice.say(key, target=hours, engineers=best.engineers if best else 0, cost=cost)
    yield voice.say("plan.how")


def _near(found: StaffPlan) -> Sequence[Staffed]:
    """The rows around the cheapest staffing, or the first ones."""
    at = found.rows.index(found.cheapest) if found.cheapest else 0
    return found.rows[max(0, at - BESIDE) : max(0, at - BESIDE) + 2 * BESIDE + 1]


def _answer(found: StaffPlan, voice: Voice) -> str:
    best, attainment = found.cheapest, voice.number(found.attainment, "0.#")
    target = voice.number(found.target_hours, "0.#")
    if best is None:
        return voice.say("plan.never", target=target, attainment=attainment)
    return voice.say(
        "plan.answer",
        target=target,
        attainment=attainment,
        engineers=best.engineers,
        kept=_interval(voice, best.kept),
        cost=amount(voice, best.cost, found.load.currency),
    )


def caption(found: StaffPlan, voice: Voice) -> str:
    """The answer and the curve, for below the picture."""
    lines = [_answer(found, voice)]
    for target, row in cheapest_by_target(found).items():
        if row is not None:
            cost = amount(voice, row.cost, found.load.currency)
            lines.append(voice.say("plan.curve", target=target, engineers=row.engineers, cost=cost))
    return "\n".join(lines)


def _interval(voice: Voice, value: Interval) -> str:
    low, high = max(0.0, value.low), min(100.0, value.high)
    return f"{voice.number(value.mean, '0.0')} % ({voice.number(low, '0.0')}-{voice.number(high, '0.0')})"


def curve(found: StaffPlan, voice: Voice) -> CurveChart:
    """Cost a month against the target: the faster the dearer."""
    bars = []
    for target, row in cheapest_by_target(found).items():
        if row is not None:
            cost = amount(voice, row.cost, found.load.currency)
            words = voice.say("plan.point", engineers=row.engineers, cost=cost)
            bars.append(Bar(voice.say("plan.within", n=target), row.cost, words))
    title = voice.say("plan.picture", attainment=voice.number(found.attainment, "0.#"))
    return CurveChart(title, tuple(bars))
