"""Conditions of rules and of raised priorities: who asks, from where, and how many steps up."""

from __future__ import annotations

import pytest

from bot.app.check import uncovered
from bot.sla.check import load_desk
from bot.sla.policy import Asker
from tests.sla.test_coverage import NOW, STAFF
from tests.sla.test_desk import SHIPPED, changed, desk

MOSCOW, TVER, VIP = Asker(office="Москва"), Asker(office="Тверь"), Asker(is_vip=True)


def raising(*overrides: str) -> str:
    """The shipped desk with these overrides of the priority matrix instead of its own."""
    start = SHIPPED.index("  overrides:  ")
    end = SHIPPED.index("\nclocks:")
    lines = "".join(f"    - {one}\n" for one in overrides)
    return f"{SHIPPED[:start]}  overrides:\n{lines}{SHIPPED[end:]}"


def codes(text: str) -> list[str]:
    return [complaint.code for complaint in load_desk("desk.yaml", text)[1]]


def test_a_very_important_person_gets_one_priority_more_and_others_do_not() -> None:
    found = desk(raising("{when: {vip: true}, up: 1}"))
    assert found.priority("one", "can_wait", asker=VIP) == "P3"
    assert found.priority("one", "can_wait") == "P4"
    assert found.priority("company", "blocked", asker=VIP) == "P1"  # there is nothing above


def test_an_office_may_have_its_incidents_raised() -> None:
    found = desk(raising("{when: {office: [Москва, Казань], type: incident}, up: 2}"))
    assert found.priority("one", "can_wait", asker=MOSCOW) == "P2"
    assert found.priority("one", "can_wait", type="request", asker=MOSCOW) == "P4"
    assert found.priority("one", "can_wait", asker=TVER) == "P4"


def test_overrides_follow_one_another_in_their_order() -> None:
    found = desk(
        raising("{when: {vip: true}, up: 1}", "{when: {priority: P3, office: Москва}, at_least: P2}")
    )
    assert found.priority("one", "can_wait", asker=Asker(office="Москва", is_vip=True)) == "P2"
    assert found.priority("one", "can_wait", asker=MOSCOW) == "P4"


def test_a_rule_may_be_for_people_who_are_or_are_not_very_important() -> None:
    rule = "  - id: p2\n    when: {priority: P2}\n"
    found = desk(changed(rule, rule.replace("{priority: P2}", "{priority: P2, vip: true}")))
    assert found.rule_for("P2", "incident", "printing", asker=VIP).id == "p2"
    assert found.rule_for("P2", "incident", "printing").id == "default"


@pytest.mark.parametrize("override", ["{when: {vip: true}}", "{when: {vip: true}, up: 1, at_least: P1}"])
def test_an_override_raises_in_one_way(override: str) -> None:
    assert codes(raising(override)) == ["E375"]


def test_steps_up_are_a_small_number_and_vip_is_yes_or_no() -> None:
    assert codes(raising("{when: {vip: true}, up: 0}")) == ["E133"]
    assert codes(raising("{when: {vip: sometimes}, up: 1}")) == ["E124"]


def test_a_rule_with_a_calendar_for_some_clocks_needs_one_for_the_others() -> None:
    rule = "    calendar: office\n    targets: {claim: 1h, response: 2h, resolution: 2bd}"
    assert codes(changed(rule, rule.replace("office", "{response: duty}"))) == ["E374"]
    assert "E127" in codes(changed(rule, rule.replace("office", "{respons: duty, default: office}")))
    assert codes(changed(rule, rule.replace("office", "{response: dutty, default: office}"))) == ["E330"]
    good, _ = load_desk(
        "desk.yaml", changed(rule, rule.replace("office", "{response: duty, default: office}"))
    )
    assert good is not None
    assert [good.default_rule.calendar_of(kind) for kind in ("claim", "response")] == ["office", "duty"]
    assert good.zone == "Europe/Moscow"


def test_targets_in_different_calendars_are_not_compared_by_their_lengths() -> None:
    """24 h round the clock may well come before 9 office hours."""
    rule = "    calendar: office\n    targets: {claim: 1h, response: 2h, resolution: 2bd}"
    longer = rule.replace("response: 2h", "response: 24h")
    assert codes(changed(rule, longer)) == ["W311"]
    two_calendars = longer.replace("office", "{claim: duty, response: duty, default: office}")
    assert codes(changed(rule, two_calendars)) == ["W317"]  # and no one works at night


def test_a_condition_that_no_person_can_meet_is_reported_once_people_are_known() -> None:
    text = raising("{when: {vip: true}, up: 1}")
    found = [one.code for one in uncovered("desk.yaml", text, STAFF, NOW)]
    with_one = [one.code for one in uncovered("desk.yaml", text, {**STAFF, "E900": frozenset({"vip"})}, NOW)]
    assert found == ["W371", *with_one]
