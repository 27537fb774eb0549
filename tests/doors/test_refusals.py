"""What people read when a verb refuses: about the button when they pressed one, else about what they wrote."""

from __future__ import annotations

from itertools import product

import pytest

from bot.people.access import TABLE
from bot.texts import speak
from bot.tickets.ticket import MOVES, Impossible, State
from handlers import refusals
from tests.doors.deeds import NOW
from tests.doors.doorway import Doorway
from tests.doors.test_typed_commands import merged
from tests.units import work

IMPOSSIBLE = [(action, state) for action, state in product(MOVES, State) if state not in MOVES[action]]


@pytest.mark.parametrize("language", speak.languages())
def test_no_refusal_of_words_speaks_of_a_button(doorway: Doorway, language: str) -> None:
    voice, unit = speak.voice(language), work(doorway.tx, NOW)
    with doorway.undone():
        number = merged(doorway.tx, doorway.house)
        for action, state in IMPOSSIBLE:
            line = refusals.typed(unit, Impossible(action, state, number))
            assert str(number) in voice.line(line)
            assert "кнопк" not in voice.line(line)
            assert "button" not in voice.line(line)
            assert voice.line(refusals.pressed(Impossible(action, state, number)))


def test_every_reason_of_the_access_table_can_be_read_below_words() -> None:
    for language, (_, reason) in product(speak.languages(), TABLE.values()):
        said = speak.voice(language).say(reason)
        assert "кнопк" not in said
        assert "button" not in said


def test_a_late_answer_to_a_question_is_told_what_was_decided(doorway: Doorway) -> None:
    unit, voice = work(doorway.tx, NOW), speak.voice("ru")
    late = {
        ("deny", State.NEW): "По заявке 7 уже решили, ваш ответ ничего не изменил.",
        ("deny", State.CANCELLED): "Заявка 7 отменена, ничего не изменилось.",
        ("rate", State.IN_PROGRESS): "Заявка 7 снова в работе. Оценку спросим, когда её решат.",
    }
    for (action, state), said in late.items():
        assert voice.line(refusals.typed(unit, Impossible(action, state, 7))) == said
