"""Every law of the house and of its words finds the fault it is for, in a house built to break it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import source, test_words
from tests import test_house as house

RU, EN = "bot/texts/ru/a.po", "bot/texts/en/a.po"
SAID = 'msgid "a.said"\nmsgstr "{name} said"\n'
ROOM = '"""A room."""\n'

BROKEN = {
    "stairs_go_down": {"bot/sla/a.py": ROOM + "from bot.tickets import b\n", "bot/tickets/b.py": ROOM},
    "the_sandbox_is_a_program_beside_the_bot": {
        "sandbox/core/a.py": ROOM + "from bot.sla import b\n",
        "bot/sla/b.py": ROOM,
    },
    "telegram_library_stays_in_its_rooms": {"bot/sla/a.py": ROOM + "from aiogram import Bot\n"},
    "pure_code_is_pure": {
        "bot/scenarios/engine.py": ROOM + "from bot.texts.b import c\n",
        "bot/texts/b.py": ROOM + "import sqlalchemy\nc = sqlalchemy\n",
    },
    "only_the_clock_looks_at_the_time": {"bot/sla/a.py": ROOM + "import time\nnow = time.time()\n"},
    "imports_stand_at_the_top": {"bot/sla/a.py": ROOM + "def f():\n    import json\n    return json\n"},
    "names_say_what_is_inside": {"bot/sla/utils.py": ROOM},
    "modules_open_with_a_sentence": {"bot/sla/a.py": "x = 1\n"},
    "words_are_not_in_python": {"bot/sla/a.py": ROOM + "x = 'Привет'\n"},
    "files_are_short": {"bot/sla/a.py": ROOM + "x = 1\n" * 400},
    "rooms_hold_code": {"bot/sla/__init__.py": ROOM},
    "nothing_is_left_for_later": {"bot/sla/a.py": ROOM + "x = 1  # " + "TODO: think\n"},
    "faults_are_not_swallowed": {"bot/sla/a.py": ROOM + "try:\n    x = 1\nexcept Exception:\n    pass\n"},
    "nothing_is_left_unused": {"bot/sla/a.py": ROOM + "def forgotten():\n    return 1\n"},
    "every_setting_acts": {"bot/settings.py": ROOM + "class Settings:\n    colour: str = 'red'\n"},
    "languages_say_the_same": {RU: SAID, EN: SAID.replace("{name}", "Somebody")},
    "sentences_are_asked_for_and_found": {RU: SAID, EN: SAID},
}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Build a house of these files, in which the laws look around."""

    def building(files: dict[str, str]) -> None:
        for path, text in {"bot/texts/__init__.py": ROOM, **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        monkeypatch.setattr(source, "ROOT", tmp_path)
        _forget()

    yield building
    _forget()


def _forget() -> None:
    for remembered in (source.modules, source.known, test_words.catalogue):
        remembered.cache_clear()


@pytest.mark.parametrize("law", house.LAWS + test_words.LAWS, ids=lambda law: law.__name__)
def test_a_law_names_the_place_where_it_is_broken(law, build) -> None:
    build(BROKEN[law.__name__])
    assert list(law())


def test_a_key_that_no_catalogue_has_is_found(build) -> None:
    build({RU: "", EN: "", "bot/sla/a.py": ROOM + "def f(voice):\n    return voice.say('a.unsaid')\n"})
    assert list(test_words.sentences_are_asked_for_and_found()) == [
        "bot/sla/a.py:3: no catalogue says 'a.unsaid'"
    ]


def test_a_room_on_no_step_is_found(build) -> None:
    build({"bot/attic/a.py": ROOM + "x = 1\n"})
    assert list(house.stairs_go_down()) == ["bot/attic/a.py: the room 'attic' stands on no step"]
