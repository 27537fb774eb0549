"""Versions of calendars and policies are kept: an old ticket is explained by the calendar of its day."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select, update

from bot.escalation import editions, migration
from bot.escalation.why import why
from bot.people import directory
from bot.people.access import NotAllowed
from bot.sla.calendar import spec_of
from bot.sla.policy import Desk
from bot.storage import schema
from bot.teamdesk import commands
from bot.texts import speak
from bot.tickets import store
from bot.tickets.clocks import operations
from bot.timers import timers
from tests.escalation.company import IGOR, MARINA, at, opened, outgoing, ring_until, shipped_with
from tests.units import typed, work

MONDAY = at("2026-11-23 10:00")
HOUR = 3600


def corrected(overrides: str) -> Desk:
    return shipped_with(("    day: 8h ", f"    overrides: {overrides}\n    day: 8h "))


def test_a_calendar_is_told_whole_and_read_back_with_the_same_hash(shipped: Desk) -> None:
    for desk in (shipped, corrected('{2026-11-24: [], 2026-12-31: ["09:00-12:00"]}')):
        for spec in desk.specs.values():
            assert spec_of(spec.name, spec.meant()).hash() == spec.hash()


def test_each_version_is_kept_once(tx: Connection, shipped: Desk) -> None:
    for desk in (shipped, corrected("{2026-11-24: []}"), shipped):
        editions.remember(work(tx, MONDAY, desk))
    kinds = select(schema.desk_versions.c.kind, func.count()).group_by(schema.desk_versions.c.kind)
    assert {tuple(row) for row in tx.execute(kinds)} == {("calendar", 3), ("policy", 1)}


def test_a_finished_ticket_is_explained_by_the_calendar_of_its_day(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + HOUR - 60)
    operations.resolved(work(tx, 0, shipped), ticket.id, MONDAY + 4 * HOUR)
    editions.remember(work(tx, MONDAY, shipped))
    later = corrected('{2026-11-23: ["15:00-18:00"]}')
    editions.remember(work(tx, MONDAY + 5 * HOUR, later))
    said = why(tx, later, ticket.id, speak.voice("en"), MONDAY + 6 * HOUR)
    assert "⚠️" not in said
    assert "4 h" in said  # as computed then, not by today's calendar without hours
    tx.execute(update(schema.clocks).where(schema.clocks.c.kind == "resolution").values(consumed_s=60))
    assert "⚠️" in why(tx, later, ticket.id, speak.voice("en"), MONDAY + 6 * HOUR)


def test_what_comes_back_after_a_correction_is_counted_in_the_calendar_of_today(
    tx: Connection, shipped: Desk
) -> None:
    editions.remember(work(tx, MONDAY, shipped))
    ticket = opened(tx, shipped, MONDAY)
    operations.resolved(work(tx, 0, shipped), ticket.id, MONDAY + 4 * HOUR)
    later = corrected('{2026-11-23: ["13:00-18:00"]}')
    operations.reopened(work(tx, 0, later), ticket.id, MONDAY + 5 * HOUR)
    # One of the four hours is working time now: fifteen are left from 15:00 on.
    assert operations.view(tx, ticket.id)["resolution"].due_at == at("2026-11-25 12:00")
    assert "⚠️" not in why(tx, later, ticket.id, speak.voice("en"), MONDAY + 6 * HOUR)


def test_what_a_new_calendar_would_do_is_reckoned_before_it_does_it(tx: Connection, shipped: Desk) -> None:
    late, ticket = opened(tx, shipped, MONDAY), opened(tx, shipped, MONDAY)
    operations.claimed(work(tx, 0, shipped), ticket.id, MONDAY + 60)
    ring_until(tx, shipped, MONDAY + HOUR)
    before = operations.view(tx, late.id)
    later = corrected('{2026-11-23: ["15:00-18:00"]}')
    moves = migration.rehearse(tx, later, MONDAY + HOUR)
    told = moves.told(later)
    assert (told["count"], told["sooner"], told["later"], told["lifted"]) == (5, 0, 5, 1)
    assert f"{late.id} claim: 23.11 11:00 → 23.11 16:00" in str(told["examples"])
    assert operations.view(tx, late.id) == before
    assert migration.rehearse(tx, shipped, MONDAY + HOUR).count == 0
    operations.reproject(work(tx, MONDAY + HOUR, later), 10)
    assert operations.view(tx, late.id)["claim"].due_at == at("2026-11-23 16:00")


def quicker() -> Desk:
    return shipped_with(("resolution: 2bd", "resolution: 1bd"))


def migrate(tx: Connection, desk: Desk, now: int) -> None:
    """An administrator sends /migrate, and the timer fires."""
    igor = directory.get(tx, IGOR)
    assert commands.migrate(work(tx, now), typed(igor, igor.key, "/migrate")).key == "migrate.begun"
    while timers.ring(work(tx, now, desk), {commands.MIGRATE: migration.ring}):
        pass


def test_new_rules_wait_until_an_administrator_says_so(tx: Connection, shipped: Desk) -> None:
    tickets = [opened(tx, shipped, MONDAY) for _ in range(3)]
    told = migration.rehearse_rules(tx, quicker(), MONDAY + HOUR).told(quicker())
    assert (told["count"], told["sooner"]) == (3, 3)
    assert operations.view(tx, tickets[0].id)["resolution"].target_s == 16 * HOUR
    migrate(tx, quicker(), MONDAY + 60)
    for ticket in tickets:
        view = operations.view(tx, ticket.id)["resolution"]
        assert (view.target_s, view.due_at) == (8 * HOUR, at("2026-11-23 18:00"))
        assert store.peek(tx, ticket.id).why == ["why.policy", {}]
    assert migration.rehearse_rules(tx, quicker(), MONDAY + HOUR).count == 0
    assert [row.params["facts"] for row in outgoing(tx, "bot-admins")][-1] == {"count": 3}


def test_a_migration_goes_on_in_portions_and_can_be_asked_for_again(
    tx: Connection, shipped: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    tickets = [opened(tx, shipped, MONDAY) for _ in range(5)]
    migrate(tx, quicker(), MONDAY + 60)
    assert {operations.view(tx, ticket.id)["resolution"].target_s for ticket in tickets} == {8 * HOUR}
    migrate(tx, shipped, MONDAY + 120)
    assert {operations.view(tx, ticket.id)["resolution"].target_s for ticket in tickets} == {16 * HOUR}
    assert operations.view(tx, tickets[0].id)["resolution"].due_at == at("2026-11-24 17:00")


def test_nobody_but_an_administrator_migrates(tx: Connection) -> None:
    with pytest.raises(NotAllowed):
        commands.migrate(work(tx, MONDAY), typed(directory.get(tx, MARINA), "supervisors", "/migrate"))
