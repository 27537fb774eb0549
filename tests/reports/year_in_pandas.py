"""The figures of a year computed a second time, with pandas from the rows themselves; imports nothing of the measures."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.sla.calendar import Spec
from bot.sla.policy import Desk

MOSCOW = ZoneInfo("Europe/Moscow")
PLACES = {"open": "queue", "claim": "hands", "transfer": "queue", "ask": "employee", "answer": "hands"}
PLACES |= {"resolve": "done", "reject": "hands"}
WEEK = 7 * 86_400


class Minutes:
    """Open minutes of a calendar, counted one by one."""

    def __init__(self, spec: Spec) -> None:
        first, last = date(2024, 12, 1), date(2026, 2, 1)
        zone = ZoneInfo(spec.tz)
        self.begin = int(datetime(first.year, first.month, first.day, tzinfo=zone).timestamp())
        is_open = np.zeros((last - first).days * 1440 + 1440, np.int64)
        for offset in range((last - first).days):
            for opening, closing in spec.plan(first + timedelta(days=offset)):
                is_open[offset * 1440 + opening : offset * 1440 + closing] = 1
        self.open = is_open
        self.before = np.concatenate([[0], np.cumsum(is_open)])

    def passed(self, at: pd.Series) -> pd.Series:
        minute, second = (at - self.begin) // 60, (at - self.begin) % 60
        return self.before[minute] * 60 + self.open[minute] * second

    def spent(self, begin: pd.Series, end: pd.Series) -> pd.Series:
        return self.passed(end) - self.passed(begin)


def percentiles(seconds: pd.Series) -> dict[str, Any]:
    shares = {f"p{share}": seconds.quantile(share / 100) / 3600 for share in (25, 50, 75, 90, 95)}
    return {"n": len(seconds), **shares}


def stays_of(database: sqlite3.Connection, last: int) -> pd.DataFrame:
    """Every span between two acts that moved a ticket."""
    acts = pd.read_sql(
        "SELECT id, ticket, at, actor, action, data FROM history ORDER BY ticket, id", database
    )
    acts = acts[acts.action.isin(PLACES) & (acts["at"] < last)].copy()
    acts["place"] = acts.action.map(PLACES)
    told = acts.data.str.extract(r'"team": "(\w+)"')[0]
    acts["team"] = told.groupby(acts.ticket).ffill()
    acts["person"] = acts.actor.where(acts.action == "claim").groupby(acts.ticket).ffill()
    acts["until"] = acts.groupby("ticket")["at"].shift(-1).fillna(last).astype("int64")
    return acts


def figures(file: str, desk: Desk, first: int, last: int) -> dict[str, Any]:
    """By the keys of the JSON; UTC seconds."""
    database = sqlite3.connect(file)
    tickets = pd.read_sql("SELECT * FROM tickets", database).set_index("id")
    clocks = pd.read_sql("SELECT * FROM clocks", database)
    runs = pd.read_sql("SELECT id, person, scenario, status, started_at, updated_at FROM runs", database)
    department = pd.read_sql("SELECT id, department FROM people", database).set_index("id").department
    acts = stays_of(database, last)
    opened = tickets[(tickets.opened_at >= first) & (tickets.opened_at < last)]
    done = tickets[(tickets.resolved_at >= first) & (tickets.resolved_at < last)]
    calendars = {name: Minutes(desk.specs[name]) for name in ("office", "duty")}
    calendar = clocks[clocks.kind == "resolution"].set_index("ticket").calendar

    def business(of: pd.Series, begin: pd.Series, end: pd.Series) -> pd.Series:
        duty = (of.map(calendar) == "duty").to_numpy()
        both = {name: minutes.spent(begin.to_numpy(), end.to_numpy()) for name, minutes in calendars.items()}
        return pd.Series(np.where(duty, both["duty"], both["office"]), index=begin.index)

    resolved = done.resolved_at.astype("int64")
    wall = resolved - done.opened_at
    ids = done.index.to_series()
    firsts = {
        name: acts_or_replies(database, actions).reindex(done.index)
        for name, actions in (("claim", ["claim"]), ("response", ["reply", "ask", "resolve"]))
    }
    stays = acts[acts.ticket.isin(done.index) & (acts.place != "done")].copy()
    stays["took"] = business(stays.ticket, stays["at"], stays.until)
    hands, worked = stays[stays.place == "hands"], stays[stays.place != "employee"]
    rates = {team: desk.rate(team) for team in stays.team.unique()}
    cost = (hands.took / 3600 * hands.team.map(rates)).groupby(hands.ticket).sum().reindex(done.index)
    hours = hands.took.groupby(hands.ticket).sum().reindex(done.index) / 3600
    moved = acts[acts.action == "transfer"].groupby("ticket").size().reindex(tickets.index, fill_value=0)
    teams = acts[acts.action.isin(["open", "transfer"])].groupby("ticket").team
    distinct, listed = teams.nunique(), teams.size()
    back = acts[acts.action == "reject"].groupby("ticket").size().reindex(tickets.index, fill_value=0)
    claimers = acts[acts.action == "claim"].groupby("ticket").actor.nunique()
    local = pd.to_datetime(opened.opened_at, unit="s", utc=True).dt.tz_convert(MOSCOW)
    grid = pd.crosstab(local.dt.day_of_week, local.dt.hour).reindex(range(7), fill_value=0)
    waiting = tickets[tickets.resolved_at.isna() | (tickets.resolved_at >= last)]
    waiting = waiting[(waiting.closed_at.isna() | (waiting.closed_at >= last)) & (waiting.opened_at < last)]
    age = business(waiting.index.to_series(), waiting.opened_at, waiting.opened_at * 0 + last)
    length = np.where((waiting.index.to_series().map(calendar) == "duty"), 86_400, 8 * 3600)
    return {
        "tickets": len(opened),
        "resolved": len(done),
        "by_priority": opened.priority.value_counts().to_dict(),
        "opened": grid.reindex(columns=range(24), fill_value=0).to_numpy().tolist(),
        "wall": percentiles(wall),
        "business": percentiles(calendars["office"].spent(done.opened_at, resolved)),
        "claim": percentiles(business(ids, done.opened_at, firsts["claim"])),
        "response": percentiles(business(ids, done.opened_at, firsts["response"])),
        "working": percentiles(worked.took.groupby(worked.ticket).sum()),
        "confirmed": percentiles(
            (done.closed_at - done.opened_at)[(done.outcome == "confirmed") & (done.closed_at < last)]
        ),
        "attainment": attained(clocks, tickets, first, last, "category"),
        "attainment_by_class": attained(
            clocks.assign(
                service_class=clocks.rule.map(
                    {rule: name for name, one in desk.file.classes.items() for rule in one.rules}
                ).fillna("-")
            ),
            tickets,
            first,
            last,
            "service_class",
        ),
        "moved": moved[opened.index],
        "ping_pong": int((distinct < listed)[opened.index].sum()),
        "reopened": int((back[done.index] > 0).sum()),
        "first_contact": int(
            ((claimers[done.index] == 1) & (distinct[done.index] == 1) & (back[done.index] == 0)).sum()
        ),
        "first_line": int((distinct[done.index] == 1).sum()),
        "level_one": level_one(database, done, distinct),
        "stars": (float(done.stars.mean()), int(done.stars.count())),
        "self_help": deflected(runs, tickets, last),
        "ages": pd.cut(age / length, [-1, 1, 3, 7, 30, np.inf]).value_counts().sort_index().tolist(),
        "cost": float(cost.sum()),
        "hours": float(hours.sum()),
        "by_category": cost.groupby(done.category).sum().to_dict(),
        "by_department": cost.groupby(done.requester.map(department)).sum().to_dict(),
        "by_tier": cost.groupby(distinct[done.index].clip(upper=3).astype(str)).sum().to_dict(),
        "employee_hours": float(worked.took.sum()) / 3600,
        "share": (
            stays.took.groupby([stays.team.where(stays.place != "employee", ""), stays.place]).sum() / 3600
        ),
    }


def level_one(database: sqlite3.Connection, done: pd.DataFrame, distinct: pd.Series) -> list[int]:
    """Solved in the first team; of the others what was said: could, could not, nothing."""
    said = pd.read_sql("SELECT ticket, data FROM history WHERE action = 'level_one' ORDER BY id", database)
    could = said.data.str.contains("1").groupby(said.ticket).last().reindex(done.index)
    others = distinct[done.index] > 1
    counts = could[others].map({True: "yes", False: "no"}).fillna("").value_counts()
    return [int((~others).sum()), *(int(counts[answer]) for answer in ("yes", "no", ""))]


def acts_or_replies(database: sqlite3.Connection, actions: list[str]) -> pd.Series:
    """When one of these was first done, by ticket."""
    marks = ",".join("?" * len(actions))
    query = f"SELECT ticket, min(at) AS at FROM history WHERE action IN ({marks}) GROUP BY ticket"
    return pd.read_sql(query, database, params=actions).set_index("ticket")["at"]


def attained(
    clocks: pd.DataFrame, tickets: pd.DataFrame, first: int, last: int, third: str
) -> dict[Any, Any]:
    ended = clocks[(clocks.state == "stopped") & (clocks.stopped_at >= first) & (clocks.stopped_at < last)]
    ended = ended.join(tickets[["priority", "category", "owner_team"]], on="ticket")
    outcome = ended.outcome.where(ended.void_reason.isna(), "voided")
    counts = pd.crosstab([ended.kind, ended.priority, ended[third], ended.owner_team], outcome)
    return counts[["met", "missed", "voided"]].apply(tuple, axis=1).to_dict()


def deflected(runs: pd.DataFrame, tickets: pd.DataFrame, last: int) -> dict[str, int]:
    """In the year of these tests a scenario has the name of its category."""
    helped = runs[runs.status == "solved"].merge(
        tickets, left_on=["person", "scenario"], right_on=["requester", "category"], suffixes=("", "_t")
    )
    later = helped.opened_at - helped.updated_at
    back = helped[(later >= 0) & (later <= WEEK)].id.nunique()
    status = runs.status.value_counts()
    return {
        "sessions": len(runs),
        "confirmed": int(status["solved"]) - back,
        "came_back": back,
        "abandoned": int(status["expired"]),
        "escalated": int(status["ticket"] + status["human"]),
        "other": int(status["cancelled"]),
    }
