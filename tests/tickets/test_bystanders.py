"""People in a team's chat without a right to the ticket may write there, and never count as members of the team."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.sla.policy import Desk
from bot.storage.schema import history
from bot.teamdesk import presses
from bot.telegram import posts
from tests.tickets.company import (
    BORIS,
    HELPDESK,
    MARINA,
    MONDAY,
    NINA,
    OLEG,
    calls,
    claimed,
    message,
    said,
    who,
)
from tests.units import work


def talks(tx: Connection, desk: Desk, person: int, *words: str) -> list[str]:
    """What the ticket's history has of a person's messages in its topic."""
    ticket = claimed(tx, desk)
    posts.keep(work(tx, MONDAY), HELPDESK, posts.TOPIC, ticket.about, ticket.id)
    for number, text in enumerate(words, start=50):
        word = message(number, text, -1001, thread=ticket.id)
        presses.wrote(work(tx, MONDAY, desk), who(tx, person), HELPDESK, word)
    mine = (
        (history.c.ticket == ticket.id)
        & (history.c.actor == f"person:{person}")
        & (history.c.action == "note")
    )
    return list(tx.scalars(select(history.c.action).where(mine)))


def test_a_word_of_somebody_without_a_right_to_the_ticket_is_no_note_and_they_are_told_once(
    tx: Connection, shipped: Desk
) -> None:
    for bystander in (BORIS, NINA):
        before = said(tx, HELPDESK).count("note.not_taken")
        assert talks(tx, shipped, bystander, "Я бы перезагрузил", "Или нет") == []
        assert said(tx, HELPDESK).count("note.not_taken") == before + 1
    assert not calls(tx, HELPDESK, "setMessageReaction")


def test_a_word_of_the_team_or_of_a_supervisor_is_a_note(tx: Connection, shipped: Desk) -> None:
    for somebody in (OLEG, MARINA):
        assert talks(tx, shipped, somebody, "Иду", "Пришёл") == ["note", "note"]
    assert "note.not_taken" not in said(tx, HELPDESK)
