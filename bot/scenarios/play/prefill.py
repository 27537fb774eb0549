"""Floor, room and device named in a person's first words, and what they say about the profile."""

from collections.abc import Mapping

from bot.scenarios.language.program import Program, field_question
from bot.scenarios.play.answers import BadAnswer, read_answer
from bot.scenarios.play.events import Json, Player

PLACE = ("floor", "room")


def profile_at_first(program: Program, person: Player, heard: Mapping[str, Json]) -> dict[str, Json]:
    """The known profile. A person who names another floor or room is there now, and the rest of the place is unknown."""
    known = dict(person.profile)
    named = {name: heard[name] for name in PLACE if name in heard and _would_do(program, name, heard[name])}
    if any(known.get(name, value) != value for name, value in named.items()):
        known = {name: value for name, value in known.items() if name not in PLACE}
    return known | named


def _would_do(program: Program, name: str, value: Json) -> bool:
    """Whether the profile has such a field, and the value is a valid answer."""
    return name in program.profile and not isinstance(
        read_answer(field_question(program, name), str(value)), BadAnswer
    )
