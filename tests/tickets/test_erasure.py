"""What a person wrote and who they are can be erased: nothing of it is left in any table, and every figure stays (T24)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, Text, func, insert, select, update

from bot.accounts import erasure, forgetting
from bot.accounts.erasure import ErasureScope, Progress, StillOpen
from bot.keys import ADMINS
from bot.people import directory
from bot.people.access import NotAllowed
from bot.problems.detection import ledger
from bot.problems.detection.days import DayKinds
from bot.problems.detection.usual import HOUR, WEEK
from bot.sla.policy import Desk
from bot.storage import audit_trail, erasing, exporting, kv, schema, sealing
from bot.storage.personal import COLUMNS, Whose, theirs
from bot.telegram import outbox
from bot.telegram.buttons import ErasePerson, ForgetMe, KeepMe, KeepPerson
from bot.tickets import closing, store
from bot.timers import timers
from tests.tickets.company import ANNA, BORIS, IGOR, MONDAY, OLEG, closed, house_of, opened, said, who
from tests.units import work

CANARY = "Канарейкина"
ACCOUNT = 7_700_123_456
DAY = 86_400
FIGURES = ("tickets", "history", "clocks", "segments", "run_events", "readings", "links")
INTACT = {
    "people",
    "outbox",
    "inbox",
    "posts",
}  # tables whose rows a person may keep when only words are erased


def a_day(tx: Connection, desk: Desk) -> Whose:
    """Anna has written everywhere, and every personal column of hers has the same word in it."""
    tx.execute(
        update(schema.people).where(schema.people.c.id == ANNA).values(telegram_id=ACCOUNT, username="kanar")
    )
    whose = Whose(ANNA, f"person:{ANNA}", ACCOUNT)
    ticket = closed(tx, desk, words=CANARY)
    closing.comment(work(tx, MONDAY), ticket.id, who(tx, ANNA), CANARY)
    rows: dict[str, dict[str, Any]] = {
        "runs": {
            "person": ANNA,
            "scenario": "printer",
            "version": "v",
            "status": "ticket",
            "seq": 1,
            "step": "s",
        }
        | {
            "awaits": "nothing",
            "language": "ru",
            "state": "{}",
            "view": "{}",
            "started_at": 1,
            "updated_at": 1,
        },
        "utterances": {
            "person": ANNA,
            "message": 1,
            "text": "",
            "decision": "none",
            "candidates": [],
            "at": 1,
        },
        "lessons": {"utterance": 1, "person": ANNA, "text": "", "state": "kept", "at": 1},
        "teaching": {"person": ANNA, "answer": "yes", "at": 1},
        "searches": {"person": ANNA, "chat": whose.key, "at": 1},
        "readings": {"person": ANNA, "chat": whose.key, "article": "vpn", "at": 1, "helped": 1},
        "awaited": {"person": ANNA, "what": "articles", "at": 1},
        "approvals": {"ticket": ticket.id, "approver": OLEG, "state": "approved", "asked_at": 1},
        "relays": {
            "ticket": ticket.id,
            "toward": "team",
            "author": ANNA,
            "from_chat": whose.key,
            "to_chat": "team:x",
        }
        | {"from_place": ACCOUNT, "from_message": 5, "at": 1},
        "inbox": {"update_id": 1, "lane": ACCOUNT, "received_at": 1, "payload": "", "state": "done"},
    }
    for table, row in rows.items():
        tx.execute(insert(schema.metadata.tables[table]).values(row))
    run = tx.scalar(select(schema.runs.c.id))
    tx.execute(insert(schema.run_events).values(run=run, seq=1, step="s", kind="press", to_step="t", at=1))
    outbox.line(work(tx, MONDAY), ADMINS, "person.unreachable", {"who": CANARY, "number": 1})
    tx.execute(
        insert(schema.inbox).values(
            update_id=2, lane=-1001, received_at=1, payload=f'{{"from": {{"id": {ACCOUNT}}}}}', state="done"
        )
    )
    escaped = {"update_id": 3, "lane": -1001, "received_at": 1, "state": "done"}
    tx.execute(insert(schema.inbox).values(**escaped, payload=json.dumps({"text": f"А {CANARY}?"})))
    audit_trail.write(
        work(tx, MONDAY),
        audit_trail.AuditEntry("operator", "left", whose.key, {}, {"account": ACCOUNT, "username": "kanar"}),
    )
    tx.execute(update(schema.outbox).values(state="sent", done_at=MONDAY))
    _write_everywhere(tx, whose)
    return whose


def _write_everywhere(tx: Connection, whose: Whose) -> None:
    for table in schema.metadata.sorted_tables:
        which = theirs(table, whose)
        if which is None or table.name in ("terms", "audit", "strangers"):
            continue
        values: dict[str, Any] = {}
        for name in COLUMNS[table.name].personal:
            column = table.c[name]
            if isinstance(column.type, JSON):
                values[name] = (
                    {"words": CANARY, "team": "network"} if table.name == "history" else {"x": CANARY}
                )
            elif isinstance(column.type, Text) and name not in ("username", "signature"):
                values[name] = CANARY
        if table.name == "people":
            values |= {"roles": [], "profile": {"room": CANARY}, "staff_id": f"S-{CANARY}"}
        if table.name == "tickets":
            values |= {"transcript": [[CANARY, CANARY]], "tried": [CANARY], "tried_own": [CANARY]}
        if table.name == "runs":
            values |= {"view": f'{{"parts": ["{CANARY}"], "options": [], "media": [], "title": "t"}}'}
        if values:
            tx.execute(update(table).where(which).values(values))


def found(tx: Connection, *needles: str) -> set[str]:
    """Columns in which one of these texts, or the account, is still to be read."""
    return {
        f"{table.name}.{name}"
        for table in schema.metadata.sorted_tables
        for row in tx.execute(select(table)).mappings()
        for name, value in row.items()
        if value == ACCOUNT or any(needle in str(value) for needle in needles)
    }


def figures(tx: Connection) -> dict[str, Any]:
    counts = {
        name: tx.scalar(select(func.count()).select_from(schema.metadata.tables[name])) for name in FIGURES
    }
    told = select(schema.history.c.ticket, schema.history.c.action, schema.history.c.at)
    return counts | {"told": [tuple(row) for row in tx.execute(told.order_by(schema.history.c.id))]}


def erased(tx: Connection, scope: ErasureScope) -> int:
    """Carry an erasure out to its end; returns how many units it took."""
    now: Progress | None = Progress(scope)
    units = 0
    while now is not None:
        now = erasure.step(work(tx, MONDAY + DAY), directory.get(tx, ANNA), now, "operator")
        units += 1
    return units


def test_of_an_erased_person_no_table_has_a_word_a_name_or_an_account(tx: Connection, shipped: Desk) -> None:
    a_day(tx, shipped)
    assert {"tickets.words", "people.name", "outbox.params", "inbox.payload", "history.data"} <= found(
        tx, CANARY
    )
    before = figures(tx)
    erased(tx, ErasureScope.ALL)
    assert found(tx, CANARY, json.dumps(CANARY)[1:-1], "kanar", str(ACCOUNT)) == set()
    assert tx.scalar(select(func.count()).select_from(schema.terms)) == 0
    assert figures(tx) == before
    gone = directory.get(tx, ANNA)
    assert (gone.active, gone.name, gone.telegram_id) == (False, f"erased-{ANNA}", None)
    assert directory.get(tx, BORIS).active


def test_what_others_wrote_is_untouched(tx: Connection, shipped: Desk) -> None:
    a_day(tx, shipped)
    other = opened(tx, shipped, person=BORIS, summary="Борисов принтер", words="борисово")
    erased(tx, ErasureScope.ALL)
    kept = tx.execute(select(schema.tickets).where(schema.tickets.c.id == other.id)).mappings().one()
    assert (kept["summary"], kept["words"], kept["emptied_at"]) == ("Борисов принтер", "борисово", None)


def test_a_person_who_asks_to_be_forgotten_keeps_their_account_and_loses_their_words(
    tx: Connection, shipped: Desk
) -> None:
    a_day(tx, shipped)
    erased(tx, ErasureScope.WORDS)
    left = {place.split(".")[0] for place in found(tx, CANARY)}
    assert left <= INTACT
    assert directory.known(tx, ACCOUNT) == who(tx, ANNA)
    assert said(tx, f"person:{ANNA}")[-1] == "forget.done"


def test_the_audit_trail_and_the_sealed_history_hold_after_an_erasure(tx: Connection, shipped: Desk) -> None:
    a_day(tx, shipped)
    assert sealing.seal(work(tx, MONDAY + 2 * DAY)) > 0
    erased(tx, ErasureScope.ALL)
    assert audit_trail.verify(tx).holds
    assert sealing.broken(tx) == []
    newest = audit_trail.newest(tx, 1)[0].entry
    assert (newest.action, newest.about, newest.personal) == ("erased", f"person:{ANNA}", {})


@pytest.mark.parametrize(
    "change", [{"actor": "person:5"}, {"action": "claim"}, {"at": 1}, {"data": {"team": "x"}}]
)
def test_an_altered_row_of_sealed_history_is_found(
    tx: Connection, shipped: Desk, change: dict[str, Any]
) -> None:
    closed(tx, shipped)
    sealing.seal(work(tx, MONDAY + 2 * DAY))
    first = tx.scalar(select(func.min(schema.history.c.id)))
    tx.execute(update(schema.history).where(schema.history.c.id == first).values(change))
    assert len(sealing.broken(tx)) == 1


def test_a_deleted_row_of_sealed_history_is_found(tx: Connection, shipped: Desk) -> None:
    closed(tx, shipped)
    sealing.seal(work(tx, MONDAY + 2 * DAY))
    last = tx.scalar(select(func.max(schema.history.c.id)))
    tx.execute(schema.history.delete().where(schema.history.c.id == last))
    assert len(sealing.broken(tx)) == 1


def test_an_erasure_waits_for_open_tickets(tx: Connection, shipped: Desk) -> None:
    ticket = opened(tx, shipped)
    with pytest.raises(StillOpen) as refused:
        erasure.check(work(tx, MONDAY), ANNA)
    assert refused.value.numbers == [ticket.id]


def test_forget_asks_once_and_then_works_by_its_timer(tx: Connection, shipped: Desk) -> None:
    a_day(tx, shipped)
    house, anna = house_of(shipped), who(tx, ANNA)
    assert forgetting.press(work(tx, MONDAY), anna, KeepMe(ANNA)).key == "forget.kept"
    assert forgetting.press(work(tx, MONDAY), anna, ForgetMe(BORIS)).key == "unknown.button"
    assert forgetting.press(work(tx, MONDAY), anna, ForgetMe(ANNA)).key == "forget.begins"
    rung = 0
    while timers.ring(work(tx, MONDAY + rung, house), {erasure.TIMER: erasure.ring, **_unheard(tx)}):
        rung += 1
    assert "forget.done" in said(tx, anna.key)
    assert not {"tickets.words", "history.data"} & found(tx, CANARY)


def test_an_administrator_erases_a_person_after_one_question(tx: Connection, shipped: Desk) -> None:
    house, igor = house_of(shipped), who(tx, IGOR)
    ticket = opened(tx, shipped)
    assert forgetting.ask_to_erase(work(tx, MONDAY), igor, who(tx, ANNA)) is not None
    assert forgetting.decide(work(tx, MONDAY), igor, ErasePerson(ANNA)).key == "erase.opened"
    store.change(tx, ticket, closed_at=MONDAY)
    assert forgetting.ask_to_erase(work(tx, MONDAY), igor, who(tx, ANNA)) is None
    with pytest.raises(NotAllowed):
        forgetting.decide(work(tx, MONDAY), who(tx, OLEG), ErasePerson(ANNA))
    assert forgetting.decide(work(tx, MONDAY), igor, KeepPerson(ANNA)).key == "forget.kept"
    assert who(tx, ANNA).active
    assert forgetting.decide(work(tx, MONDAY), igor, ErasePerson(ANNA)).key == "forget.begins"
    assert not who(tx, ANNA).active
    while timers.ring(work(tx, MONDAY, house), {erasure.TIMER: erasure.ring, **_unheard(tx)}):
        pass
    assert who(tx, ANNA).name == f"erased-{ANNA}"


def test_an_erased_person_is_no_longer_listed_among_those_who_send_for_others(
    tx: Connection, shipped: Desk
) -> None:
    counted = {"first": 0, "rolled": 1, "hours": [0] * WEEK, "senders": {str(ANNA): 5, str(BORIS): 6}}
    kv.put(tx, kv.COUNTED, json.dumps(counted))
    for scope, left in ((ErasureScope.WORDS, {ANNA, BORIS}), (ErasureScope.ALL, {BORIS})):
        going: Progress | None = Progress(scope)
        while going is not None:
            going = erasure.step(work(tx, MONDAY), who(tx, ANNA), going, "person:6")
        senders = ledger.counts(tx, HOUR, DayKinds()).senders
        assert set(map(int, senders)) == left


def _unheard(tx: Connection) -> dict[str, Any]:
    kinds = set(tx.scalars(select(schema.timers.c.kind))) - {erasure.TIMER}
    return dict.fromkeys(
        kinds, lambda unit, rows: timers.settle_all(unit, [row.id for row in rows], "skipped")
    )


def test_an_export_has_every_row_about_the_person(tx: Connection, shipped: Desk) -> None:
    whose = a_day(tx, shipped)
    rows = exporting.of_person(tx, whose)
    for table, listed in rows.items():
        if table not in ("terms", "audit", "posts", "run_events", "awaited", "teaching", "readings"):
            assert CANARY in str(listed), table
    assert {"people", "tickets", "relays", "history", "runs", "searches", "audit", "inbox", "outbox"} <= set(
        rows
    )


def test_words_go_by_age_and_figures_stay(tx: Connection, shipped: Desk) -> None:
    ticket = closed(tx, shipped)
    before = figures(tx)
    assert erasing.ended_tickets(tx, MONDAY) == []
    assert erasing.ended_tickets(tx, MONDAY + 1) == [ticket.id]
    erasing.empty_tickets(work(tx, MONDAY + 366 * DAY), [ticket.id])
    assert erasing.ended_tickets(tx, MONDAY + 1) == []
    assert figures(tx) == before
    row = tx.execute(select(schema.tickets)).mappings().one()
    assert (row["summary"], row["resolution"], row["category"]) == ("", None, "printing")


def test_leavers_are_noticed_and_those_who_are_back_are_not_erased(tx: Connection) -> None:
    tx.execute(update(schema.people).where(schema.people.c.id.in_([ANNA, BORIS])).values(active=0))
    directory.notice_leavers(work(tx, MONDAY))
    tx.execute(update(schema.people).where(schema.people.c.id == BORIS).values(active=1))
    directory.notice_leavers(work(tx, MONDAY + DAY))
    assert [one.id for one in directory.left_before(tx, MONDAY + DAY)] == [ANNA]
    assert directory.left_before(tx, MONDAY) == []


def test_every_column_is_classified_and_every_personal_one_has_an_owner_or_a_time(tx: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        assert sorted(COLUMNS[table.name].all) == sorted(column.name for column in table.c), table.name
        whose = theirs(table, Whose(1, "person:1", 1))
        assert whose is not None or not COLUMNS[table.name].personal, table.name
    assert set(COLUMNS) == set(schema.metadata.tables)
