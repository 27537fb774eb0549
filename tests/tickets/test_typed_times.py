"""Times that people type are read by their own clock, and the answer says so where that is not the desk's."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.keys import PersonChat
from bot.problems import declaring
from bot.sla.policy import Desk
from bot.storage.schema import outages, people
from bot.tickets import planning
from tests.tickets.company import MARINA, MONDAY, OLEG, at, claimed, house_of, said, who
from tests.units import work

OMSK = "Asia/Omsk"
OUTAGE = "printing до 16:00 Не печатают принтеры на 3 этаже. Обход: нет"


def lives_in(tx: Connection, person: int, zone: str) -> None:
    tx.execute(update(people).where(people.c.id == person).values(zone=zone))


def test_an_engineer_in_omsk_proposes_an_hour_of_omsk(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    lives_in(tx, OLEG, OMSK)
    line = planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "25.11 14:00")
    assert planning.proposed(tx, ticket) == at("2026-11-25 11:00")
    assert str(line.facts["when"]).endswith("14:00 (Омск, UTC+6)")


def test_a_time_by_the_desks_own_clock_names_no_zone(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    lives_in(tx, OLEG, "Europe/Minsk")  # another zone, the same clock
    line = planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "25.11 14:00")
    assert planning.proposed(tx, ticket) == at("2026-11-25 14:00")
    assert str(line.facts["when"]).endswith("14:00")


def test_a_day_that_is_over_in_omsk_alone_is_over_for_its_engineer(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    lives_in(tx, OLEG, OMSK)
    line = planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "23.11 12:30")
    assert line.key == "schedule.past"  # 12:30 in Omsk is 9:30 in Moscow, where it is ten


def test_the_next_message_of_an_outage_is_promised_by_the_supervisors_clock(
    tx: Connection, shipped: Desk
) -> None:
    lives_in(tx, MARINA, OMSK)
    declaring.declare(work(tx, MONDAY, house_of(shipped)), who(tx, MARINA), OUTAGE, PersonChat(MARINA))
    assert tx.scalars(select(outages.c.next_at)).all() == [at("2026-11-23 13:00")]
    assert "outage.promised" in said(tx, PersonChat(MARINA))


def test_a_supervisor_on_the_desks_clock_reads_nothing_of_zones(tx: Connection, shipped: Desk) -> None:
    declaring.declare(work(tx, MONDAY, house_of(shipped)), who(tx, MARINA), OUTAGE, PersonChat(MARINA))
    assert tx.scalars(select(outages.c.next_at)).all() == [at("2026-11-23 16:00")]
    assert "outage.promised" not in said(tx, PersonChat(MARINA))
