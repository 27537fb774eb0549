"""A random week of a company, counted a second time from its history: every clock, level, recipient and promise is equal."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.sla.check import load_desk
from bot.storage.db import open_database
from bot.storage.schema import alerts, clocks, history, tickets, timers
from tests.storm.second_count import Book, Count, Counted, Line
from tests.storm.week import LAST, TICKETS, Week
from tests.tickets.company import ANNA, house_of

WEEKS = 3
LEVELS = {"50": 50, "75": 75, "90": 90, "100": 100, "150": 150}
LONG = 2 * 3600  # the fifty per cent are announced from this target on
HELPDESK = 'helpdesk: {title: {ru: "Первая линия", en: "Helpdesk"}'
ACCESS = "    team: admins\n    solve_by: eng-account\n"
CONSENT = "    type: request\n    approval: {by: [S-2], remind: 2h, deputy: 1bd}\n"
OVERRIDES = "  overrides:  "
HALF_PAST = "      - {at: 150, to: [head], clocks: [resolution]}\n"
SEASON = (
    '    seasons: {short: {from: 2026-11-25, to: 2026-12-11, week: {wed: ["08:00-13:00", "14:00-20:00"], '
    'fri: ["09:00-15:00"]}}}\n'
)
LOUDEST = "      - {at: 100, to: [assignee_or_team, team_lead, supervisor]}\n"
P1 = "    targets: {claim: 15m, response: 15m, resolution: 4h, update: 30m}\n    chain: critical\n  - id: meeting"
P2 = "    calendar: office\n    targets: {claim: 30m, response: 1h, resolution: 8h, update: 4h}"
CHANGES = (
    # What this version brought: a season, a VIP, a workaround, two calendars in one rule, a level past the target.
    ("    production_calendar: ru   ", SEASON + "    production_calendar: ru   "),
    (OVERRIDES, "  overrides:\n    - {when: {vip: true}, up: 1}\n    #"),
    (P1, P1.replace("resolution: 4h", "workaround: 1h, resolution: 4h")),
    (
        P2,
        P2.replace("office", "{claim: duty, response: duty, default: office}").replace(
            "resolution: 8h", "workaround: 3h, resolution: 8h"
        ),
    ),
    (
        "  resolution: {start: ticket_created, stop: [resolved]}",
        "  workaround: {start: ticket_created, stop: [workaround_given, resolved]}\n"
        "  resolution: {start: ticket_created, stop: [resolved]}",
    ),
    ("  waiting_user: {clocks: [resolution", "  waiting_user: {clocks: [workaround, resolution"),
    ("  user_scheduled: {clocks: [resolution", "  user_scheduled: {clocks: [workaround, resolution"),
    (LOUDEST, LOUDEST + HALF_PAST),
    (HELPDESK, f"{HELPDESK}, assignment: round_robin"),
    (ACCESS, ACCESS + CONSENT),
    ("    ack: 1h ", "    functional: {unclaimed_at: 60, to_team: admins}\n    ack: 1h "),
)
HAPPENS = (
    "claim",
    "transfer",
    "prioritize",
    "ask",
    "answer",
    "agree",
    "approve",
    "away",
    "resolve",
    "reject",
    "reopen",
    "merge",
    "workaround",
)


def desk_text() -> str:
    text = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
    for former, today in CHANGES:
        assert former in text, former
        text = text.replace(former, today, 1)
    return text


@pytest.mark.parametrize("seed", range(WEEKS))
async def test_every_clock_of_a_random_week_is_counted_again_from_its_history(
    database_url: str, at_length: bool, seed: int
) -> None:
    if not at_length and (seed or not database_url.startswith("sqlite")):
        pytest.skip("three weeks on both databases in `make storm`, one in `make test`")
    text = desk_text()
    desk, complaints = load_desk("desk.yaml", text)
    assert desk is not None, complaints
    db = open_database(database_url)
    try:

        def played(tx: Connection) -> None:
            week = Week(tx, house_of(desk), Random(2026 + seed))
            week.play()
            differences = compared(tx, week, text)
            print(f"\nweek {seed}: {week.done}, {differences}")
            assert week.done["open"] == TICKETS
            assert all(week.done.get(act) for act in HAPPENS), week.done
            wrong = {name: found for name, found in differences.items() if found[1]}
            assert not wrong, wrong
            assert all(found[0] for found in differences.values())
            control = compared(tx, week, text, shorter_by=60)
            assert control["clocks"][1] > differences["clocks"][0] // 10
            assert control["promises"][1]

        await db.run(played)
    finally:
        await db.close()


def compared(tx: Connection, week: Week, text: str, shorter_by: int = 0) -> dict[str, tuple[int, int]]:
    """How many clocks, levels, recipients and promises were compared, and how many differ; these are printed."""
    lines = [
        Line(row.id, row.ticket, row.at, row.action, row.data or {})
        for row in tx.execute(select(history).order_by(history.c.id))
    ]
    opened = {row.id: row for row in tx.execute(select(tickets))}
    categories = {number: row.category for number, row in opened.items()}
    book = Book(text, shorter_by)
    count = Count(book)
    count.read(lines, categories, LAST)
    rows = tx.execute(select(clocks).where(clocks.c.scope == "")).all()
    ours = {(row.ticket, row.kind, row.cycle): row for row in rows}
    theirs = {(ticket, one.kind, one.cycle): one for ticket, found in count.clocks.items() for one in found}
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    found: dict[str, list[str]] = {
        "clocks": [],
        "levels": [],
        "recipients": [],
        "promises": [],
        "priorities": [],
        "workarounds": [],
    }
    totals = dict.fromkeys(found, 0)
    for line in lines:
        if line.action == "open":
            totals["priorities"] += 1
            row = opened[line.ticket]
            facts = {"category": row.category, "type": row.type, "vip": row.requester == ANNA}
            if line.data["priority"] != (priority := book.priority(row.impact, row.urgency, facts)):
                found["priorities"].append(f"{line.ticket}: {line.data} instead of {priority}")
    for key, row in ours.items():
        one = theirs[key]
        totals["clocks"] += 1
        if (difference := _differ(row, one)) is not None:
            found["clocks"].append(f"{key}: {difference}")
        if one.plain and one.kind != "update":
            totals["levels"] += 1
            found["levels"] += _levels(tx, row.id, one)
        if row.breached_at is not None and row.void_reason is None:
            totals["recipients"] += 1
            told = select(alerts.c.chat).where((alerts.c.clock == row.id) & (alerts.c.key == "100"))
            if "supervisors" not in tx.scalars(told).all():
                found["recipients"].append(f"{key}: the supervisors got nothing")
    for glance in week.glances:
        then = Count(book)
        mine = [line for line in lines if line.ticket == glance.ticket and line.id <= glance.line]
        then.read(mine, categories, glance.at)
        around = [one for one in then.clocks[glance.ticket] if one.kind == "workaround"]
        if around and around[-1].due is not None and around[-1].breached is None:
            totals["workarounds"] += 1
            hour = _hour(around[-1].due, glance.zone)
            if not re.search(rf"пока чиним, подскажем .*до {hour}", glance.text):
                found["workarounds"].append(f"{glance.ticket}: {hour} is not in {glance.text!r}")
        resolution = next((one for one in then.clocks[glance.ticket] if one.kind == "resolution"), None)
        if resolution is None or resolution.due is None or resolution.breached is not None:
            continue
        totals["promises"] += 1
        hour = _hour(resolution.due, glance.zone)
        if not re.search(rf"(Решим|Новый срок:) .*до {hour}", glance.text):
            found["promises"].append(f"{glance.ticket} at {glance.at}: {hour} is not in {glance.text!r}")
    for name, wrong in found.items():
        if wrong and not shorter_by:
            print(f"\n{name}: {wrong[:5]}")
    return {name: (totals[name], len(wrong)) for name, wrong in found.items()}


def _hour(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%H:%M}".replace("00:00", "полуночи")


def _differ(row: object, one: Counted) -> str | None:
    breached = None if getattr(row, "void_reason") else getattr(row, "breached_at")  # noqa: B009
    ours = tuple(getattr(row, name) for name in ("state", "target_s", "consumed_s", "due_at", "outcome"))
    theirs = (one.state, one.target, one.consumed, one.due, one.outcome)
    return (
        None
        if (*ours, breached) == (*theirs, one.breached)
        else f"{(*ours, breached)} {(*theirs, one.breached)}"
    )


def _levels(tx: Connection, clock_id: int, one: Counted) -> list[str]:
    """What is wrong with the levels of a clock that was never paused or changed."""
    mine = (timers.c.kind == "sla") & (timers.c.ref == f"clock:{clock_id}") & (timers.c.state == "fired")
    fired = {row.key: row.fired_at for row in tx.execute(select(timers).where(mine))}
    end = one.spans[0][1] if one.spans else LAST
    wrong = []
    for key, percent in LEVELS.items():
        moment = one.hours.add(one.began, one.target * percent // 100)
        said = one.target >= LONG if percent == 50 else percent <= 100 or one.kind == "resolution"
        expected = moment if moment <= end and said else None
        if fired.get(key) != expected:
            wrong.append(f"{one.kind} {key}: {fired.get(key)} instead of {expected}")
    return wrong
