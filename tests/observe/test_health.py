"""Readiness: recent signs are good, one old sign is enough to be late."""

from __future__ import annotations

from bot.observe.health import INTAKE, SENDER, Sign, ready


def test_a_process_whose_signs_are_young_is_ready() -> None:
    assert ready([Sign("intake", 12.0, INTAKE), Sign("sender", SENDER, SENDER)]).ok


def test_one_old_sign_is_late_and_named() -> None:
    verdict = ready([Sign("intake", 91.0, INTAKE), Sign("sender", 1.0, SENDER)])
    assert not verdict.ok
    assert verdict.lines == ("LATE intake: 91 s of 90", "ok   sender: 1 s of 5")


def test_a_sign_from_the_future_is_not_a_good_one() -> None:
    """The clock was set back by three days: what it measured before says nothing."""
    assert not ready([Sign("intake", -259_166.0, INTAKE)]).ok
    assert ready([Sign("intake", -0.2, INTAKE)]).ok


def test_a_process_that_stops_is_not_ready_whatever_its_signs() -> None:
    assert not ready([Sign("intake", 1.0, INTAKE)], stopping=True).ok
