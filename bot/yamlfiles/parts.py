"""scenarios.yaml with the files of its folder: scenarios and tests in .yaml, phrases in .txt, read as one document.

`printer.ru.txt` holds phrases of the scenario `printer`, one a line; a line that begins with # is a remark.
"""

import re
from dataclasses import dataclass
from typing import Any

from bot.yamlfiles.bundle import Part, parts
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Mark, Spot
from bot.yamlfiles.reading import YamlReading, nearest, read

KEYS = ("scenarios", "tests", "shipped")
_PHRASES = re.compile(r"(?P<scenario>_?[a-z][a-z0-9_]{0,30})\.[a-z]{2}\.txt")


def read_scenarios(name: str, bundle: str) -> YamlReading:
    """The document of a bundle: data and places as if it had been one file. Lines are those of the bundle."""
    entry, *files = parts(name, bundle)
    reading = read(name, entry.text)
    if reading.document is not None:
        _mark_shipped(reading.document.data)
    if not files:
        return reading
    readings = [(part, read(name, part.text, part.first_line)) for part in files if not _is_phrases(part)]
    complaints = [*reading.complaints, *(found for _, other in readings for found in other.complaints)]
    documents = [(part, other.document) for part, other in readings if other.document is not None]
    if reading.document is None or len(documents) < len(readings):
        return YamlReading(None, complaints)
    if not isinstance(reading.document.data, dict):
        return YamlReading(reading.document, complaints)
    whole = _Whole(name, reading.document.data, reading.document.root)
    for part, document in documents:
        whole.add(part, document)
    own = f".{_language(reading.document.data)}.txt"
    for part in sorted(filter(_is_phrases, files), key=lambda part: not part.name.endswith(own)):
        whole.say(part)
    data, root = whole.data, whole.root
    return YamlReading(Document(name, bundle, data, root), [*complaints, *whole.complaints])


def _mark_shipped(data: Any) -> None:
    """`shipped: true` of a file is said of each of its tests."""
    if isinstance(data, dict) and data.get("shipped") is True and isinstance(data.get("tests"), list):
        for case in data["tests"]:
            if isinstance(case, dict):
                case["shipped"] = True


def _language(data: Any) -> object:
    """The company's language: of two phrases that fit equally well, `route --explain` shows the one in it."""
    defaults = data.get("defaults")
    return defaults.get("language") if isinstance(defaults, dict) else None


def _is_phrases(part: Part) -> bool:
    return part.name.endswith(".txt")


@dataclass(slots=True)
class _Whole:
    """The document as it grows by each file."""

    name: str
    data: Any
    root: Spot
    complaints: list[Complaint]

    def __init__(self, name: str, data: Any, root: Spot) -> None:
        self.name, self.data, self.root, self.complaints = name, data, root, []

    def add(self, part: Part, document: Document) -> None:
        """The scenarios and tests of one file."""
        data = document.data
        if not isinstance(data, dict):
            self.complain("E211", document.root.mark, key=str(data)[:40], keys=KEYS)
            return
        for key in data:
            if key not in KEYS:
                self.complain("E211", document.mark((key,), "key"), nearest(key, KEYS), key=key, keys=KEYS)
        self._scenarios(document)
        self._tests(document)

    def say(self, part: Part) -> None:
        """The phrases of one file, added to those of its scenario."""
        place = Mark(part.first_line, 1)
        named = _PHRASES.fullmatch(part.name.rsplit("/", 1)[-1])
        if named is None:
            self.complain("E213", place, file=part.name)
            return
        id_ = named["scenario"]
        scenarios = self.data.get("scenarios")
        known = scenarios if isinstance(scenarios, dict) else {}
        if id_ not in known:
            self.complain("E214", place, nearest(id_, known), name=id_)
        elif isinstance(known[id_], dict):
            self._phrases(part, id_)

    def _scenarios(self, document: Document) -> None:
        given = document.data.get("scenarios")
        if not isinstance(given, dict):
            if given is not None:
                self.complain("E126", document.mark(("scenarios",)), key="scenarios")
            return
        mine = self._section("scenarios", {}, document)
        for id_, spec in given.items():
            if id_ in mine:
                first = self._spot("scenarios", id_)
                self.complain(
                    "E212",
                    document.mark(("scenarios", id_), "key"),
                    name=id_,
                    line=(first.key or first.mark).line,
                )
                continue
            mine[id_] = spec
            named = _named(_named(self.root)["scenarios"])
            named[id_] = document.spot(("scenarios", id_))

    def _tests(self, document: Document) -> None:
        given = document.data.get("tests")
        if not isinstance(given, list):
            if given is not None:
                self.complain("E125", document.mark(("tests",)), key="tests")
            return
        mine = self._section("tests", [], document)
        listed = _listed(_named(self.root)["tests"])
        _mark_shipped(document.data)
        for number, case in enumerate(given):
            mine.append(case)
            listed.append(document.spot(("tests", number)))

    def _phrases(self, part: Part, id_: str) -> None:
        spec, spot = self.data["scenarios"][id_], self._spot("scenarios", id_)
        said = spec.setdefault("phrases", [])
        place = Mark(part.first_line, 1)
        phrases = _named(spot).setdefault("phrases", Spot(place, place, listed=[]))
        if not isinstance(said, list):
            return  # what scenarios.yaml says there is complained about already
        for number, line in enumerate(part.text.split("\n")):
            phrase = line.strip()
            if phrase and not phrase.startswith("#"):
                mark = Mark(part.first_line + number, line.index(phrase) + 1)
                said.append(phrase)
                _listed(phrases).append(Spot(mark, raw=phrase))

    def _section(self, key: str, empty: Any, document: Document) -> Any:
        """The section of the whole; one that only files of the folder have begins with the first of them."""
        if self.data.get(key) is None:
            spot = document.spot((key,))
            self.data[key] = empty
            _named(self.root)[key] = Spot(spot.mark, spot.key)
        found = self.data[key]
        return found if isinstance(found, type(empty)) else empty

    def _spot(self, *path: str) -> Spot:
        here = self.root
        for part in path:
            here = _named(here)[part]
        return here

    def complain(self, code: str, mark: Mark, hint: str | None = None, **facts: Any) -> None:
        self.complaints.append(Complaint(code, self.name, mark, facts, hint))


def _named(spot: Spot) -> dict[str, Spot]:
    if spot.named is None:
        spot.named = {}
    return spot.named


def _listed(spot: Spot) -> list[Spot]:
    if spot.listed is None:
        spot.listed = []
    return spot.listed
