"""Words go by their age, as desk.yaml says, and the notice about them is shown once (T24)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, func, insert, select, update

from bot.accounts import consent, housekeeping
from bot.config.config import Config
from bot.keys import NoticeRef
from bot.sla.person_limits import DAY, KeepDays, Notice, Privacy
from bot.sla.policy import Desk
from bot.storage import schema
from bot.telegram.buttons import AgreeToNotice
from bot.tickets import store
from tests.tickets.company import ANNA, MONDAY, closed, house_of, opened, shown, who
from tests.units import work


def house_with(desk: Desk, privacy: Privacy) -> Config:
    return house_of(replace(desk, file=desk.file.model_copy(update={"privacy": privacy})))


def test_what_is_due_is_found_by_the_days_of_desk_yaml(tx: Connection, shipped: Desk) -> None:
    house = house_with(shipped, Privacy(keep_days=KeepDays(tickets=10, relays=5, answers=3, leavers=7)))
    ticket, _ = closed(tx, shipped), opened(tx, shipped)
    relay = {
        "ticket": ticket.id,
        "toward": "team",
        "author": ANNA,
        "from_chat": "person:1",
        "to_chat": "team:x",
    }
    tx.execute(insert(schema.relays).values(**relay, from_place=1001, from_message=5, at=1))
    run = {"person": ANNA, "scenario": "printer", "version": "v", "seq": 1, "step": "s", "awaits": "nothing"}
    run |= {"language": "ru", "state": '{"words": "тайна"}', "view": '{"title": "t"}', "started_at": 1}
    for status in ("ticket", "left", "open"):
        tx.execute(insert(schema.runs).values(**run, status=status, updated_at=MONDAY))
    finds = (housekeeping._old_tickets, housekeeping._old_talk, housekeeping._old_runs)

    def due(days: int) -> list[int]:
        return [len(find(work(tx, MONDAY + days * DAY, house))) for find in finds]

    assert [due(days) for days in (3, 4, 6, 11)] == [[0, 0, 0], [0, 0, 2], [0, 1, 2], [1, 1, 2]]


def test_a_run_without_answers_can_still_be_drawn_and_is_not_resumed(tx: Connection) -> None:
    row = {"person": ANNA, "scenario": "printer", "version": "v", "seq": 3, "step": "s", "awaits": "text"}
    row |= {"language": "ru", "state": '{"words": "тайна"}', "last": "тайна", "pending": "тайна"}
    view = (
        '{"title":"t","step":"printer/s","step_no":2,"parts":["тайна"],"options":[["a","тайна"]],"media":[]}'
    )
    tx.execute(insert(schema.runs).values(**row, view=view, status="left", started_at=1, updated_at=2))
    number = tx.scalar(select(schema.runs.c.id))
    assert number is not None
    housekeeping.erasing.empty_runs(work(tx, MONDAY), [number])
    kept = tx.execute(select(schema.runs)).mappings().one()
    assert "тайна" not in str(dict(kept))
    assert (kept["status"], kept["state"]) == ("expired", "")


def test_a_leaver_without_open_tickets_is_erased_by_a_timer(tx: Connection, shipped: Desk) -> None:
    house = house_with(shipped, Privacy(keep_days=KeepDays(leavers=7)))
    ticket = opened(tx, shipped)
    tx.execute(update(schema.people).where(schema.people.c.id == ANNA).values(active=0, left_at=MONDAY))
    wanted = select(func.count()).select_from(schema.timers).where(schema.timers.c.kind == "erase")
    housekeeping._leavers(work(tx, MONDAY + 8 * DAY, house))
    assert tx.scalar(wanted) == 0
    store.change(tx, ticket, closed_at=MONDAY)
    housekeeping._leavers(work(tx, MONDAY + 8 * DAY, house))
    assert tx.scalar(wanted) == 1


def test_the_notice_is_shown_once_for_each_version_and_the_answer_is_kept(
    tx: Connection, shipped: Desk
) -> None:
    first = house_with(shipped, Privacy(notice=Notice(version=1, text={"ru": "Храним год"})))
    second = house_with(shipped, Privacy(notice=Notice(version=2, text={"ru": "Храним два года"})))
    anna = who(tx, ANNA)
    assert not consent.is_due(work(tx, MONDAY, house_of(shipped)), anna)
    assert consent.is_due(work(tx, MONDAY, first), anna)
    consent.ask(work(tx, MONDAY, first), anna)
    assert not consent.is_due(work(tx, MONDAY, first), anna)
    assert shown(tx, anna.key) == {"notice"}
    consent.press(work(tx, MONDAY + 9, first), anna, AgreeToNotice(1))
    consent.press(work(tx, MONDAY + 99, first), anna, AgreeToNotice(1))
    drawn = consent.card(work(tx, MONDAY, first), NoticeRef(1), anna.key)
    assert drawn is not None
    assert (drawn.text, drawn.keyboard) == ("Храним год", [])
    assert consent.is_due(work(tx, MONDAY, second), anna)
    assert consent.card(work(tx, MONDAY, second), NoticeRef(1), anna.key) is None
    kept = [tuple(row) for row in tx.execute(select(schema.consents))]
    assert kept == [(ANNA, 1, MONDAY, MONDAY + 9)]
