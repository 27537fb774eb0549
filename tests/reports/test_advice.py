"""Advice on histories with planted waste: the planted causes, in the right order, with gains near the true ones."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, select

from bot.people import directory
from bot.people.access import NotAllowed
from bot.reports.advice import asked
from bot.reports.advice.finding import MONTH, Advice, advise
from bot.reports.insight.days import period_of
from bot.sla.policy import Desk
from bot.storage.schema import advices
from bot.texts import speak
from tests.databases import copied_sqlite
from tests.escalation.company import MARINA, OLEG, at, outgoing, shipped_with
from tests.units import work

HOUR, DAY = 3600, 86_400
MONDAY = at("2025-03-03 09:00")
WEEKS = 12
SIZES = 10
CALLS, HELPED = 0.05, 0.9  # of a healthy step, of those who come to the end
WAITING = 300
HEALTHY = {"vpn": ("network", "network"), "letter": ("email", "admins"), "password": ("access", "admins")}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return shipped_with(("waiting: 100", f"waiting: {WAITING}"))


@dataclass
class Planted:
    """A history being written; `true` is the money of each planted cause, over the whole period."""

    chance: random.Random
    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    true: dict[str, float] = field(default_factory=dict)
    numbers: int = 0

    def add(self, table: str, *row: object) -> None:
        self.rows.setdefault(table, []).append(row)

    def next(self) -> int:
        self.numbers += 1
        return self.numbers

    def morning(self) -> int:
        return MONDAY + self.chance.randrange(WEEKS) * 7 * DAY + self.chance.randrange(5) * DAY

    def ticket(self, category: str, team: str, run: int | None = None, late: float = 0.0) -> None:
        """Half an hour in the queue, and `late` hours more; an hour in hands."""
        number, opened = self.next(), self.morning()
        claimed = opened + round((self.chance.uniform(0.2, 0.8) + late) * HOUR)
        solved = claimed + HOUR
        self.add("tickets", number, number, run, category, team, opened, claimed, solved, solved, team)
        for moment, action in ((opened, "open"), (claimed, "claim"), (solved, "resolve")):
            self.add("history", number, moment, "person:2", action, json.dumps({"team": team}))

    def session(self, scenario: str, category: str, team: str, worse: float = 0.0) -> None:
        """Two steps; at the second one more people call a human by `worse`."""
        number, begun = self.next(), self.morning()
        steps = ["begin", "press"]
        ended = "solved" if self.chance.random() < HELPED else "ticket"
        if self.chance.random() < CALLS:
            steps, ended = ["begin", "human"], "human"
        elif self.chance.random() < CALLS:
            steps, ended = ["begin", "press", "human"], "human"
        elif self.chance.random() < worse:
            steps, ended = ["begin", "press", "human"], "human"
            self.true["step/printer/lid"] = self.true.get("step/printer/lid", 0) + HELPED * 900
        names = {"begin": f"{scenario}/what", "press": f"{scenario}/lid", "human": ""}
        for kind in steps:
            self.add("run_events", number, kind, names[kind], begun)
        self.add("runs", number, number, scenario, ended, begun, begun + 600)
        if ended != "solved":
            self.ticket(category, team, number)

    def save(self, file: Path) -> None:
        inserts = {
            "runs": "(id, person, scenario, status, started_at, updated_at, version, seq, step, awaits, language, state, view)"
            " VALUES (?,?,?,?,?,?,'v',1,'s','nothing','ru','','')",
            "run_events": "(run, kind, to_step, at, seq, step) VALUES (?,?,?,?,1,'s')",
            "tickets": "(id, requester, run, category, team, opened_at, claimed_at, resolved_at, closed_at, owner_team, type,"
            " summary, transcript, tried, impact, urgency, priority, state)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,'incident','','[]','[]','one','degraded','P3','closed')",
            "history": "(ticket, at, actor, action, data) VALUES (?,?,?,?,?)",
        }
        with closing(sqlite3.connect(file)) as database, database:
            for table, words in inserts.items():
                database.executemany(f"INSERT INTO {table} {words}", self.rows[table])


def planted(seed: int) -> Planted:
    """A failing step, a topic without a scenario and a slow queue, each of a random size."""
    chance = random.Random(seed)
    sizes = [60_000 * factor * chance.uniform(0.9, 1.1) for factor in (1.0, 1.7, 2.9)]
    chance.shuffle(sizes)
    step, topic, queue = sizes
    made = Planted(chance)
    for scenario, (category, team) in HEALTHY.items():
        for _ in range(250):
            made.session(scenario, category, team)
    for _ in range(700):
        made.session("printer", "printing", "helpdesk", step / (HELPED * 900) / 700 / (1 - CALLS) ** 2)
    healthy = (1 - CALLS) ** 2 * HELPED
    for _ in range(round(topic / (healthy * 1500))):
        made.ticket("hardware", "admins")
        made.true["topic/hardware"] = made.true.get("topic/hardware", 0) + healthy * 1500
    late = queue / WAITING / 150
    for _ in range(150):
        more = chance.uniform(0, 2 * late)
        made.ticket("software", "developers", late=more)
        made.true["queue/developers"] = made.true.get("queue/developers", 0) + more * WAITING
    return made


def found_in(file: Path, desk: Desk) -> list[Advice]:
    first = desk.usual.local(MONDAY).date()
    period = period_of(desk, first, desk.usual.local(MONDAY + WEEKS * 7 * DAY).date())
    covered = {"printing", "software", *(category for category, _ in HEALTHY.values())}
    with closing(create_engine(f"sqlite:///{file}").connect()) as tx:
        return advise(tx, desk, period, covered, ())


def test_three_planted_causes_are_ranked_right_with_gains_near_the_true_ones(
    tmp_path: Path, desk: Desk
) -> None:
    months = (WEEKS * 7 + 1) * DAY / MONTH
    right, far = 0, []
    for seed in range(SIZES):
        history, file = planted(seed), tmp_path / f"{seed}.db"
        copied_sqlite(file)
        history.save(file)
        found = found_in(file, desk)
        expected = sorted(history.true, key=lambda key: -history.true[key])
        right += [one.key for one in found[:3]] == expected
        gains = {one.key: one.gain * months for one in found}
        far += [
            (seed, key) for key, true in history.true.items() if abs(gains.get(key, 0) - true) > 0.25 * true
        ]
    assert right >= 9, right
    assert far == []


def test_a_healthy_desk_is_given_no_advice(tmp_path: Path, desk: Desk) -> None:
    made, file = Planted(random.Random(7)), tmp_path / "healthy.db"
    for scenario, (category, team) in HEALTHY.items():
        for _ in range(250):
            made.session(scenario, category, team)
    copied_sqlite(file)
    made.save(file)
    assert found_in(file, desk) == []


def a_step(gain: float) -> Advice:
    return Advice("step", "printer/lid", gain, 80, 200, 5.0)


def test_accepted_advice_says_later_what_it_brought(tx: Connection, desk: Desk) -> None:
    marina, oleg, now = directory.get(tx, MARINA), directory.get(tx, OLEG), at("2025-06-02 10:00")
    found = asked.Found([a_step(1000.4)], [])
    asked.show(work(tx, now, desk), marina, "supervisors", found)
    [row] = [row for row in outgoing(tx, "supervisors") if row.method == "sendMessage"]
    assert "/advice take step/printer/lid" in row.params["text"]
    with pytest.raises(NotAllowed):
        asked.take(work(tx, now, desk), oleg, "supervisors", "step/printer/lid", found)
    for _ in range(2):
        asked.take(work(tx, now, desk), marina, "supervisors", "step/printer/lid", found)
    [taken] = tx.execute(select(advices)).all()
    assert (taken.key, taken.gain, taken.taken_at) == ("step/printer/lid", 1000, now)
    brought = asked.Brought(asked.TakenAdvice("step/printer/lid", 1000, now), 150.0)
    asked.show(work(tx, now + 30 * DAY, desk), marina, "supervisors", asked.Found([], [brought]))
    texts = [row.params.get("text", "") for row in outgoing(tx, "supervisors")]
    assert any("пока вышло 850 RUB" in text for text in texts)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_kind_of_advice_has_its_sentence(shipped: Desk, language: str) -> None:
    voice = speak.voice(language)
    for kind, about in (
        ("step", "a/b"),
        ("topic", "email"),
        ("queue", "network"),
        ("article", "vpn-connect"),
    ):
        words = asked.said(Advice(kind, about, 5000.0, 2.5, 40, 1.5), shipped, voice)
        assert "RUB" in words
        assert "40" in words


def test_only_take_and_a_key_accept_something() -> None:
    assert asked.wanted("take step/printer/lid") == "step/printer/lid"
    assert [asked.wanted(words) for words in ("", "take", "step/printer/lid")] == [None, None, None]
