"""Speed, quality and cost: a fortnight of a small desk, with every figure computed by hand beside it."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import Connection, func, insert, select, update

from bot.people import directory
from bot.people.access import NotAllowed
from bot.reports.measures import Figures, Share, percentile
from bot.reports.period import Report, report
from bot.reports.showing import as_json, as_sheet, as_words, quality
from bot.sla.policy import Desk
from bot.storage import schema
from bot.teamdesk import cards, commands, load
from bot.texts import speak
from bot.tickets import actions, closing, handover, voiding
from bot.tickets.actions import Draft
from tests.escalation.company import ANNA, MARINA, OLEG, SVETA, at, house_of, outgoing, ring_until
from tests.units import typed, work

MONDAY = at("2026-11-23 10:00")
HOUR, MINUTE, DAY = 3600, 60, 86_400
ENGINEER_OF_NETWORK = 7


def opened(tx: Connection, desk: Desk, moment: int, urgency: str = "degraded", impact: str = "one") -> int:
    draft = Draft("printing", "helpdesk", "Printer", impact=impact, urgency=urgency)
    return actions.open_ticket(work(tx, moment, desk), directory.get(tx, ANNA), draft).id


def lived(tx: Connection, desk: Desk) -> None:
    """Five tickets.

    1: P3, taken after 30 min, solved two hours later, five stars.
    2: P3, taken after 90 min (late), answered with a question, waits an hour, solved 1 h after the answer; came back,
       solved again after an hour; three stars.
    3: P3, taken at once, given to the network after an hour, taken there an hour later, solved there after three hours.
    4: P2, taken after 10 min, solved 50 min later. It was not confirmed.
    5: P3, opened and never touched.
    """
    anna, oleg, sveta = (directory.get(tx, one) for one in (ANNA, OLEG, SVETA))
    nina = {"id": ENGINEER_OF_NETWORK, "staff_id": "S-7", "name": "Nina", "roles": ["engineer:network"]}
    tx.execute(insert(schema.people).values(**nina, profile={}, telegram_id=1007))
    one = opened(tx, desk, MONDAY)
    actions.claim(work(tx, MONDAY + 30 * MINUTE, desk), one, oleg)
    actions.resolve(work(tx, MONDAY + 30 * MINUTE + 2 * HOUR, desk), one, oleg, "")
    actions.confirm(work(tx, MONDAY + 3 * HOUR), one, anna)
    actions.rate(work(tx, MONDAY + 3 * HOUR), one, anna, 5)

    two = opened(tx, desk, MONDAY)
    ring_until(tx, desk, MONDAY + 90 * MINUTE)
    actions.claim(work(tx, MONDAY + 90 * MINUTE, desk), two, sveta)
    asked = actions.ask(work(tx, 0, desk), two, sveta, "Which one?", MONDAY + 100 * MINUTE)
    actions.answered(work(tx, 0, desk), asked, MONDAY + 160 * MINUTE)
    actions.resolve(work(tx, MONDAY + 220 * MINUTE, desk), two, sveta, "")
    closing.reject(work(tx, MONDAY + 230 * MINUTE, desk), two, anna)
    actions.resolve(work(tx, MONDAY + 290 * MINUTE, desk), two, sveta, "")
    actions.confirm(work(tx, MONDAY + 300 * MINUTE), two, anna)
    actions.rate(work(tx, MONDAY + 300 * MINUTE), two, anna, 3)

    tuesday = MONDAY + DAY
    three = opened(tx, desk, tuesday)
    actions.claim(work(tx, tuesday, desk), three, oleg)
    handover.transfer(work(tx, tuesday + HOUR, desk), three, oleg, "network", "It is the switch")
    network = directory.get(tx, ENGINEER_OF_NETWORK)
    actions.claim(work(tx, tuesday + 2 * HOUR, desk), three, network)
    actions.resolve(work(tx, tuesday + 5 * HOUR, desk), three, network, "")

    four = opened(tx, desk, tuesday, "blocked", "team")
    actions.claim(work(tx, tuesday + 10 * MINUTE, desk), four, oleg)
    actions.resolve(work(tx, tuesday + HOUR, desk), four, oleg, "")
    opened(tx, desk, tuesday)


@pytest.fixture
def period() -> tuple[int, int]:
    return at("2026-11-23 00:00"), at("2026-11-30 00:00")


def by_group(found: Report) -> dict[str, Figures]:
    return {one.group: one for one in found.groups} | {"all": found.total}


def test_every_figure_is_what_was_worked_out_by_hand(
    tx: Connection, shipped: Desk, period: tuple[int, int]
) -> None:
    lived(tx, shipped)
    found = by_group(report(tx, shipped, *period, "class"))
    standard, urgent = found["standard"], found["urgent"]
    assert (standard.tickets, urgent.tickets, found["critical"].tickets, found["all"].tickets) == (3, 1, 0, 4)
    # claimed: 30 min and at once in time, 90 min late; solved: all three in time
    assert standard.kept["claim"] == Share(2, 3)
    assert standard.kept["resolution"] == Share(3, 3)
    assert urgent.kept["claim"] == Share(1, 1)
    assert (standard.stars, standard.rated, urgent.stars) == (4.0, 2, None)
    assert standard.came_back == Share(1, 3)
    assert standard.first_contact == Share(1, 3)  # the first; the second came back, the third was handed on
    assert standard.first_level == Share(2, 3)
    assert urgent.first_contact == Share(1, 1)
    # in hand: 2 h; 10 min + 60 min + 60 min; 1 h at the helpdesk and 3 h in the network
    assert standard.hands_s == 2 * HOUR + 130 * MINUTE + 1 * HOUR + 3 * HOUR
    helpdesk_hours, network_hours = 2 + 130 / 60 + 1, 3
    assert standard.cost == pytest.approx(helpdesk_hours * 900 + network_hours * 1500)
    assert standard.price == pytest.approx(standard.cost)
    assert urgent.cost == pytest.approx(50 / 60 * 900)
    assert urgent.price == pytest.approx(50 / 60 * 900 * 1.6)
    assert urgent.against(standard) == pytest.approx(50 / 60 * 900 * 1.6 / (standard.cost / 3))
    assert standard.times["claim"] == (30 * MINUTE, 90 * MINUTE)
    # used of the promise: 2 h 30; 220 min - 60 waiting + 60 again; 5 h
    assert standard.times["resolution"] == (220 * MINUTE, 5 * HOUR)
    assert standard.times["life"] == (3 * HOUR, 5 * HOUR)


def test_the_time_lost_in_self_help_before_a_ticket_is_told_apart_from_ours(
    tx: Connection, shipped: Desk, period: tuple[int, int]
) -> None:
    lived(tx, shipped)
    assert "before" not in report(tx, shipped, *period, "class").total.times
    for number, minutes in ((1, 4), (2, 9)):
        tx.execute(insert(schema.runs).values(**RUN, id=number, started_at=MONDAY - minutes * MINUTE))
        mine = schema.tickets.c.id == first(tx) + number - 1
        tx.execute(update(schema.tickets).where(mine).values(run=number))
    found = report(tx, shipped, *period, "class")
    assert found.total.times["before"] == (4 * MINUTE, 9 * MINUTE)
    assert found.total.times["life"] == (3 * HOUR, 5 * HOUR)
    assert "in self-help before it: usually within 4 min, nine times out of ten within 9 min" in as_words(
        found, shipped, speak.voice("en"), MONDAY + 7 * DAY
    )
    assert json.loads(as_json(found))["groups"][-1]["before_p50_s"] == 4 * MINUTE


RUN = {"person": ANNA, "scenario": "printer", "version": "", "status": "ticket", "seq": 3, "step": "s"}
RUN |= {"awaits": "nothing", "language": "ru", "state": "{}", "view": "{}", "updated_at": MONDAY}


def first(tx: Connection) -> int:
    number = tx.scalar(select(func.min(schema.tickets.c.id)))
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("rule", {"default": 3, "p2": 1}),
        ("priority", {"P1": 0, "P2": 1, "P3": 3, "P4": 0}),
        ("category", {"printing": 4}),
        ("team", {"helpdesk": 4}),  # independent of who did the work, the first team is accountable
    ],
)
def test_the_same_tickets_are_counted_by_anything(
    tx: Connection, shipped: Desk, period: tuple[int, int], by: str, groups: dict[str, int]
) -> None:
    lived(tx, shipped)
    found = report(tx, shipped, *period, by)
    assert {one.group: one.tickets for one in found.groups} == groups
    assert found.total.tickets == 4


def test_another_week_has_nothing_in_it(tx: Connection, shipped: Desk, period: tuple[int, int]) -> None:
    lived(tx, shipped)
    found = report(tx, shipped, period[1], period[1] + 7 * DAY, "class")
    assert (found.total.tickets, found.total.kept["claim"], found.total.stars) == (0, Share(0, 0), None)
    assert "ничего не закончено" in as_words(found, shipped, speak.voice("ru"), period[1])


def test_a_lifted_breach_is_shown_and_not_counted(
    tx: Connection, shipped: Desk, period: tuple[int, int]
) -> None:
    lived(tx, shipped)
    voiding.void(work(tx, MONDAY + DAY), 2, directory.get(tx, MARINA), "claim the mail server was down")
    standard = by_group(report(tx, shipped, *period, "class"))["standard"]
    assert (standard.kept["claim"], standard.voided) == (Share(2, 2), 1)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_few_of_a_few_are_never_a_per_cent(
    tx: Connection, shipped: Desk, period: tuple[int, int], language: str
) -> None:
    lived(tx, shipped)
    said = as_words(report(tx, shipped, *period, "class"), shipped, speak.voice(language), period[1])
    assert "2/3" in said
    assert "67 %" not in said
    assert "✅" not in said
    assert len(said) < 4096
    assert {"ru": "Обычный", "en": "Standard"}[language] in said
    assert {"ru": "Критический", "en": "Critical"}[language] not in said  # without tickets


def test_the_sheet_and_the_json_say_the_same(tx: Connection, shipped: Desk, period: tuple[int, int]) -> None:
    lived(tx, shipped)
    found = report(tx, shipped, *period, "class")
    told = json.loads(as_json(found))["groups"]
    rows = list(csv.DictReader(io.StringIO(as_sheet(found))))
    assert [row["group"] for row in rows] == ["critical", "urgent", "standard", "all"]
    assert [
        {key: str(value if value is not None else "") for key, value in one.items()} for one in told
    ] == rows


def test_the_hours_in_which_the_bot_was_down_are_marked(
    tx: Connection, shipped: Desk, period: tuple[int, int]
) -> None:
    tx.execute(insert(schema.gaps).values(began_at=MONDAY, ended_at=MONDAY + HOUR))
    tx.execute(insert(schema.gaps).values(began_at=MONDAY - 9 * DAY, ended_at=MONDAY - 8 * DAY))
    found = report(tx, shipped, *period, "class")
    assert found.gaps == ((MONDAY, MONDAY + HOUR),)
    assert "⏸" in as_words(found, shipped, speak.voice("en"), period[1])


def test_a_supervisor_asks_for_quality_and_an_engineer_may_not(tx: Connection, shipped: Desk) -> None:
    lived(tx, shipped)
    marina, oleg = directory.get(tx, MARINA), directory.get(tx, OLEG)
    assert commands.quality(work(tx, MONDAY), typed(marina, "supervisors", "/quality 14")) is None
    [row] = [row for row in outgoing(tx, "supervisors") if row.card == "quality"]
    assert row.about == "quality:14"
    assert "Обычный" in quality(work(tx, MONDAY + 7 * DAY, shipped), row.about, "supervisors").text
    with pytest.raises(NotAllowed):
        commands.quality(work(tx, MONDAY), typed(oleg, "team:helpdesk", "/quality"))


def test_a_percentile_is_a_value_that_happened() -> None:
    assert percentile([5], 90) == 5
    assert percentile(list(range(1, 11)), 50) == 5
    assert percentile(list(range(1, 11)), 90) == 9


def test_a_promise_that_is_broken_counts_as_missed_before_the_late_act(
    tx: Connection, shipped: Desk, period: tuple[int, int]
) -> None:
    opened(tx, shipped, MONDAY, "blocked", "company")  # P1, not claimed by anyone
    held = opened(tx, shipped, MONDAY)
    actions.claim(work(tx, MONDAY, shipped), held, directory.get(tx, OLEG))
    ring_until(tx, shipped, MONDAY + 5 * HOUR)
    found = by_group(report(tx, shipped, *period, "class"))
    critical, standard = found["critical"], found["standard"]
    assert (critical.kept["claim"], critical.kept["response"]) == (Share(0, 1), Share(0, 1))
    assert (standard.kept["claim"], standard.kept["response"]) == (Share(1, 1), Share(0, 1))
    assert "claim" not in critical.times
    words = as_words(report(tx, shipped, *period, "class"), shipped, speak.voice("en"), MONDAY + 6 * HOUR)
    assert shipped.services["critical"].title["en"] in words
    earlier = report(tx, shipped, period[0], MONDAY, "class")
    assert earlier.total.kept["claim"] == Share(0, 0)


def test_a_queue_says_what_is_late_and_by_how_much(tx: Connection, shipped: Desk) -> None:
    number = opened(tx, shipped, MONDAY)
    tx.execute(update(schema.outbox).values(state="sent"))
    ring_until(tx, shipped, MONDAY + 2 * HOUR)
    assert "team_card" in {row.card for row in outgoing(tx, "team:helpdesk")}
    unit = work(tx, MONDAY + 2 * HOUR, house_of(shipped))
    assert "не взята, опоздание 1 ч" in cards.queue(unit, "queue:helpdesk", "team:helpdesk").text
    assert "просрочено: 1" in load.drawing(unit, "load:all", "supervisors").text
    team = cards.team_card(unit, f"ticket:{number}", "team:helpdesk")
    assert team is not None
    assert "взять: просрочено, срок был сегодня в 11:00" in team.text
    actions.claim(unit, number, directory.get(tx, OLEG))
    assert "без ответа, опоздание" in load.my_tickets(unit, f"person:{OLEG}", f"person:{OLEG}").text
