"""The figures as text, JSON and CSV. Small numbers are shown as they are, not as percentages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.config.config import Work
from bot.keys import QualityRef
from bot.reports.measures import TIMED, Figures, Share
from bot.reports.period import ALL, Report, report
from bot.sla.deskfile import Quality
from bot.sla.policy import KINDS, Desk
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Voice

FEW = 10  # totals below this are shown as "3/4"
DAY = 86_400


def quality(work: Work, about: str, chat: str) -> Drawing:
    """The card of /quality; about is "quality:30", the days back from now."""
    days, last = QualityRef.read(about).number, work.now + 1  # includes what was solved in this second
    found = report(
        work.tx, work.config.desk, last - days * DAY, last, "class" if work.config.desk.services else "rule"
    )
    return Drawing(as_words(found, work.config.desk, speak.voice(chats.language(work.tx, chat)), work.now))


def as_words(found: Report, desk: Desk, voice: Voice, now: int) -> str:
    """The report in Telegram's HTML."""
    rows = [_row(voice, desk, found, one) for one in (*found.groups, found.total)]
    rows = [row for row in rows if row["tickets"] or row["any"]]
    rows = rows[:1] if len(rows) == 2 else rows  # the total of one class is that class
    return voice.card(
        "quality",
        rows=rows,
        first=voice.day(_date(desk, found.first)),
        last=voice.day(_date(desk, found.last - 1)),
        gaps=[
            (voice.when(began, desk.zone, now), voice.when(ended, desk.zone, now))
            for began, ended in found.gaps
        ],
        priced=desk.file.rates is not None,
    )


def as_json(found: Report) -> str:
    """For programs: shares as counts, times in business seconds, money unrounded."""
    groups = [_numbers(one, found) for one in (*found.groups, found.total)]
    told = {"by": found.by, "from": found.first, "to": found.last, "groups": groups, "gaps": found.gaps}
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_sheet(found: Report) -> str:
    """For spreadsheets: one line per group."""
    rows = [_numbers(one, found) for one in (*found.groups, found.total)]
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def _numbers(one: Figures, found: Report) -> dict[str, Any]:
    told: dict[str, Any] = {"group": one.group, "tickets": one.tickets}
    for kind in KINDS:
        share = one.kept[kind]
        told |= {f"{kind}_met": share.count, f"{kind}_missed": share.of - share.count}
    told |= {"voided": one.voided, "stars": one.stars, "rated": one.rated}
    told |= {"came_back": one.came_back.count, "first_contact": one.first_contact.count}
    told |= {"first_level": one.first_level.count, "hands_s": one.hands_s}
    told |= {"cost": one.cost, "price": one.price, "price_each": one.each}
    told["against_base"] = one.against(found.base)
    for kind in (*TIMED, "life", "before"):
        p50, p90 = one.times.get(kind, (None, None))
        told |= {f"{kind}_p50_s": p50, f"{kind}_p90_s": p90}
    return told


def _row(voice: Voice, desk: Desk, found: Report, one: Figures) -> dict[str, Any]:
    service = desk.services.get(one.group) if found.by == "class" else None
    target = service.quality if service is not None else Quality()
    against = one.against(found.base)
    return {
        "name": _name(voice, desk, found.by, one.group),
        "tickets": one.tickets,
        "any": any(share.of for share in one.kept.values()),
        "hours": voice.say("quality.hours", span=voice.span(one.hands_s) if one.hands_s else "0"),
        "kept": list(_kept(voice, one, target)),
        "attainment": target.attainment,
        "voided": one.voided,
        "stars": None if one.stars is None else voice.number(one.stars),
        "stars_sign": _sign(one.stars, one.rated, target.csat, _at_least),
        "rated": one.rated,
        "csat": None if target.csat is None else voice.number(target.csat),
        "came_back": _said(one.came_back),
        "came_back_sign": _sign(one.came_back.percent, one.came_back.of, target.reopened, _at_most),
        "reopened": target.reopened,
        "first": _said(one.first_contact),
        "first_sign": _sign(one.first_contact.percent, one.first_contact.of, target.first_contact, _at_least),
        "first_contact": target.first_contact,
        "level": _said(one.first_level),
        "times": [(kind, voice.span(p50), voice.span(p90)) for kind, (p50, p90) in one.times.items()],
        "cost": money_in_words(voice, desk, one.cost),
        "price": money_in_words(voice, desk, one.price),
        "each": None if one.each is None else money_in_words(voice, desk, one.each),
        "against": None if against is None else voice.number(against),
    }


def _kept(voice: Voice, one: Figures, target: Quality) -> Iterator[str]:
    for kind, share in one.kept.items():
        if share.of:
            sign = _sign(share.percent, share.of, target.attainment, _at_least)
            yield f"{voice.say(f'why.kind.{kind}').lower()} {_said(share)}{sign}"


def _said(share: Share) -> str:
    if share.of < FEW or share.percent is None:
        return f"{share.count}/{share.of}" if share.of else "-"
    return f"{round(share.percent)} % ({share.of})"


def _sign(value: float | None, of: int, target: float | None, good: Callable[[float, float], bool]) -> str:
    """Whether a target is met; empty for small numbers."""
    if value is None or target is None or of < FEW:
        return ""
    return " ✅" if good(value, target) else " ⚠️"


def _at_least(value: float, target: float) -> bool:
    return value >= target


def _at_most(value: float, target: float) -> bool:
    return value <= target


def _name(voice: Voice, desk: Desk, by: str, group: str) -> str:
    if group == ALL:
        return voice.say("quality.all")
    match by:
        case "team":
            return desk.team(group).title[voice.language]
        case "category":
            return desk.category(group).title[voice.language]
        case "class" if group in desk.services:
            return desk.services[group].title[voice.language]
        case _:
            return group


def money_in_words(voice: Voice, desk: Desk, amount: float) -> str:
    currency = desk.file.rates.currency if desk.file.rates else ""
    return f"{voice.number(amount, '#,##0')} {currency}".strip()


def _date(desk: Desk, at: int) -> Any:
    return desk.usual.local(at).date()
