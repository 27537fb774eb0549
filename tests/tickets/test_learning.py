"""Messages for learning: masked before anyone reads them, deleted on time, exported in the file's form."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select

from bot import keys
from bot.knowledge import masking
from bot.knowledge.company import phrasebook
from bot.selfservice import learning, taught_words
from bot.selfservice.utterances import Utterance
from bot.storage import erasing
from bot.storage.schema import learnt_phrases, lessons, sayings, timers
from bot.telegram.buttons import AddLesson, AddLessonTo, DeclineLesson
from bot.texts.speak import Line
from bot.timers.timers import Timer
from bot.yamlfiles import read
from tests.desk import house
from tests.tickets.company import ANNA, IGOR, MONDAY, who
from tests.units import work

DAY = 86400


def test_a_phrase_is_kept_once_and_written_out_as_the_file_wants_it(tx: Connection) -> None:
    for _ in range(2):
        phrasebook.add(work(tx, MONDAY), "printer", "бухтелка: 'не' #пашет", who(tx, IGOR).id)
    said = phrasebook.overlay(tx)
    assert said == {"printer": ["бухтелка: 'не' #пашет"]}
    document = read("phrases.yaml", phrasebook.written(said)).document
    assert document is not None
    assert document.data == {"scenarios": {"printer": {"phrases": ["бухтелка: 'не' #пашет"]}}}


def test_what_the_file_says_by_now_leaves_the_overlay_and_stays_a_record(tx: Connection) -> None:
    for phrase in ("бухтелка", "жужжалка"):
        phrasebook.add(work(tx, MONDAY), "printer", phrase, who(tx, IGOR).id)
    assert phrasebook.settle(work(tx, MONDAY + 1), {"printer": ["бухтелка"]}).phrases == {
        "printer": ["жужжалка"]
    }
    rows = tx.execute(select(learnt_phrases).order_by(learnt_phrases.c.id)).all()
    assert [(row.phrase, row.in_file_at) for row in rows] == [("бухтелка", MONDAY + 1), ("жужжалка", None)]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("позовите Oleg, 8 (916) 123-45-67", "позовите •••, •••"),
        ("мой адрес anna@example.com", "мой адрес •••"),
        ("напишите @anna_acc в телеграм", "напишите ••• в телеграм"),
        ("ошибка 0x0000011b на 3 этаже", "ошибка 0x0000011b на 3 этаже"),
    ],
)
def test_phones_addresses_and_names_of_the_directory_are_masked(
    tx: Connection, text: str, masked: str
) -> None:
    assert masking.mask(tx, text) == masked


def begun(tx: Connection, words: str) -> None:
    """Anna, who agreed to teaching, begins a scenario with these words."""
    anna = who(tx, ANNA)
    kept = Utterance(
        7, anna.id, 70, "text", None, words, None, None, None, "none", [], "printer", MONDAY, "", MONDAY
    )
    taught_words.begun(work(tx, MONDAY, house()), anna, kept, "printer")


def test_the_words_that_may_teach_hold_no_names_and_numbers_of_people(tx: Connection) -> None:
    begun(tx, "бухтелка у Oleg молчит, тел. +7 916 123-45-67")
    text = tx.scalar(select(sayings.c.text)) or ""
    assert "бухтелка" in text
    assert not any(part in text for part in ("oleg", "916"))


def test_an_erased_person_leaves_no_words_that_may_teach(tx: Connection) -> None:
    begun(tx, "бухтелка молчит")
    erasing.forget_habits(work(tx, MONDAY), who(tx, ANNA).id)
    assert tx.execute(select(sayings)).all() == []


def test_a_scenario_that_was_left_or_never_begun_teaches_nothing(tx: Connection) -> None:
    begun(tx, "бухтелка молчит")
    row = tx.execute(select(timers).where(timers.c.kind == taught_words.TIMER)).one()
    due = Timer(*(getattr(row, name) for name in Timer.__annotations__))
    taught_words.ring(work(tx, MONDAY + taught_words.LATER, house()), [due])
    assert tx.execute(select(sayings)).all() == []


def told(tx: Connection, text: str, scenario: str | None = None) -> int:
    """A message of the digest."""
    row = {"utterance": 1, "person": who(tx, ANNA).id, "text": text, "scenario": scenario, "state": "told"}
    return int(tx.execute(insert(lessons).values(row | {"at": MONDAY})).inserted_primary_key[0])


def add(tx: Connection, pressed: AddLesson | AddLessonTo) -> Line:
    """An administrator adds it."""
    return learning.decide(work(tx, MONDAY, house()), who(tx, IGOR), keys.ADMINS, pressed)


def test_words_that_ended_in_a_ticket_can_become_a_phrase_of_what_is_nearest(tx: Connection) -> None:
    number = told(tx, "бухтелка впн")
    card = learning.card(work(tx, MONDAY, house()), f"lesson:{number}", keys.ADMINS)
    *adds, (no,) = card.keyboard
    assert adds[0][0].data == AddLessonTo(number, "vpn").pack()
    assert no.data == DeclineLesson(number).pack()
    for none_of_ours in (AddLesson(number), AddLessonTo(number, "gone"), AddLessonTo(number, "")):
        assert add(tx, none_of_ours) == Line("list.changed", alert=True)
    assert phrasebook.overlay(tx) == {}
    assert add(tx, AddLessonTo(number, "vpn")) == learning.LEARNT
    assert phrasebook.overlay(tx) == {"vpn": ["бухтелка впн"]}
    after = learning.card(work(tx, MONDAY, house()), f"lesson:{number}", keys.ADMINS)
    assert ("VPN" in after.text, after.keyboard) == (True, [])


def test_what_its_writer_chose_is_added_there_and_nowhere_else(tx: Connection) -> None:
    add(tx, AddLesson(told(tx, "бухтелка", "printer")))
    assert phrasebook.overlay(tx) == {"printer": ["бухтелка"]}


def test_kept_words_go_when_their_time_is_over(tx: Connection) -> None:
    for number, at in enumerate((MONDAY - 91 * DAY, MONDAY - 89 * DAY)):
        row = {"utterance": number, "person": who(tx, ANNA).id, "text": "бухтелка", "state": "kept", "at": at}
        tx.execute(insert(lessons).values(row))
    learning.sweep(work(tx, MONDAY), 90 * DAY)
    assert tx.scalars(select(lessons.c.utterance)).all() == [1]
