"""Words that teach: masked before anybody reads them, kept as long as was promised, written out as the file wants them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.conversation import masking
from bot.knowledge import phrasebook
from bot.selfservice import intake, learning
from bot.storage.schema import learnt_phrases, lessons, utterances
from bot.telegram import chats
from bot.texts.speak import Line
from bot.yamlfiles import read
from tests.desk import house
from tests.tickets.company import ANNA, IGOR, MONDAY, who

DAY = 86400


def test_a_phrase_is_kept_once_and_written_out_as_the_file_wants_it(tx: Connection) -> None:
    for _ in range(2):
        phrasebook.add(tx, "printer", "бухтелка: 'не' #пашет", who(tx, IGOR).id, MONDAY)
    said = phrasebook.overlay(tx)
    assert said == {"printer": ["бухтелка: 'не' #пашет"]}
    document = read("phrases.yaml", phrasebook.written(said)).document
    assert document is not None
    assert document.data == {"scenarios": {"printer": {"phrases": ["бухтелка: 'не' #пашет"]}}}


def test_what_the_file_says_by_now_leaves_the_overlay_and_stays_a_record(tx: Connection) -> None:
    for phrase in ("бухтелка", "жужжалка"):
        phrasebook.add(tx, "printer", phrase, who(tx, IGOR).id, MONDAY)
    assert phrasebook.settle(tx, {"printer": ["бухтелка"]}, MONDAY + 1) == {"printer": ["жужжалка"]}
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


def told(tx: Connection, text: str, scenario: str | None = None) -> int:
    """A message of the digest."""
    row = {"utterance": 1, "person": who(tx, ANNA).id, "text": text, "scenario": scenario, "state": "told"}
    return int(tx.execute(insert(lessons).values(row | {"at": MONDAY})).inserted_primary_key[0])


def place(scenario: str) -> int:
    return intake.place_of(house(), scenario)


def add(tx: Connection, *numbers: int) -> Line:
    """An administrator adds it."""
    return learning.decide(tx, house(), who(tx, IGOR), chats.ADMINS, "add", numbers, MONDAY)


def test_words_that_ended_in_a_ticket_can_become_a_phrase_of_what_is_nearest(tx: Connection) -> None:
    number = told(tx, "бухтелка впн")
    card = learning.card(house(), tx, f"lesson:{number}", chats.ADMINS, MONDAY)
    *adds, (no,) = card.keyboard
    assert adds[0][0]["callback_data"] == f"l|add|{number}|{place('vpn')}"
    assert no["callback_data"] == f"l|decline|{number}"
    for places in ([], [len(house().program.menu)], [-1]):  # no scenario of ours
        assert add(tx, number, *places).key == "stale"
    assert add(tx, number, place("vpn")) == learning.LEARNT
    assert phrasebook.overlay(tx) == {"vpn": ["бухтелка впн"]}
    after = learning.card(house(), tx, f"lesson:{number}", chats.ADMINS, MONDAY)
    assert ("VPN" in after.text, after.keyboard) == (True, [])


def test_what_its_writer_chose_is_added_there_and_nowhere_else(tx: Connection) -> None:
    add(tx, told(tx, "бухтелка", "printer"), place("vpn"))
    assert phrasebook.overlay(tx) == {"printer": ["бухтелка"]}


def test_kept_words_go_when_their_time_is_over(tx: Connection) -> None:
    for number, at in enumerate((MONDAY - 91 * DAY, MONDAY - 89 * DAY)):
        row = {"utterance": number, "person": who(tx, ANNA).id, "text": "бухтелка", "state": "kept", "at": at}
        tx.execute(insert(lessons).values(row))
        word = {"person": who(tx, ANNA).id, "message": number, "text": "бухтелка", "decision": "none"}
        tx.execute(insert(utterances).values(**word, candidates=[], at=MONDAY - (29 + 2 * number) * DAY))
    learning.sweep(tx, MONDAY, 90 * DAY)
    assert tx.scalars(select(lessons.c.utterance)).all() == [1]
    assert tx.scalar(select(func.count()).select_from(utterances)) == 1
