"""Deletes by age what people wrote and accounts of people who left, in units that no press has to wait long for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.accounts import erasure
from bot.accounts.erasure import ErasureScope
from bot.config.config import Config, Work
from bot.people import directory
from bot.sla.person_limits import DAY, KeepDays
from bot.storage import erasing, sealing
from bot.storage.unit import Units

Find = Callable[[Work], Sequence[int]]


async def keep_house(units: Units[Config]) -> None:
    """One round: everything that is due by `privacy: keep_days` of desk.yaml."""
    await _all(units, _old_tickets, erasing.empty_tickets)
    await _all(units, _old_talk, erasing.forget_relays)
    await _all(units, _old_runs, erasing.empty_runs)
    for sweep in (_words, _strangers, sealing.seal):
        while await units.run(sweep):
            pass
    await units.run(directory.notice_leavers)
    await units.run(_leavers)


async def _all(units: Units[Config], find: Find, empty: Callable[[Work, Sequence[int]], int]) -> None:
    while numbers := await units.read(find):
        await units.run(empty, numbers)


def _old_tickets(work: Work) -> Sequence[int]:
    return erasing.ended_tickets(work.tx, work.now - _kept(work).tickets * DAY)


def _old_talk(work: Work) -> Sequence[int]:
    return erasing.talked(work.tx, work.now - _kept(work).relays * DAY)


def _old_runs(work: Work) -> Sequence[int]:
    return erasing.ended_runs(work.tx, work.now - _kept(work).answers * DAY)


def _words(work: Work) -> int:
    return erasing.forget_words(work, work.now - _kept(work).words * DAY)


def _strangers(work: Work) -> int:
    return erasing.forget_strangers(work, work.now - _kept(work).strangers * DAY)


def _leavers(work: Work) -> None:
    """People who left long ago and have no open ticket are erased, as by an administrator."""
    for person in directory.left_before(work.tx, work.now - _kept(work).leavers * DAY):
        if not erasing.open_tickets(work.tx, person.id):
            erasure.begin(work, person, ErasureScope.ALL)


def _kept(work: Work) -> KeepDays:
    return work.config.desk.file.privacy.keep_days
