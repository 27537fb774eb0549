"""The author of a forwarded message: by the account, by the name if the account is hidden, or unknown."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from bot.knowledge.route import Decision
from bot.selfservice import utterances
from bot.storage import schema
from bot.storage.schema import people
from bot.telegram.incoming import Origin
from tests.tickets.company import ANNA, BORIS, OLEG, message, who


@pytest.mark.parametrize(
    ("origin", "writer"),
    [
        (Origin("Кто-то", 1000 + ANNA), ANNA),
        (Origin("Анна Иванова"), ANNA),
        (Origin("иванова АННА"), ANNA),
        (Origin("Анна"), None),
        (Origin("Анна Петрова"), None),
        (Origin("Пётр Котов"), None),
        (Origin("Олег Смирнов"), None),
        (Origin(""), None),
    ],
)
def test_a_forwarded_word_is_that_of_the_one_colleague_it_can_be_of(
    tx: Connection, origin: Origin, writer: int | None
) -> None:
    names = {ANNA: "Анна Сергеевна Иванова", BORIS: "Пётр Котов", 5: "Пётр Котов", OLEG: "Олег Смирнов"}
    for number, name in names.items():
        tx.execute(update(people).where(people.c.id == number).values(name=name))
    kept = utterances.keep(
        tx, who(tx, OLEG), message(70, "Монитор моргает", origin=origin), Decision("none", [])
    )
    assert tx.scalar(select(schema.utterances.c.about).where(schema.utterances.c.id == kept)) == writer
