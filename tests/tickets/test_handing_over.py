"""Hand-over by instruction: allowed teams, facts to know first, and teams without a chat."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, delete, select

from bot.conversation import exchange
from bot.people.access import NotAllowed
from bot.sla.policy import Desk
from bot.storage.schema import chats, outbox, prompts
from bot.teamdesk import canned, cards, menu_presses, presses
from bot.telegram.buttons import HandTo
from bot.tickets import actions, briefing, handover, store
from bot.tickets.ticket import State, Ticket
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MARINA,
    MONDAY,
    NETWORK,
    NINA,
    OLEG,
    PETR,
    SVETA,
    claimed,
    house_of,
    message,
    said,
    shown,
    who,
)
from tests.tickets.test_dropped_names import without
from tests.units import work

NOTE = "ролик новый, не тянет"


def held(tx: Connection, desk: Desk, **draft: object) -> Ticket:
    """Oleg's ticket about a computer whose number is unknown."""
    return claimed(tx, desk, **{"category": "hardware", "summary": "Ноутбук молчит"} | draft)


def answer(tx: Connection, desk: Desk, words: str, person: int = OLEG) -> None:
    """The engineer answers the newest question."""
    asked = tx.execute(select(prompts).order_by(prompts.c.id.desc())).first()
    assert asked is not None
    number = 900 + asked.id
    tx.execute(prompts.update().where(prompts.c.id == asked.id).values(message=number))
    presses.wrote(work(tx, MONDAY, desk), who(tx, person), HELPDESK, message(1, words, reply_to=number))


def test_what_must_be_known_is_asked_before_a_ticket_is_handed_over(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped)
    menu_presses.choose(work(tx, MONDAY, shipped), HandTo(ticket.id, "admins"), who(tx, OLEG), HELPDESK)
    assert said(tx, HELPDESK)[-1] == "prompt.know"
    answer(tx, shipped, "NB-3-02")
    assert store.get(tx, ticket.id).transcript == [("Номер с наклейки?", "NB-3-02")]
    assert said(tx, HELPDESK)[-2:] == ["prompt.transfer", "transfer.noted"]
    answer(tx, shipped, NOTE)
    given = store.get(tx, ticket.id)
    assert (given.team, given.note) == ("admins", NOTE)


def test_a_typed_hand_over_keeps_its_note_while_a_fact_is_asked(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped)
    line = handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "admins", NOTE)
    assert line.key == "transfer.first"
    assert store.get(tx, ticket.id).team == "helpdesk"
    answer(tx, shipped, "NB-3-02")
    given = store.get(tx, ticket.id)
    assert (given.team, given.note) == ("admins", NOTE)


@pytest.mark.parametrize("note", ["", NOTE])
def test_a_fact_that_is_told_after_the_team_has_gone_asks_for_no_note(
    tx: Connection, shipped: Desk, note: str
) -> None:
    ticket, unit = held(tx, shipped), work(tx, MONDAY, shipped)
    missing = briefing.missing(shipped, ticket)
    assert missing is not None
    briefing.ask(unit, HELPDESK, ticket, who(tx, OLEG), missing, briefing.Wish("vendor", note))
    answer(tx, without("teams", "vendor"), "NB-3-02")
    assert said(tx, HELPDESK)[-1] == "transfer.unknown"
    assert tx.execute(select(prompts)).all() == []
    kept = store.get(tx, ticket.id)
    assert (kept.team, kept.transcript) == ("helpdesk", [("Номер с наклейки?", "NB-3-02")])


def test_what_the_employee_has_said_is_not_asked_again(tx: Connection, shipped: Desk) -> None:
    for known in ({"summary": "Молчит NB-3-02"}, {"transcript": [("Номер?", "nb-1-01")]}):
        assert briefing.missing(shipped, held(tx, shipped, **known)) is None
    assert briefing.missing(shipped, held(tx, shipped)) is not None


def test_a_ticket_goes_only_where_its_instruction_leads(tx: Connection, shipped: Desk) -> None:
    ticket = held(tx, shipped, summary="Молчит NB-3-02")
    line = handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "testers", NOTE)
    assert (line.key, store.get(tx, ticket.id).team) == ("transfer.not_by_instruction", "helpdesk")
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), "testers", NOTE)
    assert store.get(tx, ticket.id).team == "testers", "a supervisor decides what no instruction foresees"


def away(tx: Connection, desk: Desk, team: str = "vendor") -> int:
    """Oleg's ticket, handed to a team that has no chat."""
    tx.execute(delete(chats).where(chats.c.key == f"team:{team}"))
    ticket = held(tx, desk, summary="Молчит NB-3-02")
    handover.transfer(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), team, NOTE)
    return ticket.id


def test_a_team_without_a_chat_is_told_in_private_and_the_card_stays(tx: Connection, shipped: Desk) -> None:
    ticket = away(tx, shipped, "network")
    assert "handed.privately" in said(tx, f"person:{NINA}")
    assert said(tx, HELPDESK)[-1] == "handed.told"
    assert shown(tx, "team:network") == set()
    card = cards.team_card(work(tx, MONDAY, house_of(shipped)), f"ticket:{ticket}", HELPDESK)
    assert card is not None
    assert "своего чата у неё нет" in card.text
    assert [button.label for row in card.keyboard for button in row] == [
        "Вернуть себе…",
        "Инструкция",
        "Ещё…",
    ]


def test_a_team_in_which_nobody_can_be_told_is_no_silence(tx: Connection, shipped: Desk) -> None:
    away(tx, shipped)
    assert said(tx, HELPDESK)[-1] == "handed.nobody"
    assert said(tx, "supervisors")[-1] == "handed.nobody"


def test_the_accountable_team_takes_back_what_it_handed_over(tx: Connection, shipped: Desk) -> None:
    ticket = away(tx, shipped)
    with pytest.raises(NotAllowed):
        handover.give_back(work(tx, MONDAY, shipped), ticket, who(tx, NINA), "не моё")
    handover.give_back(work(tx, MONDAY, shipped), ticket, who(tx, PETR), "поставщик заменил узел")
    back = store.get(tx, ticket)
    assert (back.team, back.state, back.note) == ("helpdesk", State.HANDED, "поставщик заменил узел")
    actions.claim(work(tx, MONDAY, shipped), ticket, who(tx, SVETA))


def _handed_and_given_back(tx: Connection, desk: Desk) -> int:
    ticket = claimed(tx, desk)
    handover.transfer(work(tx, MONDAY, desk), ticket.id, who(tx, OLEG), "network", NOTE)
    actions.claim(work(tx, MONDAY, desk), ticket.id, who(tx, NINA))
    line = handover.give_back(work(tx, MONDAY, desk), ticket.id, who(tx, NINA), "дело в кабеле")
    assert (line.key, line.facts["team"]) == ("return.done", "Первая линия")
    return ticket.id


def test_who_gives_a_ticket_back_is_not_called_accountable_for_it(tx: Connection, shipped: Desk) -> None:
    number = _handed_and_given_back(tx, shipped)
    unit = work(tx, MONDAY, house_of(shipped))
    theirs = cards.team_card(unit, f"ticket:{number}", NETWORK)
    assert theirs is not None
    assert "Отвечаем мы" not in theirs.text
    mine = cards.ticket_card(unit, f"ticket:{number}", f"person:{ANNA}")
    assert mine is not None
    assert "специалистам" not in mine.text
    assert "снова у команды «Первая линия»" in mine.text


def test_a_new_team_reads_what_both_sides_had_said_in_order_and_signed(tx: Connection, shipped: Desk) -> None:
    ticket, long = claimed(tx, shipped), " и посмотрю порт" * 20
    said_by = (
        (OLEG, HELPDESK, "Какой у вас порт?"),
        (ANNA, f"person:{ANNA}", "Двенадцатый"),
        (OLEG, HELPDESK, "Приду в 15:00" + long),
    )
    for number, (person, chat, words) in enumerate(said_by):
        unit, one = work(tx, MONDAY + number, shipped), message(50 + number, words, at=MONDAY + number)
        exchange.carry(unit, store.get(tx, ticket.id), chat, who(tx, person), one)
    canned.send(work(tx, MONDAY + 9, shipped), ticket.id, who(tx, OLEG), next(iter(shipped.file.replies)))
    handover.transfer(work(tx, MONDAY + 9, shipped), ticket.id, who(tx, OLEG), "network", NOTE)
    told = [
        row.params.get("facts", {}).get("text") or row.params["message_id"]
        for row in tx.execute(select(outbox).where(outbox.c.chat == NETWORK).order_by(outbox.c.id))
        if row.method == "copyMessage" or (row.params or {}).get("line") == "team.said_before"
    ]
    assert told == ["Какой у вас порт?", 51, 52, told[3]]


def test_a_short_talk_is_on_the_card_of_the_new_team_and_not_in_messages(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    for number in range(6):
        unit, one = (
            work(tx, MONDAY + number, shipped),
            message(50 + number, f"слово {number}", at=MONDAY + number),
        )
        exchange.carry(unit, store.get(tx, ticket.id), f"person:{ANNA}", who(tx, ANNA), one)
    handover.transfer(work(tx, MONDAY + 9, shipped), ticket.id, who(tx, OLEG), "network", NOTE)
    assert not [row for row in tx.execute(select(outbox).where(outbox.c.chat == NETWORK)) if not row.card]
    card = cards.team_card(work(tx, MONDAY + 9, house_of(shipped)), ticket.about, NETWORK)
    assert card is not None
    assert [f"слово {number}" in card.text for number in range(6)] == [True] * 6
