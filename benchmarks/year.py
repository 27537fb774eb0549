"""Fills a database with a seeded year of tickets and their histories: `python -m benchmarks.year FILE HOW_MANY`."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field

BEGUN = 1_735_722_000  # UTC seconds: 1 January 2025 in Moscow, 12:00
YEAR = 364 * 86_400
PRIORITIES = ("P1", "P2", "P3", "P4")
CATEGORIES = ("printing", "network", "software", "hardware", "access", "email")
TEAMS = {"network": "network", "software": "admins", "access": "admins", "email": "admins"}
OTHERS = ("helpdesk", "network", "admins", "developers")
ENGINEERS = 40
PEOPLE = 500
DEPARTMENTS = ("Sales", "Accounts", "Plant", "")


@dataclass(slots=True)
class Rows:
    """What is inserted, by table."""

    tickets: list[tuple[object, ...]] = field(default_factory=list)
    history: list[tuple[object, ...]] = field(default_factory=list)
    clocks: list[tuple[object, ...]] = field(default_factory=list)
    runs: list[tuple[object, ...]] = field(default_factory=list)


def fill(database: sqlite3.Connection, how_many: int, seed: int = 1) -> None:
    """One transaction: people, tickets with what was done to them, promises, sessions of self-help."""
    chance, rows = random.Random(seed), Rows()
    for number in range(1, how_many + 1):
        _ticket(rows, chance, number)
    for number in range(how_many + 1, how_many + how_many // 5 + 1):
        status = chance.choice(("solved", "solved", "expired", "human", "cancelled"))
        rows.runs.append(_run(chance, number, BEGUN + chance.randrange(YEAR), status))
    people = [
        (n, f"H{n}", f"Person {n}", DEPARTMENTS[n % 4], "[]", "{}") for n in range(1, PEOPLE + ENGINEERS + 1)
    ]
    many = database.executemany
    many("INSERT INTO people (id, staff_id, name, department, roles, profile) VALUES (?,?,?,?,?,?)", people)
    many(
        "INSERT INTO runs (id, person, scenario, version, status, seq, step, awaits, language, state, view, started_at,"
        " updated_at) VALUES (?,?,?,'old',?,5,'s','nothing','en','','',?,?)",
        rows.runs,
    )
    many(
        "INSERT INTO tickets (id, requester, run, type, category, summary, transcript, tried, impact, urgency, priority, team,"
        " state, opened_at, claimed_at, resolved_at, closed_at, stars, owner_team, outcome)"
        " VALUES (?,?,?,'incident',?,'Silent','[]','[]','one','degraded',?,?,?,?,?,?,?,?,?,?)",
        rows.tickets,
    )
    many("INSERT INTO history (ticket, at, actor, action, data) VALUES (?,?,?,?,?)", rows.history)
    many(
        "INSERT INTO clocks (ticket, kind, rule, chain, calendar, calendar_hash, policy_hash, target_s, state, started_at,"
        " consumed_s, floor_s, stopped_at, outcome, overrun_s, void_reason)"
        " VALUES (?,?,?,'standard',?,'','',3600,?,?,?,0,?,?,0,?)",
        rows.clocks,
    )


def _run(chance: random.Random, number: int, at: int, status: str) -> tuple[object, ...]:
    scenario = chance.choice(CATEGORIES)
    return number, 1 + chance.randrange(PEOPLE), scenario, status, at, at + chance.randrange(60, 900)


def _ticket(rows: Rows, chance: random.Random, number: int) -> None:
    opened = BEGUN + chance.randrange(YEAR)
    category, priority = chance.choice(CATEGORIES), chance.choices(PRIORITIES, (2, 10, 60, 28))[0]
    first = team = TEAMS.get(category, "helpdesk")
    requester, run = 1 + chance.randrange(PEOPLE), None
    if chance.random() < 0.4:
        run = number
        rows.runs.append((number, requester, category, "ticket", opened - chance.randrange(60, 900), opened))

    def did(at: int, actor: str, action: str, **data: object) -> None:
        rows.history.append((number, at, actor, action, json.dumps(data)))

    def engineer() -> str:
        return f"person:{PEOPLE + 1 + chance.randrange(ENGINEERS)}"

    did(opened, f"person:{requester}", "open", team=team, priority=priority, state="new")
    at = opened + chance.randrange(60, 4 * 3600)
    claimed, actor = at, engineer()
    did(at, actor, "claim")
    while chance.random() < 0.25:
        at += chance.randrange(300, 6 * 3600)
        team = chance.choice([one for one in OTHERS if one != team])
        did(at, actor, "transfer", team=team, note="")
        at += chance.randrange(60, 3 * 3600)
        actor = engineer()
        did(at, actor, "claim")
    if chance.random() < 0.6:
        at += chance.randrange(60, 3600)
        did(at, actor, "reply")
    if chance.random() < 0.2:
        at += chance.randrange(60, 3600)
        did(at, actor, "ask", question="?")
        at += chance.randrange(600, 3 * 86_400)
        did(at, f"person:{requester}", "answer")
    resolved = closed = stars = outcome = None
    state = "in_progress"
    if chance.random() < 0.97:
        at += chance.randrange(600, 2 * 86_400)
        did(at, actor, "resolve", words="")
        if chance.random() < 0.06:
            at += chance.randrange(600, 86_400)
            did(at, f"person:{requester}", "reject")
            at += chance.randrange(600, 86_400)
            did(at, actor, "resolve", words="")
        if team != first and number % 3:
            did(at, actor, "level_one", could=number % 3 - 1)
        resolved, state = at, "closed"
        closed = at + chance.randrange(60, 3 * 86_400)
        outcome = "confirmed" if chance.random() < 0.7 else "silence"
        did(
            closed,
            f"person:{requester}" if outcome == "confirmed" else "timer",
            "confirm" if outcome == "confirmed" else "expire",
        )
        stars = chance.choice((None, None, 3, 4, 5))
    rows.tickets.append(
        (
            number,
            requester,
            run,
            category,
            priority,
            team,
            state,
            opened,
            claimed,
            resolved,
            closed,
            stars,
            first,
            outcome,
        )
    )
    rule, calendar = {"P1": ("p1", "duty"), "P2": ("p2", "office")}.get(priority, ("default", "office"))
    for kind, stopped in (("claim", claimed), ("response", claimed), ("resolution", resolved)):
        met = chance.random() < 0.9
        void = "drill" if not met and chance.random() < 0.1 else None
        ended = ("met" if met else "missed") if stopped is not None else None
        rows.clocks.append(
            (
                number,
                kind,
                rule,
                calendar,
                "stopped" if stopped else "running",
                opened,
                600,
                stopped,
                ended,
                void,
            )
        )


if __name__ == "__main__":
    with closing(sqlite3.connect(sys.argv[1])) as beside, beside:
        fill(beside, int(sys.argv[2]))
