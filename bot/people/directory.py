"""The directory: the person behind a Telegram account, and their profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Connection, RowMapping, Text, bindparam, cast, or_, select, update

from bot.errors import FirstlineError
from bot.keys import EngineerRole, LeadRole, PersonChat
from bot.storage.schema import people
from bot.storage.unit import Unit

# Built once: building a statement costs more than running it, and one of these runs at every update.
BY_NAME = "name"  # an account that only its user name connects with a person: it can change hands (T2)
_BY = {
    column.name: select(people).where(column == bindparam("sought"))
    for column in (people.c.id, people.c.staff_id, people.c.telegram_id, people.c.username)
}


VIP = "vip"
"""The role of people whose tickets desk.yaml may treat otherwise."""


class NoSuchPerson(FirstlineError):
    """There is no such person in the directory."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the company. `roles`: "engineer:<team>", "lead:<team>", "supervisor", "head", "admin",
    "vip"."""

    id: int
    staff_id: str
    name: str
    language: str
    department: str
    office: str
    telegram_id: int | None
    username: str | None
    active: bool
    roles: frozenset[str] = frozenset()
    profile: Mapping[str, Any] = field(default_factory=dict)
    manager: str | None = None  # staff id of the person who approves their requests
    told: Mapping[str, int] = field(
        default_factory=dict
    )  # when each field was said or confirmed, UTC seconds
    zone: str = ""  # an IANA zone; "": that of the office
    phone: str = ""  # as people.csv has it: the number to call back, whatever a caller says
    email: str = ""
    lost: str | None = None
    """Why their private chat refuses us (they blocked the bot), until they write there again."""
    proof: str = "id"
    """How their account was proven: "id" from an import, "invite", "admin"; or "name", only by its user name."""
    claimed: frozenset[str] = frozenset()
    """Roles that are theirs once their account is proven; until then `roles` is empty."""

    @property
    def key(self) -> PersonChat:
        """The private chat with this person, also their name in the history."""
        return PersonChat(self.id)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.staff_id

    @property
    def mention(self) -> Markup:
        """A mention that notifies this person in a group: their user name, or a link if they have none."""
        if self.username is not None or self.telegram_id is None:
            return escape(f"@{self.username}" if self.username else self.name)
        return Markup('<a href="tg://user?id={}">{}</a>').format(self.telegram_id, self.name)

    @property
    def teams(self) -> frozenset[str]:
        """The teams this person works in, as an engineer or as a lead."""
        of_teams = (EngineerRole, LeadRole)
        return frozenset(kind.read(role).name for role in self.roles for kind in of_teams if kind.names(role))

    @property
    def leads(self) -> frozenset[str]:
        return frozenset(LeadRole.read(role).name for role in self.roles if LeadRole.names(role))

    @property
    def is_engineer(self) -> bool:
        return bool(self.teams)

    @property
    def is_supervisor(self) -> bool:
        return "supervisor" in self.roles

    @property
    def is_vip(self) -> bool:
        """Whether conditions of desk.yaml with `vip: true` are for them. Gives no right."""
        return VIP in self.roles

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles


@dataclass(frozen=True, slots=True)
class PersonRights:
    """What an import may change of a person's rights: roles, the account, whether they work here."""

    roles: frozenset[str]
    account: int | None
    active: bool


def rights(tx: Connection) -> dict[int, PersonRights]:
    """The rights of all people, by their numbers."""
    rows = tx.execute(select(people.c.id, people.c.roles, people.c.telegram_id, people.c.active))
    return {row.id: PersonRights(frozenset(row.roles), row.telegram_id, bool(row.active)) for row in rows}


def find(tx: Connection, person_id: int) -> Person | None:
    """The person of this number, active or not."""
    return _one(tx, "id", person_id)


def get(tx: Connection, person_id: int) -> Person:
    """Raises NoSuchPerson."""
    found = _one(tx, "id", person_id)
    if found is None:
        raise NoSuchPerson
    return found


def by_staff_id(tx: Connection, staff_id: str) -> Person | None:
    """The active person with this staff id, or None."""
    return _active(_one(tx, "staff_id", staff_id))


def known(tx: Connection, telegram_id: int) -> Person | None:
    """The active person with this account; None for strangers and people who have left (T5)."""
    return _active(_one(tx, "telegram_id", telegram_id))


def by_username(tx: Connection, name: str) -> Person | None:
    """The active person with this Telegram user name, with or without its @."""
    return _active(_one(tx, "username", name.removeprefix("@").lower())) if name.strip("@") else None


def called(tx: Connection, word: str) -> Sequence[Person]:
    """People a word may mean: an @account, a staff id, a first name or a surname, in any case; by name."""
    found = by_username(tx, word) or by_staff_id(tx, word) or by_staff_id(tx, word.upper())
    if found is not None or word.startswith("@") or not word:
        return [found] if found is not None else []
    name = word.title()  # SQLite folds the case of Latin letters only
    named = (people.c.name == name) | or_(
        people.c.name.startswith(f"{name} ", autoescape=True),
        people.c.name.endswith(f" {name}", autoescape=True),
        people.c.name.contains(f" {name} ", autoescape=True),
    )
    rows = tx.execute(select(people).where(named & (people.c.active == 1)).order_by(people.c.name))
    return [_person(row) for row in rows.mappings()]


def meant(tx: Connection, word: str) -> Sequence[Person]:
    """People a word may mean to the operator: as `called`, and people who left by their staff id."""
    found = called(tx, word)
    left = _one(tx, "staff_id", word) if not found else None
    return [left] if left is not None else found


def deactivate(tx: Connection, person_id: int) -> None:
    """The person may do nothing from now on (T5)."""
    tx.execute(update(people).where(people.c.id == person_id).values(active=0))


def notice_leavers(unit: Unit[object]) -> None:
    """Note since when people are not active; one who is back has not left."""
    gone = (people.c.active == 0) & people.c.left_at.is_(None)
    unit.tx.execute(update(people).where(gone).values(left_at=unit.now))
    back = (people.c.active == 1) & people.c.left_at.is_not(None)
    unit.tx.execute(update(people).where(back).values(left_at=None))


def left_before(tx: Connection, before: int) -> Sequence[Person]:
    """People who left before this instant (UTC seconds) and are not erased yet."""
    long_gone = (people.c.active == 0) & (people.c.left_at < before) & people.c.erased_at.is_(None)
    return [_person(row) for row in tx.execute(select(people).where(long_gone)).mappings()]


def meet(tx: Connection, telegram_id: int, username: str | None) -> Person | None:
    """An account's first message: binds it to the person known only by its user name, if any.

    The binding is permanent, because a user name can change hands; people who have left are never bound. It gives an
    employee's rights: roles wait for an invitation or an administrator (T2).
    """
    if username and _one(tx, "telegram_id", telegram_id) is None:
        unbound = people.c.telegram_id.is_(None) & (people.c.active == 1)
        named = people.c.username == username.lower()
        tx.execute(update(people).where(named & unbound).values(telegram_id=telegram_id, proof=BY_NAME))
    return known(tx, telegram_id)


def follow(tx: Connection, person: Person, username: str | None) -> None:
    """The person's account has this user name today. Others in the directory cannot have it any more: an id decides."""
    today = username.lower() if username else None
    if today is not None:
        tx.execute(update(people).where(people.c.username == today).values(username=None))
    tx.execute(update(people).where(people.c.id == person.id).values(username=today))


def connect(tx: Connection, person_id: int, telegram_id: int, username: str | None) -> None:
    """An invitation proves that this account is the person's: a former account of theirs is a stranger's from now on, and a
    former person of this account has none."""
    today = username.lower() if username else None
    theirs = people.c.telegram_id == telegram_id
    tx.execute(update(people).where(theirs).values(telegram_id=None, username=None, proof=BY_NAME))
    if today is not None:
        tx.execute(update(people).where(people.c.username == today).values(username=None))
    values = {"telegram_id": telegram_id, "username": today, "proof": "invite", "lost": None}
    tx.execute(update(people).where(people.c.id == person_id).values(values))


def prove(tx: Connection, person_id: int, telegram_id: int) -> bool:
    """An administrator says that this account is the person's. False when it is not bound to them, or proven already."""
    unproven = (people.c.telegram_id == telegram_id) & (people.c.proof == BY_NAME) & (people.c.active == 1)
    found = tx.execute(update(people).where((people.c.id == person_id) & unproven).values(proof="admin"))
    return found.rowcount == 1


def disown(tx: Connection, person_id: int, telegram_id: int) -> bool:
    """An administrator says that this account is another's: it is a stranger's from now on, and so is its user name."""
    unproven = (people.c.telegram_id == telegram_id) & (people.c.proof == BY_NAME)
    values = {"telegram_id": None, "username": None}
    return (
        tx.execute(update(people).where((people.c.id == person_id) & unproven).values(values)).rowcount == 1
    )


def rename_team(tx: Connection, former: str, today: str) -> int:
    """Roles in a team are roles in the team that it is called today; returns how many people have them."""
    kept = tx.execute(select(people.c.id, people.c.roles).where(cast(people.c.roles, Text) != "[]"))
    roles = {f"{kind}:{former}": f"{kind}:{today}" for kind in ("engineer", "lead")}
    changed = 0
    for row in kept.all():
        follow = list(dict.fromkeys(roles.get(role, role) for role in row.roles))
        if follow != row.roles:
            tx.execute(update(people).where(people.c.id == row.id).values(roles=follow))
            changed += 1
    return changed


def everybody(tx: Connection) -> Sequence[Person]:
    """All active people by name."""
    rows = tx.execute(select(people).where(people.c.active == 1).order_by(people.c.name)).mappings()
    return [_person(row) for row in rows]


def offices(tx: Connection) -> Sequence[str]:
    """The offices in which active people work, as the directory writes them."""
    there = (people.c.active == 1) & (people.c.office != "")
    return tx.scalars(select(people.c.office).where(there).distinct().order_by(people.c.office)).all()


def staff(tx: Connection) -> Sequence[Person]:
    """The active people with any role, by name; a small part of a large company."""
    with_roles = (people.c.active == 1) & (cast(people.c.roles, Text) != "[]")
    rows = tx.execute(select(people).where(with_roles).order_by(people.c.name)).mappings()
    return [person for row in rows if (person := _person(row)).roles]


def engineers(tx: Connection, team: str) -> Sequence[Person]:
    """The active engineers and leads of a team."""
    return [person for person in staff(tx) if team in person.teams]


def remember(unit: Unit[object], person_id: int, name: str, value: Any) -> None:
    """Store a profile field as it was said at `now` (UTC seconds), so that it is not asked twice."""
    person = get(unit.tx, person_id)
    values = {"profile": dict(person.profile) | {name: value}, "told": dict(person.told) | {name: unit.now}}
    unit.tx.execute(update(people).where(people.c.id == person_id).values(values))


def confirm(unit: Unit[object], person_id: int, names: Collection[str]) -> None:
    """Confirm these profile fields at `now` (UTC seconds)."""
    told = dict(get(unit.tx, person_id).told) | dict.fromkeys(names, unit.now)
    unit.tx.execute(update(people).where(people.c.id == person_id).values(told=told))


def hear_language(tx: Connection, person_id: int, language: str) -> Person:
    """The first message of a person without a language: they read in `language` until they choose."""
    unknown = (people.c.id == person_id) & (people.c.language == "")
    tx.execute(update(people).where(unknown).values(language=language))
    return get(tx, person_id)


def found_again(tx: Connection, person_id: int) -> None:
    """The person wrote in private: forget the refusal of that chat."""
    tx.execute(update(people).where(people.c.id == person_id).values(lost=None))


def set_language(tx: Connection, person_id: int, language: str) -> None:
    tx.execute(update(people).where(people.c.id == person_id).values(language=language))


def _one(tx: Connection, column: str, sought: object) -> Person | None:
    row = tx.execute(_BY[column], {"sought": sought}).mappings().first()
    return _person(row) if row else None


def _active(found: Person | None) -> Person | None:
    return found if found is not None and found.active else None


def _person(row: RowMapping) -> Person:
    unread = ("left_at", "erased_at")
    values: dict[str, Any] = {str(name): value for name, value in row.items() if name not in unread}
    roles = frozenset(values["roles"])
    proven = values["proof"] != BY_NAME
    values |= {"roles": roles if proven else frozenset(), "claimed": frozenset() if proven else roles}
    values |= {"told": values["told"] or {}}
    return Person(**values | {"active": bool(values["active"])})
