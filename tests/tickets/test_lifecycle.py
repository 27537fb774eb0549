"""The life of a ticket: reopened, closed by silence, postponed, handed over, taken back, merged - every move with its
actor."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, delete, select, update

from bot.conversation import exchange
from bot.people import directory
from bot.people.access import NotAllowed
from bot.sla.policy import Desk
from bot.storage.schema import history, outbox, people
from bot.teamdesk import cards, menus
from bot.telegram import posts
from bot.tickets import absence, actions, closing, control, handover, planning, search, store
from bot.tickets.actions import NoWords
from bot.tickets.clocks import operations
from bot.tickets.ticket import Impossible, State
from tests.tickets.company import (
    ANNA,
    BORIS,
    HELPDESK,
    MARINA,
    MONDAY,
    NETWORK,
    NINA,
    OLEG,
    SVETA,
    at,
    claimed,
    closed,
    every_ticket,
    house_of,
    message,
    opened,
    replayed,
    ring_until,
    said,
    shown,
    who,
)
from tests.units import work

HOUR = 3600


@pytest.mark.parametrize(
    ("ended", "words"), [("human", "передано человеку"), ("loop", "по кругу"), ("ticket", None), ("", None)]
)
def test_the_team_reads_how_the_scenario_of_a_ticket_ended(
    tx: Connection, shipped: Desk, ended: str, words: str | None
) -> None:
    ticket = opened(tx, shipped, run=1, ended=ended)
    drawing = cards.team_card(work(tx, MONDAY, house_of(shipped)), ticket.about, HELPDESK)
    assert drawing is not None
    card = drawing.text
    assert [one in card for one in ("передано человеку", "по кругу")].count(True) == bool(words)
    assert words is None or words in card
    data = tx.scalar(select(history.c.data).where(history.c.ticket == ticket.id))
    assert data is not None
    assert data.get("ended", "") == ended


def test_a_human_word_is_what_makes_a_claimed_ticket_one_in_progress(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    assert ticket.state is State.CLAIMED
    exchange.replied(work(tx, MONDAY, shipped), ticket, who(tx, OLEG), MONDAY)
    assert store.get(tx, ticket.id).state is State.IN_PROGRESS
    assert replayed(tx, ticket.id) is State.IN_PROGRESS


def test_it_comes_back_within_the_window_to_the_same_engineer_with_a_mark(
    tx: Connection, shipped: Desk
) -> None:
    ticket = closed(tx, shipped)
    again = closing.came_back(work(tx, MONDAY + 24 * HOUR, shipped), ticket.id, who(tx, ANNA))
    assert (again.id, again.assignee, again.recurrences, again.state) == (
        ticket.id,
        OLEG,
        1,
        State.IN_PROGRESS,
    )
    assert operations.view(tx, ticket.id)["resolution"].state == "running"
    assert "team.came_back" in said(tx, HELPDESK)
    assert replayed(tx, ticket.id) is State.IN_PROGRESS


def test_it_comes_back_after_the_window_as_a_new_ticket_that_follows_the_old(
    tx: Connection, shipped: Desk
) -> None:
    ticket = closed(tx, shipped)
    again = closing.came_back(work(tx, at("2026-11-27 18:00"), shipped), ticket.id, who(tx, ANNA))
    assert again.id != ticket.id
    assert again.state is State.NEW
    assert store.linked(tx, again.id) == [(ticket.id, "follows")]
    assert store.get(tx, ticket.id).state is State.CLOSED


def test_silence_closes_only_after_a_warning(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "")
    ring_until(tx, shipped, at("2026-11-24 18:00"))
    assert store.get(tx, ticket.id).state is State.RESOLVED
    ring_until(tx, shipped, at("2026-11-25 12:00"))
    warned = store.get(tx, ticket.id)
    assert warned.state is State.RESOLVED
    assert warned.wake_at is not None
    ring_until(tx, shipped, at("2026-11-30 18:00"))
    ended = store.get(tx, ticket.id)
    assert (ended.state, ended.outcome, ended.closed_at) == (State.CLOSED, "silence", warned.wake_at)
    assert replayed(tx, ticket.id) is State.CLOSED


def test_a_word_after_the_warning_keeps_the_ticket_open(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "")
    ring_until(tx, shipped, at("2026-11-25 12:00"))
    closing.reject(work(tx, at("2026-11-25 12:01"), shipped), ticket.id, who(tx, ANNA))
    ring_until(tx, shipped, at("2026-12-10 12:00"))
    assert store.get(tx, ticket.id).state is State.IN_PROGRESS


def test_a_question_is_repeated_once_and_does_not_stop_the_clock_for_ever(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    actions.ask(work(tx, 0, shipped), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY)
    assert operations.view(tx, ticket.id)["resolution"].state == "paused"
    ring_until(tx, shipped, at("2026-11-26 18:00"))
    assert operations.view(tx, ticket.id)["resolution"].state == "running"
    assert "team.unanswered" in said(tx, HELPDESK)
    assert store.get(tx, ticket.id).state is State.WAITING


def test_an_answer_moves_the_promise_and_says_why(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    actions.ask(work(tx, 0, shipped), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY)
    before = store.get(tx, ticket.id).promise
    exchange.from_employee(
        work(tx, MONDAY + HOUR, shipped), who(tx, ANNA), ticket.id, message(5, at=MONDAY + HOUR)
    )
    after = store.get(tx, ticket.id)
    assert after.state is State.IN_PROGRESS
    assert after.why == ["why.waited", {}]
    due = operations.view(tx, ticket.id)["resolution"].due_at
    assert before is not None
    assert due == before + HOUR


def test_nothing_is_put_off_before_the_employee_agrees(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "25.11 14:00")
    assert store.get(tx, ticket.id).state is State.CLAIMED
    assert operations.view(tx, ticket.id)["resolution"].state == "running"
    with pytest.raises(NotAllowed):
        planning.agree(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG))
    planning.agree(work(tx, MONDAY, shipped), ticket.id, who(tx, ANNA))
    put_off = store.get(tx, ticket.id)
    assert (put_off.state, put_off.wake_at) == (State.SCHEDULED, at("2026-11-25 14:00"))
    assert operations.view(tx, ticket.id)["resolution"].state == "paused"
    ring_until(tx, shipped, at("2026-11-25 14:00"))
    assert store.get(tx, ticket.id).state is State.IN_PROGRESS
    assert operations.view(tx, ticket.id)["resolution"].state == "running"
    assert replayed(tx, ticket.id) is State.IN_PROGRESS


def test_a_refused_day_changes_nothing_but_is_told(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    planning.propose_day(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "+3")
    planning.disagree(work(tx, MONDAY), ticket.id, who(tx, ANNA))
    assert store.get(tx, ticket.id).state is State.CLAIMED
    assert "team.disagreed" in said(tx, HELPDESK)


def test_a_ticket_is_handed_over_with_a_note_and_the_first_team_stays_accountable(
    tx: Connection, shipped: Desk
) -> None:
    ticket = claimed(tx, shipped)
    exchange.from_employee(work(tx, MONDAY, shipped), who(tx, ANNA), ticket.id, message(5, "Слова Анны"))
    with pytest.raises(NoWords):
        handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "network", "  ")
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "network", "порт 12 мёртв")
    given = store.get(tx, ticket.id)
    assert (given.team, given.state, given.assignee) == ("network", State.HANDED, None)
    assert (given.accountable, given.owner, given.note) == ("helpdesk", OLEG, "порт 12 мёртв")
    assert "team_card" in shown(tx, HELPDESK) & shown(tx, NETWORK)
    card = cards.team_card(work(tx, MONDAY, house_of(shipped)), given.about, NETWORK)
    assert card is not None
    assert "порт 12 мёртв" in card.text
    assert "Слова Анны" in card.text
    with pytest.raises(NotAllowed):
        actions.claim(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG))
    actions.claim(work(tx, MONDAY, shipped), ticket.id, who(tx, NINA))
    assert store.get(tx, ticket.id).assignee == NINA
    assert operations.view(tx, ticket.id)["resolution"].state == "running"


def test_a_ticket_comes_back_to_its_owner_with_the_reason(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "network", "порт мёртв")
    actions.claim(work(tx, MONDAY, shipped), ticket.id, who(tx, NINA))
    posts.keep(work(tx, MONDAY), HELPDESK, "team_card", ticket.about, 30)
    handover.give_back(work(tx, MONDAY, shipped), ticket.id, who(tx, NINA), "порт жив, дело в кабеле")
    back = store.get(tx, ticket.id)
    assert (back.team, back.state, back.note) == ("helpdesk", State.HANDED, "порт жив, дело в кабеле")
    assert not back.is_away
    assert "team.returned" in said(tx, HELPDESK)
    assert replayed(tx, ticket.id) is State.HANDED


def test_the_owners_engineer_may_still_speak_to_the_employee(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    handover.transfer(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "network", "порт мёртв")
    exchange.replied(work(tx, MONDAY, shipped), store.get(tx, ticket.id), who(tx, SVETA), MONDAY)
    assert store.get(tx, ticket.id).state is State.HANDED


def test_the_end_of_a_shift_puts_claimed_tickets_back_with_a_note(tx: Connection, shipped: Desk) -> None:
    first, second, third = (claimed(tx, shipped) for _ in range(3))
    actions.ask(work(tx, 0, shipped), third.id, who(tx, OLEG), "Какой номер?", MONDAY)
    absence.end_shift(work(tx, MONDAY, shipped), who(tx, OLEG), "ролик заказан")
    for ticket in (first, second):
        back = store.get(tx, ticket.id)
        assert (back.state, back.assignee, back.note) == (State.NEW, None, "ролик заказан")
        assert replayed(tx, ticket.id) is State.NEW
    assert store.get(tx, third.id).assignee == OLEG
    exchange.from_employee(work(tx, MONDAY + HOUR, shipped), who(tx, ANNA), third.id, message(7))
    assert store.get(tx, third.id).assignee is None, "it woke up while its engineer was away"
    absence.begin_shift(work(tx, MONDAY), who(tx, OLEG))
    assert not directory.get(tx, OLEG).profile["away"]


def test_those_behind_see_their_place_in_the_queue_and_that_they_come_nearer(
    tx: Connection, shipped: Desk
) -> None:
    first, second = opened(tx, shipped), opened(tx, shipped, person=BORIS)
    mine = f"person:{BORIS}"

    def place() -> str:
        card = cards.ticket_card(work(tx, MONDAY, house_of(shipped)), second.about, mine)
        assert card is not None
        return card.text

    assert "Ваше место в очереди: 2" in place()
    tx.execute(delete(outbox))
    actions.claim(work(tx, MONDAY, shipped), first.id, who(tx, OLEG))
    assert "очереди" not in place()
    assert shown(tx, mine) == {"ticket_card"}
    for _ in range(6):
        opened(tx, shipped)
    last = opened(tx, shipped)
    far = cards.ticket_card(work(tx, MONDAY, house_of(shipped)), last.about, f"person:{ANNA}")
    assert far is not None
    assert "больше пяти" in far.text


def test_another_priority_needs_a_reason_and_moves_the_promise(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    before = operations.view(tx, ticket.id)["resolution"].due_at
    with pytest.raises(NoWords):
        planning.prioritize(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "P1", "")
    planning.prioritize(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "P1", "стоит касса")
    after = operations.view(tx, ticket.id)["resolution"].due_at
    assert before is not None
    assert after is not None
    assert after < before
    assert store.get(tx, ticket.id).why == ["why.priority", {"reason": "стоит касса"}]


def test_a_duplicate_ends_in_the_other_ticket(tx: Connection, shipped: Desk) -> None:
    main, double = claimed(tx, shipped), opened(tx, shipped, person=BORIS)
    planning.merge(work(tx, MONDAY, shipped), double.id, main.id, who(tx, OLEG))
    ended = store.get(tx, double.id)
    assert (ended.state, ended.outcome) == (State.MERGED, "merged")
    assert store.linked(tx, double.id) == [(main.id, "duplicate")]
    assert store.linked(tx, main.id) == [(double.id, "duplicated_by")]
    assert operations.view(tx, double.id)["resolution"].state == "cancelled"
    with pytest.raises(Impossible):
        actions.claim(work(tx, MONDAY, shipped), double.id, who(tx, SVETA))


def test_nothing_is_merged_into_itself_or_into_what_has_ended(tx: Connection, shipped: Desk) -> None:
    ended, ticket = closed(tx, shipped), claimed(tx, shipped)
    assert planning.merge(work(tx, MONDAY, shipped), ticket.id, ended.id, who(tx, OLEG)).key == "merge.ended"
    assert planning.merge(work(tx, MONDAY, shipped), ticket.id, ticket.id, who(tx, OLEG)).key == "link.itself"
    assert store.get(tx, ticket.id).state is State.CLAIMED


def test_an_open_ticket_is_not_merged_into_one_that_nobody_works_on(tx: Connection, shipped: Desk) -> None:
    solved, ticket = claimed(tx, shipped), claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), solved.id, who(tx, OLEG), "")
    tx.execute(update(people).where(people.c.id == ANNA).values(manager=who(tx, BORIS).staff_id))
    asked_for = opened(tx, shipped, category="equipment")
    assert asked_for.state is State.APPROVAL
    for main, said_of_it in ((solved, "merge.solved"), (asked_for, "merge.unapproved")):
        line = planning.merge(work(tx, MONDAY, shipped), ticket.id, main.id, who(tx, OLEG))
        assert (line.key, line.alert) == (said_of_it, True)
    assert store.get(tx, ticket.id).state is State.CLAIMED
    assert store.linked(tx, ticket.id) == []


def test_repeats_of_a_solved_ticket_are_not_silenced(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "")
    with pytest.raises(Impossible):
        control.hush(work(tx, MONDAY, shipped), ticket.id, who(tx, MARINA), 60, "знаю")
    assert menus.hush_menu(work(tx, MONDAY), ticket.about, "supervisors") is None
    assert menus.assign_menu(work(tx, MONDAY, shipped), ticket.about, "supervisors") is None


def test_what_helped_before_is_found_by_the_same_words(tx: Connection, shipped: Desk) -> None:
    helped = closed(tx, shipped, words="заменил ролик подачи")
    closed(tx, shipped, words="")
    other = opened(tx, shipped, summary="Не открывается почта")
    alike = opened(tx, shipped, summary="принтер опять молчит, не печатает")
    assert [ticket.id for ticket in search.similar(tx, alike)] == [helped.id]
    assert search.similar(tx, other) == []
    assert helped.id in [ticket.id for ticket in search.find(tx, "ролик")]
    assert [ticket.id for ticket in search.find(tx, str(other.id))] == [other.id]


def test_the_loser_of_an_assignment_is_nobody(tx: Connection, shipped: Desk) -> None:
    ticket = claimed(tx, shipped)
    control.assign(work(tx, MONDAY, shipped), ticket.id, who(tx, SVETA), SVETA)
    assert store.get(tx, ticket.id).assignee == SVETA
    line = control.assign(work(tx, MONDAY, shipped), ticket.id, who(tx, SVETA), NINA)
    assert (line.key, line.facts) == ("assign.not_theirs", {"engineer": "Nina", "number": ticket.id})
    assert store.get(tx, ticket.id).assignee == SVETA


def test_one_word_may_be_added_to_the_stars(tx: Connection, shipped: Desk) -> None:
    ticket = closed(tx, shipped)
    actions.rate(work(tx, MONDAY), ticket.id, who(tx, ANNA), 5)
    closing.comment(work(tx, MONDAY), ticket.id, who(tx, ANNA), "Быстро!")
    assert (store.get(tx, ticket.id).stars, store.get(tx, ticket.id).comment) == (5, "Быстро!")
    assert every_ticket(tx)[-1].state is State.CLOSED
