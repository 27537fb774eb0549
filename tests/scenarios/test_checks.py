"""Check functions: whatever they do, the person gets an answer."""

import asyncio

import pytest

from bot.scenarios.library.check_functions import REGISTRY, Surroundings, check, parameters, run_check
from bot.scenarios.play.events import Checked, RunCheck
from bot.texts import speak

HERE = Surroundings()


@pytest.fixture(autouse=True)
def _own_registry():
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)


async def test_a_check_answers():
    @check
    async def kettle(around: Surroundings, name: str) -> Checked:
        return Checked("ok", f"{name} кипит")

    assert parameters("kettle") == {"name"}
    assert await run_check(RunCheck("kettle", {"name": "чайник"}, 5), HERE) == Checked("ok", "чайник кипит")


async def test_a_check_that_hangs_is_over_after_its_time():
    @check
    async def endless(around: Surroundings) -> Checked:
        await asyncio.Event().wait()
        return Checked("ok")

    assert (await run_check(RunCheck("endless", {}, 0), HERE)).outcome == "error"


async def test_a_check_that_raises_is_an_error_not_a_crash():
    @check
    async def broken(around: Surroundings) -> Checked:
        raise ZeroDivisionError

    found = await run_check(RunCheck("broken", {}, 5), HERE)
    assert (found.outcome, "ZeroDivisionError" in found.text) == ("error", True)


async def test_a_check_nobody_knows_and_wrong_arguments_are_errors():
    assert (await run_check(RunCheck("nonsense", {}, 5), HERE)).outcome == "error"
    assert (await run_check(RunCheck("printer_status", {"kettle": 1}, 5), HERE)).outcome == "error"


async def test_without_a_domain_no_printer_is_looked_for():
    assert await run_check(RunCheck("printer_status", {"printer": "PRN-1"}, 5), HERE) == Checked(
        "error", "не выполнялась"
    )


async def test_a_label_that_is_no_host_name_is_not_looked_for():
    there = Surroundings("printers.test")
    for label in ("", "у окна", "a.b", "-x", "x" * 64, "x/../y"):
        assert (
            await run_check(RunCheck("printer_status", {"printer": label}, 5), there)
        ).text == "не выполнялась"


async def test_what_a_check_found_is_said_in_the_language_of_the_desk():
    wanted = RunCheck("printer_status", {"printer": "PRN-1"}, 1)
    ru, en = [(await run_check(wanted, Surroundings(language=each))).text for each in ("ru", "en")]
    assert ru == speak.voice("ru").say("check.not_checked")
    assert en == speak.voice("en").say("check.not_checked")
    assert ru != en
