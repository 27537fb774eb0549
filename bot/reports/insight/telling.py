"""The figures of a period as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date

from bot.reports.insight.figures import Attained, AttainedClass, CostLine, Measured, Spread
from bot.reports.measures import Share
from bot.sla.policy import KINDS, Desk
from bot.texts.speak import Voice

FEW = 10  # totals below this are shown as "3/4"
MOST = 5  # lines of one list in a text


def as_json(found: Measured) -> str:
    """For programs; the keys are on docs/reports.md and do not change."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=1)


def as_text(found: Measured, desk: Desk, voice: Voice) -> str:
    """For people, without markup."""
    return "\n".join(_lines(found, desk, voice))


def _lines(found: Measured, desk: Desk, voice: Voice) -> Iterator[str]:
    period = found.period
    yield voice.say(
        "insight.head",
        first=voice.day(date.fromisoformat(period.first), year=True),
        last=voice.day(date.fromisoformat(period.to), year=True),
        teams=", ".join(desk.team(team).title[voice.language] for team in period.teams) or "-",
    )
    facts: dict[str, object] = {
        "opened": found.tickets,
        "imported": found.imported,
        "resolved": found.resolved,
    }
    yield voice.say("insight.tickets", **facts)
    if found.by_priority:
        yield voice.say("insight.by_priority", list=_listed(found.by_priority.items()))
    for kind in KINDS:
        of_kind = [one for one in found.attainment if one.kind == kind]
        if of_kind:
            yield voice.say(
                "insight.attained", kind=voice.say(f"why.kind.{kind}"), share=attained(voice, of_kind)
            )
    if classes := _classes(found, desk, voice):
        yield voice.say("insight.attained.class", list=classes)
    yield from _times(found, voice)
    moved = found.reassignments
    if moved.mean is not None:
        facts = {"mean": voice.number(moved.mean, "0.00"), "none": share(voice, moved.none)}
        more = share(voice, moved.three_or_more)
        yield voice.say("insight.reassigned", **facts, more=more, ping=share(voice, moved.ping_pong))
    yield voice.say(
        "insight.quality", reopened=share(voice, found.reopened), contact=share(voice, found.first_contact)
    )
    yield voice.say("insight.first_line", share=share(voice, found.first_line))
    level = found.level_one
    if level.could + level.could_not:
        facts = {"could": level.could, "could_not": level.could_not, "unsaid": level.unsaid}
        yield voice.say("insight.level_one", share=share(voice, level.capable), **facts)
    if found.csat.mean is not None:
        yield voice.say("insight.csat", mean=voice.number(found.csat.mean, "0.00"), n=found.csat.n)
    if found.self_help.sessions:
        yield voice.say("insight.self_help", **asdict(found.self_help))
    yield voice.say("insight.backlog", **asdict(found.backlog))
    yield from _shares(found, desk, voice)
    yield voice.say("insight.integrity", **asdict(found.integrity))
    yield from money_lines(found, desk, voice)


def _classes(found: Measured, desk: Desk, voice: Voice) -> str:
    """Promises to resolve, by class of service in the order of desk.yaml."""
    lines = [one for one in found.attainment_by_class if one.kind == "resolution"]
    return "; ".join(
        f"{service.title[voice.language]} {attained(voice, mine)}"
        for service in desk.services.values()
        if (mine := [one for one in lines if one.service_class == service.id])
    )


def _shares(found: Measured, desk: Desk, voice: Voice) -> Iterator[str]:
    """Whose hours the resolved tickets took, the most first."""
    held = sorted(found.time_share.holders, key=lambda one: -one.hours)
    if held:
        listed = "; ".join(
            voice.say(
                f"insight.held.{one.place}",
                team=desk.team(one.team).title[voice.language],
                hours=voice.number(one.hours, "#,##0"),
            )
            for one in held
        )
        closed = voice.number(found.time_share.closed_hours, "#,##0")
        yield voice.say("insight.shares", list=listed, closed=closed)


def _times(found: Measured, voice: Voice) -> Iterator[str]:
    listed = (
        ("wall", found.resolve_hours.wall),
        ("business", found.resolve_hours.business),
        ("claim", found.claim_hours),
        ("response", found.response_hours),
        ("working", found.working_hours),
        ("confirmed", found.confirmed_hours),
    )
    if any(times.n for _, times in listed):
        yield voice.say("insight.times")
    for name, times in listed:
        if times.n:
            yield voice.say(
                f"insight.time.{name}",
                calendar=found.period.calendar,
                spread=_spread(voice, times),
                n=times.n,
            )


def _spread(voice: Voice, times: Spread) -> str:
    values = (times.p25, times.p50, times.p75, times.p90, times.p95)
    return " / ".join(voice.number(one, "#,##0.0") for one in values if one is not None)


def money_lines(found: Measured, desk: Desk, voice: Voice) -> Iterator[str]:
    """What it cost, and how it is computed; nothing where no rates are known."""
    money = found.money
    if money.each is None or not money.currency:
        return
    facts = {
        "cost": amount(voice, money.cost, money.currency),
        "each": amount(voice, money.each, money.currency),
    }
    yield voice.say("insight.money", **facts, hours=voice.number(money.hours, "#,##0"), n=money.tickets)
    if money.unknown:
        yield voice.say("insight.money.unknown", n=money.unknown)
    yield voice.say("insight.money.waited", hours=voice.number(money.employee_hours, "#,##0"))
    if money.saved_minutes:
        minutes = voice.number(money.saved_minutes, "#,##0")
        yield voice.say(
            "insight.money.saved", minutes=minutes, saved=amount(voice, money.saved, money.currency)
        )
    for line in money.by_class:
        if line.name in desk.services:
            yield _class(voice, desk, line, money.currency)
    for name, lines in (
        ("tier", money.by_tier),
        ("category", money.by_category),
        ("department", money.by_department),
    ):
        dearest = sorted((one for one in lines if one.name), key=lambda one: -one.cost)[:MOST]
        said = "; ".join(_cost(voice, name, desk, one, money.currency) for one in dearest)
        if said:
            yield voice.say(f"insight.money.by_{name}", list=said)
    yield voice.say("insight.money.formula")


def _class(voice: Voice, desk: Desk, line: CostLine, currency: str) -> str:
    service = desk.services[line.name]
    return voice.say(
        "insight.money.class",
        name=service.title[voice.language],
        n=line.tickets,
        hours=voice.number(line.p50_hours or 0, "#,##0.0"),
        each=amount(voice, line.price / line.tickets, currency),
        factor=voice.number(service.price, "0.0#"),
    )


def _cost(voice: Voice, of: str, desk: Desk, line: CostLine, currency: str) -> str:
    name = desk.category(line.name).title[voice.language] if of == "category" else line.name
    facts = {"name": name, "n": line.tickets, "cost": amount(voice, line.cost, currency)}
    return voice.say("insight.money.line", **facts, each=amount(voice, line.each or 0, currency))


def amount(voice: Voice, value: float, currency: str) -> str:
    return f"{voice.number(value, '#,##0')} {currency}".strip()


def attained(voice: Voice, lines: Iterable[Attained | AttainedClass]) -> str:
    """Met of met and missed, as a share."""
    listed = list(lines)
    met = sum(one.met for one in listed)
    return share(voice, Share(met, met + sum(one.missed for one in listed)))


def share(voice: Voice, part: Share) -> str:
    """Small totals as they are, others as a percentage."""
    if part.of < FEW or part.percent is None:
        return f"{part.count}/{part.of}" if part.of else "-"
    return f"{voice.number(part.percent, '0.0')} % ({part.of})"


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name or '-'} {count}" for name, count in counts)
