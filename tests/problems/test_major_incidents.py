"""A declared outage with its tickets: who reads what and how often, what becomes of each ticket."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.app.registries import renderers
from bot.config.config import Work
from bot.keys import SUPERVISORS, BannerRef, OutageRef, PersonChat, TicketRef
from bot.people import directory
from bot.problems import banners, cards, children, declaring, ending, rounds, timeline
from bot.problems import outages as rows
from bot.sla.policy import Desk
from bot.storage.schema import alerts, clocks, outage_history, outages, people
from bot.telegram import posts
from bot.telegram.buttons import Resolve
from bot.tickets import actions, closing, store
from bot.tickets.ticket import State
from tests import pressing
from tests.problems.outage_company import (
    buttons,
    crowd,
    declared,
    lives,
    news,
    pass_time,
    reads,
    report,
)
from tests.tickets.company import HELPDESK, MARINA, MONDAY, OLEG, house_of, message, said, shown, who
from tests.units import work

DAY = 86_400


def test_the_tickets_of_an_outage_have_one_parent_and_nobody_is_reminded_of_them(
    tx: Connection, shipped: Desk
) -> None:
    house = house_of(shipped)
    before = [report(work(tx, MONDAY, house), one) for one in crowd(tx, 40)]
    outage = declared(work(tx, MONDAY + 300, house))
    parent = store.get(tx, outage.parent or 0)
    assert (parent.category, parent.requester, parent.state) == ("printing", MARINA, State.NEW)
    assert [one.id for one in children.linked(tx, outage.id)] == [one.id for one in before]
    assert set(news(tx).values()) == {1}
    pass_time(tx, house, MONDAY + 2 * DAY)
    alerted = set(tx.scalars(select(alerts.c.ticket)))
    assert alerted == {parent.id}
    assert not [key for key in said(tx, HELPDESK) if key.startswith("turn")]


def test_an_outage_that_was_declared_by_mistake_is_withdrawn_and_every_ticket_goes_its_own_way(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    ticket = report(work(tx, MONDAY, house), anna)
    outage = declared(work(tx, MONDAY + 60, house))
    rows.join(work(tx, MONDAY + 90, house), outage.id, boris)
    news(tx)
    later = work(tx, MONDAY + 120, house)
    assert ending.withdraw(later, outage.id, who(tx, MARINA)).key == "outage.withdrawn_short"
    assert news(tx) == {anna.key: 1, boris.key: 1}
    assert f"<b>{ticket.id}</b> идёт обычным порядком" in reads(later, anna, outage)
    assert buttons(later, boris, outage) == ["Не работает"]
    assert ending.judge(later, outage.id, boris, rows.BROKEN).key == "outage.ticket"
    assert ending.judge(later, outage.id, boris, rows.WORKS).key == "stale"
    assert children.standing(tx, ticket.id) is None
    assert store.get(tx, outage.parent or 0).state is State.CANCELLED
    pass_time(tx, house, MONDAY + 2 * DAY)
    assert ticket.id in set(tx.scalars(select(alerts.c.ticket)))


def test_two_outages_at_once_have_each_its_own_tickets_and_readers(tx: Connection, shipped: Desk) -> None:
    house, (anna, boris, vera) = house_of(shipped), crowd(tx, 3)
    printing = declared(work(tx, MONDAY, house))
    network = declared(work(tx, MONDAY + 1, house), "network")
    first = report(work(tx, MONDAY + 2, house), anna)
    second = report(work(tx, MONDAY + 3, house), boris, "network")
    both = [report(work(tx, MONDAY + 4, house), vera, one) for one in ("printing", "network")]
    assert [one.id for one in children.linked(tx, printing.id)] == [first.id, both[0].id]
    assert [one.id for one in children.linked(tx, network.id)] == [second.id, both[1].id]
    news(tx)
    ending.end(work(tx, MONDAY + 60, house), printing.id, who(tx, MARINA))
    assert news(tx) == {anna.key: 1, vera.key: 1}
    assert children.standing(tx, second.id) is not None
    assert "Заработало?" in reads(work(tx, MONDAY + 60, house), vera, printing)


def test_a_reporter_of_another_problem_is_not_swallowed(tx: Connection, shipped: Desk) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    outage = declared(work(tx, MONDAY, house))
    rows.pass_by(work(tx, MONDAY + 1, house), outage.id, anna)
    own = report(work(tx, MONDAY + 2, house), anna, words="замяло бумагу")
    assert children.standing(tx, own.id) is None
    swallowed = report(work(tx, MONDAY + 3, house), boris, words="нужен тонер")
    unit = work(tx, MONDAY + 4, house)
    assert buttons(unit, boris, outage) == ["У меня другое"]
    assert children.differs(unit, outage.id, boris).key == "outage.apart_short"
    assert children.standing(tx, swallowed.id) is None
    assert "обычным порядком" in reads(unit, boris, outage)
    news(tx)
    ending.end(work(tx, MONDAY + 60, house), outage.id, who(tx, MARINA))
    assert news(tx) == {}
    assert {store.get(tx, one.id).state for one in (own, swallowed)} == {State.NEW}


def test_an_engineer_takes_a_ticket_apart_and_it_is_not_linked_again(tx: Connection, shipped: Desk) -> None:
    house, (anna,) = house_of(shipped), crowd(tx, 1)
    outage = declared(work(tx, MONDAY, house))
    ticket = report(work(tx, MONDAY + 1, house), anna)
    unit = work(tx, MONDAY + 2, house)
    assert children.take_apart(unit, ticket, who(tx, OLEG)).key == "outage.apart"
    assert children.take_apart(unit, ticket, who(tx, OLEG)).key == "stale"
    assert not children.adopt(unit, outage, store.get(tx, ticket.id))
    assert rows.hit(tx, outage.id) == 0


def test_it_is_fixed_for_all_but_two_and_only_theirs_are_open_again(tx: Connection, shipped: Desk) -> None:
    house, everybody = house_of(shipped), crowd(tx, 6)
    tickets = {one.id: report(work(tx, MONDAY, house), one) for one in everybody}
    outage = declared(work(tx, MONDAY + 60, house))
    taken = everybody[0]
    actions.claim(work(tx, MONDAY + 70, house), tickets[taken.id].id, who(tx, OLEG))
    news(tx)
    unit = work(tx, MONDAY + 600, house)
    ending.end(unit, outage.id, who(tx, MARINA))
    assert news(tx) == {one.key: 1 for one in everybody}
    for one in everybody:
        verdict = rows.BROKEN if one in everybody[:2] else rows.WORKS
        ending.judge(unit, outage.id, one, verdict)
    states = [store.get(tx, tickets[one.id].id).state for one in everybody]
    assert states == [State.IN_PROGRESS, State.NEW, *[State.CLOSED] * 4]
    drawn = cards.card(unit, OutageRef(outage.id), SUPERVISORS)
    assert drawn is not None
    assert "Работает: 4 · не работает: 2 · ещё не ответили: 0" in drawn.text
    assert store.get(tx, outage.parent or 0).state is State.CLOSED


def test_a_ticket_that_was_solved_before_its_outage_is_not_asked_about_twice(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    ticket = report(work(tx, MONDAY, house), anna)
    report(work(tx, MONDAY, house), boris)
    outage = declared(work(tx, MONDAY + 60, house))
    unit = work(tx, MONDAY + 120, house)
    actions.claim(unit, ticket.id, who(tx, OLEG))
    pressing.press(unit, Resolve(ticket.id), who(tx, OLEG), HELPDESK)
    actions.confirm(unit, ticket.id, anna)
    news(tx)
    rounds.nothing_new(work(tx, MONDAY + 180, house), outage.id, who(tx, MARINA))
    assert news(tx) == {boris.key: 1}
    ending.end(work(tx, MONDAY + 600, house), outage.id, who(tx, MARINA))
    assert news(tx) == {boris.key: 1}
    assert store.get(tx, ticket.id).state is State.CLOSED
    closing.came_back(work(tx, MONDAY + 700, house), ticket.id, anna)  # her own right stays


def test_an_outage_of_floor_3_is_not_shown_in_another_city(tx: Connection, shipped: Desk) -> None:
    house, (anna, boris, vera, gleb) = house_of(shipped), crowd(tx, 4)
    boris = lives(tx, boris, "Казань, 301", 3)
    vera = lives(tx, vera, "Москва, 415", 4)
    gleb = lives(tx, gleb, "")
    marina = lives(tx, who(tx, MARINA), "Москва")
    text = "printing до 11:15 Не печатают принтеры на 3 этаже. Обход: нет"
    declaring.declare(work(tx, MONDAY, house), marina, text, marina.key)
    unit = work(tx, MONDAY + 1, house)
    seen = [banners.known(unit, "printer", one) is not None for one in (anna, boris, vera, gleb)]
    assert seen == [True, False, False, True]  # of whom nothing is known it may be
    assert children.standing(tx, report(unit, boris).id) is None


def test_a_reader_of_another_language_reads_first_what_it_is_about(tx: Connection, shipped: Desk) -> None:
    house, (anna,) = house_of(shipped), crowd(tx, 1)
    tx.execute(update(people).where(people.c.id == anna.id).values(language="en"))
    outage = declared(work(tx, MONDAY, house))
    rows.join(work(tx, MONDAY, house), outage.id, directory.get(tx, anna.id))
    assert "News of the outage: Printing. Support writes: Не работает" in reads(
        work(tx, MONDAY, house), anna, outage
    )


def test_people_hear_every_half_an_hour_even_if_nothing_is_new(tx: Connection, shipped: Desk) -> None:
    house, (anna,) = house_of(shipped), crowd(tx, 1)
    outage = declared(work(tx, MONDAY, house))
    rows.join(work(tx, MONDAY + 1, house), outage.id, anna)
    told = []
    for half in range(1, 5):
        news(tx)
        pass_time(tx, house, MONDAY + half * rounds.EVERY)
        told.append(news(tx).get(anna.key))
    assert told == [1, 1, 1, 1]
    unit = work(tx, MONDAY + 4 * rounds.EVERY, house)
    assert "Новостей пока нет" in reads(unit, anna, outage)
    drawn = timeline.card(unit, OutageRef(outage.id), PersonChat(MARINA))
    assert drawn is not None
    assert drawn.text.count("бот: новостей пока нет") == 4
    ending.end(unit, outage.id, who(tx, MARINA))
    news(tx)
    pass_time(tx, house, MONDAY + 8 * rounds.EVERY)
    assert news(tx) == {}


def test_a_draft_that_nobody_declares_is_spoken_of_within_a_quarter_of_an_hour(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna,) = house_of(shipped), crowd(tx, 1)
    ticket = report(work(tx, MONDAY, house), anna)
    declaring.declare_for(work(tx, MONDAY, house), who(tx, MARINA), ticket, SUPERVISORS)
    pass_time(tx, house, MONDAY + rounds.FIRST)
    assert "outage.untold" in said(tx, SUPERVISORS)
    assert "outage_draft" in shown(tx, SUPERVISORS), "who reads the question can answer it"
    actions_of = [row.action for row in tx.execute(select(outage_history)).all()]
    assert actions_of == ["draft", "untold"]


def _told(unit: Work, outage: int, text: str) -> None:
    """Marina answers the question for news."""
    marina = who(unit.tx, MARINA)
    declaring.ask_for(unit, outage, marina, "news", marina.key)
    unit.tx.execute(update(outages).where(outages.c.id == outage).values(question=900))
    assert declaring.answered(unit, marina, message(901, text, 1008, reply_to=900), marina.key)


def test_news_do_not_take_the_name_of_the_outage(tx: Connection, shipped: Desk) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    outage = declared(work(tx, MONDAY, house))
    for one in (anna, boris):
        rows.join(work(tx, MONDAY, house), outage.id, one)
    unit = work(tx, MONDAY + 60, house)
    _told(unit, outage.id, "Поломка у провайдера, ждём до 11:30")
    row = rows.find(tx, outage.id)
    assert row is not None
    assert row.words == "Не работает printing"
    named = f"{row.words}\nПоследние новости: Поломка у провайдера, ждём до 11:30"
    assert f"⚠️ Новости о сбое: {named}" in reads(unit, anna, outage)
    banner = cards.banner(unit, BannerRef.of(outage.id, "printer", 0), who(tx, OLEG).key)
    supervisors = cards.card(unit, OutageRef(outage.id), SUPERVISORS)
    sure = cards.sure(unit, OutageRef(outage.id), SUPERVISORS)
    assert banner is not None
    assert supervisors is not None
    assert sure is not None
    assert f"Мы уже знаем: {named}" in banner.text
    assert named in supervisors.text
    assert "«Не работает printing»" in sure.text
    ending.end(unit, outage.id, who(tx, MARINA))
    assert "✅ Починили: Не работает printing\nЗаработало?" in reads(unit, anna, outage)
    ending.judge(unit, outage.id, boris, rows.BROKEN)
    assert store.latest_of(tx, boris.id, 1)[0].summary == "После сбоя не работает: Не работает printing"


def test_a_ticket_that_an_outage_solved_names_the_outage_where_no_one_had_taken_it(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    linked = [report(work(tx, MONDAY, house), one) for one in (anna, boris)]
    outage = declared(work(tx, MONDAY + 60, house))
    unit = work(tx, MONDAY + 600, house)
    for number in (linked[0].id, linked[1].id, outage.parent or 0):  # their cards have been shown
        posts.keep(unit, HELPDESK, "team_card", TicketRef(number), 10 + number)
        posts.keep(unit, PersonChat(store.peek(tx, number).requester), "ticket_card", TicketRef(number), 1)
    ending.end(unit, outage.id, who(tx, MARINA))
    actions.confirm(unit, linked[1].id, boris)
    team = [_card(unit, "team_card", number, HELPDESK) for number in (linked[0].id, linked[1].id)]
    parent = _card(unit, "team_card", outage.parent or 0, HELPDESK)
    own = [_card(unit, "ticket_card", one.id, PersonChat(one.requester)) for one in linked]
    assert "✅ Сбой 1 закончился сегодня в 10:10. Ждём подтверждения." in team[0]
    assert "✔️ Закрыта сегодня в 10:10: сбой 1 закончился." in team[1]
    assert "✔️ Закрыта сегодня в 10:10: сбой 1 закончился." in parent
    assert "✅ Сбой закончился: Не работает printing" in own[0]
    assert "работает?" not in own[0], "the news of the end ask that"
    assert not [text for text in (*team, parent, *own) if "None" in text]


def _card(unit: Work, card: str, number: int, chat: str) -> str:
    drawn = renderers()[card](unit, TicketRef(number), chat)
    assert drawn is not None
    return drawn.text


def test_tickets_that_the_end_of_an_outage_solved_are_not_counted_as_claimed_and_answered(
    tx: Connection, shipped: Desk
) -> None:
    house, (anna, boris) = house_of(shipped), crowd(tx, 2)
    untouched, taken = [report(work(tx, MONDAY, house), one).id for one in (anna, boris)]
    late = report(work(tx, MONDAY - DAY * 3, house), anna, "network").id
    outage = declared(work(tx, MONDAY + 60, house))
    actions.claim(work(tx, MONDAY + 90, house), taken, who(tx, OLEG))
    unit = work(tx, MONDAY + 600, house)
    ending.end(unit, outage.id, who(tx, MARINA))
    assert _ended(tx, untouched) == {"claim": None, "response": None, "resolution": "met"}
    assert _ended(tx, taken) == {"claim": "met", "response": None, "resolution": "met"}
    second = declared(unit, "network")
    children.attach(unit, second, store.get(tx, late))
    ending.end(unit, second.id, who(tx, MARINA))
    assert _ended(tx, late)["claim"] == "missed"  # that it was late already is not forgotten
    ending.judge(unit, outage.id, anna, rows.BROKEN)
    claims = select(clocks.c.state).where((clocks.c.ticket == untouched) & (clocks.c.kind == "claim"))
    assert list(tx.scalars(claims.order_by(clocks.c.cycle))) == ["cancelled", "running"]


def _ended(tx: Connection, ticket: int) -> dict[str, str | None]:
    """What became of a ticket's promises to the employee."""
    mine = select(clocks.c.kind, clocks.c.outcome).where((clocks.c.ticket == ticket) & (clocks.c.scope == ""))
    return {row.kind: row.outcome for row in tx.execute(mine)}


def test_a_note_that_is_not_written_is_asked_for_each_working_day_three_times(
    tx: Connection, shipped: Desk
) -> None:
    house = house_of(shipped)
    outage = declared(work(tx, MONDAY, house))
    ending.end(work(tx, MONDAY + 3600, house), outage.id, who(tx, MARINA))
    asked = []
    for day in range(1, 8):
        pass_time(tx, house, MONDAY + 3600 + day * 86_400)
        asked.append([*said(tx, SUPERVISORS), *said(tx, PersonChat(MARINA))].count("outage.note_due"))
    assert asked == [1, 2, 3, 3, 3, 3, 3]


def test_a_note_that_is_written_is_not_asked_for(tx: Connection, shipped: Desk) -> None:
    house = house_of(shipped)
    outage = declared(work(tx, MONDAY, house))
    ending.end(work(tx, MONDAY + 3600, house), outage.id, who(tx, MARINA))
    tx.execute(update(outages).values(note="The disk was full."))
    pass_time(tx, house, MONDAY + 3 * 86_400)
    assert "outage.note_due" not in [*said(tx, SUPERVISORS), *said(tx, PersonChat(MARINA))]
