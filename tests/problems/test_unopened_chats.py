"""A supervisor who never wrote to the bot: it cannot begin their private chat, so it talks in the supervisors' chat."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, delete, select, update

from bot.app.registries import renderers
from bot.config.config import Work
from bot.keys import SUPERVISORS, CandidateRef, OutageRef, PersonChat, TicketRef
from bot.people import pending_question
from bot.problems import candidates, causes, children, declaring, ending, rounds
from bot.problems import outages as rows
from bot.problems.outages import Outage
from bot.selfservice import hearing, turns
from bot.sla.policy import Desk
from bot.storage.schema import candidates as suspected
from bot.storage.schema import chats, outages, outbox, posts, signals
from bot.teamdesk import mass_incident, presses
from bot.telegram import posts as cards
from bot.telegram.card import Drawing
from bot.tickets.ticket import Ticket
from tests.problems.outage_company import crowd, declared, pass_time, report
from tests.tickets.company import HELPDESK, MARINA, MONDAY, house_of, message, said, who
from tests.units import work

PRIVATE = PersonChat(MARINA)
GROUP, OWN = -100, 1008  # Telegram's numbers of the two chats, as messages have them


def for_private(tx: Connection) -> list[str]:
    """What waits for Marina's private chat, except what only tidies up."""
    waiting = tx.execute(select(outbox).where((outbox.c.chat == PRIVATE) & (outbox.c.kind != "hide"))).all()
    return [row.card or row.params.get("line", "") for row in waiting]


def a_suspicion(unit: Work, desk: Desk) -> tuple[int, Ticket]:
    """One report, and the card of a mass incident that it belongs to."""
    (anna,) = crowd(unit.tx, 1)
    ticket = report(unit, anna)
    values = {"key": "category|printing||", "state": "open", "people": 1, "window_s": 60, "usual": "0.10"}
    times = {"began_at": unit.now, "raised_at": unit.now, "last_at": unit.now}
    made = unit.tx.execute(suspected.insert().values(**values, **times).returning(suspected.c.id))
    number = int(made.scalar_one())
    unit.tx.execute(update(signals).values(candidate=number))
    return number, ticket


def card(unit: Work, number: int) -> Drawing:
    drawn = renderers()[candidates.CARD](unit, CandidateRef(number), SUPERVISORS)
    assert drawn is not None
    return drawn


def labels(unit: Work, number: int) -> list[str]:
    return [key.label for row in card(unit, number).keyboard for key in row]


def only(tx: Connection) -> Outage:
    row = rows.find(tx, tx.execute(select(outages.c.id)).scalar_one())
    assert row is not None
    return row


def posted(unit: Work, chat: str, name: str, about: str) -> None:
    cards.keep(unit, chat, name, about, 500)


def test_the_draft_from_a_suspicion_is_shown_where_it_was_pressed_and_buttons_stay_until_it_is_there(
    tx: Connection, shipped: Desk
) -> None:
    unit = work(tx, MONDAY, house_of(shipped))
    number, _ = a_suspicion(unit, shipped)
    marina = who(tx, MARINA)
    assert candidates.declare(unit, number, marina, SUPERVISORS).key == "mass.below"
    assert for_private(tx) == []
    assert labels(unit, number) == ["Объявить", "Не массовый"]  # nothing was delivered yet
    candidates.declare(unit, number, marina, SUPERVISORS)
    draft = only(tx)  # pressed again: still one draft
    posted(unit, SUPERVISORS, declaring.DRAFT_CARD, OutageRef(draft.id))
    assert labels(unit, number) == []
    assert "Черновик сбоя 1 ниже" in card(unit, number).text
    declaring.drop(unit, draft.id, marina)
    assert labels(unit, number) == ["Объявить", "Не массовый"]
    assert "решили не объявлять" in card(unit, number).text


def test_nothing_of_a_whole_outage_is_said_in_a_private_chat_that_was_never_opened(
    tx: Connection, shipped: Desk
) -> None:
    house = house_of(shipped)
    unit = work(tx, MONDAY, house)
    number, _ = a_suspicion(unit, shipped)
    marina = who(tx, MARINA)
    candidates.declare(unit, number, marina, SUPERVISORS)
    declaring.announce(unit, only(tx).id, marina, SUPERVISORS)
    assert "Объявлен сбой 1." in card(unit, number).text
    pass_time(tx, house, MONDAY + 2 * rounds.EVERY)
    unit = work(tx, MONDAY + 2 * rounds.EVERY, house)
    ending.end(unit, only(tx).id, marina)
    causes.after_outage(unit, only(tx).id, marina, SUPERVISORS)
    parent = TicketRef(only(tx).parent or 0)
    drawn = {one for one in for_private(tx) if one != "ticket_card"}
    assert drawn == set()
    assert renderers()["ticket_card"](unit, parent, PRIVATE) is None
    assert {"outage.declared", "outage.due"} <= set(said(tx, SUPERVISORS))


@pytest.mark.parametrize(
    ("is_open", "has_group", "line", "there"),
    [
        (True, True, "mass.begun", PRIVATE),
        (False, True, "mass.begun_there", SUPERVISORS),
        (False, False, "mass.no_chat", None),
    ],
)
def test_a_draft_from_a_ticket_is_claimed_to_be_only_where_it_can_be_read(
    tx: Connection, shipped: Desk, is_open: bool, has_group: bool, line: str, there: str | None
) -> None:
    unit = work(tx, MONDAY, house_of(shipped))
    (anna,) = crowd(tx, 1)
    ticket = report(unit, anna)
    tx.execute(delete(posts).where(posts.c.chat == PRIVATE))
    if is_open:
        posted(unit, PRIVATE, "menu", PRIVATE)
    if not has_group:
        tx.execute(delete(chats).where(chats.c.key == SUPERVISORS))
    assert mass_incident.press(unit, ticket, who(tx, MARINA), HELPDESK).key == line
    shown = tx.scalars(select(outbox.c.chat).where(outbox.c.card == declaring.DRAFT_CARD)).all()
    assert shown == ([there] if there else [])
    assert (tx.execute(select(outages)).first() is not None) == bool(there)


def test_what_is_asked_in_the_supervisors_chat_is_answered_there_by_a_reply_alone(
    tx: Connection, shipped: Desk
) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    outage = declared(unit)
    assert declaring.ask_for(unit, outage.id, marina, "news", SUPERVISORS).key == "prompt.below"
    assert "outage.ask.news" in said(tx, SUPERVISORS)
    assert for_private(tx) in ([], ["ticket_card"])
    tx.execute(update(outages).values(question=900))
    presses.wrote(unit, marina, SUPERVISORS, message(901, "Обедаем?", GROUP))
    presses.wrote(unit, marina, HELPDESK, message(902, "Чужой ответ", GROUP - 1, reply_to=900))
    turns.take(unit, marina, message(903, "Не туда", OWN, reply_to=900))
    assert rows.latest_news(tx, outage.id) == ""
    presses.wrote(
        unit, marina, SUPERVISORS, message(904, "Меняем диск. Следующее в 12:00", GROUP, reply_to=900)
    )
    assert rows.latest_news(tx, outage.id) == "Меняем диск."


def test_news_and_a_workaround_that_are_simply_typed_in_private_are_not_taken_for_a_problem(
    tx: Connection, shipped: Desk
) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    (anna,) = crowd(tx, 1)
    declaring.declare_for(unit, marina, report(unit, anna), PRIVATE)
    draft = only(tx)
    posted(unit, PRIVATE, declaring.DRAFT_CARD, OutageRef(draft.id))
    declaring.ask_for(unit, draft.id, marina, "workaround", PRIVATE)
    turns.take(unit, marina, message(901, "Работайте через веб-почту", OWN))
    assert (only(tx).state, only(tx).workaround) == ("draft", "Работайте через веб-почту")
    declaring.announce(unit, draft.id, marina, PRIVATE)
    declaring.ask_for(unit, draft.id, marina, "news", PRIVATE)
    turns.take(unit, marina, message(902, "Поломка у провайдера, ждём до 11:30", OWN))
    assert rows.latest_news(tx, draft.id) == "Поломка у провайдера, ждём до 11:30"
    declaring.ask_for(unit, draft.id, marina, "news", PRIVATE)
    turns.take(unit, marina, message(904, "Нашли кабель, чиним", OWN))  # sounds like danger from an employee
    assert only(tx).asked == "next"
    turns.take(unit, marina, message(905, "11:50", OWN))
    assert rows.latest_news(tx, draft.id) == "Нашли кабель, чиним"
    declaring.ask_for(unit, draft.id, marina, "news", PRIVATE)
    ending.end(unit, draft.id, marina)
    turns.take(unit, marina, message(903, "не работает мышь", OWN))  # no news are wanted any more
    assert rows.latest_news(tx, draft.id) == "Нашли кабель, чиним"
    assert pending_question.peek(unit, MARINA) is None


def test_who_declares_an_outage_is_not_treated_as_an_employee_with_its_ticket(
    tx: Connection, shipped: Desk
) -> None:
    unit, marina = work(tx, MONDAY, house_of(shipped)), who(tx, MARINA)
    outage = declared(unit)
    assert children.own_of(tx, MARINA) == []
    assert list(hearing.standing(unit, marina, "Поломка у провайдера").tickets) == []
    assert renderers()["ticket_card"](unit, TicketRef(outage.parent or 0), PRIVATE) is None
    mine = report(unit, marina, "access", "Нет доступа")
    assert [one.id for one in children.own_of(tx, MARINA)] == [mine.id]
