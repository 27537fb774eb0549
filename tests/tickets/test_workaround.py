"""A workaround has a promise of its own beside the solution's: given in the topic, read by the employee, kept on the cards."""

from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import Connection

from bot.keys import PersonChat, PromptRef
from bot.reports.period import report
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.teamdesk import cards, commands, presses, workarounds
from bot.telegram.buttons import OfferWorkaround
from bot.texts.speak import Line
from bot.tickets import actions, closing, prompts, store
from bot.tickets.actions import NoWords
from bot.tickets.clocks import operations
from bot.tickets.invocation import Misused
from bot.tickets.ticket import Impossible, Ticket
from tests.tickets.company import ANNA, HELPDESK, MARINA, MONDAY, OLEG, claimed, house_of, said, who
from tests.undone import SHIPPED
from tests.units import typed, work

HOUR = 3600
CHANGES = (
    ("claim: 30m, response: 1h, resolution: 8h", "claim: 30m, response: 1h, workaround: 2h, resolution: 8h"),
    ("claim: 1h, response: 2h, resolution: 2bd", "claim: 1h, response: 2h, workaround: 4h, resolution: 2bd"),
    (
        "  resolution: {start: ticket_created, stop: [resolved]}",
        "  workaround: {start: ticket_created, stop: [workaround_given, resolved]}\n"
        "  resolution: {start: ticket_created, stop: [resolved]}",
    ),
    (
        "waiting_user: {clocks: [resolution, update]",
        "waiting_user: {clocks: [workaround, resolution, update]",
    ),
)
WORDS = "Печатайте на PRN-2-01"


@cache
def desk() -> Desk:
    text = SHIPPED.read_text("utf-8")
    for former, today in CHANGES:
        assert former in text, former
        text = text.replace(former, today, 1)
    found, complaints = load_desk("desk.yaml", text)
    assert found is not None, complaints
    assert complaints == []
    return found


def given(tx: Connection, ticket: Ticket, at: int, words: str = WORDS) -> Line:
    return workarounds.give(work(tx, at, house_of(desk())), ticket.id, who(tx, OLEG), words)


def state(tx: Connection, ticket: Ticket) -> str:
    return operations.view(tx, ticket.id)["workaround"].state


def employees_card(tx: Connection, ticket: Ticket, at: int) -> str:
    drawing = cards.ticket_card(work(tx, at, house_of(desk())), ticket.about, PersonChat(ANNA))
    assert drawing is not None
    return drawing.text


def teams_card(tx: Connection, ticket: Ticket, at: int) -> tuple[str, list[str]]:
    drawing = cards.team_card(work(tx, at, house_of(desk())), ticket.about, HELPDESK)
    assert drawing is not None
    return drawing.text, [key.label for row in drawing.keyboard for key in row]


def test_a_workaround_ends_its_own_clock_and_the_solutions_runs_on(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    assert operations.view(tx, ticket.id)["workaround"].due_at == MONDAY + 4 * HOUR
    assert given(tx, ticket, MONDAY + HOUR).key == "workaround.done"
    seen = operations.view(tx, ticket.id)
    assert [seen[kind].state for kind in ("response", "workaround", "resolution")] == [
        "stopped",
        "stopped",
        "running",
    ]
    assert seen["resolution"].due_at == MONDAY + 31 * HOUR  # sixteen hours of work and a night
    assert "workaround.said" in said(tx, PersonChat(ANNA))
    assert "workaround.sent" in said(tx, HELPDESK)


def test_the_cards_say_by_when_the_workaround_comes_and_then_what_it_is(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    assert "Как работать, пока чиним, подскажем сегодня до 14:00" in employees_card(tx, ticket, MONDAY)
    text, buttons = teams_card(tx, ticket, MONDAY)
    assert "обходной путь сегодня до 14:00" in text
    assert "Обходной путь…" in buttons
    late = employees_card(tx, ticket, MONDAY + 4 * HOUR + 60)
    assert "обещали подсказать сегодня до 14:00 и не успели" in late
    given(tx, ticket, MONDAY + 5 * HOUR)
    assert f"Пока можно работать так: {WORDS}" in employees_card(tx, ticket, MONDAY + 5 * HOUR)
    text, buttons = teams_card(tx, ticket, MONDAY + 5 * HOUR)
    assert WORDS in text
    assert "Обходной путь…" not in buttons
    actions.resolve(work(tx, MONDAY + 6 * HOUR, desk()), ticket.id, who(tx, OLEG), "заменил")
    assert WORDS not in employees_card(tx, ticket, MONDAY + 6 * HOUR)


def test_a_question_to_the_employee_pauses_it_with_the_solution(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    actions.ask(work(tx, MONDAY + HOUR, desk()), ticket.id, who(tx, OLEG), "Какой номер?", MONDAY + HOUR)
    assert state(tx, ticket) == "paused"
    actions.answered(work(tx, MONDAY + 3 * HOUR, desk()), store.get(tx, ticket.id), MONDAY + 3 * HOUR)
    assert operations.view(tx, ticket.id)["workaround"].due_at == MONDAY + 6 * HOUR


def test_a_solution_that_does_not_work_resumes_a_workaround_that_was_never_given(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    actions.resolve(work(tx, MONDAY + HOUR, desk()), ticket.id, who(tx, OLEG), "готово")
    assert state(tx, ticket) == "stopped"
    closing.reject(work(tx, MONDAY + 2 * HOUR, desk()), ticket.id, who(tx, ANNA))
    assert operations.view(tx, ticket.id)["workaround"].due_at == MONDAY + 5 * HOUR
    given(tx, ticket, MONDAY + 3 * HOUR)
    actions.resolve(work(tx, MONDAY + 4 * HOUR, desk()), ticket.id, who(tx, OLEG), "готово")
    closing.reject(work(tx, MONDAY + 5 * HOUR, desk()), ticket.id, who(tx, ANNA))
    assert state(tx, ticket) == "stopped"


def test_a_priority_that_promises_a_workaround_begins_its_clock_once(tx: Connection) -> None:
    from_p1 = claimed(tx, desk(), impact="company", urgency="blocked")
    assert "workaround" not in operations.view(tx, from_p1.id)
    ticket = store.change(tx, store.get(tx, from_p1.id), priority="P2")
    operations.retargeted(work(tx, 0, desk()), ticket, MONDAY + HOUR)
    assert operations.view(tx, ticket.id)["workaround"].due_at == MONDAY + 3 * HOUR
    given(tx, ticket, MONDAY + 2 * HOUR)
    for priority, when in (("P1", 3), ("P2", 4)):
        ticket = store.change(tx, store.get(tx, ticket.id), priority=priority)
        operations.retargeted(work(tx, 0, desk()), ticket, MONDAY + when * HOUR)
    assert state(tx, ticket) == "stopped"


def test_the_button_asks_for_the_words_and_the_answer_gives_them(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    pressed = presses.press(work(tx, MONDAY, desk()), OfferWorkaround(ticket.id), who(tx, OLEG), HELPDESK)
    assert pressed.key == "prompt.below"
    asked = prompts.awaited_by(tx, who(tx, OLEG), PromptRef(1))
    assert asked is not None
    assert (asked.action, asked.ticket) == (workarounds.ASKED, ticket.id)
    assert store.get(tx, ticket.id).workaround is None


def test_the_command_needs_words_and_a_ticket_in_work(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    unit = work(tx, MONDAY, house_of(desk()))
    with pytest.raises(Misused):
        commands.work_around(unit, typed(who(tx, OLEG), HELPDESK, "/workaround", ticket=ticket.id))
    with pytest.raises(NoWords):
        given(tx, ticket, MONDAY, " ")
    command = typed(who(tx, MARINA), HELPDESK, f"/workaround {WORDS}", ticket=ticket.id)
    assert commands.work_around(unit, command).key == "workaround.done"
    actions.resolve(unit, ticket.id, who(tx, OLEG), "готово")
    with pytest.raises(Impossible):
        given(tx, ticket, MONDAY)


def test_reports_count_workarounds_among_the_promises(tx: Connection) -> None:
    ticket = claimed(tx, desk())
    given(tx, ticket, MONDAY + 5 * HOUR)
    actions.resolve(work(tx, MONDAY + 6 * HOUR, desk()), ticket.id, who(tx, OLEG), "готово")
    found = report(tx, desk(), MONDAY, MONDAY + 24 * HOUR, "class").total
    assert (found.kept["workaround"].count, found.kept["workaround"].of) == (0, 1)
    assert found.times["workaround"] == (5 * HOUR, 5 * HOUR)
