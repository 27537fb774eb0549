"""Service levels that others have published, written in desk.yaml: each loads, each gives the due times worked out by hand.

Six are shipped (`bot/sla/policies`) and shown in docs/desk.md; eight more are beside this file.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.sla.check import load_desk
from bot.sla.policies import presets
from bot.sla.policy import Asker, Desk
from tests.undone import SHIPPED

HERE = Path(__file__).parent / "policies"
PAGE = Path(__file__).parents[2] / "docs" / "desk.md"
WRITTEN = {file.stem: file.read_text("utf-8") for file in sorted(HERE.glob("*.yaml"))}
WRITTEN |= {name: presets.block(name) for name in presets.names()}
# Policy, what the ticket is, opened when (the calendar's own zone), and when each clock is due.
DUE = [
    (
        "response-only",
        "P3",
        "2026-11-27 16:00",
        {"response": "2026-11-30 15:00"},
    ),  # the example of its own page
    ("response-only", "P1", "2026-11-27 16:45", {"response": "2026-11-30 08:15"}),
    ("response-only", "P4", "2026-11-27 16:00", {"response": "2026-12-01 14:00"}),
    ("solution-only", "P2", "2026-11-27 16:00", {"resolution": "2026-11-30 15:00"}),
    ("solution-only", "P3", "2026-11-27 16:00", {"resolution": "2026-12-02 16:00"}),
    ("solution-only", "P1", "2026-12-30 16:30", {"resolution": "2027-01-11 11:30"}),
    (
        "round-the-clock",
        "P1",
        "2026-11-28 23:30",
        {"response": "2026-11-29 00:30", "resolution": "2026-11-29 01:30"},
    ),
    (
        "round-the-clock",
        "P4",
        "2026-11-27 20:00",
        {"response": "2026-11-27 21:00", "resolution": "2026-11-29 20:00"},
    ),
    ("term-and-summer", "P3", "2026-11-27 17:00", {"response": "2026-11-30 16:00"}),
    ("term-and-summer", "P3", "2026-11-30 17:00", {"response": "2026-12-01 12:00"}),
    (
        "term-and-summer",
        "P3",
        "2026-12-18 17:00",
        {"response": "2026-12-21 16:00"},
    ),  # over the end of the term
    ("term-and-summer", "P3", "2026-07-03 16:00", {"response": "2026-07-06 16:00"}),
    ("term-and-summer", "P2", "2026-07-04 03:00", {"response": "2026-07-04 04:00"}),
    (
        "workaround",
        "P1",
        "2026-11-28 02:00",
        {"response": "2026-11-28 02:15", "workaround": "2026-11-28 06:00", "resolution": "2026-12-02 15:00"},
    ),
    (
        "workaround",
        "P2",
        "2026-11-27 16:00",
        {"response": "2026-11-27 17:00", "workaround": "2026-11-30 15:00", "resolution": "2026-12-04 11:00"},
    ),
    ("on-call", "P1", "2026-11-28 03:00", {"response": "2026-11-28 04:00"}),
    ("on-call", "P2", "2026-11-27 16:00", {"response": "2026-11-30 10:00"}),
    ("on-call", "P3", "2026-11-27 16:00", {"response": "2026-12-02 16:00"}),
    ("on-call", "P4", "2026-11-23 07:30", {"response": "2026-12-04 17:30"}),
    ("western", "P1", "2026-11-27 17:25", {"response": "2026-11-30 07:35", "resolution": "2026-11-30 11:25"}),
    (
        "western",
        "P3 equipment",
        "2026-11-23 07:30",
        {"response": "2026-11-23 17:30", "resolution": "2027-01-01 17:30"},
    ),
    ("western", "P3", "2026-11-27 12:00", {"response": "2026-11-30 12:00", "resolution": "2026-12-01 12:00"}),
    ("cvtc", "P3 network", "2026-11-25 10:00", {"resolution": "2026-11-27 10:00"}),
    ("cvtc", "P3 software", "2026-11-23 08:00", {"resolution": "2026-11-27 16:30"}),
    ("cvtc", "P3", "2026-11-27 16:00", {"resolution": "2026-11-30 16:00"}),
    ("tyk", "P1 Gold", "2026-11-28 03:00", {"response": "2026-11-28 04:00"}),
    ("tyk", "P1", "2026-11-27 17:00", {"response": "2026-11-30 12:00"}),
    ("tyk", "P2", "2026-10-23 15:00", {"response": "2026-10-26 18:00"}),  # clocks went back in between
    ("tyk", "P3", "2026-11-27 17:00", {"response": "2026-12-02 14:00"}),
    ("smu", "P2", "2026-11-23 10:00", {"resolution": "2026-11-24 10:00"}),
    ("smu", "P3", "2026-11-27 08:00", {"resolution": "2026-12-01 14:00"}),
    ("smu", "P4", "2026-11-23 08:00", {"resolution": "2026-11-27 17:00"}),
    ("sulross", "P1", "2026-11-27 16:00", {"claim": "2026-11-30 11:00", "resolution": "2026-11-30 11:00"}),
    ("sulross", "P3", "2026-11-24 09:00", {"resolution": "2026-11-27 09:00"}),
    (
        "impossible",
        "P1",
        "2026-11-28 10:00",
        {"response": "2026-11-28 10:45", "resolution": "2026-12-02 17:00"},
    ),
    (
        "impossible",
        "P3",
        "2026-11-27 12:00",
        {"response": "2026-11-30 12:00", "resolution": "2026-12-11 12:00"},
    ),
    ("impossible", "P4", "2026-11-27 12:00", {"response": "2026-12-02 12:00"}),
    ("jabetto", "P1", "2026-11-27 16:30", {"response": "2026-11-30 09:30", "workaround": "2026-11-28 04:30"}),
    ("jabetto", "P2", "2026-11-27 16:00", {"response": "2026-11-30 12:00", "resolution": "2026-12-02 16:00"}),
    ("fireworks", "P1", "2026-11-29 01:00", {"response": "2026-11-29 02:00"}),
    ("fireworks", "P2", "2026-11-27 15:00", {"response": "2026-11-30 11:00"}),
    ("fireworks", "P4", "2026-11-27 15:00", {"response": "2026-12-01 15:00"}),
]


@cache
def desk_of(name: str) -> Desk:
    """The shipped desk under this policy."""
    text = presets.applied(SHIPPED.read_text("utf-8"), WRITTEN[name])
    desk, complaints = load_desk(f"{name}.yaml", text)
    assert desk is not None, complaints
    return desk


def dues(desk: Desk, ticket: str, opened: str) -> dict[str, str]:
    """When every clock that begins with the ticket is due. Words after its priority are a category or a department."""
    priority, _, more = ticket.partition(" ")
    category = more if more in desk.categories else "printing"
    asker = Asker(department=more if more not in desk.categories else None)
    rule = desk.rule_for(priority, "incident", category, desk.category(category).team, asker=asker)
    found = {}
    for kind, seconds in desk.targets(rule).items():
        calendar = desk.calendar_for(rule, kind)
        start = int(datetime.fromisoformat(opened).replace(tzinfo=ZoneInfo(desk.zone)).timestamp())
        if kind != "update":
            found[kind] = f"{calendar.local(calendar.add(start, seconds)):%Y-%m-%d %H:%M}"
    return found


@pytest.mark.parametrize(("name", "ticket", "opened", "due"), DUE)
def test_a_published_policy_gives_the_due_times_that_its_words_promise(
    name: str, ticket: str, opened: str, due: dict[str, str]
) -> None:
    assert dues(desk_of(name), ticket, opened) == due


def test_fourteen_policies_are_written_and_every_one_is_asked() -> None:
    assert len(WRITTEN) == 14
    assert {name for name, *_ in DUE} == set(WRITTEN)


def test_what_a_policy_says_beside_its_times_holds() -> None:
    assert desk_of("western").priority("one", "can_wait", asker=Asker(is_vip=True)) == "P1"
    assert desk_of("on-call").priority("one", "can_wait", asker=Asker(is_vip=True)) == "P3"
    assert [one.at for one in desk_of("on-call").chain("critical").thresholds] == [75, 100, 150]
    assert desk_of("round-the-clock").services["all"].quality.attainment == 95
    assert desk_of("sulross").chain("critical").functional is not None
    updates = (
        desk_of("jabetto").rule("severity1").targets.update,
        desk_of("term-and-summer").default_rule.targets.update,
    )
    assert updates == ("2h", "1bd")


def test_the_page_shows_the_shipped_policies_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    shown = [part.partition("```")[0] for part in page.split("```yaml\n")[1:]]
    assert len(shown) == 6
    assert sorted(shown) == sorted(map(presets.block, presets.names()))
