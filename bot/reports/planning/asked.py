"""/plan in the chat: what was asked for, and the picture of the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.config.config import Work
from bot.keys import ReportRef
from bot.reports.insight.days import last_days
from bot.reports.pictures import album
from bot.reports.planning.staffing import Demand, TooLittleHistory, load_of, plan
from bot.reports.planning.telling import caption, curve
from bot.sla.policy import Desk
from bot.telegram import outbox
from bot.texts import speak

DAYS = 84
_HOURS = re.compile(r"([1-9]\d{0,2})[hч]")
_SHARE = re.compile(r"([1-9]\d?)%")


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """A team ("": all), a target in working hours, per cent of tickets that must keep it."""

    team: str = ""
    hours: float = 4.0
    attainment: float = 90.0


def parse(desk: Desk, words: str) -> PlanAsked | None:
    """`helpdesk 4h 95%` in any order; None when it is something else."""
    team, hours, attainment = "", 4.0, 90.0
    for word in words.lower().split():
        if found := _HOURS.fullmatch(word):
            hours = float(found[1])
        elif found := _SHARE.fullmatch(word):
            attainment = float(found[1])
        elif word in desk.teams:
            team = word
        else:
            return None
    return PlanAsked(team, hours, attainment)


def read(work: Work, asked: PlanAsked) -> Demand | None:
    """The load of twelve weeks; None when the history is too short."""
    desk = work.config.desk
    try:
        return load_of(work.tx, desk, last_days(desk, DAYS, work.now), asked.team)
    except TooLittleHistory:
        return None


def painted(load: Demand, desk: Desk, asked: PlanAsked, language: str) -> ReportRef:
    """Simulate and paint; takes some seconds."""
    found, voice = plan(load, asked.hours, asked.attainment), speak.voice(language)
    return album.hang([curve(found, voice)], [caption(found, voice)], desk.file.reports.theme)[0]


def misread(work: Work, chat: str) -> None:
    """It was asked for in words that mean nothing here."""
    outbox.line(work, chat, "how.plan", {})


def too_little(work: Work, chat: str) -> None:
    """There is not enough history to plan from."""
    outbox.line(work, chat, "plan.little", {})
