"""An import of people.csv, and what it changed in accounts and rights, in the audit trail."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from bot.accounts import trail
from bot.accounts.trail import AuditAction
from bot.errors import FirstlineError
from bot.keys import PersonChat
from bot.people import changes, directory, importer
from bot.people.changes import Changes
from bot.people.directory import PersonRights
from bot.people.importer import Taken
from bot.people.roster import RosterRow
from bot.storage.audit_trail import OPERATOR
from bot.storage.unit import Unit
from bot.yamlfiles import Complaint


class DryRun(FirstlineError):
    """A dry run has been through; its changes are rolled back."""

    def __init__(self, taken: Taken, changed: Changes) -> None:
        super().__init__()
        self.taken, self.changed = taken, changed


def bring_in_line(
    unit: Unit[object], file: str, entries: Sequence[RosterRow], leavers: int | None
) -> tuple[Taken, list[Complaint]]:
    """Both halves of an import in one unit, leavers first, so that their accounts are free; returns the warnings too."""
    admins, before = importer.administrators(unit.tx), directory.rights(unit.tx)
    left = 0 if leavers is None else importer.let_go(unit.tx, entries, leavers)
    taken = dataclasses.replace(importer.take_in(unit.tx, file, entries), left=left)
    importer.keep_one(unit.tx, admins)
    _record(unit, taken, before, directory.rights(unit.tx))
    return taken, [*importer.unrecognised(unit.tx, file, entries), *importer.unproven(file, entries)]


def rehearse(unit: Unit[object], file: str, entries: Sequence[RosterRow], leavers: int | None) -> None:
    """The same, undone. Raises DryRun."""
    before = changes.snapshot(unit.tx)
    taken, _ = bring_in_line(unit, file, entries, leavers)
    raise DryRun(taken, changes.between(before, changes.snapshot(unit.tx)))


def _record(
    unit: Unit[object], taken: Taken, before: dict[int, PersonRights], after: dict[int, PersonRights]
) -> None:
    nothing = PersonRights(frozenset(), None, active=False)
    changed: list[list[Any]] = []
    for person, now in after.items():
        then = before.get(person, nothing)
        if now.roles != then.roles:
            changed.append([person, sorted(now.roles)])
            facts = {"roles": sorted(now.roles), "before": sorted(then.roles)}
            trail.note(unit, OPERATOR, AuditAction.ROLES, PersonChat(person), facts)
        if now.account is not None and now.account != then.account:
            how = {"how": "import", "roles": sorted(now.roles)}
            trail.note(unit, OPERATOR, AuditAction.BOUND, PersonChat(person), how, {"account": now.account})
        if then.active and not now.active:
            trail.note(unit, OPERATOR, AuditAction.LEFT, PersonChat(person))
    if taken.added or taken.changed or taken.left or changed:
        numbers = dataclasses.asdict(taken)
        trail.note(unit, OPERATOR, AuditAction.IMPORTED, "people.csv", numbers | {"roles_of": changed})
        trail.announce(unit, loud=bool(changed))
