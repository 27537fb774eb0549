"""A loop that fails begins again, and is reported; one that goes on failing, or does nothing, ends the process."""

from __future__ import annotations

import pytest

from bot.app import supervision
from bot.app.supervision import Watch, kept
from bot.errors import FirstlineError
from bot.observe.health import Readiness


class Loop:
    """Fails so many times, then ends as asked to."""

    def __init__(self, failures: int) -> None:
        self.failures, self.begun = failures, 0
        self.reported: list[tuple[str, str]] = []

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self.failures:
            raise KeyError(f"fault {self.begun}")

    async def report(self, part: str, error: str) -> None:
        self.reported.append((part, error))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "PAUSES", (0.0, 0.0, 0.0))


async def test_a_loop_that_failed_begins_again_and_the_administrators_read_of_each_time() -> None:
    loop = Loop(failures=3)
    await kept("sender", loop.run, loop.report)
    assert loop.begun == 4
    assert loop.reported == [("sender", f"KeyError: 'fault {number}'") for number in (1, 2, 3)]


async def test_a_loop_that_fails_a_fourth_time_ends_the_process() -> None:
    loop = Loop(failures=9)
    with pytest.raises(KeyError, match="fault 4"):
        await kept("intake", loop.run, loop.report)
    assert len(loop.reported) == 3


async def test_failures_of_before_a_minute_of_work_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "STEADY", 0.0)  # any work counts as a minute
    loop = Loop(failures=20)
    await kept("intake", loop.run, loop.report)
    assert loop.begun == 21


class Machine:
    """Steady time that a test sets."""

    at = 0.0

    def steady(self) -> float:
        return self.at


SENDER = Readiness(False, ("LATE sender: 9 s of 5", "ok   ringer: 1 s of 30"))
AWAY = Readiness(False, ("LATE database: TimeoutError",))
WELL = Readiness(True, ("ok   sender: 0 s of 5",))


async def never() -> Readiness:
    raise AssertionError("the test looks by itself")


@pytest.fixture
def watch() -> Watch:
    made = Watch(never, ("sender", "ringer"))
    made._machine = Machine()  # type: ignore[assignment]
    return made


def seen(watch: Watch, *looks: tuple[int, Readiness]) -> None:
    for second, readiness in looks:
        watch._machine.at = float(second)  # type: ignore[attr-defined]
        watch.judge(readiness)


def test_a_loop_that_does_nothing_for_five_minutes_ends_the_process(watch: Watch) -> None:
    seen(watch, (0, SENDER), (150, SENDER), (299, SENDER))
    with pytest.raises(FirstlineError, match="sender has done nothing for 300 s"):
        seen(watch, (300, SENDER))


def test_a_loop_that_works_in_between_has_not_stalled(watch: Watch) -> None:
    seen(watch, (0, SENDER), (299, WELL), (300, SENDER), (599, SENDER))


def test_while_the_database_is_away_no_loop_has_stalled(watch: Watch) -> None:
    seen(watch, (0, SENDER), *((second, AWAY) for second in range(5, 600, 5)), (600, SENDER), (899, SENDER))


def test_another_sign_that_is_late_is_no_stalled_loop(watch: Watch) -> None:
    backup = Readiness(False, ("LATE backup: 999999 s of 259200", "LATE intake: 999 s of 90"))
    seen(watch, (0, backup), (9999, backup))
