"""people.csv, read strictly: every fault at once, at its line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import available_timezones

from bot.people.exports import ColumnMap
from bot.people.sheet import Cell, rows
from bot.texts.speak import languages
from bot.yamlfiles import Complaint, Mark, nearest
from bot.yamlfiles.zone_names import is_zone

COLUMNS = (
    "staff_id",
    "name",
    "language",
    "department",
    "office",
    "telegram_id",
    "username",
    "roles",
    "manager",
    "zone",
    "phone",
    "email",
)
REQUIRED = ("staff_id", "name")
ROLES = ("employee", "engineer", "lead", "supervisor", "head", "admin", "vip")
ROLES_IN_TEAMS = ("engineer", "lead")  # written with their team: engineer:network
# Telegram's own accounts: anonymous administrators, channels, service messages (T10). Never a person.
NOBODY = {1087968824, 136817688, 777000}
_SHORTEST, _LONGEST = 3, 60  # digits of an extension; signs of two numbers with their remarks
_MANGLED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)  # a long number as a spreadsheet rounds it
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?(?:t|telegram)\.me/")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the file. `marks` are places by column name, for the columns that the file has."""

    staff_id: str
    name: str
    language: str
    department: str
    office: str
    zone: str
    phone: str
    email: str
    telegram_id: int | None
    username: str | None
    roles: tuple[str, ...]
    manager: str | None
    marks: Mapping[str, Mark] = field(compare=False)


def read_roster(
    file: str, text: str, teams: Collection[str] | None = None, naming: ColumnMap | None = None
) -> tuple[list[RosterRow], list[Complaint]]:
    """Everyone in the file, or every fault. `teams`: the ids that roles may name; None: any. `naming`: its headings."""
    complaints: list[Complaint] = []
    naming = naming or ColumnMap()
    lines = list(rows(file, text, complaints, lambda heading: naming.column(heading) in COLUMNS))
    if not lines:
        return [], complaints or [Complaint("E100", file, Mark(1, 1))]
    header = _header(file, lines[0], naming, complaints)
    entries = []
    for cells in lines[1:]:
        if len(cells) != len(lines[0]):
            facts = {"count": len(cells), "expected": len(lines[0])}
            complaints.append(Complaint("E604", file, cells[0].mark, facts))
        else:
            named = {name: cell for name, cell in zip(header, cells, strict=True) if name in COLUMNS}
            entry = _Line(file, named, teams, complaints).entry()
            entries.append(replace(entry, name=given_first(entry.name)) if naming.surname_first else entry)
    for column in ("staff_id", "telegram_id", "username"):
        _only_once(file, column, entries, complaints)
    return entries, complaints


def given_first(name: str) -> str:
    """A name that is written surname first, the other way round."""
    surname, _, given = name.partition(" ")
    return f"{given} {surname}".strip()


def folded(staff_id: str) -> str:
    """A staff id as it is compared: "e-17" and "E-17" are one person."""
    return staff_id.casefold()


def _one_spelling(staff_id: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", staff_id).split())


def _header(file: str, cells: list[Cell], naming: ColumnMap, complaints: list[Complaint]) -> list[str]:
    names = [naming.column(cell.text) for cell in cells]
    for name, cell in zip(names, cells, strict=True):
        if name not in COLUMNS and naming.ignore_unknown:
            continue
        if name not in COLUMNS:
            facts = {"column": cell.text, "known": list(COLUMNS)}
            complaints.append(Complaint("E602", file, cell.mark, facts, nearest(name, COLUMNS)))
        elif names.index(name) != cells.index(cell):
            complaints.append(Complaint("E603", file, cell.mark, {"column": name}))
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        complaints.append(Complaint("E601", file, cells[0].mark, {"columns": missing}))
    return names


def _only_once(file: str, column: str, entries: list[RosterRow], complaints: list[Complaint]) -> None:
    first: dict[object, int] = {}
    for entry in entries:
        value = getattr(entry, column)
        mark = entry.marks.get(column)
        if not value or mark is None:
            continue
        same = folded(value) if isinstance(value, str) else value
        if same in first:
            facts = {"column": column, "value": value, "line": first[same]}
            complaints.append(Complaint("E606", file, mark, facts))
        else:
            first[same] = mark.line


@dataclass(slots=True)
class _Line:
    """One line being parsed; faulty values become complaints and are left out."""

    file: str
    cells: Mapping[str, Cell]
    teams: Collection[str] | None
    complaints: list[Complaint]

    def entry(self) -> RosterRow:
        return RosterRow(
            staff_id=_one_spelling(self._needed("staff_id")),
            name=self._needed("name"),
            language=self._language(),
            department=self._text("department"),
            office=self._text("office"),
            zone=self._zone(),
            phone=self._phone(),
            email=self._email(),
            telegram_id=self._telegram_id(),
            username=self._username(),
            roles=tuple(dict.fromkeys(self._roles())),
            manager=self._manager(),
            marks={column: cell.mark for column, cell in self.cells.items()},
        )

    def _text(self, column: str) -> str:
        return self.cells[column].text if column in self.cells else ""

    def _needed(self, column: str) -> str:
        if not self._text(column):
            self._complain("E605", column)
        return self._text(column)

    def _language(self) -> str:
        """The cell's language; empty: taken from the person's Telegram at their first message."""
        language = self._text("language").lower()
        if language and language not in languages():
            self._complain("E608", "language", nearest(language, languages()), allowed=list(languages()))
        return language

    def _zone(self) -> str:
        """An IANA zone; empty: that of the office."""
        zone = self._text("zone")
        if zone and not is_zone(zone):
            self._complain("E620", "zone", nearest(zone, available_timezones()))
        return zone

    def _phone(self) -> str:
        """One or several numbers as the file writes them."""
        phone = self._text("phone")
        digits = sum(letter.isdigit() for letter in phone)
        if phone and (digits < _SHORTEST or len(phone) > _LONGEST or _MANGLED.search(phone)):
            self._complain("E621", "phone")
        return phone

    def _email(self) -> str:
        email = self._text("email")
        if email and not _EMAIL.fullmatch(email):
            self._complain("E622", "email")
        return email

    def _telegram_id(self) -> int | None:
        text = self._text("telegram_id")
        if not text:
            return None
        number = int(text) if re.fullmatch(r"[0-9]{1,15}", text) else 0
        if number == 0:
            self._complain("E609", "telegram_id")
        elif number in NOBODY:
            self._complain("E610", "telegram_id")
        return number or None

    def _username(self) -> str | None:
        name = _ADDRESS.sub("", self._text("username").lower()).removeprefix("@").rstrip("/")
        if name and not _USERNAME.fullmatch(name):
            self._complain("E611", "username")
        return name or None

    def _manager(self) -> str | None:
        manager = _one_spelling(self._text("manager"))
        if manager and folded(manager) == folded(_one_spelling(self._text("staff_id"))):
            self._complain("E618", "manager")
        return manager or None

    def _roles(self) -> Iterator[str]:
        """Roles as the directory stores them; "employee" applies to everyone and is not stored."""
        for role in re.split(r"[\s,;|]+", self._text("roles").lower()):
            kind, colon, team = role.partition(":")
            if kind not in (*ROLES, ""):
                self._complain("E613", "roles", nearest(kind, ROLES), role=role, allowed=list(ROLES))
            elif (kind in ROLES_IN_TEAMS) != bool(team) or (colon and not team):
                self._complain("E614", "roles", role=role)
            elif team and self.teams is not None and team not in self.teams:
                teams = sorted(self.teams)
                self._complain("E615", "roles", nearest(team, teams), role=role, team=team, teams=teams)
            elif kind not in ("employee", ""):
                yield role

    def _complain(self, code: str, column: str, hint: str | None = None, **facts: object) -> None:
        if column in self.cells:
            facts = {"column": column, "value": self._text(column), **facts}
            self.complaints.append(Complaint(code, self.file, self.cells[column].mark, facts, hint))
