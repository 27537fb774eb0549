"""What a message says besides its subject: the floor, the room, the name of a device."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.knowledge.spelling import REMEMBERED, TO_LATIN_TWIN
from bot.knowledge.words import flat, words
from bot.yamlfiles.facts import Names

_ORDINALS = "|".join(words("numbers"))
FLOOR = re.compile(
    rf"(?P<below>минус\s+)?\b(?P<before>-?\d{{1,2}}|{_ORDINALS})\s*-?\s*(?:й|ый|ий|ой|ом|м|го|st|nd|rd|th)?\s*(?:этаж\w*|эт\b\.?|floor\b)"
    rf"|\b(?:этаж\w*|floor)\s*(?:№|no\.?|number)?\s*(?P<after>-?\d{{1,2}})\b"
)
ROOM = re.compile(
    r"\b(?:каб(?:инет\w*)?|комнат\w*|ком|к|room|rm|офис\w*|office|ауд(?:итори\w*)?)\b\.?\s*(?:№|no\.?|number)?\s*"
    r"(?P<after>\d{1,4}[а-яa-z]?)\b"
    r"|\b(?P<before>\d{2,4}[а-яa-z]?)\s*-?\s*(?:й|м|ом)?\s*(?:каб\w*|комнат\w*)\b"
    r"|\b(?:в|во|из|in)\s+(?P<bare>\d{3,4}[а-яa-z]?)\b(?!-\d)(?:\s*-?\s*(?:й|м|ом)?\s*(?:каб|комнат)\w*)?(?!\s*(?:раз|час|мин|год|руб|чел|шт|мб|гб|mb|gb|утр|дня|вечер|:))"
)
_KINDS = "prn|мфу|mfp|nb|pc|пк|ws|srv|ap|prt|lt|dsk|тел|tel|mon|scan"
# PRN-3-02, NB-1042, ПК-0417: letters and digits; the letters may be typed in either alphabet.
DEVICE = re.compile(
    rf"\b(?P<name>(?:{_KINDS})[-_ ]?\d{{1,4}}(?:[-_]\d{{1,4}})*"
    r"|[a-zа-я]{2,6}(?:-[a-zа-я]{1,4})?(?:-\d{1,5}){1,3})\b"
)


WORD = re.compile(r"[\w']+")
BESIDE_A_PLACE = "я мы на в во и это тут здесь сижу нахожусь нахожуся мой моё i i'm im am we are on the in at and it's my is here"
KIND = re.compile(_KINDS)
DIGITS = re.compile(r"[-_ ]?\d+")
NO_NAMES = Names()
MOST_DIGITS = 8  # in the name of a device; a telephone's number has more


@dataclass(frozen=True)
class Slots:
    """Found details; None where nothing was said."""

    floor: int | None = None
    room: str | None = None
    device: str | None = None

    def said(self) -> dict[str, int | str]:
        """Only what was said, by name."""
        found = {"floor": self.floor, "room": self.room, "device": self.device}
        return {name: value for name, value in found.items() if value is not None}


@lru_cache(maxsize=REMEMBERED)
def find_slots(cleaned: str, names: Names = NO_NAMES) -> Slots:
    """The details of a cleaned message (lower case); what looks as the company's `names` do comes first."""
    own_device = _own_name(cleaned, (*names.printer, *names.computer))
    own_room = _own_name(cleaned, names.room)
    floor, room, device = FLOOR.search(cleaned), ROOM.search(cleaned), DEVICE.search(cleaned)
    return Slots(
        floor=_floor(floor) if floor else None,
        room=own_room or ((room["after"] or room["before"] or room["bare"]).upper() if room else None),
        device=own_device or (_device(device["name"]) if device else None),
    )


def is_only_place(cleaned: str, known: str = "", names: Names = NO_NAMES) -> bool:
    """Whether a message says where someone is and nothing else; words of `known`, such as an office, may stand in it."""
    if not find_slots(cleaned, names).said():
        return False
    cleaned = _without_own(cleaned, (*names.printer, *names.computer, *names.room), "")
    beside = set(WORD.findall(DEVICE.sub(" ", ROOM.sub(" ", FLOOR.sub(" ", cleaned)))))
    return beside <= {*BESIDE_A_PLACE.split(), *WORD.findall(known)}


def without_place(cleaned: str, names: Names = NO_NAMES) -> str:
    """The message without its floor and room, and of a device's name only the kind: where and which say nothing of what.

    Letters of a name that are no kind, such as KYO-MSK-0312's, are a company's own and say nothing either,
    unless its `names` tell what they are.
    """
    for shapes, kind in ((names.printer, "prn"), (names.computer, "pc"), (names.room, "")):
        cleaned = _without_own(cleaned, shapes, kind)
    return DEVICE.sub(_kind, ROOM.sub(" ", FLOOR.sub(" ", cleaned)))


@lru_cache(maxsize=REMEMBERED)
def _own(shapes: tuple[str, ...]) -> re.Pattern[str]:
    signs = {"#": r"\d", "@": r"[^\W\d_]"}
    looks = (
        "".join(signs.get(c) or re.escape(c) for c in one.lower().translate(TO_LATIN_TWIN)) for one in shapes
    )
    return re.compile(rf"(?<![\w-])(?:{'|'.join(looks)})(?![\w-])")


def _own_name(cleaned: str, shapes: tuple[str, ...]) -> str | None:
    """The first name that looks as one of these; its letters may be typed in either alphabet."""
    found = _own(shapes).search(cleaned.translate(TO_LATIN_TWIN)) if shapes else None
    if found is None:
        return None
    return (found[0] if found[0].isascii() else cleaned[slice(*found.span())]).upper()


def _without_own(cleaned: str, shapes: tuple[str, ...], kind: str) -> str:
    for found in reversed([*_own(shapes).finditer(cleaned.translate(TO_LATIN_TWIN))] if shapes else []):
        letters = DIGITS.sub("", found[0])
        stays = letters if kind and KIND.fullmatch(letters) else kind
        cleaned = f"{cleaned[: found.start()]} {stays} {cleaned[found.end() :]}"
    return cleaned


def _kind(device: re.Match[str]) -> str:
    letters = DIGITS.sub("", device["name"])
    return letters if _device(device["name"]) is None or KIND.fullmatch(letters) else " "


def _floor(found: re.Match[str]) -> int:
    said = found["before"] or found["after"]
    number = int(words("numbers").get(said, said))
    return -number if found["below"] else number


def _device(name: str) -> str | None:
    """The name as labels write it; None for what only looks like one: ошибка-809, hp-1020, a telephone's number."""
    if sum(map(str.isdigit, name)) > MOST_DIGITS or DIGITS.sub("", name) in flat("no_device"):
        return None
    name = name.replace("_", "-").replace(" ", "-")
    letters = name.translate(TO_LATIN_TWIN)
    return (letters if letters.isascii() else name).upper()
