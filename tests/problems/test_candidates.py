"""A mass incident is suspected: once, with its reasons, and a supervisor decides."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from bot.app.registries import renderers
from bot.config.config import Work
from bot.keys import SUPERVISORS, CandidateRef, OutageRef
from bot.people.access import NotAllowed
from bot.people.directory import Person
from bot.problems import candidates, children, declaring, ending, reporting
from bot.problems import outages as rows
from bot.problems.detection import ledger
from bot.problems.detection.burst import FEWEST
from bot.problems.detection.days import DayKinds
from bot.problems.detection.tails import unlikeliness
from bot.problems.detection.usual import HOUR, WEEK
from bot.sla.policy import Desk
from bot.storage.schema import candidates as table
from bot.storage.schema import outages, signal_keys, signals, tallies
from bot.storage.schema import outbox as outbox_rows
from bot.tickets import actions
from bot.tickets.actions import Draft
from tests.problems.outage_company import crowd, declared, lives, news, report
from tests.tickets.company import MARINA, MONDAY, OLEG, house_of, who
from tests.units import work

DAY = 86_400


def raised(tx: Connection) -> list[candidates.MassCandidate]:
    numbers = tx.scalars(select(table.c.id).order_by(table.c.id)).all()
    return [one for number in numbers if (one := candidates.find(tx, number)) is not None]


def read(unit: Work, number: int) -> str:
    drawn = renderers()[candidates.CARD](unit, CandidateRef(number), SUPERVISORS)
    assert drawn is not None
    return drawn.text


def labels(unit: Work, number: int) -> list[str]:
    drawn = renderers()[candidates.CARD](unit, CandidateRef(number), SUPERVISORS)
    return [key.label for row in (drawn.keyboard if drawn is not None else ()) for key in row]


def calm_weeks(tx: Connection, shipped: Desk) -> list[Person]:
    """Four weeks in which the desk had two printing tickets each working day at ten; then it is Monday."""
    house, people = house_of(shipped), crowd(tx, 40)
    for day in range(-28, 0):
        if (day % 7) < 5:
            for one in (people[day % 40], people[(day + 7) % 40]):
                report(work(tx, MONDAY + day * DAY + 600, house), one, words="замялась бумага")
    return people


def test_forty_reporters_in_five_minutes_are_one_candidate_that_says_why(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    for place, one in enumerate(calm):
        report(work(tx, MONDAY + place * 7, house), one, words="Не печатает принтер")
    (found,) = raised(tx)
    unit = work(tx, MONDAY + 300, house)
    text = read(unit, found.id)
    assert "Похоже на массовый сбой: Печать" in text
    assert re.search(r"40 человек за 5 мин, обычно (меньше 0,1|0,[12])\b", text), (
        "two an hour: 0.17 in five minutes"
    )
    assert "Person 100 · Москва · 3 этаж · заявка" in text
    assert "… и ещё 25" in text
    assert FEWEST <= found.people < 10
    assert labels(unit, found.id) == ["Объявить", "Не массовый"]
    sent = tx.scalar(select(func.count()).where(outbox_rows.c.card == candidates.CARD))
    assert sent == 1


def test_one_administrator_with_many_requests_for_others_is_no_mass_incident(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    for place, one in enumerate(calm):
        unit = work(tx, MONDAY + place * 7, house)
        draft = Draft("printing", "helpdesk", "Настроить печать", author=OLEG)
        reporting.opened(unit, actions.open_ticket(unit, one, draft), "Настроить печать")
    assert raised(tx) == []


def test_people_who_ask_for_the_same_new_thing_are_no_mass_incident(tx: Connection, shipped: Desk) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    before = tx.scalar(select(func.count()).select_from(signals))
    for place, one in enumerate(calm):
        words = "Прошу подключить новый цветной принтер"
        report(work(tx, MONDAY + place * 7, house), one, words=words)
    assert raised(tx) == []
    assert tx.scalar(select(func.count()).select_from(signals)) == before


def test_what_is_usual_at_this_hour_is_no_news(tx: Connection, shipped: Desk) -> None:
    house, people = house_of(shipped), crowd(tx, 20)
    for week in range(-6, 0):
        for place, one in enumerate(people[:16]):
            report(work(tx, MONDAY + week * 7 * DAY + place * 120, house), one, words="забыл пароль")
    before = len(raised(tx))
    for place, one in enumerate(people[:16]):
        report(work(tx, MONDAY + place * 120, house), one, words="забыл пароль")
    assert len(raised(tx)) == before


def test_a_supervisor_declares_from_the_card_and_the_reporters_get_one_message(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    tickets = [
        report(work(tx, MONDAY + n * 7, house), one, words="Не печатает") for n, one in enumerate(calm)
    ]
    (found,) = raised(tx)
    unit = work(tx, MONDAY + 300, house)
    with pytest.raises(NotAllowed):
        candidates.declare(unit, found.id, who(tx, OLEG), SUPERVISORS)
    assert candidates.declare(unit, found.id, who(tx, MARINA), SUPERVISORS).key == "mass.below"
    draft = tx.execute(select(outages)).one()
    assert (draft.category, draft.office, draft.floor) == ("printing", "Москва", 3)
    assert draft.started_at == MONDAY
    news(tx)
    declaring.announce(unit, draft.id, who(tx, MARINA), SUPERVISORS)
    assert set(news(tx).values()) == {1}
    assert len(children.linked(tx, draft.id)) == len(tickets)
    late = report(work(tx, MONDAY + 400, house), who(tx, OLEG), words="Не печатает")
    assert children.standing(tx, late.id) is not None
    assert len(raised(tx)) == 1
    assert candidates.reject(unit, found.id, who(tx, MARINA)).key == "stale"


def self_declaring(shipped: Desk) -> Desk:
    written = dict(shipped.file.categories)
    written["printing"] = written["printing"].model_copy(update={"declared_by": "bot"})
    return replace(shipped, file=shipped.file.model_copy(update={"categories": written}))


def test_the_bot_declares_what_the_desk_file_lets_it_declare_once_and_says_that_it_did(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(self_declaring(shipped)), calm_weeks(tx, shipped)
    news(tx)
    for place, one in enumerate(calm):
        report(work(tx, MONDAY + place * 7, house), one, words="Не печатает принтер")
    (found,), unit = raised(tx), work(tx, MONDAY + 300, house)
    (outage,) = rows.all_open(tx)
    assert (found.state, found.outage, found.decided_by) == (candidates.DECLARED, outage.id, None)
    assert (outage.category, outage.office, outage.floor) == ("printing", "Москва", 3)
    assert len(children.linked(tx, outage.id)) == len(calm)
    assert set(news(tx).values()) == {1}
    assert f"Объявлен сбой {outage.id}." in read(unit, found.id)
    drawn = renderers()["outage"](unit, OutageRef(outage.id), SUPERVISORS)
    assert drawn is not None
    assert "бот, как сказано в desk.yaml" in drawn.text
    assert ending.withdraw(unit, outage.id, who(tx, MARINA)).key == "outage.withdrawn_short"


def test_the_bot_leaves_it_to_a_supervisor_while_an_outage_of_the_category_is_open(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(self_declaring(shipped)), calm_weeks(tx, shipped)
    declared(work(tx, MONDAY, house), "printing", office="казань")
    for place, one in enumerate(calm):
        report(work(tx, MONDAY + 1 + place * 7, house), one, words="Не печатает принтер")
    assert [one.state for one in raised(tx)] == [candidates.OPEN]


def test_a_false_alarm_makes_its_key_dearer_for_a_week(tx: Connection, shipped: Desk) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    for place, one in enumerate(calm[:8]):
        report(work(tx, MONDAY + place * 60, house), one, words="Не печатает")
    (first,) = raised(tx)
    candidates.reject(work(tx, MONDAY + 600, house), first.id, who(tx, MARINA))
    assert "Не массовый" in read(work(tx, MONDAY + 600, house), first.id)
    later = MONDAY + DAY + 5 * HOUR
    for place, one in enumerate(calm[: first.people]):
        report(work(tx, later + place * 60, house), one, words="Не печатает")
    same = [one for one in raised(tx)[1:] if one.key == first.key]
    assert same == []


def test_a_candidate_that_belongs_to_an_open_outage_is_merged_with_it(tx: Connection, shipped: Desk) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    known = declared(work(tx, MONDAY, house), "network")
    tickets = [
        report(work(tx, MONDAY + n, house), one, words="Не печатает") for n, one in enumerate(calm[:9])
    ]
    (found,) = raised(tx)
    unit = work(tx, MONDAY + 60, house)
    assert labels(unit, found.id)[-1] == f"Это сбой {known.id}"
    news(tx)
    assert candidates.merge(unit, found.id, known.id, who(tx, MARINA)).key == "candidate.merged_short"
    linked = {one.id for one in children.linked(tx, known.id)}
    assert linked <= {one.id for one in tickets}
    assert len(linked) == 9
    assert set(news(tx).values()) == {1}


def test_words_about_others_count_without_a_ticket_and_a_failed_step_does(
    tx: Connection, shipped: Desk
) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    reporting.said(work(tx, MONDAY, house), calm[0], "network", "нет сети на всём этаже, у всех")
    reporting.said(work(tx, MONDAY, house), calm[1], "network", "нет сети")
    reporting.failed(work(tx, MONDAY, house), calm[2], "network", "vpn", "restart")
    fresh = tx.execute(select(signals).where(signals.c.at == MONDAY).order_by(signals.c.id)).all()
    assert [(one.person, one.wide) for one in fresh] == [(calm[0].id, 1), (calm[2].id, 0)]
    keys = set(tx.scalars(select(signal_keys.c.key).where(signal_keys.c.signal == fresh[1].id)))
    assert {"step|vpn#restart||", "service|vpn||", "category|network|москва|3"} <= keys
    assert all("сет" not in key for key in tx.scalars(select(signal_keys.c.key)))  # words are hashed


def test_a_place_with_different_troubles_is_a_candidate_too(tx: Connection, shipped: Desk) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    there = [lives(tx, one, "Казань, 21", 2) for one in calm[:8]]
    kinds = ("printing", "network", "access", "email", "meeting", "hardware", "software", "other")
    names = set(house.desk.categories)
    for place, (one, kind) in enumerate(zip(there, kinds, strict=True)):
        category = kind if kind in names else "other"
        report(work(tx, MONDAY + place * 60, house), one, category, f"сломалось {place}")
    assert any("Казань" in read(work(tx, MONDAY + 600, house), one.id) for one in raised(tx))


def test_hours_that_are_over_are_counted_once_and_forgotten_after_eight_weeks(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    for one in (anna, anna, boris):
        report(work(tx, MONDAY, house), one)
    key, hour = "category|printing||", MONDAY // HOUR
    for later in (1, 1, 2):
        ledger.counts(tx, MONDAY + later * HOUR, DayKinds(3))
    of_key = select(tallies.c.hour, tallies.c.people).where(tallies.c.key == key).order_by(tallies.c.hour)
    assert [tuple(one) for one in tx.execute(of_key)] == [(ledger.ALL, 2), (hour, 2)]
    ledger.counts(tx, MONDAY + (9 * WEEK + 3) * HOUR, DayKinds(3))
    assert tx.execute(of_key).all() == []
    assert tx.scalar(select(func.count()).select_from(signals)) == 0


def test_a_tail_is_that_of_poisson_when_much_is_known_and_asks_for_more_when_little_is() -> None:
    assert 4.0 < unlikeliness(7, 100_000, 100_000, 1.0) < 4.2  # P(X >= 7) for a mean of 1 is 8.3e-5
    assert unlikeliness(7, 1, 1, 1.0) < unlikeliness(7, 100, 100, 1.0)
    assert unlikeliness(1, 200, 100, 1.0) == 0.0


def test_a_quiet_candidate_says_so_and_can_still_be_decided(tx: Connection, shipped: Desk) -> None:
    house, calm = house_of(shipped), calm_weeks(tx, shipped)
    for place, one in enumerate(calm[:9]):
        report(work(tx, MONDAY + place, house), one, words="Не печатает")
    report(work(tx, MONDAY + 3 * HOUR, house), calm[20], "network", "нет сети")
    (found,) = raised(tx)
    assert found.state == candidates.QUIET
    unit = work(tx, MONDAY + 3 * HOUR, house)
    assert "Новых сообщений нет уже час" in read(unit, found.id)
    assert candidates.declare(unit, found.id, who(tx, MARINA), SUPERVISORS).key == "mass.below"
    assert rows.find(tx, 1) is not None
