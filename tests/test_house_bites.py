"""Every law of the house and of its words finds its fault, in a house built to break it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import measure, source, test_words
from tests import test_house as house
from tests.laws import acting, figures, ratchets, unused
from tests.laws.ratchets import RATCHETS, Ratchet

RU, EN = "bot/texts/ru/a.po", "bot/texts/en/a.po"
SAID = 'msgid "a.said"\nmsgstr "{name} said"\n'
ROOM = '"""A room."""\n'

AUTHORED = {
    "bot/yamlfiles/__init__.py": ROOM + "from bot.yamlfiles.fitting import Authored\n",
    "bot/yamlfiles/fitting.py": ROOM + "class Authored:\n    pass\n",
}
TURNS = ROOM + (
    "class Greet:\n    name: str\n\n\nclass Part:\n    pass\n\n\nEffect = Greet | Part\nEvent = Greet\n"
)
SCHEMA = {"bot/storage/schema/messages.py": ROOM + "outbox = Table('outbox')\nruns = Table('runs')\n"}

BROKEN = {
    "stairs_go_down": {"bot/sla/a.py": ROOM + "from bot.tickets import b\n", "bot/tickets/b.py": ROOM},
    "the_sandbox_is_a_program_beside_the_bot": {
        "sandbox/core/a.py": ROOM + "from bot.sla import b\n",
        "bot/sla/b.py": ROOM,
    },
    "telegram_library_stays_in_its_rooms": {"bot/sla/a.py": ROOM + "from aiogram import Bot\n"},
    "pure_code_is_pure": {
        "bot/scenarios/play/engine.py": ROOM + "from bot.texts.b import c\n",
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
    "keys_are_made_and_read_in_one_module": {
        "bot/sla/a.py": ROOM + "def f(x):\n    return f'ticket:{x}', x.startswith('person:')\n"
    },
    "every_setting_acts": {
        "bot/settings.py": ROOM
        + "from pydantic_settings import BaseSettings\n"
        + "class Settings(BaseSettings):\n    colour: str = 'red'\n"
    },
    "every_authored_field_acts": AUTHORED
    | {
        "bot/sla/deskfile.py": ROOM
        + "from bot.yamlfiles import Authored\nclass Team(Authored):\n    colour: str = 'red'\n"
    },
    "every_effect_is_carried_out": {"bot/scenarios/play/events.py": TURNS},
    "what_passes_the_engine_is_read": {
        "bot/scenarios/play/events.py": TURNS,
        "bot/selfservice/effects.py": ROOM
        + "from bot.scenarios.play.events import Greet, Part\nx = Greet, Part\n",
    },
    "a_match_of_what_passes_the_engine_is_whole": {
        "bot/scenarios/play/events.py": TURNS,
        "bot/selfservice/effects.py": ROOM
        + "from bot.scenarios.play.events import Greet, Part\n"
        + "def f(x):\n    match x:\n        case Greet(name):\n            return name\n"
        + "        case Part():\n            return 1\n",
    },
    "a_table_is_named_by_its_owner": SCHEMA
    | {"bot/sla/a.py": ROOM + "from bot.storage.schema import outbox\nx = outbox\n"},
    "the_list_of_intruders_is_true": SCHEMA | {"bot/teamdesk/guides.py": ROOM},
    "doors_do_not_speak": {
        "handlers/a.py": ROOM
        + "from aiogram.types import Message\n"
        + "async def wrote(said: Message):\n    await said.answer('hello')\n"
    },
    "a_command_starts_without_the_library_of_telegram": {
        "bot/app/cli.py": ROOM + "COMMANDS = {'due': ('bot.sla.a:due', 'When?')}\n",
        "bot/sla/a.py": ROOM + "from bot.telegram import b\n",
        "bot/telegram/b.py": ROOM + "import aiogram\n",
    },
    "languages_say_the_same": {RU: SAID, EN: SAID.replace("{name}", "Somebody")},
    "sentences_are_asked_for_and_found": {RU: SAID, EN: SAID},
}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Build a house of these files, which the laws then check."""

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


@pytest.mark.parametrize(
    "planted",
    [
        "def forgotten():\n    return forgotten()\n",  # calls itself
        '\'forgotten is mentioned\'\n\n\ndef forgotten():\n    """forgotten"""\n',
        "FORGOTTEN = 1\n",
        "class A:\n    def forgotten(self):\n        return 1\n\n\nx = A()\nprint(x)\n",
        "class A:\n    def __init__(self):\n        self.forgotten = 1\n\n\nx = A()\nprint(x)\n",
        "class A:\n    forgotten: int = 0\n\n\nx = A()\nprint(x)\n",
    ],
)
def test_what_only_speaks_of_itself_is_unused(planted: str, build) -> None:
    build({"bot/sla/a.py": ROOM + planted})
    assert any("forgotten" in place.lower() for place in unused.nothing_is_left_unused())


def test_a_name_of_another_module_is_no_use(build) -> None:
    """`forgotten` of a is used by a door, `forgotten` of b by nothing."""
    text = ROOM + "def forgotten():\n    return 1\n"
    door = ROOM + "from bot.sla import a\nprint(a.forgotten())\n"
    build({"bot/sla/a.py": text, "bot/sla/b.py": text, "handlers/c.py": door})
    assert list(unused.nothing_is_left_unused()) == ["bot/sla/b.py:2: nothing uses forgotten"]


def test_what_a_package_passes_on_is_used_by_those_who_take_it(build) -> None:
    package = ROOM + "from bot.sla.a import taken, left\n"
    text = ROOM + "def taken():\n    return 1\n\n\ndef left():\n    return 1\n"
    door = ROOM + "from bot.sla import taken\nprint(taken())\n"
    build({"bot/sla/__init__.py": package, "bot/sla/a.py": text, "handlers/c.py": door})
    assert list(unused.nothing_is_left_unused()) == ["bot/sla/a.py:6: nothing uses left"]


def test_a_silent_effect_leaves_the_list_when_it_is_carried_out(build, monkeypatch) -> None:
    monkeypatch.setattr(acting, "SILENT", {"Greet", "Part"})
    door = ROOM + "from bot.scenarios.play.events import Greet\ndef f(x):\n    return isinstance(x, Greet)\n"
    build({"bot/scenarios/play/events.py": TURNS, "bot/selfservice/effects.py": door})
    assert list(acting.every_effect_is_carried_out()) == [
        "bot/scenarios/play/events.py: Greet is carried out: take it off SILENT"
    ]


def test_a_comment_may_cite_only_a_number_that_a_page_lists(build) -> None:
    build({"docs/threats.md": "| T6 | forged data |\n", "bot/sla/a.py": ROOM + "x = 1  # (T6, T" + "7)\n"})
    assert list(ratchets.pages_that_are_not_here()) == ["bot/sla/a.py:2: T7"]


PLANTED = {
    "functions over six parameters": {"bot/sla/a.py": ROOM + "def f(a, b, c, d, e, f, *, g):\n    pass\n"},
    "folders over 25 modules": {f"bot/sla/a{number}.py": ROOM for number in range(26)},
    "class names with several homes": {f"bot/sla/{each}.py": ROOM + "class A:\n    pass\n" for each in "ab"},
    "Row[Any] and dict[str, Any]": {"bot/sla/a.py": ROOM + "x: dict[str, Any] = {}\n"},
    "files in import circles": {
        "bot/sla/a.py": ROOM + "from bot.sla import b\n",
        "bot/sla/b.py": ROOM + "if TYPE_CHECKING:\n    from bot.sla.a import c\n",
    },
    "words to avoid in code": {"bot/sla/a.py": ROOM + "x = 1  # Who" + "ever reads this\n"},
    "words to avoid in tests": {"tests/a.py": '"""Some' + 'body reads this."""\n'},
    "words to avoid in docs": {"docs/a.md": "They were to" + "ld.\n"},
    "pages that are not here": {"bot/sla/a.py": ROOM + "x = 1  # see (T" + "6) and nowhere" + ".md\n"},
}


@pytest.mark.parametrize("ratchet", RATCHETS, ids=lambda ratchet: ratchet.name.replace(" ", "-"))
def test_a_ratchet_finds_what_it_counts(ratchet: Ratchet, build) -> None:
    build(PLANTED[ratchet.name])
    found = list(ratchet.places())
    assert found
    assert all(place in ratchet.grown(found) for place in found)
    assert f" to {len(found)}" in ratchet.shrunk(found)


def test_a_circle_for_types_only_is_one_file_less_when_types_are_left_out(build) -> None:
    build(PLANTED["files in import circles"])
    assert figures.circles() == [["bot.sla.a", "bot.sla.b"]]
    assert figures.circles(with_types=False) == []


def test_the_measure_prints_a_row_for_every_room(capsys: pytest.CaptureFixture[str], build) -> None:
    build({"bot/sla/a.py": ROOM + "def f(self, b):\n    return 1\n", "sandbox/api/c.py": ROOM + "x = 1\n"})
    measure.main()
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()[1:4]] == ["in", "sandbox", "sla"]
    assert "functions over six parameters            0 /" in printed
