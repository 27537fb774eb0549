"""Menus and questions stand on the ticket's card: no message of their own, and gone when they are over."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from bot.sla.policy import Desk
from bot.storage.schema import outbox, prompts
from bot.teamdesk import cards, presses
from bot.telegram import posts
from bot.telegram.buttons import (
    AskEmployee,
    Button,
    CloseMenu,
    GiveBack,
    HandTo,
    OpenMore,
    OpenReplies,
    OpenTeams,
    Schedule,
    SendReply,
    ShowSimilar,
    parse,
)
from bot.telegram.desk.buttons import OpenDraft, ProposeMoment, SendDraft, SendReplyNow, TypeMoment
from bot.tickets import actions, store
from bot.tickets import prompts as questions
from bot.tickets.ticket import State, Ticket
from tests.pressing import press
from tests.tickets.company import (
    ANNA,
    HELPDESK,
    MONDAY,
    OLEG,
    SVETA,
    claimed,
    house_of,
    message,
    said,
    who,
)
from tests.units import work

CARD, TOPIC, PLACE = 30, 29, -1001
MINE = f"person:{ANNA}"


def on_hand(tx: Connection, desk: Desk) -> Ticket:
    """Oleg's ticket, whose card and topic are there."""
    ticket = claimed(tx, desk)
    posts.keep(work(tx, MONDAY), HELPDESK, posts.TOPIC, ticket.about, TOPIC)
    posts.keep(work(tx, MONDAY), HELPDESK, "team_card", ticket.about, CARD)
    return ticket


def pressed(tx: Connection, desk: Desk, button: Button, person: int = OLEG, now: int = MONDAY) -> str:
    return press(work(tx, now, house_of(desk)), button, who(tx, person), HELPDESK).key


def card(tx: Connection, desk: Desk, ticket: Ticket, now: int = MONDAY) -> tuple[str, list[str]]:
    """The card's text, and its labels."""
    drawing = cards.team_card(work(tx, now, house_of(desk)), ticket.about, HELPDESK)
    assert drawing is not None
    return drawing.text, [key.label for row in drawing.keyboard for key in row]


def data(tx: Connection, desk: Desk, ticket: Ticket, kind: type[Button]) -> Button:
    """The first button of this type on the card."""
    drawing = cards.team_card(work(tx, MONDAY, house_of(desk)), ticket.about, HELPDESK)
    assert drawing is not None
    keys = [parse(key.data) for row in drawing.keyboard for key in row]
    return next(key for key in keys if isinstance(key, kind))


def messages(tx: Connection) -> list[str]:
    """What would become a message of its own in the team's chat."""
    rows = tx.execute(select(outbox).where(outbox.c.chat == HELPDESK)).all()
    return [row.card or row.method for row in rows if row.card != "team_card" and row.kind != "hide"]


@pytest.mark.parametrize(
    ("kind", "label"),
    [(OpenTeams, "Сеть"), (OpenMore, "Приоритет…"), (OpenReplies, "Уже смотрю. Напишу, как только что-то…")],
)
def test_a_menu_opens_on_the_card_and_closes_there(
    tx: Connection, shipped: Desk, kind: type[Button], label: str
) -> None:
    ticket = on_hand(tx, shipped)
    assert pressed(tx, shipped, kind(ticket.id)) == "menu.on_card"  # type: ignore[call-arg]
    assert label in card(tx, shipped, ticket)[1]
    assert "Решено" not in card(tx, shipped, ticket)[1]
    assert pressed(tx, shipped, CloseMenu(ticket.id)) == "assign.kept"
    assert "Решено" in card(tx, shipped, ticket)[1]
    assert messages(tx) == []


def test_a_question_to_the_employee_is_a_reply_to_the_card_or_the_next_words_in_the_topic(
    tx: Connection, shipped: Desk
) -> None:
    for answer in ({"reply_to": CARD}, {"thread": TOPIC}):
        ticket = on_hand(tx, shipped)
        assert pressed(tx, shipped, AskEmployee(ticket.id)) == "prompt.on_card"
        assert "напишите вопрос" in card(tx, shipped, ticket)[0]
        question = message(50 + ticket.id, "Какой номер?", place=PLACE, **answer)
        presses.wrote(work(tx, MONDAY, house_of(shipped)), who(tx, OLEG), HELPDESK, question)
        assert store.get(tx, ticket.id).state is State.WAITING
        assert "напишите вопрос" not in card(tx, shipped, ticket)[0]
        actions.answered(work(tx, MONDAY, shipped), store.get(tx, ticket.id), MONDAY)
        actions.resolve(work(tx, MONDAY, shipped), ticket.id, who(tx, OLEG), "x")
        posts.forget_topic(tx, HELPDESK, ticket.about)


def test_somebody_else_writing_in_the_topic_answers_no_question_of_oleg(
    tx: Connection, shipped: Desk
) -> None:
    ticket = on_hand(tx, shipped)
    pressed(tx, shipped, AskEmployee(ticket.id))
    word = message(60, "Олег, глянь", place=PLACE, thread=TOPIC)
    presses.wrote(work(tx, MONDAY, house_of(shipped)), who(tx, SVETA), HELPDESK, word)
    assert store.get(tx, ticket.id).state is State.CLAIMED


def test_what_nobody_answers_leaves_the_card_after_a_quarter_of_an_hour(
    tx: Connection, shipped: Desk
) -> None:
    ticket, late = on_hand(tx, shipped), MONDAY + questions.LIFE
    pressed(tx, shipped, AskEmployee(ticket.id))
    assert "Решено" in card(tx, shipped, ticket, late)[1]
    word = message(60, "Заметка себе", place=PLACE, thread=TOPIC, at=late)
    presses.wrote(work(tx, late, house_of(shipped)), who(tx, OLEG), HELPDESK, word)
    assert store.get(tx, ticket.id).state is State.CLAIMED
    assert tx.scalar(select(prompts.c.id)) is not None  # it is only not asked any more


def test_a_hand_over_is_chosen_and_asked_for_on_one_card(tx: Connection, shipped: Desk) -> None:
    ticket = on_hand(tx, shipped)
    pressed(tx, shipped, OpenTeams(ticket.id))
    assert pressed(tx, shipped, HandTo(ticket.id, "network")) == "prompt.on_card"
    text, labels = card(tx, shipped, ticket)
    assert "что нужно от «Сеть»" in text
    assert labels == ["Не нужно"]
    note = message(61, "Порт мёртв", place=PLACE, thread=TOPIC)
    presses.wrote(work(tx, MONDAY, house_of(shipped)), who(tx, OLEG), HELPDESK, note)
    assert store.get(tx, ticket.id).team == "network"
    assert messages(tx) == ["setMessageReaction"]


def test_what_must_be_known_before_a_hand_over_is_asked_on_the_card_and_the_press_says_so(
    tx: Connection, shipped: Desk
) -> None:
    ticket = on_hand(tx, shipped)
    store.change(tx, store.get(tx, ticket.id), category="hardware", summary="Не включается")
    assert pressed(tx, shipped, HandTo(ticket.id, "vendor")) == "prompt.on_card"
    assert "Номер с наклейки?" in card(tx, shipped, ticket)[0]
    assert said(tx, HELPDESK) == []


def test_a_canned_reply_is_read_before_it_is_sent(tx: Connection, shipped: Desk) -> None:
    ticket = on_hand(tx, shipped)
    assert pressed(tx, shipped, SendReply(ticket.id, "look")) == "menu.look"
    assert "Anna, уже смотрю. Напишу, как только что-то узнаю." in card(tx, shipped, ticket)[0]
    assert "canned.said" not in said(tx, MINE)
    assert pressed(tx, shipped, SendReplyNow(ticket.id, "look")) == "canned.done"
    assert "canned.said" in said(tx, MINE)


def test_a_day_is_proposed_by_a_button(tx: Connection, shipped: Desk) -> None:
    ticket = on_hand(tx, shipped)
    pressed(tx, shipped, Schedule(ticket.id))
    assert card(tx, shipped, ticket)[1] == [
        "сегодня в 17:00",
        "завтра в 10:00",
        "30 ноября в 10:00",
        "Другая дата…",
        "Не нужно",
    ]
    assert pressed(tx, shipped, data(tx, shipped, ticket, ProposeMoment)) == "schedule.asked"
    assert pressed(tx, shipped, TypeMoment(ticket.id)) == "prompt.on_card"
    assert pressed(tx, shipped, GiveBack(ticket.id)) == "prompt.on_card"


def test_a_similar_solution_is_a_draft_to_send(tx: Connection, shipped: Desk) -> None:
    former = claimed(tx, shipped)
    actions.resolve(work(tx, MONDAY, shipped), former.id, who(tx, OLEG), "перезапустите очередь печати")
    ticket = on_hand(tx, shipped)
    assert "Похожие" in card(tx, shipped, ticket)[1]
    assert pressed(tx, shipped, ShowSimilar(ticket.id)) == "menu.on_card"
    assert pressed(tx, shipped, data(tx, shipped, ticket, OpenDraft)) == "menu.look"
    assert "перезапустите очередь печати" in card(tx, shipped, ticket)[0]
    assert pressed(tx, shipped, SendDraft(ticket.id, former.id)) == "canned.done"
    assert pressed(tx, shipped, SendDraft(ticket.id, ticket.id)) == "similar.none"


def test_a_further_reply_draws_no_card_before_it_has_arrived(tx: Connection, shipped: Desk) -> None:
    on_hand(tx, shipped)
    for number in (40, 41):
        tx.execute(update(outbox).values(state="sent"))
        words = message(number, "Смотрю", PLACE, reply_to=CARD, thread=TOPIC)
        presses.wrote(work(tx, MONDAY, house_of(shipped)), who(tx, OLEG), HELPDESK, words)
    waiting = tx.execute(select(outbox.c.chat, outbox.c.kind).where(outbox.c.state == "pending")).all()
    assert [(row.chat, row.kind) for row in waiting] == [(MINE, "call")]
