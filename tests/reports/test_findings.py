"""What keeps coming back is offered to the supervisors week by week, decided with one press, and judged later."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, select

from bot.app.registries import renderers
from bot.keys import SUPERVISORS, FindingRef
from bot.people import directory
from bot.people.access import NotAllowed
from bot.problems import causes
from bot.reports.advice import asked, weekly
from bot.reports.advice import patterns as finder
from bot.reports.advice.buttons import DraftOfFinding, ProblemOfFinding, RejectFinding
from bot.reports.advice.finding import Advice
from bot.reports.advice.patterns import Past, WeekPattern
from bot.reports.advice.weekly import WeekSeen
from bot.sla.policy import Desk
from bot.storage.schema import findings
from bot.tickets.chronicle.recurrence import RecurringTicket
from tests.escalation.company import ANNA, MARINA, OLEG, at, house_of, opened, outgoing
from tests.units import work

DAY = 86_400
NOW = at("2026-11-30 09:30")
JAM = "Жужжит и греется синий сканер"


def a_ticket(number: int, **facts: object) -> RecurringTicket:
    usual = {"requester": number, "run": 1, "type": "incident", "category": "printing", "summary": "x"}
    more = {"words": f"слово{number}", "opened_at": NOW - DAY}
    return RecurringTicket(id=number, **{**usual, **more, **facts})  # type: ignore[arg-type]


def found_in(
    tickets: Sequence[RecurringTicket],
    before: dict[str, Sequence[int]] | None = None,
    spent: dict[int, tuple[float, float]] | None = None,
    reopened: dict[int, int] | None = None,
    steps: dict[str, tuple[int, int]] | None = None,
) -> dict[str, WeekPattern]:
    known = finder.clusters(tickets)
    past = Past(NOW, tickets, before or {}, spent or {}, reopened or {}, steps or {}, known)
    return {one.key: one for one in finder.patterns(past)}


def test_a_requester_and_a_device_come_back_with_the_third_incident_and_not_with_requests() -> None:
    mine = [a_ticket(n, requester=9, words=f"PRN-302 слово{n}", category=f"c{n}") for n in (1, 2, 3)]
    found = found_in(mine)
    assert found["requester/9"].tickets == (1, 2, 3)
    assert [one for one in found if one.startswith("device/")] != []
    assert not found_in(mine[:2])
    assert not found_in([one._replace(type="request") for one in mine])


def test_a_category_stands_out_from_twice_its_median_week_on_and_from_five_tickets() -> None:
    many = [a_ticket(n) for n in range(1, 7)]
    assert found_in(many, {"printing": [3] * 8})["category/printing"].usual == 3
    assert "category/printing" not in found_in(many, {"printing": [4] * 8})
    assert "category/printing" not in found_in(many[:4], {"printing": [0] * 8})
    old = [one._replace(opened_at=NOW - 9 * DAY) for one in many]
    assert "category/printing" not in found_in(old, {"printing": [0] * 8})


def test_tickets_reopened_twice_and_steps_that_fail_more_than_two_in_five_are_found() -> None:
    found = found_in([a_ticket(1), a_ticket(2)], reopened={1: 2, 2: 1}, steps={"vpn/again": (20, 9)})
    assert found["reopened/printing"].tickets == (1,)
    assert (found["failing/vpn/again"].count, found["failing/vpn/again"].usual) == (9, 45)
    assert "failing/vpn/again" not in found_in([], steps={"vpn/again": (20, 8)})
    assert "failing/vpn/again" not in found_in([], steps={"vpn/again": (19, 19)})


def test_the_few_categories_that_make_most_of_the_cost_are_ranked_by_money_and_not_by_number() -> None:
    cheap = [a_ticket(n, category=f"c{n % 4}") for n in range(1, 21)]
    dear = a_ticket(99, category="dear")
    found = found_in([*cheap, dear], spent={one.id: (0.1, 10) for one in cheap} | {99: (8, 4000)})
    hours = [one for one in found.values() if one.kind == finder.HOURS]
    assert [(one.about, one.count, one.cost) for one in hours] == [("dear", 1, 4000)]
    assert hours[0].usual == pytest.approx(100 * 4000 / 4200)


def test_words_that_found_no_scenario_are_one_cluster_of_several_people() -> None:
    said = [JAM, f"{JAM}!", f"{JAM} опять", f"{JAM} сильно", f"опять {JAM.lower()}"]
    alike = [a_ticket(n, run=None, words=words, category="other") for n, words in enumerate(said, 1)]
    far = a_ticket(8, run=None, words="Забыл пропуск дома")
    (key,) = (one for one in found_in([*alike, far]) if one.startswith("words/"))
    assert found_in([*alike, far])[key].tickets == (1, 2, 3, 4, 5)
    assert "сканер" not in key
    past = Past(NOW, [*alike, far], {}, {}, {}, {})
    assert finder.measure(past, *key.split("/")).tickets == (1, 2, 3, 4, 5)
    assert not [one for one in found_in(alike[:4]) if one.startswith("words/")]
    of_one = [one._replace(requester=1) for one in alike]
    assert not [one for one in found_in(of_one) if one.startswith("words/")]
    solved_by_itself = [one._replace(run=one.id) for one in alike]
    assert not [one for one in found_in(solved_by_itself) if one.startswith("words/")]


def offered(tx: Connection, shipped: Desk, pattern: WeekPattern, now: int = NOW) -> int:
    weekly.offer(work(tx, now, house_of(shipped)), WeekSeen([pattern], []))
    return int(tx.scalars(select(findings.c.id).order_by(findings.c.id.desc())).first() or 0)


def said(tx: Connection, shipped: Desk, number: int, card: str = weekly.CARD) -> str:
    drawn = renderers()[card](work(tx, NOW, house_of(shipped)), FindingRef(number), SUPERVISORS)
    assert drawn is not None
    return drawn.document.read_text("utf-8") if drawn.document is not None else drawn.text


def labels(tx: Connection, shipped: Desk, number: int) -> list[str]:
    drawn = renderers()[weekly.CARD](work(tx, NOW, house_of(shipped)), FindingRef(number), SUPERVISORS)
    return [key.label for row in (drawn.keyboard if drawn is not None else ()) for key in row]


def test_one_tap_makes_a_problem_with_the_tickets_and_it_is_said_later_what_that_brought(
    tx: Connection, shipped: Desk
) -> None:
    house, marina = house_of(shipped), directory.get(tx, MARINA)
    tickets = [opened(tx, shipped, NOW - DAY).id for _ in range(3)]
    number = offered(tx, shipped, WeekPattern("requester", str(ANNA), 3, 0.0, 2.5, 3000.0, tuple(tickets)))
    assert "3 обращений о сбоях за четыре недели" in said(tx, shipped, number)
    assert labels(tx, shipped, number)[0] == "Завести проблему"
    unit = work(tx, NOW, house)
    press = ProblemOfFinding(number)
    with pytest.raises(NotAllowed):
        weekly.press(unit, directory.get(tx, OLEG), SUPERVISORS, press)
    with pytest.raises(NotAllowed):
        weekly.press(unit, marina, "team:helpdesk", press)
    assert weekly.press(unit, marina, SUPERVISORS, press).key == "finding.problem_short"
    assert weekly.press(unit, marina, SUPERVISORS, press).key == "stale"
    (problem,) = causes.all_open(tx)
    assert directory.get(tx, ANNA).name.split()[0] not in problem.title, "it outlives an erasure"
    assert list(causes.tickets_of(tx, problem.id)) == tickets
    assert labels(tx, shipped, number) == []

    early, later = work(tx, NOW + 27 * DAY, house), work(tx, NOW + 28 * DAY, house)
    left = WeekPattern("requester", str(ANNA), 1, 0.0, 0.5, 600.0, ())
    weekly.offer(early, WeekSeen([], [(number, left)]))
    assert "Четыре недели спустя" not in said(tx, shipped, number)
    seen = weekly.look(later)
    assert [one for one, _ in seen.left] == [number]
    weekly.offer(later, WeekSeen([], [(number, left)]))
    text = said(tx, shipped, number).replace("\N{NO-BREAK SPACE}", " ")
    assert "было 3, стало 1; затраты меньше на 2 400 RUB" in text


def test_a_rejected_finding_keeps_its_reason_and_is_not_offered_again_for_three_months(
    tx: Connection, shipped: Desk
) -> None:
    house, marina = house_of(shipped), directory.get(tx, MARINA)
    pattern = WeekPattern("category", "printing", 9, 3.0, 0.0, 0.0, ())
    number = offered(tx, shipped, pattern)
    assert offered(tx, shipped, pattern) == number, "it waits for a decision"
    unit = work(tx, NOW, house)
    assert weekly.press(unit, marina, SUPERVISORS, RejectFinding(number, "nonsense")).key == "stale"
    assert weekly.press(unit, marina, SUPERVISORS, RejectFinding(number, "expected")).key
    assert "так и должно быть" in said(tx, shipped, number)
    assert offered(tx, shipped, pattern, NOW + 89 * DAY) == number
    assert offered(tx, shipped, pattern, NOW + 91 * DAY) != number


def test_advice_shows_the_findings_that_wait_and_a_step_accepted_there_is_not_offered_twice(
    tx: Connection, shipped: Desk
) -> None:
    marina, unit = directory.get(tx, MARINA), work(tx, NOW, house_of(shipped))
    step = Advice("step", "vpn/again", 1000.0, 9, 20, 5.0)
    asked.take(unit, marina, SUPERVISORS, step.key, asked.Found([step], []))
    weekly.offer(unit, WeekSeen([WeekPattern("failing", "vpn/again", 9, 45.0, 0.0, 0.0)], []))
    assert tx.execute(select(findings)).all() == []
    number = offered(tx, shipped, WeekPattern("category", "printing", 9, 3.0, 0.0, 0.0, ()))
    asked.show(unit, marina, marina.key, asked.Found([], []))
    shown = [row.about for row in outgoing(tx, marina.key) if row.card == weekly.CARD]
    assert shown == [FindingRef(number)]


def test_words_without_a_scenario_become_a_draft_with_them_as_phrases(tx: Connection, shipped: Desk) -> None:
    house, marina = house_of(shipped), directory.get(tx, MARINA)
    tickets = [opened(tx, shipped, NOW - DAY, words=f"{JAM} <{n}>").id for n in range(5)]
    number = offered(tx, shipped, WeekPattern("words", "aa-bb", 5, 0.0, 0.0, 0.0, tuple(tickets)))
    assert labels(tx, shipped, number)[:2] == ["Завести проблему", "Черновик сценария"]
    line = weekly.press(work(tx, NOW, house), marina, marina.key, DraftOfFinding(number))
    assert line.key == "finding.draft_short"
    text = said(tx, shipped, number, weekly.DRAFT_CARD)
    assert text.count(JAM) >= 5
    assert "scenarios:" in text
    other = offered(tx, shipped, WeekPattern("category", "printing", 9, 3.0, 0.0, 0.0, ()))
    assert weekly.press(work(tx, NOW, house), marina, SUPERVISORS, DraftOfFinding(other)).key == "stale"


def test_what_a_database_holds_is_found_and_shown_once(tx: Connection, shipped: Desk) -> None:
    for _ in range(3):
        opened(tx, shipped, NOW - DAY, type="incident")
    unit = work(tx, NOW, house_of(shipped))
    seen = weekly.look(unit)
    assert f"requester/{ANNA}" in {one.key for one in seen.found}
    weekly.offer(unit, seen)
    weekly.offer(unit, seen)
    rows = tx.execute(select(findings.c.about, findings.c.tickets)).all()
    assert len(rows) == len(seen.found)
    assert all(isinstance(json.loads(row.tickets), list) for row in rows)
    assert len([row for row in outgoing(tx, SUPERVISORS) if row.card == weekly.CARD]) == len(rows)
